"""The lines in `lines.txt`, read: what is suggested and asked for each strategy."""

from dataclasses import dataclass
from importlib.resources import files

ACTIONS = {
    "plan_step": "open a plan or a to-do with one step",
    "log_progress": "open the log for a result",
    "look_back": "show what was said or done before",
    "keep_habit": "open the habit, with its reminder",
    "use_remedy": "start what has helped before",
    "breathe": "start a breathing exercise",
    "write": "open the journal",
    "tell_more": "go on talking about it",
    "reach_out": "call or write to somebody",
    "call_help": "show the emergency and crisis numbers",
}
"""What a button may do."""


@dataclass(frozen=True)
class Line:
    """A suggestion and the question that may follow it.

    `slot` is the kind of fact that it takes, `scope` (near, past, any, none) which of them it may take.
    """

    slot: str
    scope: str
    action: str
    suggestion: str
    follow_up: str


def _read(text: str) -> dict[str, tuple[Line, ...]]:
    lines: dict[str, list[Line]] = {}
    name = ""
    for row in text.splitlines():
        if row.startswith("= "):
            name = row.removeprefix("= ").strip()
            lines[name] = []
        elif row.strip() and not row.startswith("#"):
            lines[name].append(Line(*(cell.strip() for cell in row.split(" | "))))
    return {name: tuple(found) for name, found in lines.items()}


LINES = _read(files("byheart.insight.reflection").joinpath("lines.txt").read_text("utf-8"))
"""Each strategy's lines, in the order in which they are tried."""
