"""The report: base and tuned side by side, with intervals, as JSON for machines and a page for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from byheart.evaluation.run import Result

SUMMARY = (
    "memory_reference_rate",
    "goal_continuity",
    "grounded_recall",
    "false_memory_rate",
    "abstention",
    "perplexity",
    "degenerate",
)
LABELS = {
    "memory_reference_rate": (
        "Memory reference rate",
        "uses the guide's keywords where a memory is needed",
        "up",
    ),
    "goal_continuity": ("Goal continuity", "comes back to the person's goal", "up"),
    "grounded_recall": ("Grounded recall", "names the right fact and no wrong one", "up"),
    "false_memory_rate": ("False memory rate", "answers what it was never told", "down"),
    "wrong_fact_rate": ("Wrong fact rate", "names an outdated or another thing's fact", "down"),
    "empty_claim_rate": ("Empty claim rate", "says it remembers and names no fact", "down"),
    "abstention": ("Abstention", "says so when it was never told", "up"),
    "wrong_abstention": ("Wrong abstention", "says it was not told, though it was", "down"),
    "over_use": ("Over-use", "drags a memory in where none is needed", "down"),
    "counterfactual_consistency": ("Counterfactual consistency", "changes its answer with the memory", "up"),
    "degenerate": ("Degenerate replies", "empty or repeating itself", "down"),
    "response_words": ("Response length", "words a reply", ""),
    "perplexity": ("Perplexity", "of held-out ordinary chat", "down"),
}
# What the guide of the first users expects of each category, in percentage points.
EXPECTED = {
    "goal_continuity": "+30 to +40",
    "emotional_patterns": "+25 to +35",
    "progress_tracking": "+40 to +50",
    "habit_formation": "+35 to +45",
    "stress_management": "+30 to +40",
    "cross_conversation": "+50 to +60",
}


@dataclass(frozen=True)
class Subject:
    """One model in a report: its name, its results by suite, its perplexity figure and the training it took."""

    name: str
    results: Mapping[str, Result]
    perplexity: Mapping[str, float] | None
    seconds_training: float


def document(
    base: Subject, tuned: Subject, ratio: Mapping[str, float] | None, about: Mapping[str, Any]
) -> dict[str, Any]:
    """The whole report as JSON: every figure with its interval and count, and where it comes from."""
    suites = {
        name: {"base": base.results[name].wire(), "tuned": tuned.results[name].wire()}
        for name in base.results
    }
    for side, subject in (("base", base), ("tuned", tuned)):
        for figures in suites.values():
            figures[side]["perplexity"] = subject.perplexity
            figures[side]["seconds_training"] = subject.seconds_training
    return {
        "base": base.name,
        "tuned": tuned.name,
        "suites": suites,
        "perplexity_ratio": ratio,
        "about": dict(about),
        "guide": [_guide_line(base, tuned, case_id) for case_id in _ids(base, "guide")],
        "replies": _samples(base, tuned),
    }


def _ids(subject: Subject, suite: str) -> list[str]:
    return [c.id for c in subject.results[suite].cases] if suite in subject.results else []


def _guide_line(base: Subject, tuned: Subject, case_id: str) -> dict[str, Any]:
    case = next(c for c in base.results["guide"].cases if c.id == case_id)
    line: dict[str, Any] = {"name": case.name, "question": case.messages[-1].content}
    for side, subject in (("base", base), ("tuned", tuned)):
        result = subject.results["guide"]
        line[side] = {"reply": result.replies[case_id], "recalled": result.scores[case_id].recalled}
    return line


def _samples(base: Subject, tuned: Subject, each: int = 12) -> dict[str, list[dict[str, Any]]]:
    """For each suite some replies side by side: regressions first, then the rest in a fixed order."""
    samples = {}
    for suite, result in base.results.items():
        after = tuned.results[suite]
        rows = []
        for case in result.cases:
            before_score, after_score = result.scores[case.id], after.scores[case.id]
            rows.append(
                {
                    "id": case.id,
                    "situation": case.situation,
                    "memories": [m.text for m in case.memories],
                    "question": case.messages[-1].content,
                    "base": result.replies[case.id],
                    "tuned": after.replies[case.id],
                    "base_right": right(before_score),
                    "tuned_right": right(after_score),
                    "why": after_score.why,
                }
            )
        rows.sort(key=lambda r: (not (r["base_right"] and not r["tuned_right"]), r["tuned_right"]))
        worst, rest = rows[: each // 2], rows[each // 2 :]
        best = [r for r in rest if r["tuned_right"]][: each - len(worst)]
        samples[suite] = worst + best
    return samples


def right(score: Any) -> bool:
    """Whether a reply did all that its case asks."""
    wanted = [score.recalled, score.abstained]
    unwanted = [score.false_memory, score.wrong_fact, score.overused, score.degenerate]
    return all(w is not False for w in wanted) and not any(unwanted)


def brief(report: Mapping[str, Any]) -> dict[str, Any]:
    """What `byheart report --json` prints: by suite and side the central figures, with intervals and counts."""
    return {
        suite: {side: flat(sides[side]) for side in ("base", "tuned")}
        for suite, sides in report["suites"].items()
        if suite != "guide"
    }


def flat(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as plain numbers, with `intervals` and `n` beside them; None where nothing was asked."""
    known = {k: v for k, v in figures.items() if isinstance(v, dict) and "low" in v}
    names = [*SUMMARY, *(k for k in known if k not in SUMMARY)]
    return {
        **{name: known[name]["value"] if name in known else None for name in names},
        "seconds_training": figures.get("seconds_training"),
        "cases": figures.get("cases"),
        "intervals": {name: [figure["low"], figure["high"]] for name, figure in known.items()},
        "n": {name: figure["n"] for name, figure in known.items()},
    }


def write(folder: Path, report: Mapping[str, Any], page: Path | None = None) -> Path:
    """Write `report.json` and `report.html` into the folder, and the page once more where the user looks for it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    html = render(report)
    for place in (folder / "report.html", *([page] if page else [])):
        place.write_text(html, "utf-8")
    return folder / "report.json"


def render(report: Mapping[str, Any]) -> str:
    """The report as one self-contained HTML page."""
    source = (files("byheart.evaluation") / "templates" / "report.html").read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["percent"] = lambda v: f"{100 * v:.0f} %"
    shares = [name for name in LABELS if name not in ("perplexity", "response_words")]
    return environment.from_string(source).render(
        report=report, labels=LABELS, shares=shares, expected=EXPECTED
    )


def rows(report: Mapping[str, Any], suite: str) -> Sequence[tuple[str, str, str, str]]:
    """The before/after table of a suite as text: label, base, tuned, and which way is better."""
    table = []
    for name, (label, _, better) in LABELS.items():
        before, after = (report["suites"][suite][side].get(name) for side in ("base", "tuned"))
        if before or after:
            table.append((label, cell(name, before), cell(name, after), better))
    return table


def cell(name: str, figure: Mapping[str, float] | None) -> str:
    """A figure with its interval, as text."""
    if not figure:
        return "-"
    if name in ("perplexity", "response_words"):
        return f"{figure['value']:.1f} [{figure['low']:.1f}, {figure['high']:.1f}]"
    return f"{100 * figure['value']:.0f} % [{100 * figure['low']:.0f}, {100 * figure['high']:.0f}]"
