"""What clients send, checked at the border."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from byheart.base.errors import InputError
from byheart.base.settings import Settings
from byheart.chat.records import Message
from byheart.loop import NOBODY, Request
from byheart.models.records import Sampling


def _storable(text: str) -> str:
    """Text that every store can keep: without NUL characters, and no half of a surrogate pair."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("half of a surrogate pair is not text")
    return text.replace("\x00", "")


Text = Annotated[str, AfterValidator(_storable)]
_USER_HEADERS = ("x-byheart-user", "x-openwebui-user-id", "x-librechat-user-id")
_CHAT_HEADERS = ("x-byheart-conversation", "x-openwebui-chat-id", "x-librechat-conversation-id")
_USER_KEYS = ("user", "user_id", "userId")
_CHAT_KEYS = ("conversation", "conversation_id", "conversationId", "chat_id", "session_id")


class Part(BaseModel):
    """A part of a message; byheart reads text."""

    model_config = ConfigDict(extra="allow")
    type: Literal["text", "input_text"]
    text: Text


class Said(BaseModel):
    """One message."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[Part] | None = None

    def message(self) -> Message:
        """The message as byheart keeps it."""
        role = "system" if self.role == "developer" else self.role
        if isinstance(self.content, list):
            return Message(role, "\n".join(part.text for part in self.content))
        return Message(role, self.content or "")


class StreamOptions(BaseModel):
    """How to stream."""

    include_usage: bool = False


class ChatBody(BaseModel):
    """The body of /v1/chat/completions. What byheart does not know is passed over."""

    model_config = ConfigDict(extra="allow")
    model: str = "live"
    messages: Annotated[list[Said], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: Text | Annotated[list[Text], Field(max_length=4)] | None = None
    user: Text | None = None
    metadata: dict[str, Any] | None = None

    def request(self, headers: Mapping[str, str], settings: Settings) -> Request:
        """What is asked of the assistant."""
        metadata = {**(self.metadata or {}), **({"user": self.user} if self.user else {})}
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        sampling = Sampling(
            max_tokens=self.max_completion_tokens or self.max_tokens or settings.max_tokens,
            temperature=self.temperature or 0.0,
            top_p=1.0 if self.top_p is None else self.top_p,
            seed=settings.seed if self.seed is None else self.seed,
            stop=tuple(text for text in stop if text),
        )
        return Request(
            person=_named(headers, _USER_HEADERS, metadata, _USER_KEYS) or NOBODY,
            messages=[said.message() for said in self.messages],
            conversation=_named(headers, _CHAT_HEADERS, metadata, _CHAT_KEYS),
            sampling=sampling,
            memory=_memory(headers),
            model=self.model,
        )


class ReflectBody(BaseModel):
    """The body of /api/enhanced-reflect-public."""

    model_config = ConfigDict(extra="allow")
    message: Text
    conversationHistory: list[Said] = []  # noqa: N815  the app's own name

    def request(self, headers: Mapping[str, str], settings: Settings) -> Request:
        """What is asked of the assistant."""
        fields = self.model_extra or {}
        return Request(
            person=_named(headers, _USER_HEADERS, fields, _USER_KEYS) or NOBODY,
            messages=[*(said.message() for said in self.conversationHistory), Message("user", self.message)],
            conversation=_named(headers, _CHAT_HEADERS, fields, _CHAT_KEYS),
            sampling=Sampling(max_tokens=settings.max_tokens, seed=settings.seed),
            memory=_memory(headers),
        )


def _named(
    headers: Mapping[str, str],
    header_names: tuple[str, ...],
    fields: Mapping[str, Any],
    keys: tuple[str, ...],
) -> str:
    """The first name found, headers first; empty when there is none."""
    found = [headers.get(name) for name in header_names] + [fields.get(key) for key in keys]
    return next((value.strip() for value in found if isinstance(value, str) and value.strip()), "")


def _memory(headers: Mapping[str, str]) -> bool:
    wanted = headers.get("x-byheart-memory", "on").strip().lower()
    if wanted not in ("on", "off"):
        raise InputError(f"X-Byheart-Memory is {wanted!r}.", "Send on or off.")
    return wanted == "on"
