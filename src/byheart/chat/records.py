"""The records of a conversation. A Turn is frozen when it is answered and never rebuilt from history."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from byheart.base.ids import content_id, digest

ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Message:
    """One message: `role` is one of ROLES, `content` is plain text."""

    role: str
    content: str

    def wire(self) -> dict[str, str]:
        """The message in OpenAI's chat format."""
        return {"role": self.role, "content": self.content}


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
    (`recorded`) or was rendered again from a log that did not keep it (`replayed`).
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

    @property
    def question(self) -> str:
        """The user's message that this turn answers."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def hash(self) -> str:
        """Digest of everything that was seen and said; timings and the id itself stay out."""
        return digest(
            {
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
