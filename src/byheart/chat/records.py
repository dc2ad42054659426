"""The records of a conversation. A Turn is frozen when it is answered and never rebuilt from history."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from byheart.base.ids import content_id, digest

ROLES = ("system", "user", "assistant", "tool")


@dataclass(frozen=True)
class Message:
    """One message: `role` is one of ROLES, `content` its text.

    `rest` holds whatever else it was sent with (tool calls, a name, a `content` that is more than text), so that
    the message goes out again as it came in.
    """

    role: str
    content: str
    rest: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def wire(self) -> dict[str, Any]:
        """The message in OpenAI's chat format."""
        return {"role": self.role, "content": self.content, **self.rest}

    @classmethod
    def read(cls, wire: Mapping[str, Any]) -> "Message":
        """A message from OpenAI's chat format; `wire` gives it back as it was."""
        rest = {key: value for key, value in wire.items() if key not in ("role", "content")}
        content = wire.get("content")
        if isinstance(content, str):
            return cls(wire["role"], content, rest)
        return cls(wire["role"], text_of(content), {"content": content, **rest})


def text_of(content: Any) -> str:
    """The words of a message's content, which may be a text, a list of parts, or nothing."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


@dataclass(frozen=True)
class Persona:
    """Who the assistant is: a name and the prompt that is put before every conversation."""

    name: str
    prompt: str

    @property
    def version(self) -> str:
        """Content id: a changed prompt is another version."""
        return content_id("persona", {"name": self.name, "prompt": self.prompt})


@dataclass(frozen=True)
class MemoryLine:
    """One remembered statement as a prompt shows it. `id` and `score` stay out of the prompt."""

    text: str
    kind: str
    importance: int
    said_at: str
    role: str = "user"
    valid_until: str | None = None
    id: str = ""
    score: float = 0.0


@dataclass(frozen=True)
class Turn:
    """One answered request, exactly as the model saw it.

    `messages` is the prompt as sent (the system prompt with its memories first, the user's last message at the
    end), `reply` the answer verbatim. `prompt_source` says whether the prompt is the one that was really sent
    (`recorded`) or was rendered again from a log that did not keep it (`replayed`). `completion` is the id by
    which the client knows the answer; `choices` holds the whole answer, message by message, where it was more
    than one text (several choices, tool calls); `outcome` says how it went where that was not smooth.
    """

    id: str
    person: str
    conversation: str
    messages: tuple[Message, ...]
    reply: str
    persona: str
    model: str
    created_at: str
    adapter: str = ""
    memories: tuple[MemoryLine, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    finish_reason: str = "stop"
    source: str = "live"
    prompt_source: str = "recorded"
    completion: str = ""
    choices: tuple[Mapping[str, Any], ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """The user's message that this turn answers."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")

    @cached_property
    def hash(self) -> str:
        """Digest of everything that was seen and said; timings and the ids stay out."""
        return digest(
            ({"choices": [dict(choice) for choice in self.choices]} if self.choices else {})
            | {
                "person": self.person,
                "conversation": self.conversation,
                "messages": [m.wire() for m in self.messages],
                "reply": self.reply,
                "persona": self.persona,
                "model": self.model,
                "adapter": self.adapter,
                "memories": [asdict(m) for m in self.memories],
                "parameters": dict(self.parameters),
                "created_at": self.created_at,
            }
        )

    @cached_property
    def chain(self) -> str:
        """What the history is known by once this turn is answered."""
        return chain(self.person, [*self.messages, Message("assistant", self.reply)])


def chain(person: str, messages: Sequence[Message]) -> str:
    """What a history is known by: everything said, whoever's system prompt stood before it; empty for none."""
    said = [[m.role, m.content.strip()] for m in messages if m.role != "system"]
    return digest([person, said]) if said else ""
