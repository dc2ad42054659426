"""`byheart status`: the capture status as a report for the terminal."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from byheart.base.clock import parse_time, utcnow
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.capture.interchange import FILE
from byheart.cli.output import Json, cut, out, print_json
from byheart.insight.pace import Milestone
from byheart.insight.status import Status, read_status

LOG_NAME = FILE
_DAYS = 10


def status(
    as_json: Json = False,
    log: Annotated[
        Path | None, typer.Option(help="The interchange log, where it is not in byheart's home.")
    ] = None,
) -> None:
    """Show what has been captured, how good it is, and what is next.

    Example: byheart status
    """
    settings = Settings.load()
    with Store.open(settings.store_url) as store, store.reading() as connection:
        found = read_status(connection, utcnow(), log or settings.home / LOG_NAME)
    if as_json:
        print_json(asdict(found))
    else:
        out.print(_report(found))


def _report(found: Status) -> RenderableType:
    parts = [_head(found)]
    for title, body in (
        ("Milestones", _milestones(found)),
        ("Captured by day", _timeline(found)),
        ("Recent captures", _recent(found)),
        ("What the examples include", _parts(found)),
        ("Quality check", _quality(found)),
        ("Interchange log", _log(found)),
        ("In the store", _counts(found)),
        ("Next", _next(found)),
    ):
        if body is not None:
            parts.append(Group("", Text(title, style="bold"), Padding(body, (0, 0, 0, 2))))
    return Group(*parts)


def _head(found: Status) -> RenderableType:
    target = next((m.examples for m in found.milestones if not m.reached), found.milestones[-1].examples)
    target = max(target, 100)
    states = ", ".join(f"{count} {state}" for state, count in found.states.items())
    return Text.assemble(
        ("Capture status", "bold"),
        (f"   {_moment(found.at)} UTC\n\n", "dim"),
        (f"{found.captured}", "bold green" if found.captured else "bold"),
        f" of {target} examples  ",
        *_bar(found.captured, target, 30),
        f"  {min(100, 100 * found.captured // target)} %",
        (f"\n{states}" if states else "", "dim"),
        (
            f"; {100 * found.praise_rate:.1f} % of all answers"
            if found.captured and found.praise_rate
            else "",
            "dim",
        ),
    )


def _bar(value: float, total: float, width: int) -> tuple[tuple[str, str], tuple[str, str]]:
    filled = min(width, round(width * value / total)) if total else 0
    return ("█" * filled, "green"), ("░" * (width - filled), "dim")


def _grid(*right: int) -> Table:
    """Columns without lines; those numbered in `right` are set to the right, the last one wraps."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for index in range(max(right, default=0) + 1):
        grid.add_column(justify="right" if index in right else "left", no_wrap=True)
    return grid


def _milestones(found: Status) -> RenderableType:
    grid = _grid(0)
    for one in found.milestones:
        bar = Text.assemble(*_bar(found.captured, one.examples, 16))
        grid.add_row(str(one.examples), Text(one.name), bar, Text(_forecast(one, found.captured)))
    rate = found.pace.per_week
    pace = f"{rate:.1f} a week ({found.pace.why})" if rate is not None else f"no forecast, {found.pace.why}"
    return Group(grid, Text(f"Pace: {pace}", style="dim"))


def _forecast(one: Milestone, captured: int) -> str:
    if one.reached:
        return "reached"
    if one.expected is None:
        return f"{one.examples - captured} to go"
    return f"{one.examples - captured} to go, about {one.expected} ({one.earliest} to {one.latest})"


def _timeline(found: Status) -> RenderableType | None:
    if not found.timeline:
        return None
    most = max(day.captured for day in found.timeline)
    grid = _grid(2)
    for day in found.timeline[-_DAYS:]:
        grid.add_row(
            day.day, Text("█" * max(1, round(24 * day.captured / most)), style="green"), str(day.captured)
        )
    grid.add_row(Text("total", style="dim"), _earlier(found), str(found.captured))
    return grid


def _earlier(found: Status) -> Text:
    hidden = found.timeline[:-_DAYS]
    captured = sum(day.captured for day in hidden)
    return Text(f"with {captured} on {len(hidden)} earlier days" if hidden else "", style="dim")


def _recent(found: Status) -> RenderableType | None:
    if not found.recent:
        return None
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for _ in range(2):
        grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for one in reversed(found.recent):
        words = Text.assemble(
            (f"“{cut(one.trigger, 90)}”", "green"), ("\nasked: ", "dim"), cut(one.question, 120)
        )
        grid.add_row(_moment(one.at), Text(one.person), words)
    return grid


def _parts(found: Status) -> RenderableType | None:
    if not found.captured:
        return None
    grid = _grid(1)
    for part in found.parts:
        grid.add_row(part.name, f"{part.present} of {found.captured}")
    return grid


def _quality(found: Status) -> RenderableType | None:
    if not found.quality:
        return None
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    marks = {True: Text("✓", "green"), False: Text("!", "yellow"), None: Text("–", "dim")}
    for one in found.quality:
        grid.add_row(marks[one.good], one.name, one.found)
    return grid


def _log(found: Status) -> RenderableType | None:
    log = found.log
    if not log.exists:
        return Text(f"not written yet: byheart captures export-md writes {log.path}", style="dim")
    sizes = f"{_size(log.bytes)}, {log.lines:,} lines"
    if log.average_bytes and log.average_lines:
        sizes += f"; {_size(log.average_bytes)} and {log.average_lines:.0f} lines an example"
    advice = [Text(f"! {line}", style="yellow") for line in log.advice]
    return Group(Text(log.path), Text(sizes, style="dim"), *advice)


def _counts(found: Status) -> RenderableType:
    counts = found.counts
    grid = _grid(1)
    grid.add_row("people", str(counts.people), "")
    grid.add_row("conversations", str(counts.conversations), f"with {counts.turns} answers")
    grid.add_row("memories", str(counts.memories), f"of which {counts.current_memories} hold today")
    grid.add_row("models", str(counts.models), f"live: {found.live_model or 'the base model'}")
    return grid


def _next(found: Status) -> RenderableType | None:
    return Group(*(Text(f"• {line}") for line in found.next)) if found.next else None


def _moment(at: str) -> str:
    return parse_time(at).strftime("%Y-%m-%d %H:%M")


def _size(amount: float) -> str:
    for unit in ("bytes", "kB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} MB"
