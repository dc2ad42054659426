"""Whatever the order of turns, branches, tools, speakers, early feedback and restarts: what is captured is what
was praised, as it was seen."""

import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection

from byheart.base.clock import utcnow
from byheart.base.store import Store
from byheart.base.writer import Writer
from byheart.capture.exchange import exchange_turn, exchanges
from byheart.capture.feedback import answered, judge_turn, on_screen
from byheart.capture.given import Given, give
from byheart.capture.listener import Listener, enter
from byheart.chat.records import Message, Turn
from byheart.chat.turns import save_turn

from .conftest import make_turn

AT = utcnow()
ALONE = ("Good one, Timmy.", "Superb, Timmy.")
PRAISES = (*ALONE, "That was excellent. What else?")
BLAME, TAKE_BACK = "That's wrong.", "I take that back."
PLAIN = ("Which soup today?", "Thanks.", "My sister is brilliant.")
TEXTS = st.sampled_from([*PRAISES, *PRAISES, BLAME, TAKE_BACK, *PLAIN])
ENDS = st.sampled_from(["stop"] * 6 + ["length", "cancelled", "error"])


def said(turn: Turn) -> tuple[Message, ...]:
    """What is on screen once a turn is answered."""
    return (*(m for m in turn.messages if m.role != "system"), Message("assistant", turn.reply))


def shows(turn: Turn) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in said(turn)]


@dataclass
class Known:
    """What the machine knows of a turn: the turn that was on screen before, and what was said of it since."""

    turn: Turn
    text: str | None
    seen: "Known | None"
    praised: set[str] = field(default_factory=set)
    faulted: bool = False

    @property
    def state(self) -> str | None:
        """What its capture must be, by what was read from the chat."""
        if not self.praised:
            return None
        return "revoked" if self.faulted else "pending"


