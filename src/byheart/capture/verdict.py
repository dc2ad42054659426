"""A judgement of a turn, kept beside it, and what follows: a capture, more praise for it, or its revocation.

What follows depends on what was said and not on the order in which it is read, for a thumb may arrive before
the message that it answers is read: a better answer that a person gave stands; else their last thumb or rating
decides; else praise that was read from the chat counts as long as no fault was.
"""

import re
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, insert, select, update

from byheart.base.ids import canonical_json, content_id
from byheart.base.tables import feedback as table
from byheart.capture.exchange import Exchange, capture, drop_praise, exchange_of, move
from byheart.capture.praise import Judgement
from byheart.capture.private import secrets
from byheart.chat.records import Turn

DETECTED = "detected"
SOURCES = (DETECTED, "thumb", "rating", "comment", "correction", "manual")
FINISHED = ("stop", "end_turn", "eos", "eos_token", "stop_sequence")
"""How models say that a reply is whole."""


@dataclass(frozen=True)
class Feedback:
    """A judgement of a turn. `label`: praise, criticism, correction or none; `source`: one of SOURCES.

    `text` is the message (or comment, or edited answer) that it was read from, `span` the words that decided.
    A `state` of revoked says that it no longer counts, rejected that nothing came of it.
    """

    id: str
    turn: str
    person: str
    label: str
    strength: str
    span: str
    why: str
    text: str
    source: str
    state: str
    created_at: str

    @property
    def stated(self) -> bool:
        """Whether it says outright that the answer was good or bad."""
        return self.source != DETECTED and self.label in ("praise", "criticism")


def store_feedback(
    connection: Connection, turn: Turn, judged: Judgement, text: str, at: str, source: str = DETECTED
) -> Feedback:
    """Keep a judgement of a turn and what follows from it.

    The same text from the same source about the same turn is kept once; said again after something else had
    taken its place, it counts again. With the source `correction`, `text` is the person's own better answer,
    and becomes the exchange's preferred one.
    """
    feedback = Feedback(
        id=feedback_id(turn.id, source, text),
        turn=turn.id,
        person=turn.person,
        label=judged.label,
        strength=judged.strength,
        span=judged.span,
        why=judged.why,
        text=text,
        source=source,
        state="pending",
        created_at=at,
    )
    known = find_feedback(connection, feedback.id)
    if known is None:
        connection.execute(insert(table).values(**vars(feedback)))
    elif source == DETECTED or known.state != "revoked":
        return known
    else:
        connection.execute(update(table).where(table.c.id == known.id).values(state="pending", created_at=at))
    return _follow(connection, turn, feedback)


def feedback_id(turn_id: str, source: str, text: str) -> str:
    """The id that a judgement has wherever it is kept."""
    return content_id("feedback", {"turn": turn_id, "source": source, "text": text})


def find_feedback(connection: Connection, identity: str) -> Feedback | None:
    """One judgement by its id."""
    row = connection.execute(select(table).where(table.c.id == identity)).mappings().first()
    return _feedback(row) if row else None


def feedback_of(connection: Connection, turn_id: str) -> list[Feedback]:
    """Everything that was said of a turn, the oldest first."""
    query = select(table).where(table.c.turn == turn_id).order_by(table.c.created_at, table.c.id)
    return [_feedback(row) for row in connection.execute(query).mappings()]


def refusal(turn: Turn) -> str:
    """Why nobody should learn from a turn, whatever is said of it; empty when one may."""
    if turn.finish_reason in ("tool_calls", "function_call"):
        return "the reply is a tool call"
    if turn.finish_reason not in FINISHED:
        return f"the reply is not whole ({turn.finish_reason or 'unknown'})"
    if not turn.reply.strip():
        return "the reply is empty"
    shown = [m.content + (canonical_json(dict(m.rest)) if m.rest else "") for m in turn.messages]
    return _secret("\n".join([*shown, turn.reply]))


def _secret(text: str) -> str:
    found = secrets(_EMBEDDED.sub("", text))
    return f"it holds a secret ({found[0].kind.replace('_', ' ')})" if found else ""


