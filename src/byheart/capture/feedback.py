"""What a person thinks of a reply, kept beside the turn that it is about: the one on screen when it was said.

Praise captures that turn (exchange.py). Criticism, a correction or a take-back of the same turn revokes the
capture, and so does asking for the same again within minutes. What a person states outright (a thumb, a
rating, an edited answer) outranks what was read from the chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update

from byheart.base.clock import parse_time
from byheart.base.ids import content_id
from byheart.base.tables import feedback as table
from byheart.base.tables import personas as personas_table
from byheart.base.tables import turns as turns_table
from byheart.capture.exchange import capture, exchange_of, set_state
from byheart.capture.praise import Judgement, classify
from byheart.chat.records import Message, Turn
from byheart.chat.turns import read_turn, turn_of

SOURCES = ("detected", "thumb", "rating", "correction", "manual")
OLDEST_SECONDS = 24 * 3600
"""A remark on a reply older than this is not taken as one about it."""
RETRY_SECONDS = 10 * 60
"""Asking for the same again within this time says that the answer was not good after all."""


@dataclass(frozen=True)
class Feedback:
    """A judgement of a turn. `label`: praise, criticism or correction; `source`: one of SOURCES.

    `text` is the message (or comment, or edited answer) that it was read from, `span` the words that decided.
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


def answered(
    connection: Connection, person: str, conversation: str, messages: Sequence[Message]
) -> Turn | None:
    """The turn whose reply stands right before the last message of a request: what they saw.

    None when that reply was never ours: another person's or conversation's, an edited or invented one. A
    client may have dropped the oldest messages; what it sends must agree with the turn as far as it goes.
    """
    said = [(m.role, m.content.strip()) for m in messages if m.role != "system"]
    if len(said) < 2 or said[-1][0] != "user" or said[-2][0] != "assistant":
        return None
    mine = (turns_table.c.person == person) & (turns_table.c.conversation == conversation)
    rows = connection.execute(
        select(turns_table).where(mine).order_by(turns_table.c.seq.desc()).limit(_LOOKED_AT)
    ).mappings()
    agreeing = [turn for turn in map(turn_of, rows) if _said(turn)[-len(said) + 1 :] == said[:-1]]
    # The one that ends there in whole, not one that the client has cut; of equals the newest, which is a retry.
    return next((turn for turn in agreeing if _said(turn) == said[:-1]), next(iter(agreeing), None))


_LOOKED_AT = 500


def _said(turn: Turn) -> list[tuple[str, str]]:
    """What is on screen once a turn is answered."""
    shown = [(m.role, m.content.strip()) for m in turn.messages if m.role != "system"]
    return [*shown, ("assistant", turn.reply.strip())]


def judge_turn(
    connection: Connection, previous: Turn, user_text: str, at: str, person: str | None = None
) -> Feedback | None:
    """Read what `user_text` says of the turn right before it, and store it. None when it says nothing.

    `previous` is the turn on screen (see `answered`); `person` is who speaks now, if that may be somebody
    else. Doing it twice is the same as doing it once.
    """
    if (person is not None and person != previous.person) or not _may_be_judged(previous, at):
        return None
    name = persona_name(connection, previous.persona)
    judged = classify(previous.reply, user_text, name)
    praised = _praised_before(connection, previous)
    if judged.takes_back and praised is not None:
        return store_feedback(connection, read_turn(connection, praised.turn), judged, user_text, at)
    if praised is not None and _retried(connection, praised, user_text, at):
        _revoke(connection, praised.turn)
    if judged.label == "none" or (judged.label == "praise" and _answers_praise(previous, name)):
        return None
    return store_feedback(connection, previous, judged, user_text, at)


