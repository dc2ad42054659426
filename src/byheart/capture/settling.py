"""What becomes of captures that nobody decides on: time settles them, if the owner lets it."""

from datetime import timedelta

from sqlalchemy import Connection, update

from byheart.base.clock import format_time, parse_time
from byheart.base.tables import feedback
from byheart.capture.exchange import Exchange, captured_at, exchanges, held, move
from byheart.capture.verdict import Feedback, feedback_of

EXPIRE_DAYS = 90
"""A capture that nobody has looked at for so long is rejected."""


def settle_captures(connection: Connection, now: str, days: int) -> int:
    """Accept strong captures not revoked for `days` (0: never), reject those that nobody looked at for 90.

    Gives how many changed. Weak ones are never accepted unseen, and none that a person has put back to pending.
    The reason is added to the `why` of the praise.
    """
    moment = parse_time(now)
    settled = 0
    for exchange in exchanges(connection, ["pending"]):
        behind = [f for f in feedback_of(connection, exchange.turn) if _counts(exchange, f)]
        since = max([captured_at(connection, exchange), *(f.created_at for f in behind)])
        waited = moment - parse_time(since)
        strong = exchange.preferred is not None or any(f.strength == "strong" for f in behind)
        if days and strong and waited >= timedelta(days=days):
            state, why = "accepted", f"accepted unseen, not revoked for {days} days"
        elif waited >= timedelta(days=EXPIRE_DAYS):
            state, why = "rejected", f"nobody looked at it for {EXPIRE_DAYS} days"
        else:
            continue
        if not held(connection, exchange.id):
            move(connection, exchange.id, state)
            _explain(connection, behind, f"{why} ({format_time(moment)[:10]})")
            settled += 1
    return settled


def _counts(exchange: Exchange, said: Feedback) -> bool:
    """Whether an exchange stands on it: praise of it, or the better answer that was given."""
    better = said.source == "correction" and said.text == exchange.preferred
    return better or (said.id in exchange.praise and said.state != "revoked")


def _explain(connection: Connection, behind: list[Feedback], why: str) -> None:
    for said in behind:
        connection.execute(
            update(feedback)
            .where(feedback.c.id == said.id)
            .values(why="; ".join(filter(None, (said.why, why))))
        )
