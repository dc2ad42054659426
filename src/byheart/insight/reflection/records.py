"""The records of a reflection, each with the form in which the app reads it."""

from dataclasses import dataclass
from typing import Any

FOUND = ("goals", "emotions", "habits", "progress", "stressors", "remedies", "people")


@dataclass(frozen=True)
class Suggestion:
    """Something the person could do: `type` says what it rests on, `action` what a button for it does."""

    type: str
    text: str
    action: str

    def wire(self) -> dict[str, str]:
        """As the app reads it."""
        return {"type": self.type, "text": self.text, "action": self.action}


@dataclass(frozen=True)
class State:
    """Where the conversation stands.

    `turns` counts the person's messages, `messages` all of them (the guide's conversation depth), this one
    included; `share` is the person's part of them, 0 to 1. `depth` is surface, personal or deep; `phase`
    opening, exploring, deepening or closing; `engagement` low, medium or high; `sentiment` negative,
    neutral, mixed or positive.
    """

    turns: int
    messages: int
    share: float
    depth: str
    phase: str
    engagement: str
    sentiment: str

    def wire(self) -> dict[str, Any]:
        """As the app reads it."""
        return {
            "turnCount": self.turns,
            "messageCount": self.messages,
            "userShare": self.share,
            "depth": self.depth,
            "phase": self.phase,
            "engagement": self.engagement,
            "sentiment": self.sentiment,
        }


@dataclass(frozen=True)
class Found:
    """A statement that extraction found: `group` is one of FOUND, `source` message or history."""

    group: str
    text: str
    source: str


@dataclass(frozen=True)
class Pattern:
    """What recurs in a person's memories.

    `kind` is stressor, goal, weekday or streak; `dates` the days (`2026-06-02`) on which it was said, oldest
    first, one for each of the memories in `evidence`; `current` whether what was just said belongs to it.
    """

    kind: str
    theme: str
    text: str
    dates: tuple[str, ...]
    evidence: tuple[str, ...]
    current: bool = False

    @property
    def count(self) -> int:
        """How many memories it rests on."""
        return len(self.evidence)

    def wire(self) -> dict[str, Any]:
        """As the app reads it."""
        return {
            "kind": self.kind,
            "theme": self.theme,
            "text": self.text,
            "count": self.count,
            "dates": list(self.dates),
            "evidence": list(self.evidence),
            "current": self.current,
        }


@dataclass(frozen=True)
class Reflection:
    """What goes with the answer to one message."""

    strategy: str
    suggestions: tuple[Suggestion, ...]
    follow_ups: tuple[str, ...]
    state: State
    found: tuple[Found, ...]
    patterns: tuple[Pattern, ...]

    def wire(self) -> dict[str, Any]:
        """As the app reads it; the answer itself comes from the model."""
        groups = {
            group: [{"text": f.text, "source": f.source} for f in self.found if f.group == group]
            for group in FOUND
        }
        return {
            "suggestions": [suggestion.wire() for suggestion in self.suggestions],
            "followUps": list(self.follow_ups),
            "strategy": self.strategy,
            "analysis": {
                "conversationState": self.state.wire(),
                "extractedData": groups,
                "patterns": [pattern.wire() for pattern in self.patterns],
            },
        }
