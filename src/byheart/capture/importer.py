"""Reading a conversation log: a JSON object a line, all checked before the first is handed out.

    {"conversation": "maya-01", "person": "maya", "persona": "timmy",
     "messages": [{"role": "user", "content": "...", "at": "2026-06-02T18:20:00Z"}, ...]}

Keys besides these are ignored. Times may carry an offset; a message is never earlier than the one before it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from byheart.base.clock import format_time, parse_time
from byheart.base.errors import InputError

FORMAT = 'Each line is {"conversation", "person", "persona", "messages": [{"role", "content", "at"}, ...]}.'
SHOWN = 5
"""Bad lines that an error names; it counts the rest."""


@dataclass(frozen=True)
class LoggedMessage:
    """One message of a log: who said it, what, and when (as byheart writes times)."""

    role: str
    content: str
    at: str


@dataclass(frozen=True)
class LoggedConversation:
    """One conversation of a log, with the line that it stands on."""

    conversation: str
    person: str
    persona: str
    messages: tuple[LoggedMessage, ...]
    line: int


def _time(text: str) -> str:
    try:
        return format_time(parse_time(text))
    except (InputError, OverflowError):
        raise ValueError(f"{text!r} is not a time like 2026-03-02T18:20:00Z") from None


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text


_Text = Annotated[str, AfterValidator(_filled)]


class _Message(BaseModel):
    model_config = ConfigDict(strict=True)
    role: Literal["system", "user", "assistant"]
    content: _Text
    at: Annotated[str, AfterValidator(_time)]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)
    conversation: _Text
    person: _Text
    persona: str = ""
    messages: Annotated[list[_Message], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> "_Line":
        for number, (before, after) in enumerate(zip(self.messages, self.messages[1:], strict=False), 2):
            if after.at < before.at:
                raise ValueError(
                    f"message {number} ({after.at}) is earlier than the one before it ({before.at})"
                )
        return self


def read_log(path: str | Path) -> Iterator[LoggedConversation]:
    """The conversations of a log, in its order.

    Raises InputError, before anything is handed out, for a file that is missing, empty, cut off, not UTF-8
    or in another format; it names file, line and reason of the first bad lines.
    """
    lines = _lines(Path(path))
    found: list[LoggedConversation] = []
    wrong: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            conversation = _conversation(line, number, cut=number == len(lines))
            if conversation.conversation in seen:
                first = seen[conversation.conversation]
                raise ValueError(f"conversation {conversation.conversation!r} stands on line {first} already")
        except ValueError as error:
            wrong.append(f"line {number}: {error}")
        else:
            seen[conversation.conversation] = number
            found.append(conversation)
    if wrong:
        more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise InputError(f"{path}: {'; '.join(wrong[:SHOWN])}{more}.", f"Nothing was imported. {FORMAT}")
    return iter(found)


def _lines(path: Path) -> list[str]:
    """The file as lines; the last one is there only when something stands after the last line break."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{path} cannot be read: {reason}.", "Check the name of the log.") from error
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path} is UTF-16, not UTF-8.", "Save it as UTF-8.")
    if raw[:2] == b"\x1f\x8b":
        raise InputError(f"{path} is compressed.", "Unpack it with gunzip.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}: line {line}: byte {error.object[error.start]:#04x} is not UTF-8.", "Save it as UTF-8."
        ) from None
    if not text.strip():
        raise InputError(f"{path} is empty.", FORMAT)
    if text.lstrip()[0] == "[":
        raise InputError(f"{path} is one JSON list, not JSON lines.", f"Write one object a line. {FORMAT}")
    return text.split("\n")


def _conversation(line: str, number: int, cut: bool) -> LoggedConversation:
    """One line as a conversation. Raises ValueError with the reason. `cut`: no line break ends this one."""
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        if cut and line.lstrip().startswith("{"):
            raise ValueError(f"the file ends in the middle of it (after {len(line)} characters)") from None
        where = f", column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"it is not JSON ({getattr(error, 'msg', 'nested too deep')}{where})") from None
    if not isinstance(value, dict):
        raise ValueError(f"it is a JSON {type(value).__name__}, not an object")
    try:
        parsed = _Line.model_validate(value)
    except ValidationError as error:
        raise ValueError(_reason(error)) from None
    messages = tuple(LoggedMessage(m.role, m.content, m.at) for m in parsed.messages)
    return LoggedConversation(parsed.conversation, parsed.person, parsed.persona, messages, number)


def _reason(error: ValidationError) -> str:
    """The first thing that is wrong, in words: where, and what."""
    first = error.errors(include_url=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what[0].lower()}{what[1:]}" if where else what
