"""Feedback that a person gives outright: a thumb, a rating, a comment, a better answer.

It names its turn by an id. When that turn is not stored yet, it waits (`early_feedback`) and is applied once the
turn is there, before anything that came later: the order in which the two arrive makes no difference.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from byheart.base.clock import format_time, parse_time
from byheart.base.errors import InputError, NotFoundError, StoreError
from byheart.base.ids import content_id, digest
from byheart.base.tables import cursors, early_feedback, turns
from byheart.capture.exchange import Exchange, exchange_of
from byheart.capture.praise import Judgement
from byheart.capture.verdict import Feedback, feedback_id, find_feedback, store_feedback
from byheart.chat.records import Turn
from byheart.chat.turns import turn_of

WAITING_HOURS = 24
"""How long feedback waits for its turn, and how long an Idempotency-Key is remembered."""
MOST_WAITING = 2000
_KEYS = "feedback key/"
_LABELS = {"up": "praise", "down": "criticism", "none": "none"}


@dataclass(frozen=True)
class Given:
    """What a person says of one answer. `target` is an id of its turn, or of a conversation (its last turn).

    `person` is who says it, where that is known; `thumb` up, down, or none (which takes a thumb back);
    `rating` 1 to 5; `correction` the better answer; `topic` what it is about, if not the answer as a whole.
    """

    target: str
    conversation: bool = False
    person: str = ""
    thumb: str = ""
    rating: float | None = None
    comment: str = ""
    correction: str = ""
    topic: str = ""
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.target:
            raise InputError("It is not said which answer is meant.", "Name it: completion_id or turn_id.")
        if not (self.thumb or self.rating is not None or self.comment.strip() or self.correction.strip()):
            raise InputError("The feedback says nothing.", "Send a thumb, rating, comment or correction.")
        labels = {judged.label for _, judged, _ in self.verdicts()}
        if {"praise", "criticism"} <= labels:
            raise InputError(
                f"Thumb {self.thumb} and rating {self.rating:g} contradict.", "Send one of them."
            )

    @property
    def key(self) -> str:
        """What it waits under."""
        return ("conversation/" if self.conversation else "") + self.target

    def verdicts(self) -> Iterator[tuple[str, Judgement, str]]:
        """Source, judgement and text of each thing said, the one that says most first."""
        tags = f"; tags: {', '.join(self.tags)}" if self.tags else ""
        about = f"{self.topic}: " if self.topic else ""
        if self.correction.strip():
            judged = Judgement("correction", "strong", "", f"a better answer was given{tags}")
            yield "correction", judged, self.correction
        if self.thumb:
            judged = Judgement(_LABELS[self.thumb], "strong", "", f"a thumb was given{tags}")
            yield "thumb", judged, f"{about}thumb {self.thumb}"
        if self.rating is not None:
            label = "praise" if self.rating >= 4 else "criticism" if self.rating <= 2 else "none"
            yield (
                "rating",
                Judgement(label, "strong", "", f"a rating was given{tags}"),
                (f"{about}{self.rating:g} of 5"),
            )
        if self.comment.strip():
            yield "comment", Judgement("none", "", "", f"a comment was given{tags}"), about + self.comment


@dataclass(frozen=True)
class Outcome:
    """What came of it: `turn` is empty while it waits, `feedback` the part that says most, `capture` what points
    at the turn now."""

    id: str
    turn: str
    label: str
    state: str
    why: str
    capture: Exchange | None


def give(connection: Connection, given: Given, at: str, key: str = "") -> Outcome:
    """Keep what a person says of an answer. The same again changes nothing; another verdict takes its place.

    `key` is the client's own name for this request: a repetition under it is never applied again, even when
    something else was said since. Raises InputError for a key that was used for other feedback, NotFoundError
    for somebody else's turn, and StoreError when too much waits already.
    """
    again = bool(key) and not _first_time(connection, given, at, key)
    turn = _find(connection, given)
    if turn is None:
        return _waiting(given) if again else _wait(connection, given, at)
    take_early(connection, turn)
    if not again:
        _apply(connection, turn, given, at)
    return _outcome(connection, turn, given)


def rehearse(connection: Connection, given: Given, at: str) -> Outcome:
    """What `give` would answer; nothing is kept."""
    trial = connection.begin_nested()
    try:
        return give(connection, given, at)
    finally:
        trial.rollback()


def take_early(connection: Connection, turn: Turn) -> None:
    """Apply what was said of a turn before it was stored, in the order in which it was said."""
    names = {turn.id, turn.completion or turn.id, f"conversation/{turn.conversation}"}
    rows = connection.execute(select(early_feedback).where(early_feedback.c.turn.in_(names))).all()
    for row in sorted(rows, key=lambda row: row.body["order"]):
        given = _read(row.body["given"])
        if given.person in ("", turn.person):
            _apply(connection, turn, given, row.created_at)
    connection.execute(delete(early_feedback).where(early_feedback.c.id.in_([row.id for row in rows])))


def some_early(connection: Connection) -> bool:
    """Whether anything waits for its turn."""
    return connection.execute(select(early_feedback.c.id).limit(1)).first() is not None


def expire_early(connection: Connection, now: str) -> int:
    """Let go of what waited for a day; how much that was. What missed its turn is applied at last."""
    oldest = format_time(parse_time(now) - timedelta(hours=WAITING_HOURS))
    for row in connection.execute(select(early_feedback)).all():
        turn = _find(connection, _read(row.body["given"]), strict=False)
        if turn is not None:
            take_early(connection, turn)
    keys = cursors.c.name.startswith(_KEYS, autoescape=True) & (cursors.c.position < oldest)
    connection.execute(delete(cursors).where(keys))
    return connection.execute(delete(early_feedback).where(early_feedback.c.created_at < oldest)).rowcount


def _first_time(connection: Connection, given: Given, at: str, key: str) -> bool:
    """Whether a key is new; notes it, with what it stands for."""
    name = _KEYS + digest([given.person, key])
    content = digest(asdict(given))
    known = connection.execute(select(cursors.c.position).where(cursors.c.name == name)).scalar()
    if known is None:
        connection.execute(insert(cursors).values(name=name, position=f"{at} {content}"))
    elif known.rpartition(" ")[2] != content:
        raise InputError("This Idempotency-Key was used for other feedback.", "Take a new one.")
    return known is None


def _find(connection: Connection, given: Given, strict: bool = True) -> Turn | None:
    """The turn that is meant, if it is stored. NotFoundError when it is another person's, unless not `strict`."""
    meant = turns.c.conversation == given.target
    if not given.conversation:
        meant = (turns.c.id == given.target) | (turns.c.completion == given.target)
    query = select(turns).where(meant).order_by(turns.c.created_at.desc(), turns.c.seq.desc()).limit(1)
    own = query.where(turns.c.person == given.person) if given.person else query
    row = connection.execute(own).mappings().first()
    if row is None and strict and given.person and connection.execute(query).first() is not None:
        raise NotFoundError(
            f"{given.person} has no answer {given.target!r}.", "Send the id of their own one."
        )
    return turn_of(row) if row else None


