"""What commands print: results to stdout, progress and errors to stderr, JSON where a program reads."""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

out = Console(highlight=False, soft_wrap=False)
err = Console(highlight=False, stderr=True)


def print_json(value: Any) -> None:
    """Print one JSON document, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_json_lines(values: Iterable[Any]) -> None:
    """Print one JSON document a line."""
    for value in values:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")


def say(message: str) -> None:
    """Tell the person at the terminal something that is not the result (stderr)."""
    err.print(Text(message), soft_wrap=True)


def done(message: str) -> None:
    """One line of result: what has been done (stdout)."""
    out.print(Text.assemble(("✓ ", "green"), message), soft_wrap=True)


def complain(message: str, remedy: str = "") -> None:
    """One sentence in red, and what to do about it on the next line (stderr)."""
    err.print(Text(message, style="red"), soft_wrap=True)
    if remedy:
        err.print(Text(remedy), soft_wrap=True)


def track(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Pass items on; a bar on the terminal says how far it is, once that has taken over two seconds."""
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )
    task = bar.add_task(what, total=total)
    began = time.monotonic()
    try:
        for item in items:
            yield item
            bar.advance(task)
            if not bar.live.is_started and time.monotonic() - began > 2 and err.is_terminal:
                bar.start()
    finally:
        if bar.live.is_started:
            bar.stop()


def cut(text: str, width: int) -> str:
    """A text on one line, cut to a width."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1].rstrip() + "…"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, widest: str = "") -> None:
    """Print rows under their headings; the column named `widest` takes the room that is left, and wraps.

    On a pipe nothing is cut or wrapped: one row a line.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), expand=False)
    for column in columns:
        flexible = column == widest
        table.add_column(
            column,
            overflow="fold",
            no_wrap=not flexible,
            ratio=1 if flexible else None,
            justify="right" if column.endswith("#") else "left",
        )
    for row in rows:
        table.add_row(*(escape(" ".join(cell.split())) for cell in row))
    if out.is_terminal or "COLUMNS" in os.environ:
        out.print(table)
    else:
        Console(file=sys.stdout, width=10_000, highlight=False).print(table)