def store_feedback(
    connection: Connection, turn: Turn, judged: Judgement, text: str, at: str, source: str = "detected"
) -> Feedback:
    """Keep a judgement of a turn and what follows from it: capture, more praise, or a revoked capture.

    The same text from the same source about the same turn is kept once. With the source `correction`,
    `text` is the person's own better answer, and becomes the exchange's preferred one.
    """
    key = content_id("feedback", {"turn": turn.id, "source": source, "text": text})
    known = connection.execute(select(table).where(table.c.id == key)).mappings().first()
    if known:
        return _feedback(known)
    feedback = Feedback(
        id=key,
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
    connection.execute(insert(table).values(**vars(feedback)))
    if judged.label == "praise":
        _praise(connection, turn, feedback)
    elif source == "correction":
        capture(connection, turn, at, preferred=text)
    elif source != "detected" or not _stated_praise(connection, turn.id):
        _revoke(connection, turn.id)
    return read_feedback(connection, turn.id, key)


def feedback_of(connection: Connection, turn_id: str) -> list[Feedback]:
    """Everything that was said of a turn, the oldest first."""
    query = select(table).where(table.c.turn == turn_id).order_by(table.c.created_at, table.c.id)
    return [_feedback(row) for row in connection.execute(query).mappings()]


def read_feedback(connection: Connection, turn_id: str, feedback_id: str) -> Feedback:
    """One feedback of a turn as it now stands."""
    return next(f for f in feedback_of(connection, turn_id) if f.id == feedback_id)


def persona_name(connection: Connection, version: str) -> str:
    """The name of a persona by its version (or name); empty when it is unknown."""
    query = select(personas_table.c.name).where(personas_table.c.version == version)
    return connection.execute(query).scalar() or ("" if version.startswith("persona_") else version)


def _may_be_judged(turn: Turn, at: str) -> bool:
    """No error, no tool call, nothing cut off, nothing empty, nothing from the day before yesterday."""
    age = (parse_time(at) - parse_time(turn.created_at)).total_seconds()
    return turn.finish_reason == "stop" and bool(turn.reply.strip()) and age <= OLDEST_SECONDS


def _answers_praise(turn: Turn, name: str) -> bool:
    """Whether a turn only answers praise: its `You are too kind` is not worth learning from."""
    said = [m for m in turn.messages if m.role != "system"]
    if len(said) < 2 or said[-2].role != "assistant":
        return False
    before = said[-2].content
    judged = classify(before, turn.question, name)
    return judged.label == "praise" and judged.alone


def _praised_before(connection: Connection, turn: Turn) -> Feedback | None:
    """The praise that the user message answered by `turn` gave to the turn before it."""
    here = (turns_table.c.person == turn.person) & (turns_table.c.conversation == turn.conversation)
    query = (
        select(table)
        .join(turns_table, turns_table.c.id == table.c.turn)
        .where(here, table.c.label == "praise", table.c.source == "detected", table.c.text == turn.question)
        .where(table.c.created_at <= turn.created_at)
        .order_by(turns_table.c.seq.desc())
    )
    said = [(m.role, m.content.strip()) for m in turn.messages if m.role != "system"]
    for row in connection.execute(query).mappings():
        if len(said) >= 2 and read_turn(connection, row["turn"]).reply.strip() == said[-2][1]:
            return _feedback(row)
    return None


def _retried(connection: Connection, praised: Feedback, user_text: str, at: str) -> bool:
    asked = read_turn(connection, praised.turn).question
    soon = (parse_time(at) - parse_time(praised.created_at)).total_seconds() <= RETRY_SECONDS
    return soon and bool(asked.strip()) and asked.lower().split() == user_text.lower().split()


def _praise(connection: Connection, turn: Turn, feedback: Feedback) -> None:
    exchange = capture(connection, turn, feedback.created_at, praise=feedback.id)
    if exchange.state == "revoked" and feedback.source != "detected":
        exchange = set_state(connection, exchange.id, "pending")
    connection.execute(update(table).where(table.c.id == feedback.id).values(state=exchange.state))


def _stated_praise(connection: Connection, turn_id: str) -> bool:
    return any(f.label == "praise" and f.source != "detected" for f in feedback_of(connection, turn_id))


def _revoke(connection: Connection, turn_id: str) -> None:
    exchange = exchange_of(connection, turn_id)
    if exchange is not None and exchange.state in {"pending", "accepted"}:
        set_state(connection, exchange.id, "revoked")


def _feedback(row: RowMapping) -> Feedback:
    return Feedback(**{key: row[key] for key in Feedback.__dataclass_fields__})
