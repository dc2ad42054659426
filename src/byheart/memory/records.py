"""The record of this room: one thing a person said that is worth remembering."""

from dataclasses import dataclass
from typing import Self

from byheart.base.clock import format_time, parse_time
from byheart.base.ids import content_id
from byheart.chat.records import MemoryLine

KINDS = ("goal", "emotion", "progress", "habit", "stress", "preference", "personal")


@dataclass(frozen=True)
class Memory:
    """A statement, who said it when, and from when until when it holds.

    `importance` is 1 to 5. `slot` names what the statement is about where a later one takes its place
    (`home`, `goal:race`), else it is empty. `superseded_by` is the id of the memory that took its place,
    `source_turn` the turn in which it was said, `source_sentence` the sentence as it stood there.
    """

    id: str
    person: str
    text: str
    kind: str
    role: str
    importance: int
    said_at: str
    valid_from: str
    valid_until: str | None = None
    superseded_by: str | None = None
    slot: str = ""
    source_turn: str | None = None
    source_sentence: str = ""

    @classmethod
    def said(
        cls,
        person: str,
        text: str,
        said_at: str,
        *,
        kind: str,
        importance: int,
        slot: str = "",
        role: str = "user",
    ) -> Self:
        """A memory that holds from when it was said. The same words at the same time have the same id."""
        at = format_time(parse_time(said_at))
        identity = {"person": person, "text": text, "role": role, "said_at": at}
        return cls(content_id("memory", identity), person, text, kind, role, importance, at, at, slot=slot)

    def line(self, score: float = 0.0) -> MemoryLine:
        """The memory as a prompt shows it, with the score that recall gave it."""
        return MemoryLine(
            text=self.text,
            kind=self.kind,
            importance=self.importance,
            said_at=self.said_at,
            role=self.role,
            valid_until=self.valid_until,
            id=self.id,
            score=score,
        )

    def holds(self, now: str) -> bool:
        """Whether it is true at `now` (written as `base.clock` writes it) for all that was said."""
        return self.valid_from <= now and (self.valid_until is None or self.valid_until > now)
