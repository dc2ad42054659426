"""Turns in the store: written once, read back as they were."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from byheart.base.errors import NotFoundError
from byheart.base.tables import turns as table
from byheart.chat.records import MemoryLine, Message, Turn, chain

_before = table.alias("before")
# Built once: saving a turn is on the path of every reply.
_SAVE = insert(table).values(
    seq=select(func.coalesce(func.max(_before.c.seq) + 1, 0))
    .where(_before.c.conversation == bindparam("of"), _before.c.person == bindparam("with"))
    .scalar_subquery()
)


def save_turn(connection: Connection, turn: Turn) -> None:
    """Store a turn at the end of its conversation."""
    row: dict[str, Any] = {
        **{name: getattr(turn, name) for name in Turn.__dataclass_fields__},
        "messages": [m.wire() for m in turn.messages],
        "memories": [asdict(m) for m in turn.memories],
        "parameters": dict(turn.parameters),
        "timings": dict(turn.timings),
        "choices": [dict(choice) for choice in turn.choices],
        "outcome": dict(turn.outcome),
        "hash": turn.hash,
        "chain": turn.chain,
    }
    connection.execute(_SAVE, {**row, "of": turn.conversation, "with": turn.person})


def read_turn(connection: Connection, turn_id: str) -> Turn:
    """One turn by its id. Raises NotFoundError."""
    row = connection.execute(select(table).where(table.c.id == turn_id)).mappings().first()
    if row is None:
        raise NotFoundError(
            f"There is no turn {turn_id!r}.", "List captures to see the turns they come from."
        )
    return turn_of(row)


def previous_turn(connection: Connection, turn: Turn) -> Turn | None:
    """The turn before this one in the same conversation with the same person."""
    own = select(table.c.seq).where(table.c.id == turn.id).scalar_subquery()
    query = (
        select(table)
        .where(table.c.conversation == turn.conversation, table.c.person == turn.person, table.c.seq < own)
        .order_by(table.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return turn_of(row) if row else None


def recent_turns(connection: Connection, person: str, limit: int) -> list[Turn]:
    """A person's last turns, the newest first."""
    query = (
        select(table)
        .where(table.c.person == person)
        .order_by(table.c.created_at.desc(), table.c.id.desc())
        .limit(limit)
    )
    return [turn_of(row) for row in connection.execute(query).mappings()]


def conversation_of(connection: Connection, person: str, messages: Sequence[Message]) -> str | None:
    """The conversation that a client goes on with, told by the history it sends again; None for a new one.

    A history goes on where its messages, the new ones of the user aside, are what was said up to a turn.
    """
    end = chain(person, told(messages))
    query = select(table.c.conversation).where(table.c.chain == end, table.c.person == person)
    return connection.execute(query.order_by(table.c.created_at.desc()).limit(1)).scalar() if end else None


def told(messages: Sequence[Message]) -> Sequence[Message]:
    """The history up to the last answer: what the client sends again rather than for the first time."""
    last = max((i for i, m in enumerate(messages) if m.role == "assistant"), default=-1)
    return messages[: last + 1]


def turn_of(row: RowMapping) -> Turn:
    """A row of the table as the record it was."""
    values = {key: row[key] for key in Turn.__dataclass_fields__}
    values["messages"] = tuple(Message.read(m) for m in row["messages"])
    values["memories"] = tuple(MemoryLine(**m) for m in row["memories"])
    values["choices"] = tuple(row["choices"])
    return Turn(**values)
