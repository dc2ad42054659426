"""Which strategy a message calls for: rules, tried in order.

Danger comes before all, a wish for advice before the feelings that it comes with, and of good news and bad the
one that was said last. What no rule wants, and what is too short to say anything, is to be drawn out.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from byheart.insight.reflection import cues
from byheart.insight.reflection.reading import clauses_of, mood, sentences_of
from byheart.memory.patterns import GOALS

STRATEGIES = (
    "guidance_request",
    "goal_focused",
    "fitness_context",
    "emotional_support",
    "celebration",
    "deep_reflection",
    "engagement_boost",
    "pattern_recognition",
)


def in_danger(text: str) -> bool:
    """Whether the person may harm themselves: then nothing but support counts."""
    return _any_sentence(text, cues.DANGER)


@lru_cache(maxsize=2048)
def choose(text: str) -> str:
    """The strategy, one of STRATEGIES, that a message calls for."""
    return next((name for name, applies in _RULES if applies(text)), "engagement_boost")


def _any_sentence(text: str, cue: re.Pattern[str], unless: re.Pattern[str] | None = None) -> bool:
    return any(cue.search(s) and not (unless and unless.search(s)) for s in sentences_of(text))


def _asks_advice(text: str) -> bool:
    if _any_sentence(text, cues.NO_ADVICE):
        return False
    return _any_sentence(text, cues.ADVICE, cues.NOT_ADVICE)


def _grieves(text: str) -> bool:
    return _any_sentence(text, cues.GRIEF, cues.GLAD) and not _last_was_good(text)


def _last_was_good(text: str) -> bool:
    """Whether good news was told after the last bad."""
    return _tone(text) > 0


def _tone(text: str) -> int:
    """Of what was achieved (1) and suffered (-1), the one that was said last; 0 for neither."""
    tones = [tone for clause in clauses_of(text) if not clause.asks and (tone := _news(clause.text))]
    return tones[-1] if tones else 0


def _news(clause: str) -> int:
    felt = mood(clause)
    if felt < 0 or cues.GRIEF.search(clause) or cues.NO_ADVICE.search(clause):
        return -1
    won = cues.WON.search(clause)
    feat = cues.DOES.search(clause) and cues.FEAT.search(clause)
    return 1 if (won or feat) and not cues.UNREAL.search(clause) and not cues.FAILED.search(clause) else 0


def _has_goal(text: str) -> bool:
    if cues.ASKED_GOAL.search(text.lower()):
        return True
    clauses = [clause.text for clause in clauses_of(text)]
    if any(rule.pattern.search(clause) for clause in clauses for rule in GOALS):
        return True
    return any(cues.AIMS.search(clause) and not cues.NOT_AIMS.search(clause) for clause in clauses)


_RULES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("emotional_support", in_danger),
    ("guidance_request", _asks_advice),
    ("emotional_support", _grieves),
    ("pattern_recognition", lambda text: _any_sentence(text, cues.RECURS, cues.NOT_RECURS)),
    ("deep_reflection", lambda text: _any_sentence(text, cues.PONDERS)),
    ("celebration", _last_was_good),
    ("emotional_support", lambda text: _tone(text) < 0),
    ("goal_focused", _has_goal),
    ("fitness_context", lambda text: _any_sentence(text, cues.TRAINS, cues.NOT_TRAINS)),
)
