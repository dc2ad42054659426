"""The capture status: how many answers were praised, how good they are as examples, and what is next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from sqlalchemy import Connection, func, select

from byheart.base.tables import aliases, cursors, memories, models, personas, turns
from byheart.capture.logfile import is_current
from byheart.insight.advice import Advice, Standing, advise
from byheart.insight.answers import HELD, NEWEST, Answer, Praised, captured, others
from byheart.insight.mirror import Mirror, look_at
from byheart.insight.pace import Day, Milestone, Pace, milestones, pace, timeline
from byheart.insight.privacy import Privacy, privacy
from byheart.insight.quality import Part, Quality, parts, quality
from byheart.insight.traits import Led, Trait, led, traits

RECENT = 5


@dataclass(frozen=True)
class Capture:
    """A praised exchange as a list shows it: the praise, when, and its context: what was asked, with which memories."""

    id: str
    person: str
    conversation: str
    at: str
    trigger: str
    question: str
    memories: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class Size:
    """An example on the average, in characters (prompt, response and praise), and replies in words."""

    characters: int
    reply_words: int | None
    other_reply_words: int | None


@dataclass(frozen=True)
class Counts:
    """What the store holds; `waiting` answers are still to be listened to, `put_aside` could not be."""

    people: int
    conversations: int
    praised_conversations: int
    turns: int
    memories: int
    current_memories: int
    models: int
    waiting: int
    put_aside: int


@dataclass(frozen=True)
class Status:
    """The whole report at one moment. `praise_rate` is captured exchanges per answered turn.

    `traits` and `led` compare the newest praised answers with `compared` others; `privacy` is of the newest, too.
    """

    at: str
    captured: int
    states: Mapping[str, int]
    praise_rate: float | None
    timeline: tuple[Day, ...]
    recent: tuple[Capture, ...]
    size: Size | None
    pace: Pace
    milestones: tuple[Milestone, ...]
    parts: tuple[Part, ...]
    traits: tuple[Trait, ...]
    compared: int
    led: tuple[Led, ...]
    quality: tuple[Quality, ...]
    log: Mirror
    privacy: Privacy
    counts: Counts
    live_model: str | None
    advice: Advice


def read_status(connection: Connection, now: str, log: Path) -> Status:
    """The status at `now`; `log` is where the interchange log lies, if there is one."""
    every = captured(connection)
    held = [one for one in every if one.state in HELD]
    praised = [one.answer for one in held]
    rest = others(connection) if held else []
    newest = praised[-NEWEST:]
    names = {row.version: row.name for row in connection.execute(select(personas))}
    times = [one.at for one in held]
    counts = _counts(connection, now, praised)
    measured = pace(times, now)
    steps = milestones(len(held), measured, now)
    checked = quality(held, names, counts.turns)
    live = connection.scalar(select(aliases.c.model).where(aliases.c.name == "live"))
    mirror = look_at(log, len(held), current=is_current(connection, log))
    private = privacy(held)
    standing = Standing(
        answers=counts.turns,
        captured=len(held),
        pending=sum(one.state == "pending" for one in held),
        put_aside=counts.put_aside,
        log_current=mirror.current,
        live=live,
        mend=(*private.advice, *mirror.advice),
    )
    return Status(
        at=now,
        captured=len(held),
        states=dict(sorted(Counter(one.state for one in every).items())),
        praise_rate=round(len(held) / counts.turns, 4) if counts.turns else None,
        timeline=tuple(timeline(times, [answer.person for answer in praised])),
        recent=tuple(map(_capture, held[-RECENT:])),
        size=_size(held, rest),
        pace=measured,
        milestones=tuple(steps),
        parts=tuple(parts(held)),
        traits=tuple(traits(newest, rest, names)),
        compared=len(rest),
        led=tuple(led(newest, rest)),
        quality=tuple(checked),
        log=mirror,
        privacy=private,
        counts=counts,
        live_model=live,
        advice=advise(standing, measured, steps, checked),
    )


def people(connection: Connection) -> dict[str, int]:
    """Everyone of whom something is remembered, with how many memories, superseded ones included."""
    query = (
        select(memories.c.person, func.count().label("memories"))
        .group_by(memories.c.person)
        .order_by(memories.c.person)
    )
    return {row.person: row.memories for row in connection.execute(query)}


def _capture(one: Praised) -> Capture:
    answer = one.answer
    remembered = tuple(memory["text"] for memory in answer.memories)
    return Capture(
        one.id,
        answer.person,
        answer.conversation,
        one.at,
        one.trigger,
        answer.question,
        remembered,
        one.state,
    )


def _size(held: Sequence[Praised], rest: Sequence[Answer]) -> Size | None:
    if not held:
        return None
    whole = [
        sum(len(str(m.get("content") or "")) for m in one.answer.messages)
        + len(one.answer.reply)
        + len(one.trigger)
        for one in held
    ]
    words = round(median(len(one.answer.reply.split()) for one in held))
    return Size(
        round(fmean(whole)), words, round(median(len(a.reply.split()) for a in rest)) if rest else None
    )


def _counts(connection: Connection, now: str, praised: Sequence[Answer]) -> Counts:
    def count(what: Any) -> int:
        return connection.scalar(what) or 0

    every = select(func.count())
    holds = memories.c.valid_until.is_(None) | (memories.c.valid_until > now)
    return Counts(
        people=count(select(func.count(turns.c.person.distinct()))),
        conversations=count(select(func.count(turns.c.conversation.distinct()))),
        praised_conversations=len({answer.conversation for answer in praised}),
        turns=count(every.select_from(turns)),
        memories=count(every.select_from(memories)),
        current_memories=count(every.select_from(memories).where(memories.c.valid_from <= now, holds)),
        models=count(every.select_from(models)),
        waiting=count(every.select_from(cursors).where(cursors.c.name.startswith("listen/"))),
        put_aside=count(every.select_from(cursors).where(cursors.c.name.startswith("listen failed/"))),
    )
