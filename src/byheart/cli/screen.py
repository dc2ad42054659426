"""The terminal's view of `improve`: stages, a live training bar, bars for what can be counted."""

import math
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from byheart.cli.output import err
from byheart.training.engine import State


class TerminalScreen:
    """Shows stages and bars on stderr; without a terminal, one line a stage and a few along the way."""

    def __init__(self, console: Console = err) -> None:
        self.console = console
        self.bars = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self.tasks: dict[str, TaskID] = {}
        self.told: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.bars.stop()

    def stage(self, name: str) -> None:
        """A stage begins."""
        for task in self.tasks.values():
            self.bars.stop_task(task)
        self.bars.print(Text(f"● {name}", style="bold")) if self.console.is_terminal else self.console.print(
            f"● {name}"
        )

    def say(self, line: str) -> None:
        """Something worth a line."""
        self.bars.console.print(Text(f"  {line}", style="dim"), soft_wrap=True)

    def training(self, state: State) -> None:
        """A training step is done: loss, tokens a second, time left."""
        speed = state.tokens / state.seconds if state.seconds else 0.0
        left = state.seconds / state.step * (state.steps - state.step)
        checked = f", validation {state.validation[-1][1]:.2f}" if state.validation else ""
        loss = "" if math.isnan(state.loss) else f"loss {state.loss:.2f}{checked} · "
        self._advance(
            "training", state.step, state.steps, f"{loss}{speed:.0f} tokens/s · {_minutes(left)} left"
        )

    def progress(self, what: str, done: int, total: int) -> None:
        """So much of a countable stage is done."""
        self._advance(what, done, total, "")

    def _advance(self, what: str, done: int, total: int, note: str) -> None:
        if what not in self.tasks:
            self.tasks[what] = self.bars.add_task(what, total=total, note=note)
        self.bars.update(self.tasks[what], completed=done, total=total, note=note)
        quarter = 4 * done // max(total, 1)
        if not self.console.is_terminal and quarter != self.told.get(what):
            self.told[what] = quarter
            self.console.print(f"  {what}: {done} of {total} {note}".rstrip(), soft_wrap=True)


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"
