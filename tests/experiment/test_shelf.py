import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from byheart.base.errors import InputError, MissingError, NotFoundError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.chat.records import Message
from byheart.experiment.registry import Reason, register, rollback, set_live
from byheart.experiment.shelf import FRESH_SECONDS, Shelf, open_model
from byheart.models.bases import PACKAGED
from byheart.models.records import Sampling, whole_reply
from byheart.models.upstream import UpstreamModel
from tests.models.adapters import random_adapter, write_config

QUESTION = [Message("user", "Tell me a story.")]
WHY = Reason("owner", "", {})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "byheart.db") as store:
        yield store


def test_live_follows_the_registry_without_a_restart(tmp_path: Path, store: Store) -> None:
    shelf = Shelf(Settings.load(home=tmp_path, threads=1), store)
    write_config(tmp_path / "bases" / PACKAGED)
    adapter = random_adapter(tmp_path / "adapter", 0.05)
    short = Sampling(max_tokens=8)
    base = whole_reply(shelf.open("live"), QUESTION, short).text
    with store.transaction() as connection:
        tuned = register(connection, "timmy", PACKAGED, "run_1", adapter, "sha256:1")
        set_live(connection, "timmy", WHY)
    time.sleep(FRESH_SECONDS)
    live = shelf.open("live")
    assert (live.name, live.adapter) == ("timmy", tuned.id)
    assert whole_reply(live, QUESTION, short).text != base
    assert whole_reply(shelf.open("base"), QUESTION, short).text == base
    with store.transaction() as connection:
        rollback(connection, WHY)
    time.sleep(FRESH_SECONDS)
    assert (shelf.open("live").name, shelf.open("timmy").adapter) == (PACKAGED, tuned.id)
    assert shelf.names() == ["live", "base", "timmy"]
    with pytest.raises(NotFoundError, match="'nobody'"):
        shelf.open("nobody")


def test_an_adapter_that_is_gone_says_so(tmp_path: Path, store: Store) -> None:
    with store.transaction() as connection:
        register(connection, "timmy", PACKAGED, "run_1", tmp_path / "gone", "sha256:1")
    with pytest.raises(MissingError, match="timmy is gone"):
        open_model(Settings.load(home=tmp_path), store, "timmy")


def test_a_base_that_llama_cpp_cannot_serve_says_what_to_do(tmp_path: Path, store: Store) -> None:
    folder = tmp_path / "model"
    write_config(folder)
    with pytest.raises(InputError, match="no GGUF file"):
        open_model(Settings.load(home=tmp_path, base_model=str(folder)), store)


def test_an_upstream_gets_every_name_that_it_may_know(tmp_path: Path, store: Store) -> None:
    settings = Settings.load(home=tmp_path, upstream_url="http://127.0.0.1:9/v1", base_model="gpt-x")
    shelf = Shelf(settings, store)
    assert [shelf.open(name).name for name in ("live", "base", "gpt-x", "gpt-y")] == ["gpt-x"] * 3 + ["gpt-y"]
    assert isinstance(shelf.open("live"), UpstreamModel)
    shelf.close()
