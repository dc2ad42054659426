"""docs/loop.md: the tree of rooms, the example, where files lie."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.evaluation.run import _CHUNK
from byheart.improve import Outcome, improve
from byheart.models.bases import Base
from tests.cli.conftest import Ran
from tests.docs.conftest import PLAN, Quiet
from tests.docs.pages import ROOT, Page

PAGE = Page.read("loop.md")


def test_the_tree_of_rooms_is_the_package() -> None:
    tree = next(block for block in PAGE.section("The rooms").blocks("text"))
    shown = re.findall(r"^[├└]── (\w+)(?:/|\.py) ", tree, re.MULTILINE)
    package = ROOT / "src" / "byheart"
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert set(shown) == rooms | modules
    assert len(shown) == len(set(shown))


def test_the_tree_stands_in_the_order_that_imports_may_go() -> None:
    (tree,) = PAGE.section("The rooms").blocks("text")
    shown = re.findall(r"^[├└]── (\w+)", tree, re.MULTILINE)
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    layers = [re.findall(r"byheart\.(\w+)", layer) for layer in contract["layers"]]
    assert shown == [room for layer in reversed(layers) for room in layer]


def test_the_rooms_of_the_stages_exist() -> None:
    for row in PAGE.rows("stage", "what happens", "command", "room"):
        assert (ROOT / "src" / "byheart" / row[3]).exists()
    for path in re.findall(r"`((?:evaluation|dataset|capture|cli)/[\w./]*)`", PAGE.section("The rooms").text):
        assert (ROOT / "src" / "byheart" / path).exists(), path


def test_what_is_left_behind_lies_where_the_page_says(improved: tuple[Path, Outcome]) -> None:
    home, outcome = improved
    (listing,) = PAGE.section("Where everything lies").blocks("text")
    documented = [line.split()[0] for line in listing.splitlines()]
    patterns = [
        re.sub(r"\\?[A-Z]{3,}", r"[^/]+", re.escape(path)) + (".*" if path.endswith("/") else "")
        for path in documented
    ]
    files = [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]
    for file in files:
        assert any(
            re.fullmatch(pattern, file.removesuffix("-wal").removesuffix("-shm")) for pattern in patterns
        ), file
    made_elsewhere = {
        "byheart.toml",
        "fine_tuning_best_case_interchanges.md",
        "bases/BASE/",
        "runs/RUN/adapter/adapter.gguf",
        "runs/RUN/checkpoint/",
    }
    for path, pattern in zip(documented, patterns, strict=True):
        assert path in made_elsewhere or any(re.fullmatch(pattern, file) for file in files), path
    named = re.search(r"`(ft:[^`]+)`", PAGE.text)
    assert named
    assert re.fullmatch(named[1].replace("BASE", ".+").replace("RUN", r"\w+"), outcome.model)


def test_improving_again_is_free(improved: tuple[Path, Outcome], tiny: Base) -> None:
    home, outcome = improved
    settings = Settings.load(home=home, base_model=str(tiny.folder), threads=1)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*/adapter_model.safetensors")}
    with Store.open(settings.store_url) as store:
        again = improve(settings, store, PLAN, Quiet())
    assert (again.dataset.id, again.run.id, again.model) == (
        outcome.dataset.id,
        outcome.run.id,
        outcome.model,
    )
    assert before == {path: path.stat().st_mtime_ns for path in home.rglob("*/adapter_model.safetensors")}


@pytest.mark.slow
def test_the_stages_run_as_written(
    byheart: Callable[..., Ran], tiny: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYHEART_BASE_MODEL", str(tiny.folder))
    monkeypatch.setenv("BYHEART_THREADS", "1")
    (Path.cwd() / "examples").symlink_to(ROOT / "examples")
    commands = PAGE.section("Stage by stage").commands()
    assert len(commands) == 6
    for command in commands:
        ran = byheart(*command[1:])
        assert ran.code == 0, (command, ran.err)
    assert "multi-turn-memory-enhanced" in ran.out.replace("\n", "")


def test_replies_are_kept_in_lots_of_the_size_that_is_named() -> None:
    assert f"in lots of {_CHUNK}" in PAGE.text
