"""What the generator makes: conversations of exchanges about one block of memories."""

from dataclasses import dataclass
from typing import Literal

from byheart.chat.records import MemoryLine

Side = Literal["train", "held_out"]

CATEGORIES = (
    "goal_continuity",
    "emotional_patterns",
    "progress_tracking",
    "habit_formation",
    "stress_management",
    "cross_conversation",
)
CASES = (
    "answerable",
    "distractors",
    "several",
    "superseded",
    "unanswerable",
    "false_premise",
    "no_memory_needed",
)


@dataclass(frozen=True)
class Exchange:
    """One user message with the reply to learn and what a scorer may hold it to.

    `recall` has one tuple of accepted lower-case forms for each fact the reply must name; it is empty where
    the reply abstains, needs no memory, or only confirms what the user has just said.
    """

    user: str
    reply: str
    case: str
    recall: tuple[tuple[str, ...], ...] = ()
    forbid: tuple[str, ...] = ()
    abstain: bool = False
    use_memory: bool = False
    attribute: str = ""


@dataclass(frozen=True)
class Conversation:
    """A persona, one block of memories as of `now`, and the exchanges about it."""

    id: str
    category: str
    persona: str
    memories: tuple[MemoryLine, ...]
    now: str
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class Value:
    """A fact's value: the text as memories and replies carry it, and the lower-case forms accepted."""

    text: str
    forms: tuple[str, ...]
