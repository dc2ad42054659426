"""The pages as data: their blocks of code, tables, headings and links."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @classmethod
    def read(cls, name: str) -> "Page":
        """A page of docs/ by its name."""
        path = DOCS / name
        return cls(path, path.read_text("utf-8"))

    def section(self, title: str) -> "Page":
        """What stands under a heading, with what stands under its own subheadings."""
        parts = re.split(r"^(#+) (.+)\n", self.text, flags=re.MULTILINE)[1:]
        found: list[str] = []
        depth = 0
        for marks, name, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if depth and len(marks) <= depth:
                break
            if name == title:
                depth = len(marks)
            if depth:
                found.append(body)
        assert found, f"{self.path.name} has no section {title!r}"
        return Page(self.path, "".join(found))

    def blocks(self, language: str) -> list[str]:
        """The fenced blocks of one language."""
        return [body for kind, body in _FENCE.findall(self.text) if kind == language]

    def prose(self) -> str:
        """The page without its fenced blocks."""
        return _FENCE.sub("", self.text)

    def commands(self) -> list[list[str]]:
        """Every command line in its sh blocks, as a shell splits it."""
        lines = [
            line
            for block in self.blocks("sh")
            for line in re.split(r"^(?=byheart |curl )", block, flags=re.MULTILINE)
        ]
        return [shlex.split(line) for line in lines if line.strip()]

    def rows(self, *first: str) -> list[list[str]]:
        """The rows of the table whose heads begin with `first`; backquotes are taken off."""
        tables = re.findall(r"((?:^\|.*\|$\n?)+)", self.prose(), re.MULTILINE)
        for table in tables:
            head, _, *body = [
                [cell.strip() for cell in row.strip("| \n").split(" | ")] for row in table.splitlines()
            ]
            if tuple(head[: len(first)]) == first:
                return [[cell.replace("`", "").removesuffix(" |").strip() for cell in row] for row in body]
        raise AssertionError(f"{self.path.name} has no table with {first}")

    def headings(self) -> list[str]:
        """The anchors of its headings, as they are linked to."""
        titles = re.findall(r"^#+ (.+)$", self.prose(), re.MULTILINE)
        return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]

    def links(self) -> list[tuple[str, str]]:
        """Its relative links: file (empty for itself) and anchor."""
        targets = re.findall(r"\]\(([^)\s]+)\)", self.prose())
        parts = [target.partition("#") for target in targets if "://" not in target]
        return [(file, anchor) for file, _, anchor in parts]


def all_pages() -> list[Page]:
    """Every page of docs/, and those at the top of the repository."""
    paths = [*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("*.md"))]
    return [Page(path, path.read_text("utf-8")) for path in paths]
