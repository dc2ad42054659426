"""`byheart doctor`: what this machine is missing, and the command that mends it."""

from dataclasses import asdict

import typer
from rich.table import Table
from rich.text import Text

from byheart.base.errors import MissingError
from byheart.cli.output import Json, out, print_json
from byheart.insight.machine import MISSING, OK, WARN, examine

_MARKS = {OK: ("✓", "green"), WARN: ("!", "yellow"), MISSING: ("✗", "red")}


def doctor(as_json: Json = False) -> None:
    """Check this machine: packages, model, processor, memory, disk, store and port.

    Every line that is not right names the command that mends it.
    The exit code is 3 when something is missing that byheart needs, else 0.

    Example: byheart doctor
    """
    checks = examine()
    broken = [check for check in checks if check.broken]
    if as_json:
        print_json({"ok": not broken, "checks": [asdict(check) for check in checks]})
    else:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for check in checks:
            mark, colour = _MARKS[check.state]
            found = Text(check.found)
            if check.remedy:
                found.append(f"\n→ {check.remedy}", style=colour)
            table.add_row(Text(mark, style=colour), check.name, found)
        out.print(table)
        out.print(f"\n{len(broken)} missing." if broken else "\nEverything that byheart needs is here.")
    if broken:
        raise typer.Exit(MissingError.exit_code)
