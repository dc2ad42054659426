"""The log `fine_tuning_best_case_interchanges.md`: captured exchanges, to be read by people and read back.

Each exchange is a section: a JSON block with everything about it, then the praise (n-0), the prompt as it
was sent (the system prompt with its memories n-2, the user's message n-3, whatever stood between) and the
response (n-1), each in a fence longer than any run of backticks in its text. Reading gives back exactly
what was written; a text edited by hand is read as it now stands, and `edited` tells.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from byheart.base.errors import InputError, StoreError
from byheart.capture.exchange import STATES, Exchange, exchange_turn, exchanges
from byheart.capture.feedback import Feedback, feedback_of
from byheart.chat.records import ROLES, MemoryLine, Message, Turn

FILE = "fine_tuning_best_case_interchanges.md"

_TITLE = "# Best-case interchanges"
_ABOUT = (
    "Answers that were praised, each with the prompt exactly as it was sent. Written by byheart; private, as "
    "it quotes what people confided. Keep it out of version control."
)
_SECTION = re.compile(r"## Exchange (\S+)")
_FENCE = re.compile(r"(`{3,})(text|json)?")


@dataclass(frozen=True)
class Interchange:
    """An exchange with all that it points at."""

    exchange: Exchange
    turn: Turn
    praise: tuple[Feedback, ...]

    @property
    def edited(self) -> bool:
        """Whether the turn is no longer the one that was captured."""
        return self.turn.hash != self.exchange.hash


def interchanges(
    connection: Connection, states: Iterable[str] = ("pending", "accepted")
) -> list[Interchange]:
    """The exchanges of a store as they go into the log, the oldest first."""
    found = []
    for exchange in exchanges(connection, states):
        praise = tuple(f for f in feedback_of(connection, exchange.turn) if f.id in exchange.praise)
        found.append(Interchange(exchange, exchange_turn(connection, exchange), praise))
    return found


def write_interchanges(path: str | Path, items: Iterable[Interchange]) -> None:
    """Write the log anew, all of it or nothing, readable by its owner only. Raises StoreError."""
    path = Path(path)
    text = "\n".join([_TITLE, "", _ABOUT, "", *(line for item in items for line in _section(item))])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _unwritten(path, error) from error


def read_interchanges(path: str | Path) -> list[Interchange]:
    """Read the log back. Raises InputError with file and line."""
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Check the name of the file."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from None
    reader = _Reader(str(path), text.split("\n"))
    if reader.next_text() != _TITLE:
        raise reader.wrong("this is no interchange log")
    while (line := reader.next_text()) and not line.startswith("## "):
        pass
    found = []
    while line:
        if not _SECTION.fullmatch(line):
            raise reader.wrong(f"expected '## Exchange ID', found {line[:40]!r}")
        item, line = _parse(reader)
        found.append(item)
    return found


def _section(item: Interchange) -> Iterator[str]:
    """The lines of one exchange."""
    exchange, turn = item.exchange, item.turn
    record = {
        "session": turn.conversation,
        "person": turn.person,
        "captured": exchange.created_at,
        "state": exchange.state,
        "turn": {key: value for key, value in _plain(turn).items() if key not in _TOLD},
        "praise": [{k: v for k, v in vars(f).items() if k != "text"} for f in item.praise],
        "exchange": {"persona": exchange.persona, "praise": list(exchange.praise), "hash": exchange.hash},
    }
    yield from (f"## Exchange {exchange.id}", "")
    yield from _fenced(json.dumps(record, indent=1, ensure_ascii=False), "json")
    for feedback in item.praise:
        yield from ("### Praise (n-0)", "", *_fenced(feedback.text))
    last = max((n for n, m in enumerate(turn.messages) if m.role == "user"), default=-1)
    for number, message in enumerate(turn.messages):
        note = " prompt with memories (n-2)" if message.role == "system" else ""
        note = " message (n-3)" if number == last else note
        yield from (f"### {message.role.capitalize()}{note}", "", *_fenced(message.content))
    yield from ("### Response (n-1)", "", *_fenced(turn.reply))
    if exchange.preferred is not None:
        yield from ("### Preferred response", "", *_fenced(exchange.preferred))


_TOLD = ("conversation", "person", "messages", "reply")


def _plain(turn: Turn) -> dict[str, Any]:
    return {
        **vars(turn),
        "memories": [asdict(m) for m in turn.memories],
        "parameters": dict(turn.parameters),
        "timings": dict(turn.timings),
    }


def _fenced(text: str, kind: str = "text") -> tuple[str, ...]:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return (f"{fence}{kind}", text, fence, "")


def _parse(reader: "_Reader") -> tuple[Interchange, str]:
    """One section, and the heading line after it (empty at the end)."""
    start = reader.at
    try:
        record = json.loads(reader.fence())
    except json.JSONDecodeError as error:
        raise reader.wrong(
            f"the JSON of the exchange is damaged: {error.msg}", start + 1 + error.lineno
        ) from None
    identity = reader.lines[start - 1].split()[-1]
    praise: list[str] = []
    messages: list[Message] = []
    bodies: dict[str, str] = {}
    while (line := reader.next_text()).startswith("### "):
        heading = line[4:]
        role = heading.split()[0].lower() if heading.split() else ""
        if heading == "Praise (n-0)":
            praise.append(reader.fence())
        elif role in ROLES:
            messages.append(Message(role, reader.fence()))
        elif heading in {"Response (n-1)", "Preferred response"}:
            bodies[heading] = reader.fence()
        else:
            raise reader.wrong(f"unknown heading {line[:40]!r}")
    try:
        return _assemble(identity, record, praise, tuple(messages), bodies), line
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise reader.wrong(f"the exchange is incomplete: {type(error).__name__}: {error}", start) from error


def _assemble(
    identity: str,
    record: dict[str, Any],
    praise: list[str],
    messages: tuple[Message, ...],
    bodies: dict[str, str],
) -> Interchange:
    memories = tuple(MemoryLine(**m) for m in record["turn"]["memories"])
    told = {
        "person": record["person"],
        "conversation": record["session"],
        "messages": messages,
        "reply": bodies["Response (n-1)"],
        "memories": memories,
    }
    turn = Turn(**{**record["turn"], **told})
    if record["state"] not in STATES:
        raise ValueError(f"state {record['state']!r}")
    exchange = Exchange(
        id=identity,
        turn=turn.id,
        person=turn.person,
        persona=record["exchange"]["persona"],
        praise=tuple(record["exchange"]["praise"]),
        preferred=bodies.get("Preferred response"),
        state=record["state"],
        created_at=record["captured"],
        hash=record["exchange"]["hash"],
    )
    given = [Feedback(**fields, text=text) for fields, text in zip(record["praise"], praise, strict=True)]
    return Interchange(exchange, turn, tuple(given))


class _Reader:
    """The lines of a log with a place in them."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.lines = lines
        self.at = 0

    def next_text(self) -> str:
        """The next line that is not blank; empty at the end."""
        while self.at < len(self.lines):
            line = self.lines[self.at].rstrip()
            self.at += 1
            if line:
                return line
        return ""

    def fence(self) -> str:
        """The text of the fence that comes next."""
        opened = _FENCE.fullmatch(self.next_text())
        if not opened:
            raise self.wrong("expected a fenced text")
        start = self.at
        while self.at < len(self.lines):
            self.at += 1
            if self.lines[self.at - 1].rstrip("\r") == opened[1]:
                return "\n".join(self.lines[start : self.at - 1])
        raise self.wrong(f"the fence {opened[1]} is never closed", start)

    def wrong(self, what: str, line: int | None = None) -> InputError:
        """The error to raise, with file and line."""
        where = f"{self.name}: line {self.at if line is None else line}"
        return InputError(f"{where}: {what}.", f"Let byheart write {FILE} again, or undo the edit.")


def _unwritten(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written: {error.strerror or error}.",
        "Free some space or check its folder's rights.",
    )
