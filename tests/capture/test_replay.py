from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from byheart.base.store import Store
from byheart.base.tables import turns
from byheart.capture.exchange import exchange_turn, exchanges
from byheart.capture.feedback import feedback_of
from byheart.capture.importer import LoggedConversation, LoggedMessage
from byheart.capture.interchange import interchanges
from byheart.capture.replay import Prompting, Replayed, replay, restore
from byheart.chat.prompt import NOTHING
from byheart.chat.records import Persona, Turn
from byheart.chat.turns import recent_turns
from byheart.memory.bank import forget_person, memories_of

PROMPTING = Prompting(Persona("Timmy", "You are Timmy."))
DAY = "2026-03-{:02d}T18:{:02d}:00Z"


def talk(
    *said: str, conversation: str = "c1", person: str = "maya", day: int = 2, system: str = ""
) -> LoggedConversation:
    """User and assistant in turns, a minute each."""
    messages = [
        LoggedMessage("user" if n % 2 == 0 else "assistant", text, DAY.format(day, n))
        for n, text in enumerate(said)
    ]
    if system:
        messages.insert(0, LoggedMessage("system", system, DAY.format(day, 0)))
    return LoggedConversation(conversation, person, "", tuple(messages), 1)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with Store.open(tmp_path / "b.db") as store, store.transaction() as connection:
        yield connection


def run(connection: Connection, *logs: LoggedConversation) -> Replayed:
    *_, came = replay(connection, logs, PROMPTING)
    return came


def told(connection: Connection, person: str = "maya") -> list[Turn]:
    """A person's turns, the oldest first."""
    return recent_turns(connection, person, 100)[::-1]


def test_a_prompt_holds_what_was_known_at_that_moment_and_no_more(connection: Connection) -> None:
    run(
        connection,
        talk("Any news on my goal?", "Still May.", conversation="c2", day=9),
        talk("I want to run a half marathon in May.", "Then start slowly.", "Fine.", "Good.", day=2),
    )
    first, second, later = told(connection)
    assert first.messages[0].content == f"You are Timmy.\n\n{NOTHING}"
    assert first.memories == ()
    assert "just now: I want to run a half marathon in May (2026-05)." in second.messages[0].content
    assert "7 days ago: I want to run a half marathon in May (2026-05)." in later.messages[0].content
    assert [m.source_turn for m in memories_of(connection, "maya")] == [first.id]


def test_praise_points_at_the_answer_before_with_its_own_prompt(connection: Connection) -> None:
    came = run(
        connection, talk("A joke?", "A brass whistle.", "Good one, Timmy!", "Thank you.", "Bye.", "Bye.")
    )
    (exchange,) = exchanges(connection)
    turn = exchange_turn(connection, exchange)
    assert (turn.question, turn.reply) == ("A joke?", "A brass whistle.")
    assert "Good one" not in str(turn.messages)
    assert [f.text for f in feedback_of(connection, turn.id)] == ["Good one, Timmy!"]
    assert (came.turns, came.labels["praise"], came.captured) == (3, 1, 1)


def test_a_session_may_end_with_the_persons_last_word(connection: Connection) -> None:
    came = run(
        connection, talk("A joke?", "A brass whistle.", "Good one, Timmy! I work nights at the hospital.")
    )
    assert (came.turns, came.captured) == (1, 1)
    assert [m.source_turn for m in memories_of(connection, "maya")] == [None]


def test_a_recorded_system_prompt_is_kept_as_it_was(connection: Connection) -> None:
    run(
        connection,
        talk("I live in Ghent.", "Noted.", "A joke?", "No.", system="You are Timmy v34.\n  Memories: none"),
    )
    for turn in told(connection):
        assert turn.messages[0].content == "You are Timmy v34.\n  Memories: none"
        assert turn.prompt_source == "recorded"
        assert turn.memories == ()


def test_two_people_never_meet(connection: Connection) -> None:
    run(
        connection,
        talk("I want to run a half marathon in May.", "Good.", conversation="same"),
        talk("What do I want to run?", "I do not know.", conversation="same", person="jonas", day=3),
    )
    (turn,) = told(connection, "jonas")
    assert NOTHING in turn.messages[0].content
    assert turn.conversation == "same"