_EMBEDDED = re.compile(r"data:[\w.+-]{1,60}/[\w.+-]{1,60};base64,[A-Za-z0-9+/=]*+")


def _follow(connection: Connection, turn: Turn, feedback: Feedback) -> Feedback:
    """What a judgement leads to; gives it back as it then stands."""
    if feedback.source != DETECTED:
        _replace(connection, feedback)
    better = feedback.text if feedback.source == "correction" else None
    before = exchange_of(connection, turn.id)
    if feedback.label == "praise" or better is not None:
        why_not = refusal(turn) or _unclear(turn, feedback) or _secret(better or "")
        if why_not:
            why = f"{feedback.why}; not captured: {why_not}"
            return _changed(connection, replace(feedback, why=why, state="rejected"))
        praise = feedback.id if feedback.label == "praise" else None
        capture(connection, turn, feedback.created_at, praise, better)
        if better is not None and before is not None and before.preferred != better:
            _review_again(connection, before)
    exchange = exchange_of(connection, turn.id)
    if exchange is not None:
        anew = feedback.source != DETECTED or (before is not None and not before.praise)
        exchange = _in_line(connection, exchange, anew)
        if feedback.id in exchange.praise or better is not None:
            return _changed(connection, replace(feedback, state=exchange.state))
    return feedback


def _unclear(turn: Turn, feedback: Feedback) -> str:
    """A thumb points at a whole answer; which of its choices was meant, only the next message shows."""
    several = feedback.source in ("thumb", "rating") and len(turn.choices) > 1
    return "it had several choices" if several else ""


def _review_again(connection: Connection, exchange: Exchange) -> None:
    """A new better answer: what was accepted was another one."""
    if exchange.state in ("accepted", "revoked"):
        move(connection, exchange.id, "pending")


def _in_line(connection: Connection, exchange: Exchange, anew: bool) -> Exchange:
    """Revoke a capture that no longer stands. One that stands again comes back if that was said `anew`: outright, or
    after all earlier praise had been taken back."""
    stands = _stands(exchange, feedback_of(connection, exchange.turn))
    if stands and exchange.state == "revoked" and anew:
        return move(connection, exchange.id, "pending")
    if not stands and exchange.state in ("pending", "accepted"):
        return move(connection, exchange.id, "revoked")
    return exchange


def _stands(exchange: Exchange, said: list[Feedback]) -> bool:
    if exchange.preferred is not None:
        return True
    stated = [f for f in said if f.stated and f.state != "revoked"]
    if stated:
        return stated[-1].label == "praise"
    read = [f for f in said if f.source == DETECTED]
    faults = any(f.label != "praise" and f.state != "revoked" for f in read)
    return any(f.label == "praise" for f in read) and not faults


def _replace(connection: Connection, feedback: Feedback) -> None:
    """What the person said outright before and now says otherwise no longer counts."""
    gone = [f for f in feedback_of(connection, feedback.turn) if _replaces(feedback, f)]
    connection.execute(update(table).where(table.c.id.in_([f.id for f in gone])).values(state="revoked"))
    drop_praise(connection, feedback.turn, [f.id for f in gone])


def _replaces(new: Feedback, old: Feedback) -> bool:
    if new.id == old.id or old.source in (DETECTED, "comment"):
        return False
    if new.source == old.source:
        return new.source == "correction" or _topic(new) == _topic(old)
    return new.stated and old.stated and new.label != old.label


def _topic(feedback: Feedback) -> str:
    """What a thumb or rating is about, where it is about more than the answer: `tone: thumb up`."""
    return feedback.text.rpartition(": ")[0]


def _changed(connection: Connection, feedback: Feedback) -> Feedback:
    values = {"state": feedback.state, "why": feedback.why}
    connection.execute(update(table).where(table.c.id == feedback.id).values(**values))
    return feedback


def _feedback(row: RowMapping) -> Feedback:
    return Feedback(**{key: row[key] for key in Feedback.__dataclass_fields__})