class Conversations(RuleBasedStateMachine):
    """People talk, retry, edit, branch and use tools; they press thumbs early and late; the listener comes and goes."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "byheart.db"
        shutil.copy(self.template, path)
        self.store = Store.open(path)
        self.writer = Writer(self.store)
        self.listener: Listener | None = None
        self.failures: Counter[str] = Counter()
        self.known: list[Known] = []
        self.thumbs: dict[str, list[str]] = {}

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            if self.listener is None:
                self.starts()
            self.everything_is_heard()
        finally:
            self.stops()
            self.writer.close()
            self.store.close()
            self.folder.cleanup()

    @rule(
        person=st.sampled_from(["maya", "walter"]),
        conversation=st.sampled_from(["one", "two"]),
        after=st.integers(0, 5),
        text=TEXTS,
        reply=st.integers(0, 2),
        end=ENDS,
        trimmed=st.integers(0, 4),
    )
    def says(
        self, person: str, conversation: str, after: int, text: str, reply: int, end: str, trimmed: int
    ) -> None:
        """Say something after an answer: the last one, or (a branch, a retry, an edit) an earlier one."""
        own = self.own(person, conversation)
        seen = own[-after] if after and len(own) >= after else None
        if seen is None and text not in PLAIN:
            text = PLAIN[reply]  # a talk does not begin with a judgement
        history = said(seen.turn) if seen else ()
        shown = history[-2:] if trimmed == 0 else history
        seen = self.as_shown(own, shown) if seen else None
        self.store_turn(
            person, conversation, (*shown, Message("user", text)), f"Soup {reply}, obviously.", end
        )
        self.hear(text, seen)

    @rule(
        person=st.sampled_from(["maya", "walter"]),
        after=st.integers(1, 3),
        text=TEXTS,
        reply=st.integers(0, 2),
    )
    def asks_for_a_tool(self, person: str, after: int, text: str, reply: int) -> None:
        """An answer that takes a tool is two turns; what was said is judged once."""
        own = self.own(person, "one")
        if len(own) < after:
            return
        history = (*said(own[-after].turn), Message("user", text))
        self.store_turn(person, "one", history, "", "tool_calls")
        self.hear(text, self.as_shown(own, history[:-1]))
        calls = {
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "soup", "arguments": "{}"}}]
        }
        back = Message("tool", "leek", {"tool_call_id": "c1"})
        self.store_turn(
            person, "one", (*history, Message("assistant", "", calls), back), f"Soup {reply}.", "stop"
        )
        self.known.append(Known(self.last, None, None))

    @rule(text=TEXTS, reply=st.integers(0, 2))
    def says_to_a_client_without_history(self, text: str, reply: int) -> None:
        """Such a client shows what was answered last."""
        own = self.own("maya", "radio")
        self.store_turn("maya", "radio", (Message("user", text),), f"Soup {reply}, obviously.", "stop")
        self.hear(text, own[-1] if own else None)

    @rule(ahead=st.integers(-3, 2), thumb=st.sampled_from(["up", "down", "none"]), by_turn=st.booleans())
    def presses_a_thumb(self, ahead: int, thumb: str, by_turn: bool) -> None:
        """Of an earlier answer, or of one that is not stored yet."""
        number = max(0, len(self.known) + ahead)
        target = f"turn_{number:04}" if by_turn else f"chatcmpl-{number}"
        given = Given(target, thumb=thumb)
        self.writer.submit(lambda c: give(c, given, AT)).result()
        self.thumbs.setdefault(f"turn_{number:04}", []).append(thumb)

    @precondition(lambda self: self.listener is None)
    @rule()
    def starts(self) -> None:
        self.listener = Listener(self.store, self.writer, self.failures)

    @precondition(lambda self: self.listener is not None)
    @rule()
    def stops(self) -> None:
        assert self.listener is not None
        self.listener.close()
        self.listener = None

    @precondition(lambda self: self.listener is not None)
    @rule()
    def everything_is_heard(self) -> None:
        assert self.listener is not None
        assert self.listener.settle(20)
        assert not self.failures
        with self.store.reading() as connection:
            found = {e.turn: e.state for e in exchanges(connection)}
            logged = {known.turn.id: known.turn for known in self.known}
            assert {e.turn: exchange_turn(connection, e) for e in exchanges(connection)} == {
                turn: logged[turn] for turn in found
            }
        assert found == {k.turn.id: state for k in self.known if (state := self.expected(k))}

    def own(self, person: str, conversation: str) -> list[Known]:
        mine = [k for k in self.known if (k.turn.person, k.turn.conversation) == (person, conversation)]
        return [k for k in mine if k.turn.finish_reason != "tool_calls"]

    def as_shown(self, own: list[Known], shown: tuple[Message, ...]) -> Known | None:
        """Which answer that is, of equals the newest. One that is cut may be any that ends like it: then none."""
        lines = [(m.role, m.content) for m in shown]
        whole = [k for k in own if shows(k.turn) == lines]
        alike = [k for k in own if shows(k.turn)[-len(lines) :] == lines]
        clear = len({tuple(shows(k.turn)) for k in alike}) == 1
        return whole[-1] if whole else alike[-1] if clear else None

    def store_turn(
        self, person: str, conversation: str, shown: tuple[Message, ...], reply: str, end: str
    ) -> None:
        number = len(self.known)
        system = Message("system", f"You are Timmy. You remember thing {number}.")
        turn = make_turn(
            number, person=person, conversation=conversation, messages=(system, *shown), reply=reply
        )
        turn = replace(turn, finish_reason=end, completion=f"chatcmpl-{number}", created_at=AT)

        def work(connection: Connection) -> None:
            save_turn(connection, turn)
            enter(connection, turn.id)

        self.writer.submit(work).result()
        if self.listener:
            self.listener.wake()
        self.last = turn

    def hear(self, text: str, seen: Known | None) -> None:
        """What must follow from saying this with that on screen."""
        self.known.append(Known(self.last, text, seen))
        if seen is None or seen.turn.finish_reason != "stop":
            return
        before = seen.seen if seen.seen and seen.text in seen.seen.praised else None
        if text == TAKE_BACK and before:
            before.faulted = True
            return
        if before and text in PLAIN and before.turn.question == text:
            before.faulted = True
        answers_praise = seen.turn.question in ALONE and len(seen.turn.messages) > 2
        if text in PRAISES and not answers_praise:
            seen.praised.add(text)
        if text in (BLAME, TAKE_BACK):
            seen.faulted = True

    def expected(self, known: Known) -> str | None:
        thumbs = self.thumbs.get(known.turn.id, [])
        if known.turn.finish_reason != "stop" or ("up" not in thumbs and not known.praised):
            return None
        last = thumbs[-1] if thumbs else "none"
        decided = {"up": "pending", "down": "revoked"}.get(last)
        return decided or known.state or "revoked"


def test_the_captured_exchange_is_the_praised_turn(tmp_path: Path) -> None:
    Conversations.template = tmp_path / "empty.db"
    Store.open(Conversations.template).close()
    run_state_machine_as_test(
        Conversations,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


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


def test_a_regenerated_answer_that_is_stored_before_praise_is_read_is_not_taken_for_it(store: Store) -> None:
    """The listener is behind: by the time it reads the praise, the same question was answered the same again."""
    with store.transaction() as connection:
        first = make_turn(1)
        save_turn(connection, first)
        shown = (*first.messages, Message("assistant", first.reply), Message("user", "Good one, Timmy."))
        praise = make_turn(2, messages=shown, reply="I know.")
        save_turn(connection, praise)
        save_turn(connection, make_turn(3, messages=first.messages, reply=first.reply))
        assert on_screen(connection, praise) == first


def test_a_message_alone_is_a_new_branch_once_the_client_has_sent_a_history(store: Store) -> None:
    with store.transaction() as connection:
        first = make_turn(1)
        save_turn(connection, first)
        alone = make_turn(2, messages=(Message("user", "Good one, Timmy."),))
        save_turn(connection, alone)
        assert on_screen(connection, alone) == first
        history = (*said(first), Message("user", "And tomorrow?"))
        save_turn(connection, make_turn(3, messages=history))
        branch = make_turn(4, messages=(Message("user", "Good one, Timmy."),))
        save_turn(connection, branch)
        assert on_screen(connection, branch) is None


@pytest.mark.parametrize("cut", [2, 4])
def test_a_client_that_drops_the_oldest_messages_is_understood(store: Store, cut: int) -> None:
    with store.transaction() as connection:
        history: tuple[Message, ...] = ()
        for number in range(4):
            turn = make_turn(number, messages=(*history, Message("user", f"Which soup? {number}")))
            save_turn(connection, turn)
            history = said(turn)
        shown = [*history[-cut:], Message("user", "Good one, Timmy.")]
        found = answered(connection, "maya", "maya-01", shown)
        assert found == turn
        assert judge_turn(connection, found, "Good one, Timmy.", turn.created_at) is not None
