"""Suggestions and follow-ups: the person's own words, memories first, in the lines of the strategy."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from byheart.base.clock import age
from byheart.insight.reflection.lines import LINES, Line
from byheart.insight.reflection.reading import content, is_remedy, said_back, shown, themes
from byheart.insight.reflection.records import Pattern, Suggestion
from byheart.memory.records import Memory
from byheart.memory.sentences import split
from byheart.memory.words import stems

MOST = 3
HELP = Suggestion(
    "support",
    "If you might hurt yourself, call your local emergency number or a crisis line now, or tell somebody near you.",
    "call_help",
)
HELP_QUESTION = "Are you safe right now?"
_STOPPED = re.compile(r"([?!…]”)\.")
_ASKED = {"goal": "goal", "habit": "habit", "progress": "progress", "stress": "stress", "emotion": "feel"}
"""The stem that asks for a kind of memory."""


@dataclass(frozen=True)
class Fact:
    """Something that the person said: `near` is how much it has to do with what is spoken of, `past` whether it
    was said on an earlier day, `intro` what comes before it when it is said back, if not its age.
    """

    slot: str
    words: str
    near: int
    past: bool = True
    intro: str = ""
    said_at: str = ""

    def fits(self, line: Line) -> bool:
        """Whether a line of its slot may take it."""
        close = line.scope == "any" or (self.near > 0 and line.scope != "none")
        return close and (self.past or line.scope != "past")

    def told(self, now: str) -> str:
        """The fact with its age, said back."""
        if self.slot == "pattern":
            return self.words
        ago = age(self.said_at, now)
        when = "A moment ago" if ago == "just now" else f"{ago[:1].upper()}{ago[1:]}"
        intro, back = self.intro or f"{when} you told me", said_back(self.words)
        return f"{intro}: {back}" if back.startswith("“") else f"{intro} {back}"

    @property
    def quoted(self) -> str:
        """The fact as it was said."""
        return self.words if self.slot == "pattern" else f"“{shown(self.words).rstrip('.')}”"


def facts(memories: Iterable[Memory], said: Iterable[tuple[Memory, str]], topic: str, now: str) -> list[Fact]:
    """What may be named, best first: the memories that hold, and what was said here that none of them says.

    `said` holds what extraction found in the conversation, each with how it is introduced; `topic` is what is
    spoken of.
    """
    current = [m for m in memories if m.role == "user" and m.holds(now)]
    known = {m.text for m in current}
    about = (content(topic), themes(topic), frozenset(stems(topic)))
    ranked = [(_nearness(m, *about), m, "") for m in current]
    ranked += [(_nearness(m, *about), m, intro) for m, intro in said if m.text not in known]
    ranked.sort(key=lambda r: (r[0], r[1].importance, r[1].said_at, r[1].text), reverse=True)
    today = now[:10]
    return [
        Fact(_slot(m), m.text, near, not intro and m.said_at[:10] < today, intro, m.said_at)
        for near, m, intro in ranked
    ]


def _slot(memory: Memory) -> str:
    return "remedy" if memory.kind == "stress" and is_remedy(memory.text) else memory.kind


def _nearness(memory: Memory, words: frozenset[str], about: frozenset[str], stemmed: frozenset[str]) -> int:
    """How much a memory has to do with a topic: words and themes in common, or asked for by its kind."""
    cue = _ASKED.get(memory.kind) in stemmed
    return 2 * len(content(memory.text) & words) + 2 * len(themes(memory.text) & about) + cue


def advise(
    strategy: str, known: Sequence[Fact], patterns: Sequence[Pattern], topic: str, now: str
) -> tuple[list[Suggestion], list[str]]:
    """Up to MOST suggestions and follow-ups, at least two of each, none on the same fact twice."""
    chosen = _chosen(LINES[strategy], [*known, *(_of(p) for p in patterns)])[:MOST]
    quote = f"“{_quotable(topic)}”"
    echoed = any(not fact.past for _, fact in chosen)
    suggestions = [_suggestion(line, told=fact.told(now)) for line, fact in chosen]
    follow_ups = [line.follow_up.format(words=fact.quoted) for line, fact in chosen[: MOST - 1]]
    for line in (line for line in LINES[strategy] if line.scope == "none"):
        if len(suggestions) < MOST and not (echoed and "{quote}" in line.suggestion):
            suggestions.append(_suggestion(line, quote=quote))
        if len(follow_ups) < MOST:
            follow_ups.append(line.follow_up)
    return suggestions, follow_ups


def _suggestion(line: Line, **words: str) -> Suggestion:
    text = line.suggestion.format(**words)
    return Suggestion(line.slot, _STOPPED.sub(r"\1", text), line.action)


def _of(pattern: Pattern) -> Fact:
    text = pattern.text.rstrip(".")
    return Fact("pattern", text, int(pattern.current))


def _chosen(lines: Sequence[Line], known: Sequence[Fact]) -> list[tuple[Line, Fact]]:
    """Each line with the best fact that it may take and that is not taken yet."""
    chosen: list[tuple[Line, Fact]] = []
    taken: set[str] = set()
    slots: dict[str, list[Fact]] = defaultdict(list)
    for fact in known:
        slots[fact.slot].append(fact)
    for line in lines:
        found = next((f for f in slots[line.slot] if f.fits(line) and f.words not in taken), None)
        if found:
            taken.add(found.words)
            chosen.append((line, found))
    return chosen


def _quotable(message: str) -> str:
    """The last sentence of a message, as far as it may be quoted."""
    pieces = split(message) or [message]
    return shown(pieces[-1].replace("“", "'").replace("”", "'")).rstrip(".")