def _wait(connection: Connection, given: Given, at: str) -> Outcome:
    waiting = _waiting(given)
    row = {"turn": given.key, "body": {"given": asdict(given), "order": time.time_ns()}, "created_at": at}
    same = early_feedback.c.id == waiting.id
    if connection.execute(update(early_feedback).where(same).values(**row)).rowcount == 0:
        count = connection.execute(select(func.count()).select_from(early_feedback)).scalar_one()
        if count >= MOST_WAITING:
            raise StoreError(f"Feedback waits for {count} answers already.", "Send it again later.")
        connection.execute(insert(early_feedback).values(id=waiting.id, **row))
    return waiting


def _waiting(given: Given) -> Outcome:
    identity = content_id("early", asdict(given))
    label = next(given.verdicts())[1].label
    return Outcome(identity, "", label, "waiting", "there is no such answer yet", None)


def _apply(connection: Connection, turn: Turn, given: Given, at: str) -> None:
    for source, judged, text in given.verdicts():
        store_feedback(connection, turn, judged, text, at, source)


def _outcome(connection: Connection, turn: Turn, given: Given) -> Outcome:
    """How what was said stands now."""
    source, judged, text = next(given.verdicts())
    kept: Feedback | None = find_feedback(connection, feedback_id(turn.id, source, text))
    state, why = (kept.state, kept.why) if kept else ("revoked", judged.why)
    identity = feedback_id(turn.id, source, text)
    return Outcome(identity, turn.id, judged.label, state, why, exchange_of(connection, turn.id))


def _read(wire: dict[str, Any]) -> Given:
    return Given(**{**wire, "tags": tuple(wire["tags"])})
