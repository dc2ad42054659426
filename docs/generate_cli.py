"""Write docs/cli.md from what `byheart --help` prints: `python docs/generate_cli.py` (`--check` compares)."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from byheart.cli.app import COMMANDS, run

PAGE = Path(__file__).parent / "cli.md"
PLAIN = {"COLUMNS": "80", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
LOUD = ("TERMINAL_WIDTH", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "BYHEART_HOME", "BYHEART_DEBUG")
HEAD = """# The command line

Generated from `byheart --help` by `docs/generate_cli.py`; do not edit.

Results go to stdout, progress to stderr; `--json` prints JSON. Exit codes: see [install.md](install.md).
"""


def main(arguments: list[str]) -> int:
    """Print the page, or have a process with a plain environment print it, and write or compare it."""
    if arguments == ["--print"]:
        sys.stdout.write(page())
        return 0
    environment = {key: value for key, value in os.environ.items() if key not in LOUD} | PLAIN
    command = [sys.executable, __file__, "--print"]
    text = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout
    if arguments == ["--check"]:
        return 0 if PAGE.exists() and PAGE.read_text("utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def page() -> str:
    """The help of byheart, of every group and of every command."""
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
    text = "\n".join(line.rstrip() for line in printed.getvalue().splitlines()).strip("\n")
    return f"{'##' if len(words) < 2 else '###'} {' '.join(['byheart', *words])}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
