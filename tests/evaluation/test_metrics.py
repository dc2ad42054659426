import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.evaluation.cases import Case, Expectation
from byheart.evaluation.metrics import bootstrap, breakdown, figures, share
from byheart.evaluation.scorers import score
from byheart.evaluation.suites import suite
from tests.evaluation.scripts import (
    case,
    claims,
    copies_first,
    gives_up,
    line,
    never_told,
    no_memory_needed,
    oracle,
    run,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # as tables and other software give them
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 29, 0.0061, 0.1718),
        (50, 100, 0.4038, 0.5962),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilsons_interval_is_the_known_one(hits: int, n: int, low: float, high: float) -> None:
    figure = share(hits, n)
    assert figure is not None
    assert (figure.value, figure.n) == (hits / n, n)
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=6e-5)


@given(n=st.integers(1, 500), data=st.data())
def test_a_share_lies_in_its_interval_and_more_cases_narrow_it(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    one, ten = share(hits, n), share(10 * hits, 10 * n)
    assert one is not None
    assert ten is not None
    assert 0 <= one.low <= one.value + 1e-12
    assert one.value - 1e-12 <= one.high <= 1
    assert ten.high - ten.low < one.high - one.low


def mean(values: "list[float]") -> float:
    return sum(values) / len(values)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40))
def test_the_bootstrap_is_the_same_each_time(values: list[float]) -> None:
    figure = bootstrap(values, mean)
    assert figure == bootstrap(values, mean)
    assert figure is not None
    assert figure.n == len(values)
    assert min(values) - 1e-9 <= figure.low <= figure.high <= max(values) + 1e-9


def test_the_bootstrap_is_near_the_normal_interval_of_a_mean() -> None:
    values = [float(i % 10) for i in range(400)]
    figure = bootstrap(values, mean)
    assert figure is not None
    half = 1.96 * math.sqrt(8.25 / 400)
    assert (figure.low, figure.high) == pytest.approx((4.5 - half, 4.5 + half), abs=0.05)
    assert bootstrap(values, mean, seed=8) != figure


def test_nothing_counted_is_no_figure() -> None:
    assert share(0, 0) is None
    assert bootstrap([], mean) is None


MIXED = [*(case(i) for i in range(6)), *(never_told(i) for i in "abc"), *(no_memory_needed(i) for i in "xy")]


def test_a_model_that_claims_to_remember_everything(tmp_path: Path) -> None:
    found = run(MIXED, claims, tmp_path).wire()
    assert found["memory_reference_rate"]["value"] == 1.0
    assert found["grounded_recall"]["value"] == 0.0
    assert found["empty_claim_rate"]["value"] == 1.0
    assert found["false_memory_rate"]["value"] == 1.0
    assert found["over_use"]["value"] == 1.0
    assert found["wrong_abstention"]["value"] == found["abstention"]["value"] == 0.0


def test_a_model_that_always_abstains(tmp_path: Path) -> None:
    found = run(MIXED, gives_up, tmp_path).wire()
    assert found["false_memory_rate"]["value"] == 0.0
    assert found["abstention"]["value"] == found["wrong_abstention"]["value"] == 1.0
    assert found["grounded_recall"]["value"] == found["memory_reference_rate"]["value"] == 0.0


@pytest.mark.parametrize("name", ["generated", "natural", "guide"])
def test_the_shipped_suites_tell_these_models_apart(name: str, tmp_path: Path) -> None:
    cases = suite(name)
    right = run(cases, oracle, tmp_path).wire()
    ideal = {"grounded_recall", "memory_reference_rate", "goal_continuity", "abstention"}
    ideal.add("counterfactual_consistency")
    shares = {k: v["value"] for k, v in right.items() if isinstance(v, dict) and "value" in v}
    del shares["response_words"]
    assert shares == {name: float(name in ideal) for name in shares}
    liar, mute = (run(cases, behave, tmp_path).wire() for behave in (claims, gives_up))
    assert liar["memory_reference_rate"]["value"] == 1.0
    assert liar["grounded_recall"]["value"] == 0.0
    assert mute["wrong_abstention"]["value"] == 1.0
    if name != "guide":
        assert mute["false_memory_rate"]["value"] == 0.0
        assert liar["false_memory_rate"]["value"] == 1.0


@pytest.mark.parametrize("name", ["generated", "natural"])
def test_reading_out_the_first_memory_fails_the_distractors(name: str, tmp_path: Path) -> None:
    """It hits by chance where there are few memories, and never knows when to be silent."""
    found = run(suite(name), copies_first, tmp_path).wire()
    assert found["by_situation"]["distractors"]["grounded_recall"]["value"] < 0.4
    assert found["abstention"]["value"] == 0.0
    assert found["false_memory_rate"]["value"] == 1.0
    assert found["counterfactual_consistency"]["value"] < 0.7


def test_reading_out_the_first_memory_fails_where_the_distractor_comes_first(tmp_path: Path) -> None:
    near = [
        case(i, memories=(line(f"My brother plays the tuba {i}"), line("I want to run the half marathon")))
        for i in range(5)
    ]
    assert run(near, copies_first, tmp_path).wire()["grounded_recall"]["value"] == 0.0


def twins() -> list[Case]:
    def one(own: str, other: str, value: str, not_value: str) -> Case:
        expect = Expectation(recall=((value,),), forbid=(not_value,), use_memory=True)
        memories = (line(f"My sister is called {value.title()}"),)
        return case(own, memories=memories, twin=f"case-{other}", expect=expect, situation="counterfactual")

    return [one("a", "b", "ines", "mei"), one("b", "a", "mei", "ines")]


def test_twins_count_once_and_only_when_both_are_right() -> None:
    pair = twins()
    right = {"case-a": "Ines.", "case-b": "Mei."}
    figure = figures(pair, {c.id: score(c, right[c.id]) for c in pair})["counterfactual_consistency"]
    assert (figure["value"], figure["n"]) == (1.0, 1)
    stuck = figures(pair, {c.id: score(c, "Ines.") for c in pair})
    assert stuck["counterfactual_consistency"]["value"] == 0.0
    assert stuck["grounded_recall"]["value"] == 0.5
    alone = figures(pair[:1], {"case-a": score(pair[0], "Ines.")})
    assert alone["counterfactual_consistency"] is None


def test_the_breakdown_adds_up(tmp_path: Path) -> None:
    result = run(MIXED, oracle, tmp_path)
    groups = breakdown(result.cases, result.scores, lambda c: c.situation)
    assert {name: group["cases"] for name, group in groups.items()} == {
        "answerable": 6,
        "no_memory_needed": 2,
        "unanswerable": 3,
    }
    assert groups["answerable"]["grounded_recall"]["n"] == 6
    assert set(groups["unanswerable"]) == {"cases", "false_memory_rate"}
    assert list(groups) == sorted(groups)
