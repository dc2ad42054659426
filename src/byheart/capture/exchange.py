"""A praised exchange: a pointer to the turn as it was seen. Nothing in it is ever rebuilt from the history.

In the words of the capture format: n-1 is the reply pointed at, n-2 the prompt frozen with it, n-3 the last
user message inside that prompt, and the praise (n-0) is kept as evidence, never as part of the example.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, insert, select, update

from byheart.base.clock import utcnow
from byheart.base.errors import InputError, NotFoundError, StoreError
from byheart.base.ids import content_id
from byheart.base.tables import cursors
from byheart.base.tables import exchanges as table
from byheart.base.tables import feedback as feedback_table
from byheart.chat.records import Turn
from byheart.chat.turns import read_turn

STATES = ("pending", "accepted", "rejected", "revoked")

# What a person may do to a capture; a revoked one comes back only by `pending`, that is, by undoing.
_MOVES = {
    "pending": ("accepted", "rejected", "revoked"),
    "accepted": ("pending", "rejected", "revoked"),
    "rejected": ("pending", "accepted"),
    "revoked": ("pending", "rejected"),
}


@dataclass(frozen=True)
class Exchange:
    """A turn that was praised, or answered better by a person.

    `praise` holds the ids of the feedback that praises it, `preferred` a person's corrected answer, `hash`
    that of the turn when it was captured; `state` is one of STATES.
    """

    id: str
    turn: str
    person: str
    persona: str
    praise: tuple[str, ...]
    preferred: str | None
    state: str
    created_at: str
    hash: str


def capture(
    connection: Connection, turn: Turn, at: str, praise: str | None = None, preferred: str | None = None
) -> Exchange:
    """Point at a turn; one exchange each. More praise adds up, a corrected answer replaces the last."""
    found = exchange_of(connection, turn.id)
    if found is None:
        exchange = Exchange(
            id=content_id("exchange", {"turn": turn.id}),
            turn=turn.id,
            person=turn.person,
            persona=turn.persona,
            praise=(praise,) if praise else (),
            preferred=preferred,
            state="pending",
            created_at=at,
            hash=turn.hash,
        )
        connection.execute(insert(table).values(**{**vars(exchange), "praise": list(exchange.praise)}))
        if turn.source == "import":
            _note(connection, _CAPTURED + exchange.id)
        return exchange
    more = (*found.praise, praise) if praise and praise not in found.praise else found.praise
    better = found.preferred if preferred is None else preferred
    if (more, better) != (found.praise, found.preferred):
        values = {"praise": list(more), "preferred": better}
        connection.execute(update(table).where(table.c.id == found.id).values(**values))
    return read_exchange(connection, found.id)


def read_exchange(connection: Connection, exchange_id: str) -> Exchange:
    """One exchange by its id. Raises NotFoundError."""
    row = connection.execute(select(table).where(table.c.id == exchange_id)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no capture {exchange_id!r}.", "`byheart captures` lists them.")
    return _exchange(row)


def exchange_of(connection: Connection, turn_id: str) -> Exchange | None:
    """The exchange that points at a turn."""
    row = connection.execute(select(table).where(table.c.turn == turn_id)).mappings().first()
    return _exchange(row) if row else None


def exchanges(
    connection: Connection, states: Iterable[str] = STATES, person: str | None = None
) -> list[Exchange]:
    """The exchanges in any of the states, the oldest first, of everybody or of one person."""
    query = select(table).where(table.c.state.in_([_known(state) for state in states]))
    if person is not None:
        query = query.where(table.c.person == person)
    rows = connection.execute(query.order_by(table.c.created_at, table.c.id)).mappings()
    return [_exchange(row) for row in rows]


def exchange_turn(connection: Connection, exchange: Exchange) -> Turn:
    """The turn exactly as it was seen.

    Raises StoreError when the stored turn is not the one that was captured.
    """
    turn = read_turn(connection, exchange.turn)
    if turn.hash != exchange.hash:
        raise StoreError(
            f"Turn {turn.id} was changed after it was captured: {turn.hash}, not {exchange.hash}.",
            f"Restore the store from a backup, or reject {exchange.id}.",
        )
    return turn


def set_state(connection: Connection, exchange_id: str, state: str) -> Exchange:
    """Accept, reject, revoke, or (with `pending`) undo any of these; the praise behind it follows.

    What a person has put back waits for a person: no time that passes settles it, and the faults that had
    revoked it no longer count. Raises NotFoundError, and InputError for a move that makes no sense.
    """
    exchange = read_exchange(connection, exchange_id)
    if _known(state) == exchange.state:
        return exchange
    if state not in _MOVES[exchange.state]:
        raise InputError(f"{exchange_id} is {exchange.state}, it cannot be {state}.", "Undo that first.")
    if state == "pending":
        _hold(connection, exchange)
    return move(connection, exchange_id, state)


def move(connection: Connection, exchange_id: str, state: str) -> Exchange:
    """Set the state that follows from what was said; whatever a person decides goes through `set_state`."""
    exchange = read_exchange(connection, exchange_id)
    connection.execute(update(table).where(table.c.id == exchange_id).values(state=state))
    connection.execute(
        update(feedback_table).where(feedback_table.c.id.in_(exchange.praise)).values(state=state)
    )
    return replace(exchange, state=state)


def drop_praise(connection: Connection, turn_id: str, gone: Iterable[str]) -> None:
    """Take praise off an exchange that the person has replaced by something else."""
    exchange = exchange_of(connection, turn_id)
    if exchange is not None and set(gone).intersection(exchange.praise):
        left = [one for one in exchange.praise if one not in set(gone)]
        connection.execute(update(table).where(table.c.id == exchange.id).values(praise=left))


def held(connection: Connection, exchange_id: str) -> bool:
    """Whether a person has put it back, so that it waits for a person."""
    return _noted(connection, _HELD + exchange_id) is not None


def captured_at(connection: Connection, exchange: Exchange) -> str:
    """Since when the owner could look at it: an old log may have been imported just now."""
    return max(exchange.created_at, _noted(connection, _CAPTURED + exchange.id) or "")


_HELD, _CAPTURED = "held/", "captured/"


def _noted(connection: Connection, name: str) -> str | None:
    return connection.execute(select(cursors.c.position).where(cursors.c.name == name)).scalar()


def _note(connection: Connection, name: str) -> None:
    """Keep when something happened, the first time that it does."""
    if _noted(connection, name) is None:
        connection.execute(insert(cursors).values(name=name, position=utcnow()))


def _hold(connection: Connection, exchange: Exchange) -> None:
    connection.execute(
        update(feedback_table)
        .where(
            feedback_table.c.turn == exchange.turn, feedback_table.c.label.in_(("criticism", "correction"))
        )
        .where(feedback_table.c.source != "correction")
        .values(state="revoked")
    )
    _note(connection, _HELD + exchange.id)


def _known(state: str) -> str:
    if state not in STATES:
        raise InputError(f"{state!r} is no state of a capture.", f"Take one of {', '.join(STATES)}.")
    return state


def _exchange(row: RowMapping) -> Exchange:
    values = {key: row[key] for key in Exchange.__dataclass_fields__}
    return Exchange(**{**values, "praise": tuple(row["praise"])})
