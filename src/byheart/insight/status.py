"""The capture status: how many answers were praised, how good they are as examples, and what is next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from byheart.base.tables import aliases, exchanges, feedback, memories, models, personas, turns
from byheart.insight.mirror import Mirror, look_at
from byheart.insight.pace import Day, Milestone, Pace, milestones, pace, timeline
from byheart.memory.words import stems

CAPTURED = ("pending", "accepted")
RECENT = 5
ALIKE = 0.5  # two questions that share this part of their words are about the same


@dataclass(frozen=True)
class Capture:
    """A praised exchange as a list shows it: what was said in praise, when, and what had been asked."""

    id: str
    person: str
    at: str
    trigger: str
    question: str
    state: str


@dataclass(frozen=True)
class Part:
    """A part that every example should have, and how many of them do."""

    name: str
    present: int


@dataclass(frozen=True)
class Quality:
    """One question of the quality check. `good` is None where nothing can be said yet."""

    name: str
    good: bool | None
    found: str


@dataclass(frozen=True)
class Counts:
    """What the store holds."""

    people: int
    conversations: int
    turns: int
    memories: int
    current_memories: int
    models: int


@dataclass(frozen=True)
class Status:
    """The whole report at one moment. `praise_rate` is captured exchanges per answered turn."""

    at: str
    captured: int
    states: Mapping[str, int]
    praise_rate: float | None
    timeline: tuple[Day, ...]
    recent: tuple[Capture, ...]
    pace: Pace
    milestones: tuple[Milestone, ...]
    parts: tuple[Part, ...]
    quality: tuple[Quality, ...]
    log: Mirror
    counts: Counts
    live_model: str | None
    next: tuple[str, ...]


def read_status(connection: Connection, now: str, log: Path) -> Status:
    """The status at `now`; `log` is where the interchange log lies, if there is one."""
    rows = _captures(connection)
    held = [row for row in rows if row["state"] in CAPTURED]
    times = [str(row["at"]) for row in held]
    counts = _counts(connection, now)
    measured = pace(times, now)
    live = connection.scalar(select(aliases.c.model).where(aliases.c.name == "live"))
    mirror = look_at(log, len(held))
    return Status(
        at=now,
        captured=len(held),
        states=dict(sorted(Counter(row["state"] for row in rows).items())),
        praise_rate=round(len(held) / counts.turns, 4) if counts.turns else None,
        timeline=tuple(timeline(times)),
        recent=tuple(_capture(row) for row in held[-RECENT:]),
        pace=measured,
        milestones=tuple(milestones(len(held), measured, now)),
        parts=tuple(_parts(held)),
        quality=tuple(_quality(held, _persona_names(connection))),
        log=mirror,
        counts=counts,
        live_model=live,
        next=tuple(_next(counts, held, live, mirror)),
    )


def people(connection: Connection) -> dict[str, int]:
    """Everyone of whom something is remembered, with how many memories, superseded ones included."""
    query = (
        select(memories.c.person, func.count().label("memories"))
        .group_by(memories.c.person)
        .order_by(memories.c.person)
    )
    return {row.person: row.memories for row in connection.execute(query)}


def _captures(connection: Connection) -> list[dict[str, Any]]:
    """Exchanges with their turns and the praise that made them, the oldest praise first."""
    said = {row["id"]: row for row in connection.execute(select(feedback)).mappings()}
    query = select(
        exchanges.c.id,
        exchanges.c.state,
        exchanges.c.praise,
        exchanges.c.created_at,
        *(turns.c[name] for name in ("person", "conversation", "messages", "reply", "persona", "model")),
        *(turns.c[name] for name in ("memories", "prompt_source")),
    ).join(turns, exchanges.c.turn == turns.c.id)
    rows = [_with_praise(row, said) for row in connection.execute(query).mappings()]
    return sorted(rows, key=lambda row: (row["at"], row["id"]))


def _with_praise(row: RowMapping, said: Mapping[str, RowMapping]) -> dict[str, Any]:
    praise = [said[one] for one in row["praise"] if one in said]
    questions = [m["content"] for m in row["messages"] if m["role"] == "user"]
    return {
        **row,
        "at": praise[0]["created_at"] if praise else row["created_at"],
        "trigger": praise[0]["text"] or praise[0]["source"] if praise else "",
        "strong": any(one["strength"] == "strong" for one in praise),
        "question": questions[-1] if questions else "",
    }


def _capture(row: Mapping[str, Any]) -> Capture:
    return Capture(row["id"], row["person"], row["at"], row["trigger"], row["question"], row["state"])


def _counts(connection: Connection, now: str) -> Counts:
    def count(what: Any) -> int:
        return connection.scalar(what) or 0

    every = select(func.count())
    return Counts(
        people=count(select(func.count(turns.c.person.distinct()))),
        conversations=count(select(func.count(turns.c.conversation.distinct()))),
        turns=count(every.select_from(turns)),
        memories=count(every.select_from(memories)),
        current_memories=count(
            every.select_from(memories).where(
                memories.c.valid_from <= now,
                memories.c.valid_until.is_(None) | (memories.c.valid_until > now),
            )
        ),
        models=count(every.select_from(models)),
    )


def _persona_names(connection: Connection) -> dict[str, str]:
    return {row.version: row.name for row in connection.execute(select(personas))}


def _parts(held: Sequence[Mapping[str, Any]]) -> list[Part]:
    """The four parts of an example, in the order and by the names of the interchange log."""
    systems = [next((m["content"] for m in row["messages"] if m["role"] == "system"), "") for row in held]
    return [
        Part("user message (n-3)", sum(bool(row["question"]) for row in held)),
        Part("system prompt (n-2)", sum(map(bool, systems))),
        Part("with memories in it", sum(bool(row["memories"]) for row in held)),
        Part("as sent, not replayed", sum(row["prompt_source"] == "recorded" for row in held)),
        Part("assistant's response (n-1)", sum(bool(row["reply"]) for row in held)),
        Part("metadata: session, time, praise", sum(bool(r["conversation"] and r["trigger"]) for r in held)),
    ]


def _quality(held: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Quality]:
    if not held:
        return []
    total, persons = len(held), len({row["person"] for row in held})
    strong = sum(row["strong"] for row in held)
    remembered = [len(row["memories"]) for row in held]
    filled = sum(map(bool, remembered))
    kinds = Counter(line["kind"] for row in held for line in row["memories"])
    distinct = total - _alike([row["question"] for row in held])
    persona, own = Counter(row["persona"] for row in held).most_common(1)[0]
    led = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(3))
    return [
        Quality("clear praise", strong >= total / 2, f"{strong} of {total} name what they praise"),
        Quality(
            "memories in the prompt",
            filled >= total / 2,
            f"{filled} of {total}, {sum(remembered) / total:.1f} each" + (f" (most: {led})" if led else ""),
        ),
        Quality(
            "diverse topics",
            distinct >= 0.8 * total if total > 1 else None,
            f"{distinct} of {total} questions are unlike all others",
        ),
        Quality(
            "several people",
            persons > 1,
            f"{persons} in {len({row['conversation'] for row in held})} conversations",
        ),
        Quality(
            "one persona", own >= 0.9 * total, f"{own} of {total} as {names.get(persona, 'the same persona')}"
        ),
    ]


def _alike(questions: Sequence[str]) -> int:
    """How many questions share half their words or more with another one."""
    words = [frozenset(stems(question)) for question in questions]
    return sum(
        any(i != j and a & b and len(a & b) >= ALIKE * len(a | b) for j, b in enumerate(words))
        for i, a in enumerate(words)
    )


def _next(counts: Counts, held: Sequence[Mapping[str, Any]], live: str | None, log: Mirror) -> list[str]:
    """What to do now, the most useful first, each with its command."""
    advice = []
    if not counts.turns:
        advice.append("Read a conversation log (byheart import LOG), or talk (byheart chat).")
    pending = sum(row["state"] == "pending" for row in held)
    if pending:
        advice.append(f"Look through {pending} new captures: byheart captures list --state pending")
    if held and not log.exists:
        advice.append("Write the captures where you can read them: byheart captures export-md")
    if held and live is None:
        advice.append("Train on what there is, filled up with generated examples: byheart improve")
    if counts.turns and len(held) < min(100, counts.turns):
        advice.append("Praise what is excellent, in your own words, and only that.")
    return advice
