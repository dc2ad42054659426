"""How good the captures are as examples: what each has, and the questions of the quality check."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from byheart.insight.answers import Praised
from byheart.memory.words import stems

ALIKE = 0.5  # two questions that share this part of their words are about the same
LOOKED_AT = 200
FEWEST = 5
"""With fewer captures the wording of praise says nothing yet."""
SELECTIVE = 1 / 3
"""Praise for more of the answers than this no longer picks out the excellent ones."""


@dataclass(frozen=True)
class Part:
    """A part that every example should have, and how many of them do."""

    name: str
    present: int


@dataclass(frozen=True)
class Quality:
    """One question of the quality check. `good` is None where nothing can be said yet; `mend` is what helps."""

    name: str
    good: bool | None
    found: str
    mend: str = ""


def parts(held: Sequence[Praised]) -> list[Part]:
    """The parts of an example, in the order and by the names of the interchange log."""
    systems = [any(m["role"] == "system" for m in one.answer.messages) for one in held]
    told = [one.answer.conversation and one.trigger for one in held]
    return [
        Part("user message (n-3)", sum(bool(one.answer.question) for one in held)),
        Part("system prompt (n-2)", sum(systems)),
        Part("with memories in it", sum(bool(one.answer.memories) for one in held)),
        Part("as sent, not replayed", sum(one.answer.prompt_source == "recorded" for one in held)),
        Part("assistant's response (n-1)", sum(bool(one.answer.reply) for one in held)),
        Part("metadata: session, time, praise", sum(map(bool, told))),
    ]


def quality(held: Sequence[Praised], names: Mapping[str, str], answers: int) -> list[Quality]:
    """The quality check of `held`, of `answers` in all; `names` are those of the personas by version."""
    if not held:
        return []
    return [
        _triggers(held),
        _selective(held, answers),
        _memories(held),
        _context(held),
        _topics(held),
        *_who(held, names),
    ]


def _triggers(held: Sequence[Praised]) -> Quality:
    natural = sum("detected" in one.sources for one in held)
    words = len({" ".join(sorted(stems(one.trigger))) or one.trigger for one in held})
    strong = sum(one.strong for one in held)
    return Quality(
        "natural triggers",
        min(natural, strong) >= len(held) / 2 and words >= min(10, len(held) / 3)
        if len(held) >= FEWEST
        else None,
        f"{natural} of {len(held)} said in the talk, {_many(words, 'wording')}, {strong} clearly about the answer",
        "Say what was good about an answer, in your own words: “that joke was perfect”.",
    )


def _selective(held: Sequence[Praised], answers: int) -> Quality:
    share = len(held) / answers
    return Quality(
        "selective praise",
        share <= SELECTIVE if answers >= 20 else None,
        f"{len(held)} of {answers} answers ({100 * share:.1f} %)",
        "Praise only what is excellent: the choice is what the examples teach.",
    )


def _memories(held: Sequence[Praised]) -> Quality:
    total = len(held)
    remembered = [len(one.answer.memories) for one in held]
    filled = sum(map(bool, remembered))
    kinds = Counter(line["kind"] for one in held for line in one.answer.memories)
    most = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(3))
    return Quality(
        "memories included",
        filled >= total / 2,
        f"{filled} of {total}, {sum(remembered) / total:.1f} each" + (f" (most: {most})" if most else ""),
        "Praise answers that make good use of something remembered.",
    )


def _context(held: Sequence[Praised]) -> Quality:
    longer = sum(sum(m["role"] == "user" for m in one.answer.messages) > 1 for one in held)
    return Quality(
        "conversation captured",
        all(one.answer.question and one.answer.reply for one in held),
        f"{longer} of {len(held)} with earlier messages of their conversation",
    )


def _topics(held: Sequence[Praised]) -> Quality:
    recent = held[-LOOKED_AT:]
    distinct = len(recent) - _alike([one.answer.question for one in recent])
    return Quality(
        "diverse topics",
        distinct >= 0.8 * len(recent) if len(recent) > 1 else None,
        f"{distinct} of {len(recent)} questions are unlike all others",
        "Talk about more than one thing, and praise across topics.",
    )


def _who(held: Sequence[Praised], names: Mapping[str, str]) -> list[Quality]:
    total, people = len(held), len({one.answer.person for one in held})
    persona, own = Counter(one.answer.persona for one in held).most_common(1)[0]
    talks = len({one.answer.conversation for one in held})
    name = names.get(persona) or ("the same persona" if persona else "a persona that is not known")
    return [
        Quality(
            "persona kept",
            own >= 0.9 * total if persona else None,
            f"{own} of {total} as {name}",
            "Train on one persona at a time: the others pull its voice apart.",
        ),
        Quality(
            "several people",
            True if people > 1 else None,
            f"{people} in {_many(talks, 'conversation')}"
            if people > 1
            else "one: it is one person's taste that is learned",
        ),
    ]


def _many(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def _alike(questions: Sequence[str]) -> int:
    """How many questions share half their words or more with another one."""
    words = [frozenset(stems(question)) for question in questions]
    pairs = combinations(range(len(words)), 2)
    alike = [pair for pair in pairs if _overlap(words[pair[0]], words[pair[1]]) >= ALIKE]
    return len({place for pair in alike for place in pair})


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared) if shared else 0.0
