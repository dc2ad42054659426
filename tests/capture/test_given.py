"""What a person states outright, early or late."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from byheart.base.errors import InputError, NotFoundError, StoreError
from byheart.base.store import Store
from byheart.base.tables import cursors, early_feedback, feedback
from byheart.capture import given as module
from byheart.capture.exchange import exchange_of, exchanges
from byheart.capture.feedback import feedback_of, judge_turn
from byheart.capture.given import Given, expire_early, give, rehearse, take_early
from byheart.chat.turns import save_turn

from .conftest import PRAISE, make_turn

NOON = "2026-06-02T18:21:00Z"
TURN = make_turn(1, completion="chatcmpl-1")


def count(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize(
    ("said", "label", "state"),
    [
        ({"thumb": "up"}, "praise", "pending"),
        ({"thumb": "down"}, "criticism", None),
        ({"rating": 4}, "praise", "pending"),
        ({"rating": 5.0, "thumb": "up", "comment": "Ha!"}, "praise", "pending"),
        ({"rating": 3}, "none", None),
        ({"rating": 2}, "criticism", None),
        ({"comment": "Hm."}, "none", None),
        ({"correction": "Stew.", "thumb": "down"}, "correction", "pending"),
    ],
)
def test_what_follows_from_each(store: Store, said: dict[str, Any], label: str, state: str | None) -> None:
    with store.transaction() as connection:
        save_turn(connection, TURN)
        for target in (TURN.id, TURN.completion):
            outcome = give(connection, Given(target, **said), NOON)
            assert (outcome.turn, outcome.label) == (TURN.id, label)
            assert (outcome.capture and outcome.capture.state) == state
            assert len(feedback_of(connection, TURN.id)) == len(said)
        exchange = exchange_of(connection, TURN.id)
        assert (exchange and exchange.preferred) == said.get("correction")


def test_a_changed_mind_replaces_what_was_said(store: Store) -> None:
    with store.transaction() as connection:
        save_turn(connection, TURN)
        says = [
            {"thumb": "up"},
            {"thumb": "down"},
            {"thumb": "up"},
            {"rating": 1},
            {"rating": 4},
            {"rating": 5},
        ]
        states = []
        for said in says:
            outcome = give(connection, Given(TURN.id, **said), NOON)
            assert outcome.capture is not None
            states.append(outcome.capture.state)
            standing = [f.id for f in feedback_of(connection, TURN.id) if f.state != "revoked"]
            assert standing == [outcome.id]
        assert states == ["pending", "revoked", "pending", "revoked", "pending", "pending"]
        assert [len(e.praise) for e in exchanges(connection)] == [1]
        assert count(connection, feedback) == 5
        taken_back = give(connection, Given(TURN.id, rating=3), NOON)
        assert (taken_back.capture and taken_back.capture.state) == "revoked"


def test_a_thumb_taken_back_leaves_what_was_read(store: Store) -> None:
    with store.transaction() as connection:
        save_turn(connection, TURN)
        judge_turn(connection, TURN, PRAISE, NOON)
        states = [give(connection, Given(TURN.id, thumb=thumb), NOON).capture for thumb in ("down", "none")]
        assert [e and e.state for e in states] == ["revoked", "pending"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"finish_reason": "error"}, "not whole (error)"),
        ({"finish_reason": "cancelled"}, "not whole (cancelled)"),
        ({"finish_reason": "length"}, "not whole (length)"),
        ({"finish_reason": "tool_calls"}, "a tool call"),
        ({"reply": " "}, "empty"),
        ({"choices": ({"index": 0}, {"index": 1})}, "several choices"),
    ],
)
def test_what_is_no_whole_answer_is_not_captured_and_the_why_says_so(
    store: Store, fields: dict[str, Any], why: str
) -> None:
    with store.transaction() as connection:
        save_turn(connection, make_turn(1, **fields))
        outcome = give(connection, Given("turn_0001", thumb="up"), NOON)
        assert (outcome.label, outcome.state, outcome.capture) == ("praise", "rejected", None)
        assert "not captured: " in outcome.why
        assert why in outcome.why


def test_a_key_is_applied_once_whatever_was_said_since(store: Store) -> None:
    up, down = Given("turn_0001", thumb="up"), Given("turn_0001", thumb="down")
    with store.transaction() as connection:
        assert give(connection, up, NOON, "k1").state == "waiting"
        assert give(connection, up, NOON, "k1").state == "waiting"
        save_turn(connection, TURN)
        assert give(connection, up, NOON, "k1").state == "pending"
        give(connection, down, NOON, "k2")
        again = give(connection, up, NOON, "k1")
        assert (again.state, again.capture and again.capture.state) == ("revoked", "revoked")
        with pytest.raises(InputError, match="other feedback"):
            give(connection, down, NOON, "k1")


def test_people_speak_of_their_own_answers(store: Store) -> None:
    with store.transaction() as connection:
        save_turn(connection, TURN)
        with pytest.raises(NotFoundError, match="walter has no answer"):
            give(connection, Given(TURN.id, person="walter", thumb="up"), NOON)
        assert give(connection, Given("turn_0002", person="walter", thumb="up"), NOON).state == "waiting"
        save_turn(connection, make_turn(2))
        take_early(connection, make_turn(2))
        assert exchanges(connection) == []
        assert give(connection, Given(TURN.id, person="maya", thumb="up"), NOON).capture is not None


def test_a_conversation_is_meant_by_its_last_answer(store: Store) -> None:
    with store.transaction() as connection:
        for number in (1, 2):
            save_turn(connection, make_turn(number))
        assert give(connection, Given("maya-01", conversation=True, thumb="up"), NOON).turn == "turn_0002"
        assert give(connection, Given("maya-01", thumb="up"), NOON).state == "waiting"


def test_nothing_is_kept_of_a_rehearsal(store: Store) -> None:
    with store.transaction() as connection:
        assert rehearse(connection, Given(TURN.id, thumb="up"), NOON).state == "waiting"
        save_turn(connection, TURN)
        assert rehearse(connection, Given(TURN.id, thumb="up"), NOON).capture is not None
        assert [count(connection, t) for t in (feedback, early_feedback, cursors)] == [0, 0, 0]


def test_what_waits_in_vain_is_let_go_of_after_a_day(store: Store) -> None:
    with store.transaction() as connection:
        give(connection, Given("never", thumb="up"), NOON, "k1")
        give(connection, Given(TURN.id, thumb="up"), NOON)
        save_turn(connection, TURN)
        assert expire_early(connection, "2026-06-03T18:20:00Z") == 0
        assert (len(exchanges(connection)), count(connection, early_feedback)) == (1, 1)
        assert expire_early(connection, "2026-06-03T18:22:00Z") == 1
        assert [count(connection, t) for t in (early_feedback, cursors)] == [0, 0]


def test_only_so_much_waits(store: Store) -> None:
    with store.transaction() as connection:
        rows = [
            {"id": f"e{n}", "turn": "x", "body": {}, "created_at": NOON} for n in range(module.MOST_WAITING)
        ]
        connection.execute(early_feedback.insert(), rows)
        with pytest.raises(StoreError, match="2000 answers"):
            give(connection, Given("never", thumb="up"), NOON)


@pytest.mark.parametrize(
    "said", [{}, {"comment": " "}, {"thumb": "up", "rating": 1}, {"target": "", "thumb": "up"}]
)
def test_feedback_that_says_nothing_or_both_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Given(**{"target": "turn_1", **said})


SAID = st.one_of(
    st.sampled_from([{"thumb": t} for t in ("up", "down", "none")]),
    st.sampled_from([{"rating": r} for r in (1, 3, 5)]),
    st.sampled_from([{"correction": c} for c in ("Stew.", "Broth.")]),
    st.sampled_from([{"comment": "Hm."}, {"chat": PRAISE}, {"chat": "That's wrong."}]),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Store.open(tmp_path_factory.mktemp("given") / "byheart.db") as opened:
        yield opened


@settings(max_examples=25, deadline=None)
@examples(said=st.lists(SAID, min_size=1, max_size=5))
def test_early_or_late_makes_no_difference(said: list[dict[str, Any]], shared: Store) -> None:
    """Feedback before the turn is stored, before the listener reads it, after; remarks in the chat in between."""
    results = []
    for stored in range(len(said) + 1):
        with shared.transaction() as connection:
            trial = connection.begin_nested()
            results.append(outcome(connection, said, stored))
            trial.rollback()
    assert all(one == other for one, other in pairwise(results))


def outcome(connection: Connection, said: list[dict[str, Any]], stored: int) -> Any:
    """What comes of it when the turn is stored after so many; the chat is read once it is."""
    unread = []
    for number, one in enumerate(said):
        if number == stored:
            save_turn(connection, TURN)
        if "chat" in one and number < stored:
            unread.append(one["chat"])
        elif "chat" in one:
            judge_turn(connection, TURN, one["chat"], NOON)
        else:
            give(connection, Given(TURN.completion, **one), NOON)
    if stored == len(said):
        save_turn(connection, TURN)
    take_early(connection, TURN)
    for text in unread:
        judge_turn(connection, TURN, text, NOON)
    exchange = exchange_of(connection, TURN.id)
    kept = {(f.id, f.label, f.state) for f in feedback_of(connection, TURN.id)}
    return exchange and (exchange.state, set(exchange.praise), exchange.preferred), kept


def test_the_template_of_waiting_feedback_is_read_back(tmp_path: Path) -> None:
    """All that was said comes through the wait: topic, tags and person."""
    said = Given("turn_0001", person="maya", thumb="up", comment="Ha!", topic="tone", tags=("dry", "warm"))
    with Store.open(tmp_path / "a.db") as store, store.transaction() as connection:
        give(connection, said, NOON)
        save_turn(connection, TURN)
        take_early(connection, TURN)
        found = {f.text: f.why for f in feedback_of(connection, TURN.id)}
    assert found == {
        "tone: thumb up": "a thumb was given; tags: dry, warm",
        "tone: Ha!": "a comment was given; tags: dry, warm",
    }
