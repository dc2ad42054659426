"""Write docs/cli.md from what `byheart --help` prints: `python docs/generate_cli.py`."""

import contextlib
import io
import os
import re
from pathlib import Path

from byheart.cli.app import COMMANDS, run

PAGE = Path(__file__).parent / "cli.md"
HEAD = """# The command line

Generated from `byheart --help` by `docs/generate_cli.py`; do not edit.

Results go to stdout, progress to stderr; `--json` prints JSON. Exit codes: see [install.md](install.md).
"""


def page() -> str:
    """The help of byheart, of every group and of every command, as wide as COLUMNS says."""
    sections = [HEAD, section([])]
    for command in COMMANDS:
        sections.append(section([command.name]))
        sections += [section([command.name, name]) for name in getattr(command.load(), "commands", {})]
    return "\n".join(sections)


def section(words: list[str]) -> str:
    """One command's help under its name."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run([*words, "--help"])
    plain = re.sub(r"\x1b\[[0-9;]*m", "", printed.getvalue())
    text = "\n".join(line.rstrip() for line in plain.splitlines()).strip("\n")
    return f"{'##' if len(words) < 2 else '###'} {' '.join(['byheart', *words])}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    PAGE.write_text(page(), encoding="utf-8")
