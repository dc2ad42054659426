"""How fast captures come in, and when the milestones will be reached: only said where the data carry it."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from byheart.base.clock import format_time, parse_time

MILESTONES = {50: "minimum viable", 100: "good", 500: "very good", 1000: "excellent coverage"}
WINDOW_DAYS = 28
LEAST_DAYS = 7
LEAST_CAPTURES = 5
_SPREAD = 0.64  # half the 80 % quantile of a normal: sqrt of a Poisson count has a standard deviation of 1/2


@dataclass(frozen=True)
class Day:
    """A day (`2026-06-02`) on which something was captured, how much, and from whom."""

    day: str
    captured: int
    people: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """Captures a week over the last `days` days. None where there is not enough data, and `why` says so."""

    per_week: float | None
    captured: int
    days: int
    why: str


@dataclass(frozen=True)
class Milestone:
    """A number of examples, and the date on which the present pace reaches it, with an 80 % interval."""

    examples: int
    name: str
    reached: bool
    expected: str | None = None
    earliest: str | None = None
    latest: str | None = None


def timeline(times: Sequence[str], people: Sequence[str] = ()) -> list[Day]:
    """Captures per day, the first day first; days without any are left out. `people` are those praised by, in order."""
    from_whom: dict[str, Counter[str]] = {time[:10]: Counter() for time in sorted(times)}
    for time, person in zip(times, people, strict=False):
        from_whom[time[:10]][person] += 1
    counted = Counter(time[:10] for time in times)
    return [Day(day, counted[day], dict(whom.most_common())) for day, whom in from_whom.items()]


def pace(times: Sequence[str], now: str) -> Pace:
    """The pace of the last four weeks, or since the first capture when that is less long ago."""
    moment = parse_time(now)
    ages = [(moment - parse_time(time)).total_seconds() / 86400 for time in times]
    if not ages:
        return Pace(None, 0, 0, "nothing has been captured yet")
    days = min(WINDOW_DAYS, math.ceil(max(*ages, 0)))
    recent = sum(0 <= age <= days for age in ages)
    if days < LEAST_DAYS:
        return Pace(None, recent, days, f"not enough data: captures began {days} days ago, a week is needed")
    if recent < LEAST_CAPTURES:
        found = (
            f"{recent} captures in the last {days} days" if recent else f"no captures in the last {days} days"
        )
        return Pace(None, recent, days, f"not enough data: {found}, {LEAST_CAPTURES} are needed")
    return Pace(round(7 * recent / days, 2), recent, days, f"{recent} captures in the last {days} days")


def milestones(captured: int, measured: Pace, now: str) -> list[Milestone]:
    """Each milestone with its forecast; a Poisson count is all the uncertainty that the interval knows."""
    root = math.sqrt(measured.captured)
    forecast = []
    for examples, name in MILESTONES.items():
        missing = examples - captured
        if missing <= 0 or measured.per_week is None:
            forecast.append(Milestone(examples, name, missing <= 0))
            continue
        counts = (measured.captured, (root + _SPREAD) ** 2, (root - _SPREAD) ** 2)
        dates = [_after(now, missing * measured.days / count) for count in counts]
        forecast.append(Milestone(examples, name, False, *dates))
    return forecast


def _after(now: str, days: float) -> str:
    return format_time(parse_time(now) + timedelta(days=math.ceil(days)))[:10]
