"""The interchange log as a file: how large it is, who may read it, whether git keeps it, and what to do about that."""

import shlex
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGE = 1_000_000


@dataclass(frozen=True)
class Mirror:
    """The file, or that there is none. `tracked`, `ignored` and `committed` are git's word, None where it has none.

    `current` says whether it holds the captures as they now are, `private` whether its owner alone may read it.
    """

    path: str
    exists: bool
    bytes: int = 0
    lines: int = 0
    average_bytes: float | None = None
    average_lines: float | None = None
    tracked: bool | None = None
    ignored: bool | None = None
    committed: bool | None = None
    private: bool = True
    current: bool = False
    advice: tuple[str, ...] = ()


def look_at(path: Path, examples: int, current: bool = False) -> Mirror:
    """Measure the file, and ask git about it. `examples` is how many it should hold."""
    try:
        content = path.read_bytes()
        private = not stat.S_IMODE(path.stat().st_mode) & 0o077
    except OSError:
        return Mirror(str(path), exists=False)
    size, lines = len(content), content.count(b"\n")
    tracked = _git(path, "ls-files", "--error-unmatch", path.name)
    ignored = _git(path, "check-ignore", "-q", path.name)
    committed = _git(path, "cat-file", "-e", f"HEAD:./{path.name}") if tracked else tracked
    return Mirror(
        str(path),
        exists=True,
        bytes=size,
        lines=lines,
        average_bytes=round(size / examples, 1) if examples else None,
        average_lines=round(lines / examples, 1) if examples else None,
        tracked=tracked,
        ignored=ignored,
        committed=committed,
        private=private,
        current=current,
        advice=tuple(_advice(path, size, (tracked, ignored, committed), private)),
    )


def _advice(
    path: Path, size: int, git: tuple[bool | None, bool | None, bool | None], private: bool
) -> Iterator[str]:
    """Each piece of advice ends in the command that follows it."""
    tracked, ignored, committed = git
    name, folder = shlex.quote(path.name), shlex.quote(str(path.parent))
    ignore = f"cd {folder} && echo {name} >> .gitignore"
    large = "is over 1 MB, " if size > LARGE else "is "
    if tracked:
        yield (
            f"It {large}tracked by git, and holds private conversations. Take it out: "
            f"{ignore} && git rm --cached {name}"
        )
    if committed:
        yield (
            "Older commits still hold it. Once that is committed, take it out of them too; this rewrites them: "
            f'cd {folder} && log=$(git rev-parse --show-prefix){name} && cd "$(git rev-parse --show-toplevel)" && '
            "git filter-branch -f --index-filter \"git rm -q --cached --ignore-unmatch '$log'\" -- --all"
        )
    if tracked is False and ignored is False:
        yield f"It {large}private, and git would take it in. Keep it out: {ignore}"
    if tracked is None and size > LARGE:
        yield f"It is over 1 MB: should its folder ever be kept in git, keep it out: {ignore}"
    if not private:
        yield f"Others on this machine can read it. Keep it to yourself: chmod 600 {shlex.quote(str(path))}"


def _git(path: Path, *question: str) -> bool | None:
    """Git's answer by exit code: 0 yes, 1 no; anything else, or no git, None."""
    command = ["git", "-C", str(path.parent), *question]
    try:
        code = subprocess.run(command, capture_output=True, timeout=10, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: True, 1: False}.get(code)
