"""Turns in the store: written once, read back as they were."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from byheart.base.errors import NotFoundError
from byheart.base.tables import turns as table
from byheart.chat.records import MemoryLine, Message, Turn


def save_turn(connection: Connection, turn: Turn) -> int:
    """Store a turn at the end of its conversation; returns its place there, from 0."""
    last = select(func.max(table.c.seq)).where(
        table.c.conversation == turn.conversation, table.c.person == turn.person
    )
    newest = connection.execute(last).scalar()
    seq = 0 if newest is None else newest + 1
    row: dict[str, Any] = {
        **vars(turn),
        "messages": [m.wire() for m in turn.messages],
        "memories": [asdict(m) for m in turn.memories],
        "parameters": dict(turn.parameters),
        "timings": dict(turn.timings),
    }
    connection.execute(insert(table).values(**row, seq=seq, hash=turn.hash))
    return seq


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

    A history goes on where its messages, the last one of the user aside, are what was said up to a turn.
    """
    history = _said(messages)[:-1]
    if not history:
        return None
    for turn in recent_turns(connection, person, 200):
        if [*_said(turn.messages), ("assistant", turn.reply.strip())] == history:
            return turn.conversation
    return None


def turn_of(row: RowMapping) -> Turn:
    """A row of the table as the record it was."""
    values = {key: row[key] for key in Turn.__dataclass_fields__}
    values["messages"] = tuple(Message(**m) for m in row["messages"])
    values["memories"] = tuple(MemoryLine(**m) for m in row["memories"])
    return Turn(**values)


def _said(messages: Sequence[Message]) -> list[tuple[str, str]]:
    return [(m.role, m.content.strip()) for m in messages if m.role != "system"]
