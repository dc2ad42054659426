"""Write docs/cli.md from what `byheart --help` prints: `python docs/generate_cli.py`."""

import contextlib
import io
import os
from pathlib import Path

PAGE = Path(__file__).parent / "cli.md"
HEAD = """# The command line

Generated from `byheart --help` by `docs/generate_cli.py`; do not edit.

Results go to stdout, progress to stderr. `--json` prints JSON. The exit codes stand in [install.md](install.md).
"""


def page() -> str:
    """The whole page: the help of byheart, of every group and of every command, 80 columns wide."""
    os.environ.update(TERMINAL_WIDTH="80", COLUMNS="80", NO_COLOR="1", TERM="dumb")
    os.environ.pop("FORCE_COLOR", None)
    from byheart.cli.app import COMMANDS, run  # after the width is set, which Rich reads once

    sections = [HEAD, _section(run, [])]
    for command in COMMANDS:
        sections.append(_section(run, [command.name]))
        for name in getattr(command.load(), "commands", {}):
            sections.append(_section(run, [command.name, name]))
    return "\n".join(sections)


def _section(run: object, words: list[str]) -> str:
    assert callable(run)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run([*words, "--help"])
    lines = [line.rstrip() for line in printed.getvalue().strip("\n").splitlines()]
    text = "\n".join(lines).strip("\n")
    return f"{'##' if len(words) < 2 else '###'} {' '.join(['byheart', *words])}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
