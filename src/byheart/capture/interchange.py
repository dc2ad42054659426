"""The log `fine_tuning_best_case_interchanges.md`: captured exchanges, to be read by people and read back.

Each exchange is a block (blocks.py): the praise, the user's message (n-3), the system prompt with its memories
(n-2), whatever stood between, the response (n-1), and as JSON everything else about it. Nothing is shortened,
and reading gives back exactly what was written; a text edited by hand is read as it now stands, and `edited`
tells. Logs of other programs in the same layout are read as well (foreign.py).
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from byheart.base.clock import format_time
from byheart.base.errors import InputError, StoreError
from byheart.capture.blocks import (
    EARLIER,
    METADATA,
    PREFERRED,
    RESPONSE,
    SYSTEM,
    USER,
    Bad,
    Block,
    read_blocks,
    write_block,
)
from byheart.capture.exchange import STATES, Exchange, exchange_turn, exchanges
from byheart.capture.feedback import Feedback, feedback_of
from byheart.capture.foreign import Origin, of_block
from byheart.capture.logfile import FILE, SHOWN, is_current, mark
from byheart.chat.records import MemoryLine, Message, Turn

__all__ = [
    "FILE",
    "Interchange",
    "Scanned",
    "interchanges",
    "is_current",
    "read_interchanges",
    "refresh_log",
    "scan_interchanges",
    "write_interchanges",
]

_TITLE = "# Best-case interchanges"
_ABOUT = (
    "Answers that were praised, each with the prompt exactly as it was sent. Written by byheart; private, as "
    "it quotes what people confided. Keep it out of version control."
)
_REMEDY = f"Let byheart write {FILE} again, or undo the edit."


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


@dataclass(frozen=True)
class Scanned:
    """What stands in a log: the captures that can be read, and the blocks that cannot, each with its line."""

    items: tuple[Interchange, ...]
    bad: tuple[Bad, ...]


def interchanges(connection: Connection, states: Iterable[str] = SHOWN) -> list[Interchange]:
    """The exchanges of a store as they go into the log, the oldest first."""
    found = []
    for exchange in exchanges(connection, states):
        praise = tuple(f for f in feedback_of(connection, exchange.turn) if f.id in exchange.praise)
        found.append(Interchange(exchange, exchange_turn(connection, exchange), praise))
    return found


def refresh_log(connection: Connection, path: str | Path) -> bool:
    """Write the log anew if it is not what the store holds; whether it was. Raises StoreError.

    Call it when captures have changed, or at any time: an up-to-date log costs one query.
    """
    if is_current(connection, path):
        return False
    write_interchanges(path, interchanges(connection))
    return True


def write_interchanges(path: str | Path, items: Iterable[Interchange]) -> None:
    """Write the log anew, all of it or nothing, readable by its owner only. Raises StoreError."""
    path, items = Path(path), list(items)
    head = [_TITLE, "", mark([item.exchange for item in items]), "", _ABOUT, ""]
    text = "\n".join([*head, *(line for item in items for line in section(item))])
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
    """Read a log of which nothing may be missing. Raises InputError with the line of the first bad block."""
    found = scan_interchanges(path)
    if found.bad:
        first = found.bad[0]
        raise InputError(f"{path}: line {first.line}: {first.why}.", _REMEDY)
    return list(found.items)


def scan_interchanges(path: str | Path, origin: Origin | None = None) -> Scanned:
    """Read what can be read of a log. Raises InputError for a file that is none.

    `origin` fills in what the log of another program does not say; its time is by default the file's.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        written = format_time(_modified(path))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Check the name of the file."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from None
    blocks = list(read_blocks(text))
    if not blocks and not text.startswith(_TITLE):
        raise InputError(
            f"{path}: line 1: this is no interchange log.",
            "It has blocks that begin with '## Example Captured: TIME'.",
        )
    origin = origin or Origin(at=written)
    items: list[Interchange] = []
    bad: list[Bad] = []
    for block in blocks:
        if isinstance(block, Bad):
            bad.append(block)
            continue
        try:
            items.append(_assemble(block, origin))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            bad.append(Bad(block.line, f"the exchange is incomplete: {_reason(error)}"))
    return Scanned(tuple(items), tuple(bad))


