import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.base.clock import format_time
from byheart.insight.pace import MILESTONES, milestones, pace, timeline

NOW = "2026-11-21T12:00:00Z"
MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ago(*days: float) -> list[str]:
    return [format_time(MOMENT - timedelta(days=day)) for day in days]


def test_the_timeline_counts_by_day() -> None:
    times = ["2026-11-20T23:59:59Z", "2026-11-28T20:05:09Z", "2026-11-20T01:00:00Z"]
    assert [(day.day, day.captured) for day in timeline(times)] == [("2026-11-20", 2), ("2026-11-28", 1)]
    assert timeline([]) == []
    assert timeline(times, ["maya", "jonas", "maya"])[0].people == {"maya": 2}


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ([], "nothing has been captured yet"),
        (ago(1, 1, 2, 3, 3, 3), "captures began 3 days ago, a week is needed"),
        (ago(20, 3, 2, 1), "4 captures in the last 20 days, 5 are needed"),
        (ago(90, 80, 80, 80, 70, 60), "no captures in the last 28 days, 5 are needed"),
    ],
)
def test_with_too_little_data_there_is_no_pace_and_no_forecast(times: list[str], why: str) -> None:
    measured = pace(times, NOW)
    assert measured.per_week is None
    assert measured.why.endswith(why)
    assert all(one.expected is None for one in milestones(len(times), measured, NOW))


def test_the_pace_is_that_of_the_last_four_weeks() -> None:
    measured = pace(ago(300, 200, *range(0, 28, 2)), NOW)
    assert (measured.captured, measured.days, measured.per_week) == (14, 28, 3.5)


def test_a_young_store_is_measured_since_it_began() -> None:
    measured = pace(ago(10, 8, 6, 4, 2), NOW)
    assert (measured.captured, measured.days, measured.per_week) == (5, 10, 3.5)


def test_the_forecast_names_a_date_with_an_interval_around_it() -> None:
    first, second, *_ = milestones(36, pace(ago(60, *range(0, 28, 2)), NOW), NOW)
    assert (first.expected, second.reached) == ("2026-12-19", False)  # 14 more, at 14 in 4 weeks
    assert first.earliest is not None
    assert first.latest is not None
    assert first.earliest < "2026-12-19" < first.latest


def test_what_is_reached_needs_no_date() -> None:
    reached = milestones(120, pace([], NOW), NOW)
    assert [(one.examples, one.reached) for one in reached] == [
        (50, True),
        (100, True),
        (500, False),
        (1000, False),
    ]
    assert [one.examples for one in reached] == list(MILESTONES)


@given(st.lists(st.floats(0, 400), max_size=60))
def test_no_times_break_it(days: list[float]) -> None:
    times = ago(*days)
    measured = pace(times, NOW)
    assert measured.per_week is None or measured.per_week > 0
    for one in milestones(len(times), measured, NOW):
        if one.expected and one.earliest and one.latest:
            assert NOW[:10] <= one.earliest <= one.expected <= one.latest


def test_the_interval_holds_four_times_out_of_five() -> None:
    """A steady pace of 10 in 4 weeks; 36 more are due in 100.8 days.

    With 2,000 trials the share has a standard error of 0.009; the bounds are wide by more than 5 of them.
    """
    chance = random.Random(7)
    due = format_time(MOMENT + timedelta(days=100.8))[:10]
    held = trials = 0
    while trials < 2000:
        times, day = [40.0], 0.0
        while (day := day + chance.expovariate(10 / 28)) < 28:
            times.append(day)
        if len(times) < 6:
            continue
        trials += 1
        one = milestones(14, pace(ago(*times), NOW), NOW)[0]
        held += (one.earliest or "") <= due <= (one.latest or "")
    assert 0.75 < held / trials < 0.88
