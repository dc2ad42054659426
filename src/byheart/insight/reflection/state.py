"""Where a conversation stands, and what was said in it that is worth keeping."""

from collections.abc import Sequence
from functools import lru_cache

from byheart.chat.records import Message
from byheart.insight.reflection import cues
from byheart.insight.reflection.reading import LONGEST, about_people, is_remedy, moods
from byheart.insight.reflection.records import Found, State
from byheart.memory.extract import extract
from byheart.memory.records import Memory
from byheart.memory.sentences import split

_GROUPS = {"goal": "goals", "emotion": "emotions", "habit": "habits", "progress": "progress"}
_FEW, _MANY = 4, 15
"""Words a message, on average: below the first a person is hardly there, from the second on they tell a lot."""
_MOODS = {(): "neutral", (1,): "positive", (-1,): "negative", (-1, 1): "mixed"}


@lru_cache(maxsize=2048)
def statements_of(text: str, said_at: str) -> tuple[Memory, ...]:
    """What extraction finds in a message; histories are sent again with every turn, so it is kept."""
    return tuple(extract("", text[:LONGEST], said_at))


def find(message: str, history: Sequence[Message], said_at: str) -> tuple[Found, ...]:
    """The goals, emotions, habits and so on in the message, then in the history, each text once."""
    told = [(message, "message"), *((m.content, "history") for m in reversed(history) if m.role == "user")]
    found: dict[tuple[str, str], Found] = {}
    for text, source in told:
        for memory in statements_of(text, said_at):
            for group in _groups(memory):
                found.setdefault((group, memory.text), Found(group, memory.text, source))
    return tuple(found.values())


def _groups(memory: Memory) -> list[str]:
    groups = [_GROUPS[memory.kind]] if memory.kind in _GROUPS else []
    if memory.kind == "stress":
        groups.append("remedies" if is_remedy(memory.text) else "stressors")
    if about_people(memory.text):
        groups.append("people")
    return groups


def stand(message: str, history: Sequence[Message], found: Sequence[Found], strategy: str) -> State:
    """The state of a conversation with its latest message."""
    own = [*(m.content for m in history if m.role == "user"), message]
    spoken = len(own) + sum(m.role == "assistant" for m in history)
    words = [len(text[:LONGEST].split()) for text in own[-3:]]
    mean = sum(words) / len(words)
    felt = sum(bool(moods(text)) for text in own[-6:])
    deep = strategy in ("deep_reflection", "pattern_recognition") or felt > 1
    depth = "deep" if deep else "personal" if found or felt else "surface"
    return State(
        turns=len(own),
        messages=spoken,
        share=round(len(own) / spoken, 2),
        depth=depth,
        phase=_phase(message, len(own), depth),
        engagement="low" if mean < _FEW else "high" if mean >= _MANY else "medium",
        sentiment=_MOODS[tuple(sorted(set(moods(message))))],
    )


def _phase(message: str, turns: int, depth: str) -> str:
    if turns > 1 and any(cues.PARTS.search(sentence.lower()) for sentence in split(message[:LONGEST])[-1:]):
        return "closing"
    if turns == 1:
        return "opening"
    return "deepening" if depth == "deep" else "exploring"
