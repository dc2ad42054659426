"""One function: from a message, its history and the person's memories to what a coach's app shows beside the answer.

    message ──► strategy ──► suggestions, follow-ups ◄── memories, patterns

Rules only, no model: the same input gives the same reflection, in a few milliseconds.
"""

from collections.abc import Sequence

from byheart.base.clock import format_time, parse_time
from byheart.chat.records import Message
from byheart.insight.reflection.advice import HELP, HELP_QUESTION, advise, facts
from byheart.insight.reflection.patterns import recurring
from byheart.insight.reflection.reading import LONGEST
from byheart.insight.reflection.records import Pattern, Reflection
from byheart.insight.reflection.state import find, stand, statements_of
from byheart.insight.reflection.strategy import choose, in_danger
from byheart.memory.records import Memory

TURNS_READ = 40
"""How many messages of the history are read, the latest ones."""
TIMES_TOUCHED = 3
"""How often a stressor must have been named before the mere mention of it is worth a word."""
FEW_WORDS = 4
MEMORIES_READ = 300
"""How many memories are read, the latest ones."""


def reflect(message: str, history: Sequence[Message], memories: Sequence[Memory], now: str) -> Reflection:
    """What goes with the answer to `message`.

    `memories` are one person's, superseded ones too, oldest first; `history` is the conversation before the
    message. Nothing is named that stands in neither. Raises InputError when `now` is not a time.
    """
    now = format_time(parse_time(now))
    message, history, memories = message[:LONGEST], history[-TURNS_READ:], memories[-MEMORIES_READ:]
    day = f"{now[:10]}T00:00:00Z"
    patterns = recurring(memories, message, now)
    before = [m.content for m in history if m.role == "user"]
    strategy = choose(message)
    topic = before[-1] if strategy == "engagement_boost" and _goes_on(message, before) else message
    danger = any(in_danger(text) for text in [*before[-2:], message])
    if topic is not message or danger:
        strategy = "emotional_support"
    elif strategy == "engagement_boost" and any(_touched(p) for p in patterns):
        strategy = "pattern_recognition"
    if danger:
        suggestions, follow_ups = advise(strategy, [], [], "", now)
        suggestions, follow_ups = [HELP, suggestions[0]], [HELP_QUESTION, follow_ups[0]]
    else:
        told = [("You just told me", message), *(("Earlier you told me", text) for text in reversed(before))]
        said = [(memory, intro) for intro, text in told for memory in statements_of(text, day)]
        suggestions, follow_ups = advise(strategy, facts(memories, said, topic, now), patterns, topic, now)
    found = find(message, history, day)
    return Reflection(
        strategy=strategy,
        suggestions=tuple(suggestions),
        follow_ups=tuple(follow_ups),
        state=stand(message, history, found, strategy),
        found=found,
        patterns=tuple(patterns),
    )


def _goes_on(message: str, before: Sequence[str]) -> bool:
    """Whether a short word follows a pain that was told: it is not met with "what is new?"."""
    return len(message.split()) <= FEW_WORDS and bool(before) and choose(before[-1]) == "emotional_support"


def _touched(pattern: Pattern) -> bool:
    return pattern.current and pattern.kind == "stressor" and pattern.count >= TIMES_TOUCHED
