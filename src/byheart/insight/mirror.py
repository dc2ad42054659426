"""The interchange log as a file: how large it is, whether git keeps it, and what to do about that."""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

LARGE = 1_000_000


@dataclass(frozen=True)
class Mirror:
    """The file, or that there is none. `tracked` and `ignored` are git's word, None where it has none."""

    path: str
    exists: bool
    bytes: int = 0
    lines: int = 0
    average_bytes: float | None = None
    average_lines: float | None = None
    tracked: bool | None = None
    ignored: bool | None = None
    advice: tuple[str, ...] = ()


def look_at(path: Path, examples: int) -> Mirror:
    """Measure the file, and ask git about it. `examples` is how many it should hold."""
    try:
        content = path.read_bytes()
    except OSError:
        return Mirror(str(path), exists=False)
    size, lines = len(content), content.count(b"\n")
    tracked = _git(path, "ls-files", "--error-unmatch", path.name)
    ignored = _git(path, "check-ignore", "-q", path.name)
    return Mirror(
        str(path),
        exists=True,
        bytes=size,
        lines=lines,
        average_bytes=round(size / examples, 1) if examples else None,
        average_lines=round(lines / examples, 1) if examples else None,
        tracked=tracked,
        ignored=ignored,
        advice=tuple(_advice(path, size, tracked, ignored)),
    )


def _advice(path: Path, size: int, tracked: bool | None, ignored: bool | None) -> list[str]:
    """Each piece of advice ends in the command that follows it."""
    name, folder = shlex.quote(path.name), shlex.quote(str(path.parent))
    ignore = f"cd {folder} && echo {name} >> .gitignore"
    leave = f"{ignore} && git rm --cached {name}"
    if tracked and size > LARGE:
        return [f"It is over 1 MB, tracked by git, and holds private conversations. Take it out: {leave}"]
    if tracked:
        return [f"It is tracked by git and holds private conversations. Take it out: {leave}"]
    if tracked is False and ignored is False:
        return [f"It holds private conversations, and git would take it in. Keep it out: {ignore}"]
    if size > LARGE:
        return ["It is over 1 MB: move it to a safe place and write a fresh one: byheart captures export-md"]
    return []


def _git(path: Path, *question: str) -> bool | None:
    """Git's answer by exit code: 0 yes, 1 no; anything else, or no git, None."""
    command = ["git", "-C", str(path.parent), *question]
    try:
        code = subprocess.run(command, capture_output=True, timeout=10, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: True, 1: False}.get(code)
