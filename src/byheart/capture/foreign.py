"""Blocks of another program's interchange log, as captures: with less in them, and nothing made up.

Its prompts may have been cut off (the mark says how long they were), its times and its session may be missing,
and some of its praise is none: "Great, but it was too long" is kept, revoked.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from byheart.base.clock import format_time, parse_time
from byheart.base.errors import InputError
from byheart.base.ids import content_id
from byheart.capture.blocks import METADATA, RESPONSE, SYSTEM, USER, Block
from byheart.capture.exchange import Exchange
from byheart.capture.feedback import Feedback
from byheart.capture.praise import classify
from byheart.chat.records import MemoryLine, Message, Persona, Turn

TRUNCATED = "truncated"
"""The `prompt_source` of a turn whose prompt was cut off by the program that wrote the log."""

_CUT = re.compile(r"\n?\.\.\. \[truncated, full length: (\d{1,9}) chars\]\s*\Z")
_NO_PROMPT = "System prompt not found"
_MEMORY = re.compile(
    r"\s{0,8}[•*-] (?:\[(?P<kind>[^\],]{1,40}), Importance: (?P<importance>[1-5])\] )?(?:(?P<role>User|Assistant) )?"
    r"\((?:(?P<count>\d{1,4}) ?(?P<unit>[a-z]{1,8}) ago|just now)\) (?:- )?(?P<text>\S.*)"
)
_HOURS = {"s": 0, "m": 1 / 60, "h": 1, "d": 24, "w": 168, "mo": 730.5, "y": 8766}


@dataclass(frozen=True)
class Origin:
    """What a log does not say: whose captures these are, the assistant's persona, and when (the file's time)."""

    person: str = "owner"
    persona: Persona = field(default_factory=lambda: Persona("", ""))
    at: str = "1970-01-01T00:00:00Z"


def of_block(block: Block, origin: Origin) -> tuple[Exchange, Turn, tuple[Feedback, ...]]:
    """A block as the capture that it tells of. Raises ValueError for one that is of no use."""
    told = _metadata(block)
    system, length = _whole(block.part(SYSTEM) or "")
    question, reply = _needed(block, USER), _needed(block, RESPONSE)
    person = str(told.get("person") or told.get("user_id") or origin.person)
    captured = _time(block.captured) or _time(told.get("timestamp")) or origin.at
    answered = min(_time(told.get("timestamp")) or captured, captured)
    prompt = () if system.strip() in ("", _NO_PROMPT) else (Message("system", system),)
    turn = Turn(
        id=content_id("turn", [person, _session(told), system, question, reply]),
        person=person,
        conversation=_session(told),
        messages=(*prompt, Message("user", question)),
        reply=reply,
        persona=origin.persona.version,
        model=str(told.get("model") or "imported"),
        created_at=answered,
        memories=tuple(_memories(system, answered)),
        source="import",
        prompt_source=TRUNCATED if length else "recorded",
        outcome={"prompt_length": length} if length else {},
    )
    praise = _praise(block.praise, turn, captured, origin.persona.name)
    exchange = Exchange(
        id=content_id("exchange", {"turn": turn.id}),
        turn=turn.id,
        person=person,
        persona=turn.persona,
        praise=tuple(one.id for one in praise),
        preferred=None,
        state=praise[0].state if praise else "pending",
        created_at=captured,
        hash=turn.hash,
    )
    return exchange, turn, praise


def _metadata(block: Block) -> dict[str, Any]:
    written = block.part(METADATA)
    if written is None or not written.strip():
        return {}
    try:
        told = json.loads(written)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"its metadata is no JSON: {getattr(error, 'msg', 'nested too deep')}") from None
    if not isinstance(told, dict):
        raise ValueError("its metadata is no JSON object")
    return told


def _needed(block: Block, heading: str) -> str:
    text, length = _whole(block.part(heading) or "")
    if not text.strip():
        raise ValueError(f"it has no {heading.partition(' (')[0].lower()}")
    if length:
        raise ValueError(
            f"its {heading.partition(' (')[0].lower()} is cut off ({len(text)} of {length} characters)"
        )
    return text


def _whole(text: str) -> tuple[str, int]:
    """A text without the mark of what was cut off, and how long it once was; 0 where it is whole."""
    found = _CUT.search(text)
    if found is None or int(found[1]) <= found.start():
        return text, 0
    return text[: found.start()], int(found[1])


def _session(told: dict[str, Any]) -> str:
    if told.get("session_id"):
        return str(told["session_id"])
    parts = [str(told[key]) for key in ("source", "conversation_number") if key in told]
    return " ".join(parts) or "imported"


def _time(written: Any) -> str:
    try:
        return format_time(parse_time(str(written or "")))
    except (InputError, OverflowError):
        return ""


def _praise(text: str, turn: Turn, at: str, name: str) -> tuple[Feedback, ...]:
    """The praise of a block, read again: what turns out to be criticism does not count for the answer."""
    if not text:
        return ()
    judged = classify(turn.reply, text, name)
    against = judged.label in ("criticism", "correction")
    return (
        Feedback(
            id=content_id("feedback", {"turn": turn.id, "source": "detected", "text": text}),
            turn=turn.id,
            person=turn.person,
            label="praise",
            strength=judged.strength if judged.label == "praise" else "weak",
            span=judged.span,
            why=f"the log has it as praise; {judged.why}" if judged.why else "the log has it as praise",
            text=text,
            source="detected",
            state="revoked" if against else "pending",
            created_at=at,
        ),
    )


def _memories(system: str, at: str) -> list[MemoryLine]:
    """The memories that a prompt lists, such as `• [Facts, Importance: 5] User (1h ago) - My cat is Winston`."""
    found = []
    for line in system.split("\n"):
        match = _MEMORY.fullmatch(line.rstrip())
        if match:
            hours = float(match["count"] or 0) * _unit(match["unit"] or "s")
            kind = (match["kind"] or "personal").strip().lower().removesuffix(" data")
            found.append(
                MemoryLine(
                    match["text"],
                    kind,
                    int(match["importance"] or 3),
                    format_time(parse_time(at) - timedelta(hours=min(hours, 500_000))),
                    (match["role"] or "user").lower(),
                )
            )
    return found


def _unit(written: str) -> float:
    return _HOURS["mo"] if written.startswith("mo") else _HOURS.get(written[0], 0)
