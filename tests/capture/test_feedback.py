from typing import Any

import pytest
from sqlalchemy import Connection

from byheart.base.errors import InputError, NotFoundError, StoreError
from byheart.base.store import Store
from byheart.base.tables import personas, turns
from byheart.capture.exchange import exchange_of, exchange_turn, exchanges, read_exchange, set_state
from byheart.capture.feedback import feedback_of, judge_turn, persona_name, store_feedback
from byheart.capture.praise import Judgement
from byheart.chat.records import Message, Persona, Turn
from byheart.chat.turns import save_turn

from .conftest import PRAISE, make_turn

NOON = "2026-06-02T18:21:00Z"


def saved(connection: Connection, number: int = 1, **fields: Any) -> Turn:
    turn = make_turn(number, **fields)
    save_turn(connection, turn)
    return turn


def reply_to_praise(connection: Connection, praised: Turn, praise: str = PRAISE) -> Turn:
    messages = (*praised.messages, Message("assistant", praised.reply), Message("user", praise))
    return saved(connection, 2, messages=messages, reply="I do my best.", created_at=NOON)


def test_praise_captures_the_turn_as_seen(store: Store) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        given = judge_turn(connection, turn, PRAISE, NOON)
        assert given is not None
        assert (given.label, given.strength, given.span, given.state) == (
            "praise",
            "strong",
            "Good one",
            "pending",
        )
        (exchange,) = exchanges(connection, ["pending"])
        assert (exchange.turn, exchange.praise, exchange.hash) == (turn.id, (given.id,), turn.hash)
        assert exchange_turn(connection, exchange) == turn


def test_judging_twice_changes_nothing_and_more_praise_adds_up(store: Store) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        first = judge_turn(connection, turn, PRAISE, NOON)
        assert judge_turn(connection, turn, PRAISE, "2026-06-02T18:22:00Z") == first
        second = judge_turn(connection, turn, "That was hilarious.", NOON)
        (exchange,) = exchanges(connection)
        assert first is not None
        assert second is not None
        assert exchange.praise == (first.id, second.id)


@pytest.mark.parametrize(
    "fields",
    [
        {"finish_reason": "length"},
        {"finish_reason": "tool_calls"},
        {"finish_reason": "error"},
        {"reply": "  "},
        {"reply": "I'm sorry, but I can't do that."},
        {"reply": "Hello! I'm Timmy."},
        {"created_at": "2026-05-30T18:20:00Z"},
    ],
)
def test_what_is_no_answer_is_not_captured(store: Store, fields: dict[str, str]) -> None:
    with store.transaction() as connection:
        assert judge_turn(connection, saved(connection, **fields), PRAISE, NOON) is None
        assert exchanges(connection) == []


def test_another_speaker_cannot_praise(store: Store) -> None:
    with store.transaction() as connection:
        assert judge_turn(connection, saved(connection), PRAISE, NOON, person="walter") is None


def test_the_reply_to_praise_is_not_captured_but_one_to_praise_with_a_task_is(store: Store) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        thanks = reply_to_praise(connection, turn)
        assert judge_turn(connection, thanks, "You're hilarious.", NOON) is None
        messages = (
            *turn.messages,
            Message("assistant", turn.reply),
            Message("user", PRAISE + " And lentils?"),
        )
        more = saved(connection, 3, messages=messages)
        assert judge_turn(connection, more, PRAISE, NOON) is not None


@pytest.mark.parametrize(
    "later", ["That's wrong.", "I take that back, it wasn't funny.", "I said stew, not soup."]
)
def test_later_criticism_or_correction_of_the_turn_revokes(store: Store, later: str) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        praise = judge_turn(connection, turn, PRAISE, NOON)
        given = judge_turn(connection, turn, later, NOON)
        assert given is not None
        assert given.label in {"criticism", "correction"}
        (exchange,) = exchanges(connection)
        assert exchange.state == "revoked"
        assert praise is not None
        assert {f.id: f.state for f in feedback_of(connection, turn.id)}[praise.id] == "revoked"


def test_a_take_back_after_the_reply_reaches_the_praised_turn(store: Store) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        judge_turn(connection, turn, PRAISE, turn.created_at)
        thanks = reply_to_praise(connection, turn)
        given = judge_turn(connection, thanks, "I take that back.", NOON)
        assert given is not None
        assert given.turn == turn.id
        assert [e.state for e in exchanges(connection)] == ["revoked"]


