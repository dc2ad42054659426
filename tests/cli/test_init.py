import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from byheart.base.settings import Settings

from .conftest import Ran


def test_init_writes_settings_that_change_nothing_and_makes_the_store(
    byheart: Callable[..., Ran], home: Path
) -> None:
    ran = byheart("init")
    assert ran.code == 0
    assert str(home / "byheart.db") in ran.out.replace("\n", "")
    assert tomllib.loads(Path("byheart.toml").read_text()) == {}
    assert all(f"# {key} = " in Path("byheart.toml").read_text() for key in Settings.model_fields)
    assert (home / "byheart.db").exists()


def test_init_never_overwrites_unasked_and_then_keeps_the_old(byheart: Callable[..., Ran]) -> None:
    Path("byheart.toml").write_text("port = 4000")
    ran = byheart("init")
    assert (ran.code, ran.out) == (2, "")
    assert "byheart.toml is already there." in ran.err.replace("\n", "")
    assert "--force" in ran.err
    assert Path("byheart.toml").read_text() == "port = 4000"
    assert byheart("init", "--force").code == 0
    assert Path("byheart.toml.old").read_text() == "port = 4000"


def test_doctor_finds_this_machine_fit(byheart: Callable[..., Ran], home: Path) -> None:
    ran = byheart("doctor", "--json")
    found = {check["name"]: check for check in ran.json["checks"]}
    assert {"Python", "sqlalchemy", "model", "processor", "memory", "home", "disk", "store", "port"} <= set(
        found
    )
    assert all(
        check["state"] == "ok" or check["remedy"] or check["name"] == "bfloat16" for check in found.values()
    )
    assert ran.code == (0 if ran.json["ok"] else 3)
    assert not home.exists()  # looking changes nothing


@pytest.mark.parametrize("columns", ["60", "120"])
def test_doctor_names_what_is_broken_with_its_remedy(
    byheart: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    home = tmp_path / "home"
    home.mkdir()
    (home / "byheart.db").write_text("no database at all, but long enough to be taken for one")
    ran = byheart("doctor")
    assert ran.code == 3
    assert "✗  store" in ran.out
    assert "it is not a database" in " ".join(ran.out.split())
    assert "→ Name another file" in " ".join(ran.out.split())


def test_doctor_names_wrong_settings(byheart: Callable[..., Ran]) -> None:
    Path("byheart.toml").write_text("port = 0")
    ran = byheart("doctor", "--json")
    assert ran.code == 3
    (broken,) = [check for check in ran.json["checks"] if check["state"] == "missing"]
    assert broken["name"] == "settings"
    assert "port = 0" in broken["found"]
