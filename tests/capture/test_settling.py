"""What time does to captures."""

from typing import Any

import pytest
from sqlalchemy import Connection

from byheart.base.store import Store
from byheart.capture.exchange import exchange_of, exchanges, set_state
from byheart.capture.feedback import feedback_of, judge_turn, store_feedback
from byheart.capture.praise import Judgement
from byheart.capture.settling import settle_captures
from byheart.chat.turns import save_turn

from .conftest import PRAISE, make_turn

NOON = "2026-06-02T18:21:00Z"
WEEK, QUARTER = "2026-06-09T18:21:00Z", "2026-09-01T18:21:00Z"


def praised(connection: Connection, number: int = 1, strength: str = "strong", **fields: Any) -> str:
    turn = make_turn(number, **fields)
    save_turn(connection, turn)
    store_feedback(connection, turn, Judgement("praise", strength, "", "said so"), PRAISE, NOON)
    exchange = exchange_of(connection, turn.id)
    assert exchange is not None
    return exchange.id


def states(connection: Connection) -> list[str]:
    return [e.state for e in exchanges(connection)]


@pytest.mark.parametrize(
    ("strength", "now", "days", "state"),
    [
        ("strong", WEEK, 7, "accepted"),
        ("strong", "2026-06-09T18:20:59Z", 7, "pending"),
        ("strong", WEEK, 0, "pending"),
        ("weak", WEEK, 7, "pending"),
        ("weak", QUARTER, 7, "rejected"),
        ("strong", QUARTER, 0, "rejected"),
        ("strong", "2026-08-31T18:20:00Z", 0, "pending"),
    ],
)
def test_strong_praise_is_accepted_in_time_and_what_nobody_looked_at_expires(
    store: Store, strength: str, now: str, days: int, state: str
) -> None:
    with store.transaction() as connection:
        praised(connection, strength=strength)
        assert settle_captures(connection, now, days) == (state != "pending")
        assert states(connection) == [state]
        (said,) = feedback_of(connection, "turn_0001")
        assert said.state == state
        assert ("; " in said.why) == (state != "pending")
        assert settle_captures(connection, now, days) == 0


def test_what_was_revoked_or_put_back_is_left_alone(store: Store) -> None:
    with store.transaction() as connection:
        for number in (1, 2, 3):
            praised(connection, number)
        judge_turn(connection, make_turn(1), "That's wrong.", NOON)
        put_back = exchange_of(connection, "turn_0002")
        assert put_back is not None
        set_state(connection, put_back.id, "accepted")
        set_state(connection, put_back.id, "pending")
        assert settle_captures(connection, WEEK, 7) == 1
        assert settle_captures(connection, QUARTER, 7) == 0
        assert sorted(states(connection)) == ["accepted", "pending", "revoked"]


def test_more_praise_and_a_better_answer_begin_the_time_anew(store: Store) -> None:
    with store.transaction() as connection:
        praised(connection)
        better = Judgement("correction", "strong", "", "given")
        store_feedback(connection, make_turn(1), better, "Stew.", "2026-06-08T18:21:00Z", "correction")
        assert settle_captures(connection, WEEK, 7) == 0
        assert settle_captures(connection, "2026-06-15T18:21:00Z", 7) == 1


def test_an_old_log_imported_today_is_not_too_old_to_be_looked_at(store: Store) -> None:
    with store.transaction() as connection:
        praised(connection, source="import")
        assert settle_captures(connection, QUARTER, 7) == 0
        assert settle_captures(connection, "2099-01-01T00:00:00Z", 7) == 1
