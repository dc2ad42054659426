"""The bank: memories go in, are superseded, edited, deleted, forgotten; nobody meets another person's.

A later statement on the same thing closes the earlier one and is linked to it; the earlier one stays to be
seen. Only the person's own word (`delete`, `forget_person`) removes anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy import delete as delete_from

from byheart.base.clock import format_time, parse_time, utcnow
from byheart.base.errors import InputError, NotFoundError
from byheart.base.tables import memories as table
from byheart.memory.records import Memory
from byheart.memory.words import gist

_COLUMNS = [table.c[field.name] for field in fields(Memory)]
_MOMENTS = ("emotion", "progress")  # these happen again: only what was said the same day is a repetition


def remember(connection: Connection, memories: Iterable[Memory]) -> list[Memory]:
    """Store memories and give back what now stands for each: itself, or the earlier one that it repeats.

    Storing the same again changes nothing, and the order does not matter: a statement that arrives late takes
    its place in the history of its slot.
    """
    stored = []
    for memory in sorted(memories, key=lambda m: m.said_at):
        _lock(connection, memory.person)
        known = memories_of(connection, memory.person, current_only=False)
        same = next((k for k in known if _repeats(memory, k)), None)
        stored.append(same or _insert(connection, memory, known))
    return stored


def memories_of(
    connection: Connection, person: str, now: str | None = None, current_only: bool = True
) -> list[Memory]:
    """A person's memories, oldest first.

    Those that hold at `now`, which is the present by default; with `current_only=False` all that was said
    until `now`, or all there is.
    """
    query = select(*_COLUMNS).where(table.c.person == person)
    moment = format_time(parse_time(now)) if now else utcnow()
    if now or current_only:
        query = query.where(table.c.valid_from <= moment)
    if current_only:
        query = query.where(or_(table.c.valid_until.is_(None), table.c.valid_until > moment))
    rows = connection.execute(query.order_by(table.c.said_at, table.c.id))
    return [Memory(*row) for row in rows]  # the columns stand in the fields' order


def edit(connection: Connection, person: str, memory_id: str, new_text: str, now: str) -> Memory:
    """Put a person's own wording in a memory's place; the old one is kept as superseded.

    Raises NotFoundError when the person has no such memory, InputError when the text is empty.
    """
    old = _one(connection, person, memory_id)
    if not new_text.strip():
        raise InputError("A memory needs words.", "Delete it if it should go.")
    if old.superseded_by:
        raise InputError(f"{memory_id} was superseded by {old.superseded_by}.", "Edit that one.")
    if new_text.strip() == old.text:
        return old
    at = max(format_time(parse_time(now)), old.valid_from)
    fresh = Memory.said(
        person, new_text.strip(), at, kind=old.kind, importance=old.importance, slot=old.slot, role=old.role
    )
    fresh = replace(fresh, source_turn=old.source_turn, source_sentence=old.source_sentence)
    _link(connection, old, fresh)
    connection.execute(insert(table).values(**asdict(fresh), created_at=utcnow()))
    return fresh


def delete(connection: Connection, person: str, memory_id: str) -> None:
    """Remove one memory for good. What it superseded stays superseded. Raises NotFoundError."""
    gone = _one(connection, person, memory_id)
    earlier = (table.c.person == person) & (table.c.superseded_by == gone.id)
    connection.execute(update(table).where(earlier).values(superseded_by=gone.superseded_by))
    connection.execute(delete_from(table).where(table.c.id == gone.id))


def forget_person(connection: Connection, person: str) -> int:
    """Remove all that is remembered of a person, superseded or not; how many memories that was."""
    return connection.execute(delete_from(table).where(table.c.person == person)).rowcount


def _lock(connection: Connection, person: str) -> None:
    """One writer per person at a time. SQLite has one writer in all; Postgres is asked for a lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(person))))


def _one(connection: Connection, person: str, memory_id: str) -> Memory:
    query = select(*_COLUMNS).where(table.c.person == person, table.c.id == memory_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(f"{person} has no memory {memory_id!r}.", "List them with `byheart memory list`.")
    return Memory(**row)


def _repeats(new: Memory, known: Memory) -> bool:
    """Whether `known` says the same in the same words, but for their order and fillers.

    Never so within a slot: "I live in Porto", said again, takes the place of the first time, for what was
    said in between may yet arrive.
    """
    if new.id == known.id:
        return True
    if new.slot or known.slot or (new.kind, new.role) != (known.kind, known.role):
        return False
    if new.kind in _MOMENTS:
        close = new.said_at[:10] == known.said_at[:10]
    else:
        close = known.valid_until is None or known.valid_until > new.valid_from
    return close and gist(new.text) == gist(known.text)


def _insert(connection: Connection, memory: Memory, known: Sequence[Memory]) -> Memory:
    """Store a new memory between its neighbours in the history of its slot."""
    history = [k for k in known if memory.slot and k.slot == memory.slot]
    before = [k for k in history if k.valid_from <= memory.valid_from]
    after = [k for k in history if k.valid_from > memory.valid_from]
    if after:
        later = min(after, key=lambda k: (k.valid_from, k.id))
        memory = replace(memory, valid_until=later.valid_from, superseded_by=later.id)
    if before:
        _link(connection, max(before, key=lambda k: (k.valid_from, k.superseded_by is None, k.id)), memory)
    connection.execute(insert(table).values(**asdict(memory), created_at=utcnow()))
    return memory


def _link(connection: Connection, old: Memory, new: Memory) -> None:
    """The old memory holds until the new one, unless it had ended before."""
    until = min(old.valid_until or new.valid_from, new.valid_from)
    connection.execute(
        update(table).where(table.c.id == old.id).values(valid_until=until, superseded_by=new.id)
    )
