"""One block of memories: facts with wordings and dates, distractors, older values that were replaced."""

import random
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from byheart.base.clock import format_time
from byheart.chat.prompt import holds
from byheart.chat.records import MemoryLine
from byheart.dataset.generator.forms import clash, contains, value_of
from byheart.dataset.generator.phrasing import Attribute, attributes, fill_in, phrase, sentence
from byheart.dataset.generator.pools import Source, draw
from byheart.dataset.generator.records import Side, Value

_PRONOUNS = ({"subj": "she", "poss": "her", "obj": "her", "refl": "herself"},
             {"subj": "he", "poss": "his", "obj": "him", "refl": "himself"})  # fmt: skip
# What people speak of most; everything else comes up now and then.
COMMON = {
    "race_goal", "finish_time", "savings_goal", "career_goal", "language_goal", "goal_deadline", "certificate_goal",
    "page_reached", "saved_so_far", "personal_best", "lessons_done", "weight_change", "streak",
    "wake_time", "lights_out", "minutes_habit", "practice_slot", "habit_buddy", "daily_count",
    "fear", "comfort_person", "nervous_event", "joy", "proud_of", "argument",
    "coping", "stress_source", "calm_place", "sleep_hours", "session",
    "town_of", "relative_name", "pet_name", "job_of", "trip", "gift_idea", "birthday_of", "employer",
}  # fmt: skip
_COMMON_WEIGHT = 6


@dataclass(frozen=True)
class Fact:
    """One fact as remembered; `older` is the value it replaced, if any."""

    attribute: Attribute
    subject: str
    value: Value
    line: MemoryLine
    older: "Fact | None" = None

    @property
    def topic(self) -> tuple[str, str]:
        """What the fact is about, whatever its value."""
        return self.attribute.id, self.subject

    def slots(self, value: Value | None = None) -> dict[str, str]:
        """What its wordings are filled with."""
        return {"s": self.subject, "v": (value or self.value).text}


@dataclass(frozen=True)
class Wish:
    """What a block is to be like: its category, about how many lines, and what its first fact needs."""

    category: str
    lines: int
    near: float = 0.4
    replaced: float = 0.15
    first_replaced: bool = False
    noise: float = 0.1


@dataclass
class Block:
    """The facts and distractor lines of one person as of `now`."""

    rng: random.Random
    side: Side
    now: datetime
    facts: list[Fact] = field(default_factory=list)
    noise: list[MemoryLine] = field(default_factory=list)
    person: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    asked: int = 0

    @property
    def source(self) -> Source:
        """Where its values are drawn from."""
        return Source(self.rng, self.side, self.now.date())

    @property
    def today(self) -> str:
        """`now` as records write it."""
        return format_time(self.now)

    @property
    def all_facts(self) -> list[Fact]:
        """The facts and the ones they replaced."""
        return [*self.facts, *(f.older for f in self.facts if f.older)]

    @property
    def lines(self) -> tuple[MemoryLine, ...]:
        """Every memory, oldest first."""
        lines = dict.fromkeys([*(f.line for f in self.all_facts), *self.noise])
        return tuple(sorted(lines, key=lambda m: m.said_at))

    @property
    def visible(self) -> int:
        """How many lines a prompt shows."""
        return sum(holds(line, self.today) for line in self.lines)

    def topics(self) -> set[tuple[str, str]]:
        """What the facts are about."""
        return {f.topic for f in self.facts}


def start(rng: random.Random, side: Side) -> Block:
    """An empty block of somebody, some day."""
    now = datetime(2024, 2, 1, 6, 0) + timedelta(minutes=rng.randrange(0, 1400 * 1440, 5))
    block = Block(rng, side, now)
    name = draw("first_name", block.source)
    block.person = dict(rng.choice(_PRONOUNS))
    if rng.random() < 0.25:
        block.person |= {"Subj": name, "Poss": f"{name}'s"}
    return block


def build(rng: random.Random, side: Side, wish: Wish) -> Block:
    """A block of about `wish.lines` lines whose first fact is of the wished category."""
    block = start(rng, side)
    while len(block.lines) < wish.lines:
        room = wish.lines - len(block.lines)
        if not block.facts:
            chosen = pick(rng, wish.category)
            add(block, *chosen, replaced=room > 1 and wish.first_replaced)
        elif rng.random() < wish.noise:
            _add_noise(block)
        else:
            near = near_miss(block, rng.choice(block.facts[:2])) if rng.random() < wish.near else None
            chosen = near or pick(rng, wish.category if rng.random() < 0.5 else "")
            add(block, *chosen, replaced=room > 1 and rng.random() < wish.replaced)
    return block


def pick(rng: random.Random, category: str = "") -> tuple[Attribute, str]:
    """An attribute and a subject, of one category or of any."""
    options = [a for a in attributes() if category in {"", a.category}]
    weights = [_COMMON_WEIGHT if a.id in COMMON else 1 for a in options]
    attribute = rng.choices(options, weights)[0]
    return attribute, rng.choice(attribute.subjects)[0]


