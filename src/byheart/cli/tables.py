"""The before/after table in the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from byheart.evaluation.report import rows


def before_after(report: Mapping[str, Any]) -> RenderableType:
    """One table for each suite, base against tuned, each figure with its 95 % interval."""
    parts: list[RenderableType] = []
    for suite in report["suites"]:
        if suite == "guide":
            continue
        cases = report["suites"][suite]["tuned"]["cases"]
        table = Table(
            title=f"{suite}, {cases} cases",
            title_style="bold",
            title_justify="left",
            box=None,
            padding=(0, 2),
        )
        table.add_column("")
        table.add_column("base", justify="right")
        table.add_column("tuned", justify="right", style="bold")
        table.add_column("", style="dim")
        for label, before, after, better in rows(report, suite):
            table.add_row(
                label, before, after, {"up": "higher is better", "down": "lower is better"}.get(better, "")
            )
        parts += [Text(), table]
    if report["perplexity_ratio"]:
        ratio = report["perplexity_ratio"]
        text = (
            f"Perplexity on ordinary chat: × {ratio['value']:.3f} [{ratio['low']:.3f}, {ratio['high']:.3f}]"
        )
        parts += [Text(), Text(f"{text}, at most 1.05 is the bar")]
    for test in report["guide"]:
        marks = " → ".join("recalled" if test[side]["recalled"] else "missed" for side in ("base", "tuned"))
        parts.append(Text(f"{test['name']}: {marks}"))
    return Group(*parts, Text())