def section(item: Interchange) -> Iterator[str]:
    """The lines of one exchange in the log."""
    exchange, turn = item.exchange, item.turn
    texts: list[tuple[str, str]] = []
    order: list[dict[str, Any]] = []
    system = next((n for n, m in enumerate(turn.messages) if m.role == "system"), -1)
    user = max((n for n, m in enumerate(turn.messages) if m.role == "user"), default=-1)
    earlier = []
    for number, message in enumerate(turn.messages):
        part = {system: "n-2", user: "n-3"}.get(number, "earlier")
        order.append({"role": message.role, "part": part, **({"rest": message.rest} if message.rest else {})})
        if part == "earlier":
            earlier.append((f"{EARLIER} ({message.role})", message.content))
    texts += [(USER, turn.messages[user].content)] if user >= 0 else []
    texts += [(SYSTEM, turn.messages[system].content)] if system >= 0 else []
    texts += [*earlier, (RESPONSE, turn.reply)]
    texts += [] if exchange.preferred is None else [(PREFERRED, exchange.preferred)]
    record = {
        "session_id": turn.conversation,
        "timestamp": exchange.created_at,
        "person": turn.person,
        "state": exchange.state,
        "praise": [vars(f) for f in item.praise],
        "messages": order,
        "turn": {key: value for key, value in asdict(turn).items() if key not in _TOLD},
        "exchange": {key: getattr(exchange, key) for key in ("id", "persona", "praise", "hash")},
    }
    texts.append((METADATA, json.dumps(record, indent=1, ensure_ascii=False)))
    yield from write_block(exchange.created_at, " / ".join(f.text for f in item.praise), texts)


_OURS = '"hash": "sha256:'
_TOLD = ("conversation", "person", "messages", "reply")


def _assemble(block: Block, origin: Origin) -> Interchange:
    """A block as it was written by `section`, or by another program. Raises what a wrong shape raises."""
    record = json.loads(block.part(METADATA) or "{}") if block.part(METADATA) else {}
    if not isinstance(record, dict) or not {"exchange", "turn"} & set(record):
        if _OURS in (block.part(RESPONSE) or ""):
            raise ValueError("the heading of its metadata is missing")
        return Interchange(*of_block(block, origin))
    earlier = iter([text for heading, text in block.parts if heading == EARLIER])
    said = {"n-2": block.part(SYSTEM), "n-3": block.part(USER)}
    messages = []
    for one in record["messages"]:
        content = next(earlier, None) if one["part"] == "earlier" else said[one["part"]]
        if content is None:
            raise ValueError(f"the text of its {one['role']} message is missing")
        messages.append(Message(one["role"], content, one.get("rest", {})))
    reply = block.part(RESPONSE)
    if reply is None:
        raise ValueError("its response is missing")
    told = {
        "person": record["person"],
        "conversation": record["session_id"],
        "messages": tuple(messages),
        "reply": reply,
        "memories": tuple(MemoryLine(**m) for m in record["turn"]["memories"]),
        "choices": tuple(record["turn"]["choices"]),
    }
    turn = Turn(**{**record["turn"], **told})
    if record["state"] not in STATES:
        raise ValueError(f"there is no state {record['state']!r}")
    exchange = Exchange(
        id=record["exchange"]["id"],
        turn=turn.id,
        person=turn.person,
        persona=record["exchange"]["persona"],
        praise=tuple(record["exchange"]["praise"]),
        preferred=block.part(PREFERRED),
        state=record["state"],
        created_at=record["timestamp"],
        hash=record["exchange"]["hash"],
    )
    return Interchange(exchange, turn, tuple(Feedback(**fields) for fields in record["praise"]))


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"its metadata is no JSON: {error.msg}, line {error.lineno} of it"
    return f"it does not say {error}" if isinstance(error, KeyError) else str(error)


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _unwritten(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written: {error.strerror or error}.",
        "Free some space or check its folder's rights.",
    )
