import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from byheart.base import migrations
from byheart.base.errors import StoreError
from byheart.base.store import Store
from byheart.base.tables import cursors, examples, metadata

pytest_plugins = ("tests.base.postgres",)


def put(store: Store, name: str, position: str = "1") -> None:
    with store.transaction() as connection:
        connection.execute(cursors.insert().values(name=name, position=position))


def positions(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        return {row.name: row.position for row in connection.execute(select(cursors))}


def test_the_migrated_schema_is_the_schema_of_the_tables(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_revisions_are_those_of_the_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == migrations.REVISIONS


def test_what_was_written_is_there_after_reopening(store_url: str) -> None:
    with Store.open(store_url) as store:
        put(store, "extract", "7")
    with Store.open(store_url) as store:
        assert positions(store) == {"extract": "7"}


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    def write_then_fail() -> None:
        with store.transaction() as connection:
            connection.execute(cursors.insert().values(name="a", position="1"))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        write_then_fail()
    assert positions(store) == {}


def test_a_broken_constraint_is_about_the_data_not_the_store(store: Store) -> None:
    put(store, "a")
    with pytest.raises(IntegrityError):
        put(store, "a")


def test_reading_sees_one_state_while_others_write(store: Store) -> None:
    with store.reading() as connection:
        count = select(func.count()).select_from(cursors)
        before = connection.execute(count).scalar()
        put(store, "a")
        assert connection.execute(count).scalar() == before == 0
    assert positions(store) == {"a": "1"}


def test_nested_values_and_null_come_back_as_they_went(store: Store) -> None:
    row = {"id": "e", "category": "c", "source": "s", "created_at": "t", "messages": [{"ä": [1, None, "🙂"]}]}
    with store.transaction() as connection:
        connection.execute(examples.insert().values(**row))
        stored = connection.execute(select(examples)).one()
        assert connection.execute(text("SELECT count(*) FROM examples WHERE expect IS NULL")).scalar() == 1
    assert (stored.messages, stored.expect, stored.parents, stored.person) == (row["messages"], None, [], "")


def test_many_may_open_a_new_store_at_once(store_url: str) -> None:
    def open_and_put(number: int) -> None:
        with Store.open(store_url) as store:
            put(store, str(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_and_put, range(4)))
    with Store.open(store_url) as store:
        assert sorted(positions(store)) == ["0", "1", "2", "3"]


def test_a_store_that_is_up_to_date_opens_without_alembic(tmp_path: Path) -> None:
    Store.open(tmp_path / "b.db").close()
    program = (
        "import sys; from byheart.base.store import Store; "
        "Store.open(sys.argv[1]); print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "b.db"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    with Store.open(tmp_path / "home" / "b.db") as store:
        put(store, "a")
        files = list((tmp_path / "home").iterdir())
        assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_a_commit_is_synced_to_the_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path / "b.db") as store, store.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL


def test_a_newer_schema_is_refused(store_url: str) -> None:
    with Store.open(store_url) as store, store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"9999.*newer byheart"):
        Store.open(store_url)


def test_the_database_of_something_else_is_refused(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE recipes (id)")
    other.close()
    with pytest.raises(StoreError, match="recipes"):
        Store.open(tmp_path / "other.db")


def test_a_file_that_is_no_database_is_kept_and_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("just my notes, nothing to do with databases\n" * 50)
    with pytest.raises(StoreError, match=r"notes\.db failed: it is not a database"):
        Store.open(path)
    assert path.read_text().startswith("just my notes")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    with Store.open(path) as store:
        put(store, "a")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(StoreError, match="damaged"):
        Store.open(path)


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "b.db") as store:
        put(store, "a")

        def fill() -> None:
            with store.transaction() as connection:
                connection.exec_driver_sql("PRAGMA max_page_count = 1")
                connection.execute(cursors.insert().values(name="b", position="x" * 1_000_000))

        with pytest.raises(StoreError, match="the disk is full") as error:
            fill()
        assert "Free some space" in error.value.remedy
        assert positions(store) == {"a": "1"}


def test_a_store_that_another_writes_to_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    with Store.open(path) as store, store.transaction(), Store.open(path, busy_seconds=0.05) as second:
        with pytest.raises(StoreError, match="another process is writing"):
            put(second, "a")
        assert positions(second) == {}


def test_a_store_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    def write_read_only(store: Store) -> None:
        with store.transaction() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.execute(cursors.insert().values(name="a", position="1"))

    with Store.open(tmp_path / "b.db") as store, pytest.raises(StoreError, match="may only be read"):
        write_read_only(store)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="BYHEART_HOME"):
        Store.open(tmp_path / "file" / "b.db")
    with pytest.raises(StoreError, match="Is a directory"):
        Store.open(tmp_path)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root@host/name", "cannot keep its store in 'mysql'"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("postgresql://host:port/name", "not a database URL"),
        ("postgresql://nobody@127.0.0.1:1/name", "127.0.0.1"),
    ],
)
def test_a_wrong_url_is_named(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        Store.open(url)


def test_passwords_are_never_shown() -> None:
    with pytest.raises(StoreError) as error:
        Store.open("postgresql://user:secret@127.0.0.1:1/name")
    assert "secret" not in str(error.value)


def test_what_is_forgotten_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    with Store.open(path) as store:
        put(store, "a", "confided-in-private")
        with store.transaction() as connection:
            connection.execute(cursors.delete())
    assert b"confided-in-private" not in path.read_bytes()
