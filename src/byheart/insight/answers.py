"""The answers of a store as the status looks at them: the praised ones, and others to compare them with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from byheart.base.tables import exchanges, feedback, turns

HELD = ("pending", "accepted")
NEWEST = 300
"""So many praised answers are looked at closely, and twice as many others: enough to compare, and quick."""


@dataclass(frozen=True)
class Answer:
    """An answer, with what had been asked and the memories in its prompt (as the turn holds them)."""

    turn: str
    person: str
    conversation: str
    reply: str
    question: str
    persona: str
    memories: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    prompt_source: str


@dataclass(frozen=True)
class Praised:
    """A captured answer and the praise that captured it: `sources` and `strong` are those of all of it."""

    id: str
    state: str
    at: str
    trigger: str
    sources: tuple[str, ...]
    strong: bool
    answer: Answer


def captured(connection: Connection) -> list[Praised]:
    """Every exchange in whatever state, the oldest praise first."""
    said = {row["id"]: row for row in connection.execute(select(feedback)).mappings()}
    query = select(
        exchanges.c.id,
        exchanges.c.state,
        exchanges.c.praise,
        exchanges.c.created_at.label("captured_at"),
        *_COLUMNS,
    ).join(turns, exchanges.c.turn == turns.c.id)
    found = [_praised(row, said) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda one: (one.at, one.id))


def others(connection: Connection) -> list[Answer]:
    """The newest answers that are not held as captures, twice NEWEST at most."""
    praised = select(exchanges.c.turn).where(exchanges.c.state.in_(HELD))
    query = select(*_COLUMNS).where(turns.c.id.not_in(praised)).order_by(turns.c.created_at.desc())
    return [_answer(row) for row in connection.execute(query.limit(2 * NEWEST)).mappings()]


_COLUMNS = (
    turns.c.id.label("turn"),
    *(
        turns.c[name]
        for name in ("person", "conversation", "reply", "persona", "memories", "messages", "prompt_source")
    ),
)


def _answer(row: RowMapping) -> Answer:
    asked = (m.get("content") for m in reversed(row["messages"]) if m["role"] == "user")
    question = next(asked, "")
    values = {name: row[name] for name in Answer.__dataclass_fields__ if name != "question"}
    return Answer(**values, question=question if isinstance(question, str) else "")


def _praised(row: RowMapping, said: Mapping[str, RowMapping]) -> Praised:
    praise = [said[one] for one in row["praise"] if one in said]
    return Praised(
        id=row["id"],
        state=row["state"],
        at=praise[0]["created_at"] if praise else row["captured_at"],
        trigger=praise[0]["text"] or praise[0]["source"] if praise else "",
        sources=tuple(sorted({one["source"] for one in praise})),
        strong=any(one["strength"] == "strong" for one in praise),
        answer=_answer(row),
    )