def near_miss(block: Block, fact: Fact) -> tuple[Attribute, str] | None:
    """Something easily taken for a fact: another subject of its attribute, or one of its group."""
    same = [(fact.attribute, s) for s, _ in fact.attribute.subjects]
    group = [(a, s) for a in attributes() if a.group == fact.attribute.group for s, _ in a.subjects]
    found = same if block.rng.random() < 0.75 else group
    options = [(a, s) for a, s in found if (a.id, s) not in block.topics()]
    return block.rng.choice(options) if options else None


def add(block: Block, attribute: Attribute, subject: str, replaced: bool = False) -> None:
    """Put a fact into a block, with the older value it replaced where wished and possible."""
    if (attribute.id, subject) in block.topics():
        return
    value = new_value(block, attribute, subject)
    if value is None:
        return
    hours = _age_in_hours(block.rng)
    fact = Fact(attribute, subject, value, _line(block, attribute, subject, value, hours))
    if not replaced and block.rng.random() < 0.1 and _joined(block, fact):
        return
    block.facts.append(fact)
    if replaced and attribute.changes != "fixed":
        block.facts[-1] = _with_older(block, fact, hours)


def _joined(block: Block, fact: Fact) -> bool:
    """Say a fact in one breath with the one before it, where both are sentences of the user's own."""
    last = block.facts[-1] if block.facts else fact
    alone = last.older is None and sum(f.line is last.line for f in block.facts) == 1
    if not alone or not all(f.line.text.endswith((".", "!")) for f in (last, fact)):
        return False
    line = replace(last.line, text=f"{last.line.text} {fact.line.text}")
    block.facts[-1:] = [replace(last, line=line), replace(fact, line=line)]
    return True


def new_value(block: Block, attribute: Attribute, subject: str) -> Value | None:
    """A value that no other fact of the block could be mistaken for; None where none was found."""
    for _ in range(20):
        value = value_of(draw(attribute.pool(subject), block.source))
        others = [f.value for f in block.all_facts]
        alike = any(contains(line.text, form) for line in block.lines for form in value.forms)
        if not alike and not any(clash(value, other) for other in others):
            return value
    return None


def _with_older(block: Block, fact: Fact, hours: float) -> Fact:
    value = new_value(block, fact.attribute, fact.subject)
    if value is None:
        return fact
    earlier = hours + block.rng.uniform(60, 3000)
    line = _line(block, fact.attribute, fact.subject, value, earlier)
    if block.rng.random() < 0.2:
        line = replace(line, valid_until=fact.line.said_at)
    older = Fact(fact.attribute, fact.subject, value, line)
    newer = replace(fact, line=_line(block, fact.attribute, fact.subject, fact.value, hours, said_new=True))
    return replace(newer, older=older)


def _age_in_hours(rng: random.Random) -> float:
    return rng.choice([rng.uniform(1, 72), rng.uniform(48, 900), rng.uniform(600, 6000)])


def _line(
    block: Block, attribute: Attribute, subject: str, value: Value, hours: float, said_new: bool = False
) -> MemoryLine:
    rng = block.rng
    wording = rng.choice(_unused(block, attribute.wordings("m", block.side)))
    block.used.add(wording)
    own = wording.endswith((".", "!"))
    lead = ""
    if own and said_new and rng.random() < 0.7:
        lead = phrase(f"change.{attribute.changes}", block.side, rng)
    elif own and rng.random() < 0.06:
        lead = phrase("memory_lead", block.side, rng)
    text = fill_in(_after(lead, wording), s=subject, v=value.text, **block.person)
    text = text if lead.endswith((",", ":", "but", "and")) else sentence(text)
    text = f"{lead} {text}".strip()
    if own and rng.random() < 0.05:
        text += " " + phrase("memory_tail", block.side, rng)
    low, high = attribute.importance
    said_at = format_time(block.now - timedelta(hours=hours))
    return MemoryLine(text, attribute.kind, rng.randint(low, high), said_at)


def _unused(block: Block, wordings: tuple[str, ...]) -> list[str]:
    """The wordings this block has not used yet, mostly; some people do repeat themselves."""
    fresh = [w for w in wordings if w not in block.used]
    return fresh if fresh and block.rng.random() < 0.75 else list(wordings)


def _after(lead: str, wording: str) -> str:
    """A wording as it goes on after a lead: in lower case, unless a new sentence or `I` begins."""
    if not lead or lead[-1] in ".!":
        return wording
    if re.match(r"I\b", wording):
        return wording
    return re.sub(r"^\{?[A-Z]", lambda found: found[0].lower(), wording)


def _add_noise(block: Block) -> None:
    used = {m.text for m in block.noise}
    text = phrase("noise", block.side, block.rng)
    if text not in used:
        kind = block.rng.choice(("personal", "preference", "emotion"))
        at = format_time(block.now - timedelta(hours=_age_in_hours(block.rng)))
        block.noise.append(MemoryLine(text, kind, block.rng.randint(1, 3), at))
