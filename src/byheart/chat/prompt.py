"""The prompt, rendered in one place for serving, capture, training and evaluation alike.

The system message is the persona's prompt, then the memories that hold, oldest first:

    You are Timmy, ...

    What you remember about this person:
    [goal, importance 5] user, 3 days ago: I want to run the half marathon in May.

With nothing to remember it ends in `NOTHING` instead, so that a model can learn to tell the difference.
"""

from collections.abc import Iterable, Sequence

from byheart.base.clock import age, parse_time
from byheart.chat.records import MemoryLine, Message

HEADING = "What you remember about this person:"
NOTHING = "You remember nothing about this person yet."


def render_line(memory: MemoryLine, now: str) -> str:
    """One memory as the model reads it: `[goal, importance 5] user, 3 days ago: I want to ...`."""
    text = " ".join(memory.text.split())
    return (
        f"[{memory.kind}, importance {memory.importance}] {memory.role}, {age(memory.said_at, now)}: {text}"
    )


def holds(memory: MemoryLine, now: str) -> bool:
    """Whether a memory still holds: a superseded or expired one is never shown."""
    return memory.valid_until is None or parse_time(memory.valid_until) > parse_time(now)


def render_system(persona_prompt: str, memories: Iterable[MemoryLine], now: str) -> str:
    """The system prompt of a persona with the memories that hold at `now`, oldest first."""
    lines = [
        render_line(m, now) for m in sorted(memories, key=lambda m: parse_time(m.said_at)) if holds(m, now)
    ]
    block = "\n".join([HEADING, *lines]) if lines else NOTHING
    return f"{persona_prompt.strip()}\n\n{block}" if persona_prompt.strip() else block


def render_messages(
    persona_prompt: str, memories: Iterable[MemoryLine] | None, messages: Sequence[Message], now: str
) -> list[Message]:
    """The whole prompt: the system message above, then the conversation.

    System messages of the client come first inside it, so that an app's own instructions are kept. Without
    memories (None, not an empty list) nothing is said of remembering.
    """
    own = [m.content.strip() for m in messages if m.role == "system" and m.content.strip()]
    persona = "\n\n".join([*own, persona_prompt.strip()] if persona_prompt.strip() else own)
    rest = [m for m in messages if m.role != "system"]
    system = persona if memories is None else render_system(persona, memories, now)
    return [Message("system", system), *rest] if system else rest
