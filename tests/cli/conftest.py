import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from byheart.cli.app import run


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, an empty working folder, 100 columns, and none of the caller's variables."""
    for name in list(os.environ):
        if name.startswith(("BYHEART_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BYHEART_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "home"


@pytest.fixture
def byheart(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command line through the border that the program itself uses."""

    def call(*arguments: str) -> Ran:
        code = run(arguments)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return call
