from pathlib import Path

import pytest

from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.dataset.sources import Sources
from byheart.improve import Outcome, Plan, improve
from byheart.models.bases import Base
from byheart.training.engine import State
from byheart.training.recipe import Recipe
from tests.cli.conftest import byheart, home
from tests.tiny import template, tiny, tokenizer

__all__ = ["byheart", "home", "template", "tiny", "tokenizer"]

PLAN = Plan(Sources(conversations=24, ordinary=6), Recipe(threads=1), ("generated", "guide"))


class Quiet:
    """Nobody watches."""

    def stage(self, name: str) -> None: ...
    def say(self, line: str) -> None: ...
    def training(self, state: State) -> None: ...
    def progress(self, what: str, done: int, total: int) -> None: ...


@pytest.fixture(scope="session")
def improved(tmp_path_factory: pytest.TempPathFactory, tiny: Base) -> tuple[Path, Outcome]:
    """The offline half with a tiny model: what it leaves behind."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings.load(home=home, base_model=str(tiny.folder), threads=1)
    with Store.open(settings.store_url) as store:
        return home, improve(settings, store, PLAN, Quiet())
