"""What clients send, checked at the border."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from byheart.base.errors import InputError
from byheart.base.settings import Settings
from byheart.chat.records import Message
from byheart.loop import NOBODY, Request
from byheart.models.records import Sampling
from byheart.server.errors import FieldError

LARGEST = 32 * 1024 * 1024
"""The largest body in bytes; pictures travel inside of messages."""
DEEPEST = 100
"""How deep a body may be nested: what reads and writes JSON recurses."""


def _storable(text: str) -> str:
    """Text that every store can keep: without NUL characters, and no half of a surrogate pair."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("half of a surrogate pair is not text")
    return text.replace("\x00", "")


Text = Annotated[str, AfterValidator(_storable)]
Body = TypeVar("Body", bound=BaseModel)
_USER_HEADERS = ("x-byheart-user", "x-openwebui-user-id", "x-librechat-user-id")
_CHAT_HEADERS = ("x-byheart-conversation", "x-openwebui-chat-id", "x-librechat-conversation-id")
_USER_KEYS = ("user", "user_id", "userId", "safety_identifier")
_CHAT_KEYS = ("conversation", "conversation_id", "conversationId", "chat_id", "session_id")
_ERRANDS = re.compile(r"\w+_generation|function_calling")
"""The tasks of Open WebUI as it names them."""
# How the errands of Open WebUI and LibreChat begin, where no header names them.
_TITLE = "Provide a concise, 5-word-or-less title for the conversation"
_HISTORY = "<chat_history>"


class Said(BaseModel):
    """One message; what byheart does not know of it is passed on."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None

    def message(self) -> Message:
        """The message as byheart keeps it."""
        wire = {"content": self.content, **(self.model_extra or {})}
        return Message.read({**wire, "role": "system" if self.role == "developer" else self.role})


class ChatBody(BaseModel):
    """The body of /v1/chat/completions; what byheart does not know is passed on to the upstream untouched."""

    model_config = ConfigDict(extra="allow")
    model: Annotated[str, Field(min_length=1, max_length=512)] = "live"
    messages: Annotated[list[Said], Field(min_length=1)]
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    user: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """Everything but the messages, as it was sent."""
        return self.model_dump(exclude={"messages", "model"}, exclude_unset=True)

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with what it took."""
        return bool((self.stream_options or {}).get("include_usage"))

    def request(self, headers: Mapping[str, str], settings: Settings) -> Request:
        """What is asked of the assistant."""
        fields = {
            **(self.metadata or {}),
            **(self.model_extra or {}),
            **({"user": self.user} if self.user else {}),
        }
        return Request(
            person=person_named(headers, fields),
            messages=[said.message() for said in self.messages],
            conversation=conversation_named(headers, fields),
            sampling=Sampling(max_tokens=settings.max_tokens, seed=settings.seed),
            memory=switched_on(headers, "X-Byheart-Memory"),
            capture=switched_on(headers, "X-Byheart-Capture"),
            model=self.model,
            parameters=self.parameters,
            task=self._is_errand(headers),
        )

    def _is_errand(self, headers: Mapping[str, str]) -> bool:
        """Whether an application asks for itself, for a title or tags, rather than for a person."""
        if headers.get("x-openwebui-task") or _ERRANDS.fullmatch(str((self.metadata or {}).get("task"))):
            return True
        last = self.messages[-1].content
        if not isinstance(last, str) or any(said.role == "assistant" for said in self.messages):
            return False
        asks_for_itself = last.startswith("### Task:\n") and _HISTORY in last
        return asks_for_itself or last.startswith((_TITLE, "Query: History:"))


class LocalBody(BaseModel):
    """What the local model can be asked for besides messages."""

    model_config = ConfigDict(extra="ignore")
    n: Literal[1] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: Text | Annotated[list[Text], Field(max_length=4)] | None = None
    logprobs: Literal[False] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    functions: Annotated[list[Any], Field(max_length=0)] | None = None

    def sampling(self, settings: Settings) -> Sampling:
        """How the reply is to be drawn."""
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        return Sampling(
            max_tokens=self.max_completion_tokens or self.max_tokens or settings.max_tokens,
            temperature=self.temperature or 0.0,
            top_p=1.0 if self.top_p is None else self.top_p,
            seed=settings.seed if self.seed is None else self.seed,
            stop=tuple(text for text in stop if text),
        )


