"""`byheart status`: the capture status as a report for the terminal."""

from collections.abc import Mapping, Sequence
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
from byheart.capture.logfile import FILE
from byheart.cli.comparison import comparison, memories_behind
from byheart.cli.output import Json, cut, out, print_json
from byheart.insight.mirror import LARGE
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
        ("What praised answers have in common", comparison(found)),
        ("Memories that led to them", memories_behind(found)),
        ("Quality check", _quality(found)),
        ("Interchange log", _log(found)),
        ("Privacy", _privacy(found)),
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
        (f"   {_moment(found.at)} UTC   ", "dim"),
        _working(found),
        "\n\n",
        (f"{found.captured}", "bold green" if found.captured else "bold"),
        f" of {target} examples  ",
        *_bar(found.captured, target, 30),
        f"  {min(100, 100 * found.captured // target)} %",
        (f"\n{states}" if states else "", "dim"),
        (f"; praise rate {_rate(found)}" if found.captured and found.praise_rate else "", "dim"),
    )


def _working(found: Status) -> tuple[str, str]:
    counts = found.counts
    if counts.put_aside:
        return f"! {counts.put_aside} answers could not be listened to", "yellow"
    if counts.waiting:
        return f"{counts.waiting} answers still to be listened to", "yellow"
    return ("✓ every answer has been listened to", "green") if counts.turns else ("nothing said yet", "dim")


def _rate(found: Status) -> str:
    counts = found.counts
    share = f"{100 * (found.praise_rate or 0):.1f} % of {_many(counts.turns, 'answer', 'answers')}"
    talks = _many(counts.conversations, "conversation", "conversations")
    return f"{share}, in {counts.praised_conversations} of {talks}"


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
    grid.add_column(style="dim", overflow="ellipsis", no_wrap=True)
    for day in found.timeline[-_DAYS:]:
        bar = Text("█" * max(1, round(24 * day.captured / most)), style="green")
        whom = ", ".join(f"{person} {count}" for person, count in day.people.items())
        grid.add_row(day.day, bar, str(day.captured), Text(whom))
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
        remembered = f"{one.conversation}, {_many(len(one.memories), 'memory', 'memories')} in the prompt"
        words = Text.assemble(
            (f"“{cut(one.trigger, 90)}”", "green"),
            ("\nfor the answer to: ", "dim"),
            cut(one.question, 120),
            (f"\n{remembered}", "dim"),
        )
        grid.add_row(_moment(one.at), Text(one.person), words)
    return grid


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _parts(found: Status) -> RenderableType | None:
    if not found.captured:
        return None
    grid = _grid(1)
    for part in found.parts:
        grid.add_row(part.name, f"{part.present} of {found.captured}")
    size = found.size
    note = f"{size.characters:,} characters on the average" if size else ""
    return Group(grid, Text(note, style="dim"))


def _quality(found: Status) -> RenderableType | None:
    if not found.quality:
        return None
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for one in found.quality:
        grid.add_row(_MARKS[one.good], one.name, one.found)
    return grid


def _log(found: Status) -> RenderableType | None:
    log = found.log
    if not log.exists:
        return Text(f"not written yet: byheart captures export-md writes {log.path}", style="dim")
    sizes = f"{_size(log.bytes)}, {log.lines:,} lines"
    if log.average_bytes and log.average_lines:
        sizes += f"; {_size(log.average_bytes)} and {log.average_lines:.0f} lines an example"
    state = "" if log.current else "; not up to date: byheart captures export-md"
    return Group(Text(log.path), Text(sizes + state, style="dim"))


def _privacy(found: Status) -> RenderableType | None:
    log, private = found.log, found.privacy
    if not found.captured and not log.exists:
        return None
    rows: list[tuple[bool, str]] = []
    if log.exists:
        git = {True: "tracked by git", False: "not tracked by git", None: "not in a git repository"}[
            log.tracked
        ]
        rows.append(
            (
                not log.tracked and log.ignored is not False,
                f"the log is {git}" + ", and ignored" * bool(log.ignored),
            )
        )
        rows.append(
            (log.private, "only you can read it" if log.private else "others on this machine can read it")
        )
        rows.append((log.bytes <= LARGE, f"{'under' if log.bytes <= LARGE else 'over'} 1 MB"))
    where = (
        "the captures" if private.looked_at == found.captured else f"the newest {private.looked_at} captures"
    )
    rows.append((not private.secrets, _kinds("secrets", private.secrets, private.secret_captures, where)))
    rows.append(
        (not private.personal, _kinds("personal data", private.personal, private.personal_captures, where))
    )
    grid = _marked()
    for good, words in rows:
        grid.add_row(_MARKS[good], Text(words))
    return grid


def _kinds(what: str, counted: Mapping[str, int], captures: Sequence[str], where: str) -> str:
    if not counted:
        return f"no {what} in {where}"
    kinds = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in sorted(counted.items()))
    return f"{what} in {len(captures)} of {where}: {kinds}"


_MARKS = {True: Text("✓", "green"), False: Text("!", "yellow"), None: Text("–", "dim")}


def _marked() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _counts(found: Status) -> RenderableType:
    counts = found.counts
    grid = _grid(1)
    grid.add_row("people", str(counts.people), "")
    grid.add_row(
        "conversations", str(counts.conversations), f"with {_many(counts.turns, 'answer', 'answers')}"
    )
    grid.add_row("memories", str(counts.memories), f"of which {counts.current_memories} hold today")
    grid.add_row("models", str(counts.models), f"live: {found.live_model or 'the base model'}")
    return grid


def _next(found: Status) -> RenderableType | None:
    advice = found.advice
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for horizon, lines in (
        ("now", advice.now),
        ("this week", advice.this_week),
        ("long term", advice.long_term),
    ):
        for number, line in enumerate(lines):
            grid.add_row(Text("" if number else horizon, style="dim"), Text(line))
    return grid


def _moment(at: str) -> str:
    return parse_time(at).strftime("%Y-%m-%d %H:%M")


def _size(amount: float) -> str:
    for unit in ("bytes", "kB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} MB"
