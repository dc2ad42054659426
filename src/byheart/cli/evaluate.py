"""`byheart eval` and `byheart report`: what a model remembers, in figures."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.cli.output import Json, done, out, print_json
from byheart.cli.screen import TerminalScreen
from byheart.cli.tables import before_after
from byheart.evaluation.cases import read_cases
from byheart.evaluation.report import LABELS, brief, cell, flat, render
from byheart.evaluation.run import Result
from byheart.evaluation.suites import SUITES, suite
from byheart.improve import evaluate_model, last_report


def evaluate(
    models: Annotated[
        list[str], typer.Argument(help="base, live, a registered model, or endpoint:URL#name.")
    ],
    cases: Annotated[
        list[Path] | None, typer.Option(help="Your own cases, JSONL; more than one may be given.")
    ] = None,
    suites: Annotated[list[str] | None, typer.Option("--suite", help=f"One of {', '.join(SUITES)}.")] = None,
    replies: Annotated[Path | None, typer.Option(help="Write every reply here, JSONL.")] = None,
    as_json: Json = False,
) -> None:
    """Measure models on cases: grounded recall, false memories, abstention and more, with 95 % intervals.

    Without --cases and --suite the natural suite is used. docs/evaluation.md shows the format of a case.

    Example: byheart eval base live --cases mine.jsonl --replies replies.jsonl
    """
    settings = Settings.load()
    chosen = [*(read_cases(cases) if cases else []), *(c for name in suites or [] for c in suite(name))]
    chosen = chosen or suite("natural")
    results: dict[str, Result] = {}
    with Store.open(settings.store_url) as store, TerminalScreen() as screen:
        for model in models:
            results[model] = evaluate_model(settings, store, model, chosen, screen)
    if replies:
        lines = [
            json.dumps({"id": c.id, "model": model, "reply": result.replies[c.id]}, ensure_ascii=False)
            for model, result in results.items()
            for c in result.cases
        ]
        replies.write_text("".join(line + "\n" for line in lines), "utf-8")
    if as_json:
        print_json({model: _wire(result) for model, result in results.items()})
        return
    _show({model: result.wire() for model, result in results.items()}, len(chosen))
    if replies:
        done(f"Wrote {replies}")


def _wire(result: Result) -> dict[str, Any]:
    wire = result.wire()
    return {**flat(wire), "by_category": wire["by_category"], "by_situation": wire["by_situation"]}


def _show(figures: dict[str, dict[str, Any]], count: int) -> None:
    table = Table(title=f"{count} cases", title_justify="left", title_style="bold", box=None, padding=(0, 2))
    table.add_column("")
    for model in figures:
        table.add_column(model, justify="right", overflow="fold")
    for name, (label, _, _) in LABELS.items():
        if any(f.get(name) for f in figures.values()):
            table.add_row(label, *(cell(name, f.get(name)) for f in figures.values()))
    out.print(table)


def report(
    html: Annotated[Path | None, typer.Option(help="Write the report's page here.")] = None,
    as_json: Json = False,
) -> None:
    """Show the last report: base and tuned, before and after.

    Example: byheart report --json
    """
    with Store.open(Settings.load().store_url) as store:
        _, folder = last_report(store)
    document = json.loads((folder / "report.json").read_text("utf-8"))
    if html:
        html.write_text(render(document), "utf-8")
    if as_json:
        print_json(brief(document))
        return
    out.print(before_after(document))
    done(f"The page is {html or folder / 'report.html'}")