class EmbeddingsBody(BaseModel):
    """The body of /v1/embeddings; what byheart does not know is passed on."""

    model_config = ConfigDict(extra="allow")
    model: Annotated[str, Field(min_length=1, max_length=512)]
    input: str | list[Any]


async def read_body(http: HttpRequest, kind: type[Body]) -> Body:
    """The JSON body of a request. Raises InputError in one sentence, naming the field."""
    declared = http.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST:
        raise InputError(f"The body has {int(declared):,} bytes.", f"At most {LARGEST:,} are taken.")
    raw = await _read(http)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InputError(f"The body is not JSON: {error}.") from None
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _deeper(value, DEEPEST):
        raise InputError(f"The body is nested over {DEEPEST} levels deep.", "Send it flatter.")
    return checked(without_nul(value) if b"\\u0000" in raw else value, kind)


async def _read(http: HttpRequest) -> bytes:
    parts, size = [], 0
    try:
        async for part in http.stream():
            size += len(part)
            if size > LARGEST:
                raise InputError(f"The body has over {LARGEST:,} bytes.", "Send less.")
            parts.append(part)
    except ClientDisconnect:
        raise InputError("The client left before its body was whole.") from None
    return b"".join(parts)


def _deeper(value: Any, levels: int) -> bool:
    """Whether a parsed body has more than so many levels of lists and objects."""
    layer = [value]
    for _ in range(levels + 1):
        layer = [
            part
            for one in layer
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not layer:
            return False
    return True


def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """A body's JSON schema in one piece, as an OpenAPI document takes it at any place."""
    schema = kind.model_json_schema()
    parts = schema.pop("$defs", {})

    def inlined(value: Any) -> Any:
        if isinstance(value, list):
            return [inlined(one) for one in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return inlined(parts[value["$ref"].rpartition("/")[2]])
        return {key: inlined(one) for key, one in value.items()}

    whole: dict[str, Any] = inlined(schema)
    return whole


def checked(value: Any, kind: type[Body]) -> Body:
    """A parsed body as a model. Raises InputError."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise FieldError(where, f"{where or 'The body'}: {fault['msg']}.") from None


def without_nul(value: Any) -> Any:
    """A parsed body without NUL characters, which no database takes in a text."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [without_nul(part) for part in value]
    if isinstance(value, dict):
        return {without_nul(key): without_nul(part) for key, part in value.items()}
    return value


def person_named(headers: Mapping[str, str], fields: Mapping[str, Any]) -> str:
    """Who speaks, headers first; NOBODY where nothing says."""
    return _named(headers, _USER_HEADERS, fields, _USER_KEYS) or NOBODY


def conversation_named(headers: Mapping[str, str], fields: Mapping[str, Any]) -> str:
    """The conversation's own name; empty where nothing says."""
    return _named(headers, _CHAT_HEADERS, fields, _CHAT_KEYS)


def switched_on(headers: Mapping[str, str], name: str) -> bool:
    """Whether a header that takes on and off leaves it on. Raises InputError."""
    wanted = headers.get(name.lower(), "on").strip().lower()
    if wanted not in ("on", "off"):
        raise InputError(f"{name} is {wanted!r}.", "Send on or off.")
    return wanted == "on"


def refuse_more_than_text(messages: Sequence[Message]) -> None:
    """Raises InputError for what only an upstream can read: pictures, sounds, tool calls."""
    for number, message in enumerate(messages):
        parts = message.rest.get("content")
        odd = [p.get("type") for p in parts or () if p.get("type") not in ("text", "input_text")]
        if odd or message.role not in ("system", "user", "assistant") or message.rest.get("tool_calls"):
            what = f"a part of type {odd[0]!r}" if odd else "a tool's message"
            raise FieldError(
                f"messages.{number}.content",
                f"messages.{number}.content: the local model cannot read {what}.",
            )


def _named(
    headers: Mapping[str, str],
    header_names: tuple[str, ...],
    fields: Mapping[str, Any],
    keys: tuple[str, ...],
) -> str:
    """The first name found, headers first; empty when there is none."""
    found = [_utf8(headers.get(name, "")) for name in header_names] + [fields.get(key) for key in keys]
    names = (value.strip() for value in found if isinstance(value, str))
    return next(
        (name for name in names if name and not name.startswith("{{")), ""
    )  # a template left unfilled


def _utf8(header: str) -> str:
    """A header's text: clients send UTF-8, HTTP reads Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
