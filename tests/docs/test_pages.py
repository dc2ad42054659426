"""All pages: links lead somewhere, the index is whole, JSON is JSON, commands exist."""

import json
import re
from collections.abc import Callable

import pytest

from byheart.cli.app import COMMANDS
from tests.cli.conftest import Ran
from tests.docs.pages import DOCS, Page, all_pages

PAGES = all_pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
def test_every_relative_link_leads_somewhere(page: Page) -> None:
    for file, anchor in page.links():
        target = (page.path.parent / file).resolve() if file else page.path
        assert target.exists(), f"{page.path.name} links to {file}"
        if anchor:
            assert anchor in Page(target, target.read_text("utf-8")).headings(), f"{file}#{anchor}"


def test_the_index_names_every_page() -> None:
    listed = {file for file, _ in Page.read("README.md").links()}
    assert {path.name for path in DOCS.glob("*.md")} - {"README.md"} <= listed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
def test_every_json_block_is_json(page: Page) -> None:
    for block in page.blocks("json"):
        json.loads(block)
    for block in page.blocks("jsonl"):
        for line in block.splitlines():
            json.loads(line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
def test_every_command_that_is_named_exists(page: Page) -> None:
    known = {command.name: set(getattr(command.load(), "commands", {})) for command in COMMANDS}
    written = re.findall(r"`byheart ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", page.text)
    examples = [(*words[1:3], "")[:2] for words in page.commands() if words[0] == "byheart"]
    for name, second in [*written, *examples]:
        assert name in known, f"byheart {name}"
        if known[name]:
            assert not second or second in known[name], f"byheart {name} {second}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
def test_every_flag_of_an_example_exists(page: Page, byheart: Callable[..., Ran]) -> None:
    for command in page.commands():
        if command[0] != "byheart":
            continue
        words = [word for word in command[1:3] if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
        groups = {c.name for c in COMMANDS if hasattr(c.load(), "commands")}
        shown = byheart(*words[: 2 if words[0] in groups else 1], "--help").out
        for flag in (word for word in command if word.startswith("--")):
            assert flag in shown, (command, flag)
