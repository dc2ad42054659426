import os
import re
from pathlib import Path

import pytest

from byheart.base.errors import InputError
from byheart.base.settings import Settings, write_default
from byheart.base.store import Store


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, an empty home, and none of the caller's variables."""
    for name in list(os.environ):
        if name.startswith(("BYHEART_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "work").mkdir()
    (tmp_path / ".byheart").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def test_with_nothing_given_the_defaults_hold(nowhere: Path) -> None:
    settings = Settings.load()
    assert (settings.home, settings.port, settings.host) == (nowhere / ".byheart", 3001, "127.0.0.1")
    assert settings.store_url == str(nowhere / ".byheart" / "byheart.db")
    assert (settings.database_url, settings.upstream_url, settings.upstream_key) == (None, None, None)
    assert settings.threads == os.cpu_count()
    Store.open(settings.store_url).close()


def test_the_nearest_word_wins(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / ".byheart" / "byheart.toml").write_text("port = 1\nseed = 1\nmax_tokens = 1\nmemory_limit = 1")
    (nowhere / "work" / "byheart.toml").write_text("port = 2\nseed = 2\nmax_tokens = 2")
    monkeypatch.setenv("BYHEART_PORT", "3")
    monkeypatch.setenv("BYHEART_SEED", "3")
    settings = Settings.load(port=4, seed=None)
    assert (settings.port, settings.seed, settings.max_tokens, settings.memory_limit) == (4, 3, 2, 1)


@pytest.mark.parametrize("how", ["flag", "environment", "file"])
def test_home_may_be_named_anywhere_and_its_file_is_read(
    how: str, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nowhere / "else").mkdir()
    (nowhere / "else" / "byheart.toml").write_text("port = 9")
    flags = {"home": nowhere / "else"} if how == "flag" else {}
    if how == "environment":
        monkeypatch.setenv("BYHEART_HOME", "~/else")
    if how == "file":
        (nowhere / "work" / "byheart.toml").write_text('home = "../else"')
    settings = Settings.load(**flags)
    assert (settings.home, settings.port) == (nowhere / "else", 9)


def test_the_upstream_may_come_from_openais_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://one/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    settings = Settings.load()
    assert settings.upstream_url == "http://one/v1"
    assert settings.upstream_key is not None
    assert settings.upstream_key.get_secret_value() == "sk-one"
    Path("byheart.toml").write_text('upstream_url = "http://two/v1"')
    assert Settings.load().upstream_url == "http://two/v1"
    monkeypatch.setenv("BYHEART_UPSTREAM_URL", "http://three/v1")
    assert Settings.load().upstream_url == "http://three/v1"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYHEART_PORT", "")
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    assert (Settings.load().port, Settings.load().upstream_url) == (3001, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            "port = 99999",
            r"work/byheart\.toml: port = 99999 is wrong: .*less than or equal to 65535.*port to serve on",
        ),
        ('port = "many"', r"port = 'many' is wrong: .*integer"),
        ("port = true", r"port = True is wrong: true and false have no meaning here"),
        ("memory_limit = -1", r"memory_limit = -1 is wrong: .*greater than or equal to 0"),
        ('upstream_url = "localhost"', r"upstream_url = 'localhost' is wrong: .*https\?://"),
        ("persona_name = 3", r"persona_name = 3 is wrong: .*string"),
        ("prot = 1", r"there is no setting 'prot'.*Did you mean port\?"),
        ("[server]\nport = 1", r"there is no setting 'server'.*There are: home, "),
        ("port = 1 2", r"byheart\.toml is not valid TOML: .*line 1"),
    ],
)
def test_a_wrong_file_is_named_with_key_value_and_what_is_allowed(content: str, says: str) -> None:
    Path("byheart.toml").write_text(content)
    with pytest.raises(InputError, match=says):
        Settings.load()


def test_a_file_that_is_not_text_is_named() -> None:
    Path("byheart.toml").write_bytes(b"port = 1 # \xff")
    with pytest.raises(InputError, match="not UTF-8"):
        Settings.load()


def test_a_folder_in_the_files_place_is_named() -> None:
    Path("byheart.toml").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        Settings.load()


def test_a_wrong_variable_or_flag_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="--memory-limit = 1000 is wrong"):
        Settings.load(memory_limit=1000)
    with pytest.raises(InputError, match="no setting 'bogus'"):
        Settings.load(bogus=1)
    monkeypatch.setenv("BYHEART_PORT", "http")
    with pytest.raises(InputError, match="BYHEART_PORT = 'http' is wrong"):
        Settings.load()
    monkeypatch.setenv("BYHEART_PORT", "1")
    monkeypatch.setenv("OPENAI_BASE_URL", "nowhere")
    with pytest.raises(InputError, match="OPENAI_BASE_URL = 'nowhere' is wrong"):
        Settings.load()


def test_home_cannot_be_moved_from_inside(nowhere: Path) -> None:
    (nowhere / ".byheart" / "byheart.toml").write_text('home = "/elsewhere"')
    with pytest.raises(InputError, match="own file"):
        Settings.load()


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(Settings.load())
    Path("byheart.toml").write_text("upstream_key = 12345")
    with pytest.raises(InputError) as error:
        Settings.load()
    assert "12345" not in str(error.value)


def test_the_written_file_changes_nothing_and_every_line_of_it_may_be_taken(nowhere: Path) -> None:
    before = Settings.load()
    path = Path("byheart.toml")
    write_default(path)
    assert Settings.load() == before
    text = path.read_text()
    path.write_text(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))
    taken = Settings.load()
    chosen = {name for name, field in Settings.model_fields.items() if field.examples}
    kept = set(Settings.model_fields) - chosen
    assert {key: getattr(taken, key) for key in kept} == {key: getattr(before, key) for key in kept}
    assert taken.upstream_url == "http://localhost:11434/v1"
    with pytest.raises(InputError, match="already there"):
        write_default(path)
