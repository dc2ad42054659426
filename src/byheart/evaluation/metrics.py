"""From scores to figures, each with its count and its 95 % interval.

Shares have Wilson's interval; means and ratios a percentile bootstrap over cases (1,000 resamples, seeded).
"""

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from byheart.evaluation.cases import Case
from byheart.evaluation.scorers import Score

Z = 1.959964


@dataclass(frozen=True)
class Figure:
    """A measured value: a share in [0, 1] or a mean; `low` and `high` bound it at 95 %; `n` is what it rests on."""

    value: float
    low: float
    high: float
    n: int

    def wire(self) -> dict[str, float | int]:
        """The figure as JSON."""
        return {k: v if k == "n" else round(v, 4) for k, v in asdict(self).items()}


def share(hits: int, n: int) -> Figure | None:
    """A share with Wilson's interval (Wilson 1927); None when there is nothing to count."""
    if n == 0:
        return None
    p, z2 = hits / n, Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return Figure(p, max(0.0, centre - half), min(1.0, centre + half), n)


def bootstrap(
    items: Sequence[Any], statistic: Callable[[Sequence[Any]], float], seed: int = 7
) -> Figure | None:
    """A statistic of the items with its percentile bootstrap interval (Efron 1979); None without items."""
    if not items:
        return None
    chance = random.Random(seed)
    draws = sorted(statistic(chance.choices(items, k=len(items))) for _ in range(1000))
    return Figure(statistic(items), draws[24], draws[974], len(items))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _asked(values: Iterable[bool | None]) -> Figure | None:
    known = [v for v in values if v is not None]
    return share(sum(known), len(known))


def figures(cases: Sequence[Case], scores: Mapping[str, Score]) -> dict[str, Any]:
    """All metrics of a suite; `scores` by case id. A metric that no case asks for is None."""
    got = [scores[c.id] for c in cases]
    twins = [(c.id, c.twin) for c in cases if c.twin and c.twin in scores and c.id < c.twin]
    both = [bool(scores[a].recalled and scores[b].recalled) for a, b in twins]
    found = {
        "memory_reference_rate": _asked(s.referenced for s in got),
        "goal_continuity": _asked(s.goal for s in got),
        "grounded_recall": _asked(s.recalled for s in got),
        "false_memory_rate": _asked(s.false_memory for s in got),
        "wrong_fact_rate": _asked(s.wrong_fact for s in got),
        "empty_claim_rate": _asked(s.empty_claim for s in got),
        "abstention": _asked(s.abstained for s in got),
        "wrong_abstention": _asked(s.wrongly_abstained for s in got),
        "over_use": _asked(s.overused for s in got),
        "counterfactual_consistency": share(sum(both), len(both)),
        "degenerate": share(sum(s.degenerate for s in got), len(got)),
        "response_words": bootstrap([float(s.words) for s in got], _mean),
    }
    return {name: figure.wire() if figure else None for name, figure in found.items()}


def breakdown(
    cases: Sequence[Case], scores: Mapping[str, Score], by: Callable[[Case], str]
) -> dict[str, Any]:
    """The central metrics for each group of cases."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(by(case), []).append(case)
    names = ("grounded_recall", "wrong_fact_rate", "false_memory_rate", "over_use")
    result = {}
    for group, members in sorted(groups.items()):
        every = figures(members, scores)
        result[group] = {"cases": len(members), **{n: every[n] for n in names if every[n]}}
    return result
