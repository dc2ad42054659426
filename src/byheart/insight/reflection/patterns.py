"""What recurs in a person's memories: the same stressor, a goal that comes back, hard weekdays, streaks.

Only what the person said counts, each day once for each theme, and every pattern names its memories.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import comb

from byheart.base.clock import parse_time
from byheart.insight.reflection.reading import content, is_remedy, moods, themes
from byheart.insight.reflection.records import Pattern
from byheart.memory.records import Memory

TIMES_STRESSOR = 2
TIMES_WORD = 3
WEEKS = 3
ALPHA = 0.05
"""How often moods that do not depend on the weekday are shown one all the same, at most."""
_TESTS = 14
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class _Said:
    """A memory with its day, and which feeling it tells of: 1, 0 or -1."""

    memory: Memory
    day: date
    mood: int


def recurring(memories: Sequence[Memory], message: str, now: str) -> list[Pattern]:
    """The patterns in one person's memories until `now`, those first that `message` belongs to, then by count."""
    today = parse_time(now).date()
    said = [
        _Said(m, date.fromisoformat(m.said_at[:10]), _feeling(m))
        for m in memories
        if m.role == "user" and m.said_at <= now
    ]
    said.sort(key=lambda s: (s.memory.said_at, s.memory.id))
    low = [s for s in said if s.mood < 0]
    found = [
        *_stressors(low, message),
        *_goals([s for s in said if s.memory.kind == "goal"], message),
        *_weekdays(low, "hard", today),
        *_weekdays([s for s in said if s.mood > 0], "good", today),
        *_streaks([s for s in said if _kept(s)], message, today),
    ]
    return sorted(found, key=lambda p: (not p.current, -p.count, p.kind, p.theme))


def _feeling(memory: Memory) -> int:
    if memory.kind == "stress":
        return 0 if is_remedy(memory.text) else -1
    if memory.kind == "emotion":
        felt = moods(memory.text)
        return felt[-1] if felt else 0
    return 0


def _kept(said: _Said) -> bool:
    return said.memory.kind in ("progress", "habit")


def _stressors(low: Sequence[_Said], message: str) -> list[Pattern]:
    """Themes that were hard more than once, and words outside all themes that were so three times."""
    found = []
    for theme, group in _grouped(low, lambda s: themes(s.memory.text)):
        if len(group) >= TIMES_STRESSOR:
            text = f"{theme.capitalize()} came up on {_times(group)} when something weighed on you."
            found.append(_pattern("stressor", theme, text, group, theme in themes(message)))
    for word, group in _grouped(low, _words):
        if len(group) >= TIMES_WORD:
            whole = _as_written(word, group)
            text = f"“{whole.capitalize()}” came up on {_times(group)} when something weighed on you."
            found.append(_pattern("stressor", whole, text, group, word in content(message)))
    return found


def _words(said: _Said) -> frozenset[str]:
    return frozenset() if themes(said.memory.text) else content(said.memory.text)


def _as_written(stem: str, group: Sequence[_Said]) -> str:
    """The word of a stem as the person wrote it last."""
    words = group[-1].memory.text.split()
    return next((w.strip(".,!?;:()“”\"'").lower() for w in words if stem in content(w)), stem)


def _goals(goals: Sequence[_Said], message: str) -> list[Pattern]:
    found = []
    for theme, group in _grouped(goals, lambda s: themes(s.memory.text)):
        if len(group) >= 2:
            text = f"You told me of a goal about {theme} on {_times(group)}."
            found.append(_pattern("goal", theme, text, group, theme in themes(message)))
    return found


def _weekdays(moody: Sequence[_Said], name: str, today: date) -> list[Pattern]:
    """Weekdays on which a mood is told of more often than chance has it.

    Exact binomial test of each weekday against 1 in 7, Bonferroni over the seven and the two moods: it errs in at
    most ALPHA of the people whose moods do not depend on the weekday. Days are UTC.
    """
    once = {s.day: s for s in moody}
    days = sorted(once)
    found = []
    for number, weekday in enumerate(_WEEKDAYS):
        group = [once[day] for day in days if day.weekday() == number]
        if len(group) > 1 and _TESTS * _tail(len(group), len(days)) <= ALPHA:
            share = f"All {len(days)}" if len(group) == len(days) else f"{len(group)} of the {len(days)}"
            text = f"{share} {name} days that you told me of were {weekday}s."
            found.append(_pattern("weekday", weekday, text, group, today.weekday() == number))
    return found


def _tail(successes: int, trials: int) -> float:
    """The probability of so many successes or more at 1 in 7."""
    return float(sum(comb(trials, k) * 6 ** (trials - k) for k in range(successes, trials + 1)) / 7**trials)


def _streaks(kept: Sequence[_Said], message: str, today: date) -> list[Pattern]:
    """Themes with progress or habits told of in three weeks running or more, up to this week or the last."""
    found = []
    for theme, group in _grouped(kept, lambda s: themes(s.memory.text)):
        run = _last_run(group)
        weeks = len({_week(s.day) for s in run})
        if weeks >= WEEKS and _week(today) - _week(run[-1].day) <= timedelta(days=7):
            text = f"You told me about {theme} {weeks} weeks running, since {run[0].day.isoformat()}."
            found.append(_pattern("streak", theme, text, run, theme in themes(message)))
    return found


def _last_run(group: Sequence[_Said]) -> list[_Said]:
    """The end of the group in which no week is left out."""
    run = [group[-1]]
    for said in reversed(group[:-1]):
        if _week(run[0].day) - _week(said.day) > timedelta(days=7):
            break
        run.insert(0, said)
    return run


def _week(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _grouped(said: Iterable[_Said], keys: Callable[[_Said], frozenset[str]]) -> list[tuple[str, list[_Said]]]:
    """The memories under each key, a day only once, in the keys' order."""
    groups: dict[str, dict[date, _Said]] = defaultdict(dict)
    for one in said:
        for key in keys(one):
            groups[key].setdefault(one.day, one)
    return [(key, list(groups[key].values())) for key in sorted(groups)]


def _times(group: Sequence[_Said]) -> str:
    return f"{len(group)} days ({group[0].day.isoformat()} to {group[-1].day.isoformat()})"


def _pattern(kind: str, theme: str, text: str, group: Sequence[_Said], current: bool) -> Pattern:
    return Pattern(
        kind=kind,
        theme=theme,
        text=text,
        dates=tuple(s.day.isoformat() for s in group),
        evidence=tuple(s.memory.id for s in group),
        current=current,
    )
