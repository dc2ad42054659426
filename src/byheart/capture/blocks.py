"""The Markdown of an interchange log: blocks of fenced texts under headings, each with the line it stands on.

    ================================================================================
    ## Example Captured: 2025-11-19T20:10:46
    **Praise:** Good one, Timmy!
    ================================================================================

    ### User Message (n-3):
    ```
    What's my cat's name?
    ```

and so on: `### System Prompt with Memories (n-2):`, `### Assistant Response (n-1):`, `### Metadata:`. A fence
written here is longer than any run of backticks in its text, and than three where the text quotes a heading.
Other programs always take three, so a text of theirs ends at the last such line before the next heading.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

USER = "User Message (n-3)"
SYSTEM = "System Prompt with Memories (n-2)"
RESPONSE = "Assistant Response (n-1)"
PREFERRED = "Preferred Response"
EARLIER = "Earlier Message"
METADATA = "Metadata"
HEADINGS = (USER, SYSTEM, RESPONSE, PREFERRED, EARLIER, METADATA)

_START = "## Example Captured:"
_PRAISE = "**Praise:**"
_RULE = "=" * 80
_FENCE = re.compile(r"(`{3,})\w*")


@dataclass(frozen=True)
class Block:
    """One example of a log as it stands there; `parts` are (one of HEADINGS, text), `line` is where it begins."""

    line: int
    captured: str
    praise: str
    parts: tuple[tuple[str, str], ...]

    def part(self, heading: str) -> str | None:
        """The first text under a heading."""
        return next((text for name, text in self.parts if name == heading), None)


@dataclass(frozen=True)
class Bad:
    """A block that could not be read: the line, and why."""

    line: int
    why: str


def write_block(captured: str, praise: str, parts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The lines of one example."""
    yield from (_RULE, f"{_START} {captured}", f"{_PRAISE} {' '.join(praise.split())}".rstrip(), _RULE, "")
    for heading, text in parts:
        longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
        quotes = any(_heading(line) for line in text.split("\n"))
        fence = "`" * max(4 if quotes else 3, longest + 1)
        yield from (f"### {heading}:", f"{fence}json" if heading == METADATA else fence, text, fence, "")


def read_blocks(text: str) -> Iterator[Block | Bad]:
    """The blocks of a log in their order; one that is damaged does not keep the next from being read."""
    lines = _Lines(text)
    at = 0
    while at < len(lines.plain):
        line = lines.plain[at]
        if line.startswith(_START):
            try:
                block, at = _read(lines, at)
                yield block
            except _DamagedError as error:
                yield Bad(error.line, error.why)
                at = lines.next_block(at)
        elif _heading(line):
            yield Bad(at + 1, f"{line[:40]!r} stands outside of an example: '{_START} TIME' is missing")
            at = lines.next_block(at)
        else:
            at += 1


class _DamagedError(Exception):
    def __init__(self, at: int, why: str) -> None:
        super().__init__(why)
        self.line = at + 1
        self.why = why


class _Lines:
    """The lines of a log, as they are and without what stands at their ends, and where things may begin."""

    def __init__(self, text: str) -> None:
        self.raw = text.split("\n")
        self.plain = [line.rstrip() for line in self.raw]
        self.filled = [at for at, line in enumerate(self.plain) if line]
        self.fences = [at for at, line in enumerate(self.plain) if line.startswith("```")]
        self.starts = [
            at for at, line in enumerate(self.plain) if line.startswith(_START) and self._below_rule(at)
        ]
        self.sections = [
            at for at, line in enumerate(self.plain) if _heading(line) and _FENCE.fullmatch(self.after(at)[1])
        ]

    def after(self, at: int) -> tuple[int, str]:
        """The next line with something in it: its index, and what stands there; empty at the end."""
        found = _next(self.filled, at, len(self.plain))
        return found, self.plain[found] if found < len(self.plain) else ""

    def next_block(self, at: int) -> int:
        """Where the next example begins: a heading below a ruled line."""
        return _next(self.starts, at, len(self.plain))

    def closing(self, opened: int) -> int | None:
        """Where the text ends that was opened on a line."""
        fence = re.sub("[^`]", "", self.plain[opened])
        first = bisect_right(self.fences, opened)
        if len(fence) > 3:
            end = next((at for at in self.fences[first:] if self.plain[at] == fence), None)
            return end if end is not None and self._stands_apart(end) else None
        limit = _next(self.sections, opened, len(self.plain))
        inside = self.fences[first : bisect_right(self.fences, limit)]
        ends = [at for at in inside if at < limit and self.plain[at] == fence and self._stands_apart(at)]
        block = _next(self.starts, opened, limit)
        before = [at for at in ends if at < block]  # else the text quotes the beginning of a block
        return before[-1] if before else next(iter(ends), None)

    def _below_rule(self, at: int) -> bool:
        return at > 0 and _ruled(self.plain[at - 1])

    def _stands_apart(self, at: int) -> bool:
        """Whether what comes after a line is the log's own again."""
        line = self.after(at)[1]
        return not line or bool(_heading(line)) or line.startswith(("### ", _START)) or _ruled(line)


def _read(lines: _Lines, start: int) -> tuple[Block, int]:
    """The block that begins on a line, and the line after it."""
    captured = lines.plain[start].removeprefix(_START).strip()
    said: list[str] = []
    at, line = lines.after(start)
    while line and not line.startswith(("### ", _START)):
        if not _ruled(line):
            said.append(line)
        at, line = lines.after(at)
    praise = "\n".join(said).removeprefix(_PRAISE).strip()
    parts: list[tuple[str, str]] = []
    while line.startswith("### "):
        heading = _heading(line)
        if not heading:
            raise _DamagedError(at, f"unknown heading {line[:40]!r}")
        opened, fence = lines.after(at)
        if not _FENCE.fullmatch(fence):
            raise _DamagedError(opened, f"expected a fenced text below {heading!r}")
        closed = lines.closing(opened)
        if closed is None:
            raise _DamagedError(opened, f"the text below {heading!r} is never closed by {fence[:3]}")
        parts.append((heading, _content(lines, opened, closed)))
        at, line = lines.after(closed)
    return Block(start + 1, captured, praise, tuple(parts)), at


def _content(lines: _Lines, opened: int, closed: int) -> str:
    """The text between two fences; where the log has Windows' line ends, without those."""
    content = lines.raw[opened + 1 : closed]
    if lines.raw[opened].endswith("\r"):
        content = [line.removesuffix("\r") for line in content]
    return "\n".join(content)


def _next(places: Sequence[int], at: int, end: int) -> int:
    """The first of some places in order that comes after another, or the end."""
    found = bisect_right(places, at)
    return places[found] if found < len(places) else end


def _ruled(line: str) -> bool:
    return len(line) >= 10 and not line.strip("=")


def _heading(line: str) -> str:
    """The heading that a line is, empty when it is none."""
    if not line.startswith("### "):
        return ""
    named = line[4:].rstrip(" :").lower()
    return next((heading for heading in HEADINGS if named.startswith(heading.partition(" (")[0].lower())), "")
