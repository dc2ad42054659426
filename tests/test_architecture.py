"""The house stands as architecture.md draws it: who imports whom, which library lives where, what starts light."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import byheart

ROOT = Path(__file__).parents[1]
PACKAGE = Path(byheart.__file__).parent
FILES = sorted(p for p in PACKAGE.rglob("*.py"))

# Heavy libraries and where they may be imported; the rest of the house must start without them.
HOMES = {
    "torch": ("training/", "models/weights.py"),
    "transformers": ("training/", "models/weights.py"),
    "peft": ("training/", "models/weights.py"),
    "safetensors": ("training/", "models/"),
    "xllamacpp": ("models/local.py",),
    "gguf": ("models/",),
    "fastapi": ("server/",),
    "starlette": ("server/",),
    "uvicorn": ("server/",),
    "ray": ("training/distributed.py",),
    "typer": ("cli/",),
    "rich": ("cli/",),
}
HEAVY = ("torch", "transformers", "peft", "ray", "xllamacpp", "safetensors", "gguf")


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules that a tree imports, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ("." * node.level) + (node.module or ""), node.lineno


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for path in FILES:
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))


def test_rooms_import_only_from_rooms_above_them() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_has_its_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    drawn = {name.strip().removeprefix("byheart.") for layer in layers for name in layer.split("|")}
    rooms = {p.stem for p in PACKAGE.iterdir() if not p.name.startswith("_") and p.name != "py.typed"}
    assert rooms == drawn


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    hidden = [
        f"{name}:{line} imports {module}"
        for name, tree in parsed()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for module, line in imports(function)
        if module.split(".")[0] == "byheart" or module.startswith(".")
    ]
    assert hidden == []


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_only_where_it_lives(library: str) -> None:
    strays = [
        f"{name}:{line}"
        for name, tree in parsed()
        for module, line in imports(tree)
        if module.split(".")[0] == library and not name.startswith(HOMES[library])
    ]
    assert strays == []


def test_imports_are_written_in_full() -> None:
    relative = [
        f"{name}:{line}" for name, tree in parsed() for module, line in imports(tree) if module[:1] == "."
    ]
    assert relative == []


STARTS = {
    "import byheart": "import byheart",
    "byheart --help": "run(['--help'])",
    "byheart status --help": "run(['status', '--help'])",
    "byheart serve --help": "run(['serve', '--help'])",
    "the gateway": "import byheart.server.app",
    "the loop": "import byheart.loop",
    "the dataset": "import byheart.dataset.sources, byheart.dataset.versions, byheart.dataset.export",
    "the scorers": "import byheart.evaluation.run, byheart.evaluation.report, byheart.evaluation.suites",
}
RUN = """
import sys

def run(words):
    sys.argv = ["byheart", *words]
    from byheart.cli.app import main
    try:
        main()
    except SystemExit as end:
        assert not end.code, end.code

{what}
print("loaded:", *sorted(set(sys.modules) & set({heavy!r})))
"""


@pytest.mark.parametrize("what", STARTS)
def test_what_needs_no_model_starts_without_the_heavy_libraries(what: str) -> None:
    code = RUN.format(what=STARTS[what], heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == ["loaded:"]