def test_what_was_deleted_does_not_come_back(connection: Connection) -> None:
    log = talk("I want to run a half marathon in May.", "Good.", "Also, I live in Ghent.")
    assert run(connection, log).memories >= 2
    forget_person(connection, "maya")
    assert run(connection, log).memories == 0
    assert memories_of(connection, "maya") == []


def test_a_log_that_has_grown_adds_what_is_new(connection: Connection) -> None:
    run(connection, talk("A joke?", "A brass whistle."))
    came = run(connection, talk("A joke?", "A brass whistle.", "Good one, Timmy!", "Thank you."))
    assert (came.turns, came.known, came.captured) == (1, 1, 1)


def test_two_answers_in_a_row_are_not_praised_for_each_other(connection: Connection) -> None:
    said = (
        LoggedMessage("assistant", "Good morning.", DAY.format(2, 0)),
        LoggedMessage("user", "A joke?", DAY.format(2, 1)),
        LoggedMessage("assistant", "A brass whistle.", DAY.format(2, 2)),
        LoggedMessage("assistant", "Or a copper coil.", DAY.format(2, 3)),
        LoggedMessage("user", "Good one, Timmy!", DAY.format(2, 4)),
        LoggedMessage("user", "And another?", DAY.format(2, 5)),
        LoggedMessage("assistant", "No.", DAY.format(2, 6)),
    )
    came = run(connection, LoggedConversation("c1", "maya", "", said, 1))
    first, second = told(connection)
    assert came.captured == 0
    assert [m.content for m in first.messages[1:]] == ["Good morning.", "A joke?"]
    assert [m.content for m in second.messages[1:]] == [m.content for m in said[:-1]]
    assert second.question == "And another?"


def test_captures_go_through_the_interchange_log_to_another_store(
    connection: Connection, tmp_path: Path
) -> None:
    run(connection, talk("A joke?", "A brass whistle.", "Good one, Timmy!", "Thank you."))
    (item,) = interchanges(connection)
    with Store.open(tmp_path / "other.db") as store, store.transaction() as other:
        assert restore(other, [item]).new == (item.exchange.id,)
        assert restore(other, [item]).known == (item.exchange.id,)
        assert interchanges(other) == [item]


def test_an_edited_capture_is_left_out(connection: Connection, tmp_path: Path) -> None:
    from dataclasses import replace

    run(connection, talk("A joke?", "A brass whistle.", "Good one, Timmy!", "Thank you."))
    (item,) = interchanges(connection)
    edited = replace(item, turn=replace(item.turn, reply="A silver whistle."))
    with Store.open(tmp_path / "other.db") as store, store.transaction() as other:
        assert restore(other, [edited]).edited == (item.exchange.id,)
        assert exchanges(other) == []


SAID = st.sampled_from(
    [
        "Good one, Timmy!",
        "No, it is six.",
        "That is nonsense.",
        "I live in Ghent.",
        "A joke?",
        "Why?",
        "Fine.",
    ]
)


@settings(max_examples=40, deadline=None)
@given(said=st.lists(SAID, min_size=1, max_size=9))
def test_any_order_of_turns_is_stored_as_it_was_said_and_only_once(
    tmp_path_factory: pytest.TempPathFactory, said: list[str]
) -> None:
    """The captured example is always the praised reply with its own history, whatever came around it."""
    log = talk(*(text if n % 2 == 0 else f"answer {n}" for n, text in enumerate(said)))
    with Store.open(tmp_path_factory.mktemp("s") / "b.db") as store, store.transaction() as connection:
        came = run(connection, log)
        assert came.turns == len(said) // 2
        for number, turn in enumerate(told(connection)):
            assert [m.content for m in turn.messages[1:]] == [
                m.content for m in log.messages[: 2 * number + 1]
            ]
            assert turn.reply == f"answer {2 * number + 1}"
        for exchange in exchanges(connection):
            turn = exchange_turn(connection, exchange)
            replies = [m.content for m in log.messages]
            place = replies.index(turn.reply)
            praise = [f.text for f in feedback_of(connection, turn.id) if f.id in exchange.praise]
            assert praise == [replies[place + 1]]
        stored = connection.execute(turns.select()).all()
        assert run(connection, log).turns == 0
        assert connection.execute(turns.select()).all() == stored
