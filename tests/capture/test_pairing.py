"""Whatever the order of turns, branches, conversations and speakers: what is captured is what was praised."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from byheart.base.store import Store
from byheart.capture.exchange import exchange_turn, exchanges
from byheart.capture.feedback import answered, feedback_of, judge_turn
from byheart.chat.records import Message, Turn
from byheart.chat.turns import save_turn

from .conftest import make_turn

PRAISES = ("Good one, Timmy.", "That was excellent. What else?", "Superb, Timmy.")
ALONE = PRAISES[::2]
PLAIN = ("Which soup today?", "Thanks.", "Great! And in grams?", "My sister is brilliant.")


@dataclass(frozen=True)
class Step:
    """Somebody says `text` after an earlier turn (a branch, when that already has a successor)."""

    person: str
    conversation: str
    after: int
    text: str
    reply: int
    trimmed: bool


STEPS = st.lists(
    st.builds(
        Step,
        person=st.sampled_from(["maya", "walter"]),
        conversation=st.sampled_from(["one", "two"]),
        after=st.integers(0, 6),
        text=st.sampled_from([*PRAISES, *PRAISES, *PLAIN]),
        reply=st.integers(0, 3),
        trimmed=st.booleans(),
    ),
    min_size=2,
    max_size=14,
)
numbers = count()


def said(turn: Turn) -> tuple[Message, ...]:
    """What is on screen once a turn is answered."""
    return (*(m for m in turn.messages if m.role != "system"), Message("assistant", turn.reply))


def answer(step: Step, history: tuple[Message, ...], conversation: str) -> Turn:
    """Freeze the reply to a step: prompts are unique, replies are not (people do retry)."""
    number = next(numbers)
    system = Message("system", f"You are Timmy. You remember thing {number}.")
    return make_turn(
        number,
        person=step.person,
        conversation=conversation,
        messages=(system, *history, Message("user", step.text)),
        reply=f"Soup {step.reply}, obviously.",
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("pairing") / "byheart.db") as opened:
        yield opened


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_the_captured_exchange_is_the_praised_turn(steps: list[Step], shared: Store) -> None:
    logged: dict[str, Turn] = {}
    expected: set[str] = set()
    with shared.transaction() as connection:
        example = connection.begin_nested()
        for step in steps:
            own = [
                t for t in logged.values() if (t.person, t.conversation) == (step.person, step.conversation)
            ]
            before = own[step.after % len(own)] if own and step.after else None
            history = said(before) if before else ()
            praised = praise(connection, step, before)
            expected |= {praised} if praised else set()
            turn = answer(step, history, step.conversation)
            save_turn(connection, turn)
            logged[turn.id] = turn
        captured = {e.turn: exchange_turn(connection, e) for e in exchanges(connection)}
        assert captured == {turn_id: logged[turn_id] for turn_id in expected}
        assert all(feedback_of(connection, turn_id) for turn_id in captured)
        example.rollback()


def praise(connection: Connection, step: Step, before: Turn | None) -> str:
    """Hand a step to the capture as the gateway would; the id of the turn that it must have captured."""
    history = said(before) if before else ()
    shown = history[-3:] if step.trimmed else history
    found = answered(connection, step.person, step.conversation, [*shown, Message("user", step.text)])
    if before is None:
        assert found is None
        return ""
    assert found is not None
    assert said(found)[-len(shown) :] == shown
    given = judge_turn(connection, found, step.text, found.created_at)
    if step.text in PLAIN or (found.question in ALONE and len(said(found)) > 2):
        assert given is None
        return ""
    assert given is not None
    assert (given.turn, given.text) == (found.id, step.text)
    return found.id


def test_every_praise_of_a_fresh_answer_is_captured(tmp_path: Path) -> None:
    with Store.open(tmp_path / "byheart.db") as store, store.transaction() as connection:
        history: tuple[Message, ...] = ()
        for number in range(6):
            step = Step("maya", "one", 0, f"Which soup today? {number}", number, trimmed=False)
            turn = answer(step, history, "one")
            save_turn(connection, turn)
            shown = [*said(turn), Message("user", "Good one, Timmy.")]
            found = answered(connection, "maya", "one", shown)
            assert found == turn
            assert judge_turn(connection, found, "Good one, Timmy.", turn.created_at) is not None
            reply = make_turn(next(numbers), conversation="one", messages=tuple(shown), reply="I know.")
            save_turn(connection, reply)
            history = said(reply)
        assert len(exchanges(connection)) == 6


def test_an_answer_that_was_never_ours_is_not_captured(store: Store) -> None:
    turn = make_turn(1)
    praise = Message("user", "Good one, Timmy.")
    with store.transaction() as connection:
        save_turn(connection, turn)
        shown = [*said(turn), praise]
        assert answered(connection, "maya", "maya-01", shown) == turn
        assert answered(connection, "walter", "maya-01", shown) is None
        assert answered(connection, "maya", "maya-02", shown) is None
        assert answered(connection, "maya", "maya-01", [praise]) is None
        edited = [said(turn)[0], Message("assistant", "Stew, obviously."), praise]
        assert answered(connection, "maya", "maya-01", edited) is None
        other = [Message("user", "Which stew?"), said(turn)[1], praise]
        assert answered(connection, "maya", "maya-01", other) is None


def test_a_turn_with_the_same_last_words_in_a_shorter_talk_is_another_one(store: Store) -> None:
    """Found by the property test: the same question and answer, once at the start and once further on."""
    with store.transaction() as connection:
        start = make_turn(1, messages=(Message("user", "Which soup?"),), reply="Leek.")
        save_turn(connection, start)
        talk = (*said(start), Message("user", "Which soup?"))
        later = make_turn(2, messages=talk, reply="Leek.")
        save_turn(connection, later)
        save_turn(connection, make_turn(3, messages=start.messages, reply="Leek."))
        shown = [*said(later), Message("user", "Good one, Timmy.")]
        assert answered(connection, "maya", "maya-01", shown) == later
        assert answered(connection, "maya", "maya-01", [Message("user", "Hi."), *shown]) is None