@pytest.mark.parametrize(
    ("at", "state"), [("2026-06-02T18:25:00Z", "revoked"), ("2026-06-02T19:25:00Z", "pending")]
)
def test_asking_the_same_again_within_minutes_revokes(store: Store, at: str, state: str) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        judge_turn(connection, turn, PRAISE, turn.created_at)
        given = judge_turn(connection, reply_to_praise(connection, turn), turn.question, at)
        assert (given and given.turn) == (turn.id if state == "revoked" else None)
        assert [e.state for e in exchanges(connection)] == [state]


def test_a_thumb_outranks_what_was_read(store: Store) -> None:
    thumb = Judgement("praise", "strong", "", "thumbs up")
    with store.transaction() as connection:
        turn = saved(connection)
        judge_turn(connection, turn, "That's wrong.", NOON)
        store_feedback(connection, turn, thumb, "", NOON, source="thumb")
        judge_turn(connection, turn, "not funny", NOON)
        assert [e.state for e in exchanges(connection)] == ["pending"]
        store_feedback(connection, turn, Judgement("criticism", "strong"), "", NOON, source="rating")
        assert [e.state for e in exchanges(connection)] == ["revoked"]
        store_feedback(connection, turn, thumb, "again", NOON, source="thumb")
        assert [e.state for e in exchanges(connection)] == ["pending"]


def test_an_edited_answer_becomes_the_preferred_one(store: Store) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        store_feedback(
            connection, turn, Judgement("correction", "strong"), "Stew.", NOON, source="correction"
        )
        exchange = exchange_of(connection, turn.id)
        assert exchange is not None
        assert (exchange.preferred, exchange.praise, exchange.state) == ("Stew.", (), "pending")


def test_accept_reject_undo(store: Store) -> None:
    with store.transaction() as connection:
        judge_turn(connection, saved(connection), PRAISE, NOON)
        (exchange,) = exchanges(connection)
        for state in ("accepted", "pending", "rejected", "pending", "revoked", "pending", "accepted"):
            assert set_state(connection, exchange.id, state).state == state
            assert [f.state for f in feedback_of(connection, exchange.turn)] == [state]
        assert exchanges(connection, ["pending"]) == []
        assert exchanges(connection, ["accepted"], person="walter") == []
        set_state(connection, exchange.id, "revoked")
        with pytest.raises(InputError, match="revoked, it cannot be accepted"):
            set_state(connection, exchange.id, "accepted")
        with pytest.raises(InputError, match="no state"):
            set_state(connection, exchange.id, "lost")
        with pytest.raises(NotFoundError, match="exchange_none"):
            read_exchange(connection, "exchange_none")


def test_a_turn_that_was_changed_afterwards_is_refused(store: Store) -> None:
    with store.transaction() as connection:
        judge_turn(connection, saved(connection), PRAISE, NOON)
        (exchange,) = exchanges(connection)
        connection.execute(turns.update().values(reply="Something else."))
        with pytest.raises(StoreError, match="was changed after it was captured"):
            exchange_turn(connection, exchange)


def test_the_persona_is_known_by_its_version(store: Store) -> None:
    persona = Persona("Ada", "You are Ada.")
    with store.transaction() as connection:
        row = {"version": persona.version, "name": "Ada", "prompt": persona.prompt, "created_at": NOON}
        connection.execute(personas.insert().values(**row))
        assert persona_name(connection, persona.version) == "Ada"
        assert persona_name(connection, "timmy") == "timmy"
        assert persona_name(connection, "persona_unknown") == ""
        turn = saved(connection, persona=persona.version)
        assert judge_turn(connection, turn, "Well done, Timmy!", NOON) is None
        assert judge_turn(connection, turn, "Well done, Ada!", NOON) is not None


def test_a_person_s_thumb_decides_whenever_it_comes(store: Store) -> None:
    down = Judgement("criticism", "strong", "", "thumb")
    with store.transaction() as connection:
        early, late = saved(connection), saved(connection, 2)
        store_feedback(connection, early, down, "thumb down", NOON, source="thumb")
        judge_turn(connection, early, PRAISE, NOON)
        judge_turn(connection, late, PRAISE, NOON)
        store_feedback(connection, late, down, "thumb down", NOON, source="thumb")
        assert [e.state for e in exchanges(connection)] == ["revoked", "revoked"]


