"""What a person thinks of a reply, read from the message that follows it: the reply that was on screen then.

A request shows which one that was, for the client sends the history again. A remark of theirs captures that
turn, or revokes its capture (verdict.py), and so does asking for the same again within minutes. What a person
states outright (given.py) outranks what is read here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Text, bindparam, cast, exists, func, select

from byheart.base.clock import parse_time
from byheart.base.tables import personas as personas_table
from byheart.base.tables import turns as turns_table
from byheart.capture.praise import Judgement, Phrases, classify
from byheart.capture.verdict import (
    DETECTED,
    FINISHED,
    SOURCES,
    Feedback,
    feedback_id,
    feedback_of,
    find_feedback,
    store_feedback,
)
from byheart.chat.records import Message, Turn, chain
from byheart.chat.turns import previous_turn, read_turn, turn_of

__all__ = ["SOURCES", "Feedback", "feedback_of", "find_feedback", "store_feedback"]

OLDEST_SECONDS = 24 * 3600
"""A remark on a reply older than this is not taken as one about it."""
RETRY_SECONDS = 10 * 60
"""Asking for the same again within this time says that the answer was not good after all."""
_LOOKED_AT = 500

# Built once, for every turn asks them: the turns of a talk, all of it or up to the one called `before`.
_OWN = turns_table.alias("own")
_TALK = (
    (turns_table.c.person == bindparam("person"))
    & (turns_table.c.conversation == bindparam("conversation"))
    & (
        turns_table.c.seq
        < func.coalesce(
            select(_OWN.c.seq).where(_OWN.c.id == bindparam("before")).scalar_subquery(), 2**31 - 1
        )
    )
)
_NEWEST = turns_table.c.seq.desc()
_SAME_END = (
    select(turns_table).where(_TALK, turns_table.c.chain == bindparam("end")).order_by(_NEWEST).limit(1)
)
_REPLIES = select(turns_table.c.id, turns_table.c.reply).where(_TALK).order_by(_NEWEST).limit(_LOOKED_AT)
_HISTORY = select(
    exists(
        select(turns_table.c.id).where(
            _TALK, cast(turns_table.c.messages, Text).contains('"role":"assistant"')
        )
    )
)


@dataclass(frozen=True)
class Remark:
    """What `text` says of the turn that was on screen; nothing of it is stored yet."""

    turn: Turn
    judged: Judgement
    text: str
    at: str


def on_screen(connection: Connection, turn: Turn) -> Turn | None:
    """The turn whose reply the person saw when they said what `turn` answers. None when that is not known."""
    said = just_said(turn.messages)
    seen = [m for m in turn.messages if m.role != "system"]
    if len(seen) > len(said) > 0:
        shown = [*seen[: len(seen) - len(said)], Message("user", said[0])]
        return answered(connection, turn.person, turn.conversation, shown, turn.id)
    if len(said) == 1 and not _sends_history(connection, turn):
        return previous_turn(connection, turn)
    return None


def just_said(messages: Sequence[Message]) -> list[str]:
    """What the person said since the last answer."""
    last = max((n for n, m in enumerate(messages) if m.role != "user"), default=-1)
    return [m.content for m in messages[last + 1 :]]


def answered(
    connection: Connection, person: str, conversation: str, messages: Sequence[Message], before: str = ""
) -> Turn | None:
    """The turn whose reply stands right before the last message of a request: what they saw.

    None when that reply was never ours: another person's or conversation's, an edited or invented one. A
    client may have dropped the oldest messages; what it sends must agree with the turn as far as it goes, and
    with no other one. `before` is the turn that answers the request, if that is stored already.
    """
    said = [(m.role, m.content.strip()) for m in messages if m.role != "system"]
    if len(said) < 2 or said[-1][0] != "user" or said[-2][0] != "assistant":
        return None
    talk = {"person": person, "conversation": conversation, "before": before}
    end = chain(person, [m for m in messages if m.role != "system"][:-1])
    row = connection.execute(_SAME_END, {**talk, "end": end}).mappings().first()
    return turn_of(row) if row else _trimmed(connection, talk, said[:-1])


def read_remark(
    previous: Turn, user_text: str, at: str, person: str, name: str, phrases: Phrases | None = None
) -> Remark | None:
    """Read what `user_text` says of the turn on screen before it. None when that is nothing to keep.

    `person` is who speaks, `name` the persona's, `phrases` the owner's own words of praise and blame. This is
    where the time goes; it needs no store.
    """
    if person != previous.person or not _may_be_judged(previous, at):
        return None
    judged = classify(previous.reply, user_text, name, phrases=phrases)
    if judged.label == "praise" and _answers_praise(previous, name):
        judged = Judgement("none", why="the reply to praise")
    if judged.label == "none" and not _may_repeat(previous, user_text):
        return None
    return Remark(previous, judged, user_text, at)


def keep_remark(connection: Connection, remark: Remark) -> Feedback | None:
    """Store a remark and what follows from it. Doing it twice is the same as doing it once."""
    turn, judged, text, at = remark.turn, remark.judged, remark.text, remark.at
    if judged.label != "none" and not judged.takes_back:
        return store_feedback(connection, turn, judged, text, at)
    praised = _praised_before(connection, turn)
    if judged.takes_back:
        return store_feedback(connection, praised or turn, judged, text, at)
    if praised is None or not _retried(praised, turn, text, at):
        return None
    again = Judgement("criticism", "weak", "", "asks for the same again within minutes")
    return store_feedback(connection, praised, again, text, at)


def judge_turn(
    connection: Connection, previous: Turn, user_text: str, at: str, person: str | None = None
) -> Feedback | None:
    """Read what `user_text` says of the turn right before it, and store it. None when it says nothing.

    `previous` is the turn on screen (see `answered`); `person` is who speaks now, if that may be somebody
    else. Doing it twice is the same as doing it once.
    """
    name = persona_name(connection, previous.persona)
    remark = read_remark(previous, user_text, at, previous.person if person is None else person, name)
    return keep_remark(connection, remark) if remark else None


def persona_name(connection: Connection, version: str) -> str:
    """The name of a persona by its version (or name); empty when it is unknown."""
    query = select(personas_table.c.name).where(personas_table.c.version == version)
    return connection.execute(query).scalar() or ("" if version.startswith("persona_") else version)


_own = turns_table.alias("own")


def _trimmed(
    connection: Connection, talk: Mapping[str, str], shown: Sequence[tuple[str, str]]
) -> Turn | None:
    """The turn that ends in what is shown. None when several do that say different things before."""
    replies = connection.execute(_REPLIES, talk).all()
    same = [row.id for row in replies if row.reply.strip() == shown[-1][1]]
    ends = [
        turn for turn in (read_turn(connection, one) for one in same) if _said(turn)[-len(shown) :] == shown
    ]
    return ends[0] if len({turn.chain for turn in ends}) == 1 else None


def _said(turn: Turn) -> list[tuple[str, str]]:
    """What is on screen once a turn is answered."""
    shown = [(m.role, m.content.strip()) for m in turn.messages if m.role != "system"]
    return [*shown, ("assistant", turn.reply.strip())]


def _sends_history(connection: Connection, turn: Turn) -> bool:
    """Whether the client has sent a history before: then one message alone is a new branch."""
    talk = {"person": turn.person, "conversation": turn.conversation, "before": turn.id}
    return bool(connection.execute(_HISTORY, talk).scalar())


def _may_be_judged(turn: Turn, at: str) -> bool:
    """No error, no tool call, nothing cut off, nothing empty, nothing from the day before yesterday."""
    age = (parse_time(at) - parse_time(turn.created_at)).total_seconds()
    return turn.finish_reason in FINISHED and bool(turn.reply.strip()) and age <= OLDEST_SECONDS


def _answers_praise(turn: Turn, name: str) -> bool:
    """Whether a turn only answers praise: its `You are too kind` is not worth learning from."""
    said = [m for m in turn.messages if m.role != "system"]
    asked = max((n for n, m in enumerate(said) if m.role == "user"), default=0)
    if asked == 0 or said[asked - 1].role != "assistant":
        return False
    judged = classify(said[asked - 1].content, said[asked].content, name)
    return judged.label == "praise" and judged.alone


def _praised_before(connection: Connection, turn: Turn) -> Turn | None:
    """The turn that the user message answered by `turn` praised, if it did."""
    before, said = on_screen(connection, turn), just_said(turn.messages)
    if before is None:
        return None
    found = find_feedback(connection, feedback_id(before.id, DETECTED, said[0]))
    return before if found and found.label == "praise" else None


def _retried(praised: Turn, thanks: Turn, user_text: str, at: str) -> bool:
    """Whether they ask again, soon after the praise that `thanks` answers, what they had asked then."""
    soon = (parse_time(at) - parse_time(thanks.created_at)).total_seconds() <= RETRY_SECONDS
    asked = _plain(praised.question)
    return soon and bool(asked) and asked == _plain(user_text)


def _may_repeat(turn: Turn, user_text: str) -> bool:
    """Whether that was asked before; where the client keeps no history, the store has to say."""
    asked = [_plain(m.content) for m in turn.messages if m.role == "user"]
    return len(asked) == 1 or _plain(user_text) in asked


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