def test_a_better_answer_outlives_criticism_and_is_looked_at_anew(store: Store) -> None:
    better = Judgement("correction", "strong")
    with store.transaction() as connection:
        turn = saved(connection)
        judge_turn(connection, turn, PRAISE, NOON)
        (exchange,) = exchanges(connection)
        set_state(connection, exchange.id, "accepted")
        store_feedback(connection, turn, better, "Stew.", NOON, source="correction")
        store_feedback(connection, turn, Judgement("criticism", "strong"), "thumb down", NOON, source="thumb")
        judge_turn(connection, turn, "That's wrong.", NOON)
        (exchange,) = exchanges(connection)
        assert (exchange.state, exchange.preferred) == ("pending", "Stew.")
        set_state(connection, exchange.id, "rejected")
        given = store_feedback(connection, turn, better, "Broth.", NOON, source="correction")
        assert given.state == "rejected"
        assert {f.text: f.state for f in feedback_of(connection, turn.id)}["Stew."] == "revoked"


def test_what_the_owner_puts_back_stays_until_something_new_is_said(store: Store) -> None:
    with store.transaction() as connection:
        turn = saved(connection)
        judge_turn(connection, turn, PRAISE, NOON)
        judge_turn(connection, turn, "That's wrong.", NOON)
        (exchange,) = exchanges(connection, ["revoked"])
        set_state(connection, exchange.id, "pending")
        judge_turn(connection, turn, "That was hilarious.", NOON)
        assert [e.state for e in exchanges(connection)] == ["pending"]
        judge_turn(connection, turn, "That's still wrong.", NOON)
        assert [e.state for e in exchanges(connection)] == ["revoked"]


KEY = "sk-" + "Ab3dEf6hIj9kLm2nOp5q"


@pytest.mark.parametrize("source", ["detected", "thumb"])
@pytest.mark.parametrize(
    "fields",
    [
        {"reply": f"Your key is {KEY}."},
        {"messages": (Message("user", f"My password: hunter2-{KEY}"),)},
        {"messages": (Message("user", "Look.", {"content": [{"type": "text", "text": KEY}]}),)},
    ],
)
def test_a_turn_that_holds_a_secret_is_praised_but_never_captured(
    store: Store, fields: dict[str, Any], source: str
) -> None:
    with store.transaction() as connection:
        turn = saved(connection, **fields)
        given = store_feedback(
            connection, turn, Judgement("praise", "strong", "", "said so"), "up", NOON, source
        )
        assert (given.label, given.state) == ("praise", "rejected")
        assert "not captured: it holds a secret" in given.why
        assert feedback_of(connection, turn.id) == [given]
        assert exchanges(connection) == []


def test_a_better_answer_that_holds_a_secret_is_not_learned(store: Store) -> None:
    with store.transaction() as connection:
        judged = Judgement("correction", "strong", "", "given")
        given = store_feedback(connection, saved(connection), judged, f"Use {KEY}.", NOON, "correction")
        assert "secret" in given.why
        assert exchanges(connection) == []


def test_an_embedded_picture_holds_no_secret(store: Store) -> None:
    picture = {"content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + KEY * 200}}]}
    with store.transaction() as connection:
        turn = saved(connection, messages=(Message("user", "", picture),))
        assert judge_turn(connection, turn, PRAISE, NOON) is not None
        assert len(exchanges(connection)) == 1


def test_the_answer_after_a_tool_call_is_captured_with_the_call_in_its_prompt(store: Store) -> None:
    calls = {
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "menu", "arguments": "{}"}}]
    }
    asked = make_turn(1).messages
    with store.transaction() as connection:
        called = saved(
            connection, messages=asked, reply="", finish_reason="tool_calls", choices=({"message": calls},)
        )
        assert judge_turn(connection, called, PRAISE, NOON) is None
        back = (*asked, Message("assistant", "", calls), Message("tool", "Leek.", {"tool_call_id": "c1"}))
        answer = saved(connection, 2, messages=back)
        assert judge_turn(connection, answer, PRAISE, NOON) is not None
        (exchange,) = exchanges(connection)
        assert exchange_turn(connection, exchange).messages == back
