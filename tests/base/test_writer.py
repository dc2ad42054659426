import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from byheart.base.errors import StoreError
from byheart.base.store import Store
from byheart.base.tables import cursors
from byheart.base.writer import Writer

pytest_plugins = ("tests.base.postgres",)


def add(name: str, position: str = "") -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(cursors.insert().values(name=name, position=position))
        return name

    return work


def names(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.execute(select(cursors.c.name)).scalars())


def test_a_future_resolves_to_the_result_once_it_is_committed(store: Store) -> None:
    with Writer(store) as writer:
        assert writer.submit(add("a")).result() == "a"
        assert names(store) == {"a"}


def test_a_failing_item_fails_alone(store: Store) -> None:
    def half(connection: Connection) -> None:
        add("half")(connection)
        raise ValueError("mine")

    with Writer(store) as writer:
        before, twice, failed, after = [writer.submit(w) for w in (add("a"), add("a"), half, add("b"))]
        assert (before.result(), after.result()) == ("a", "b")
        assert isinstance(twice.exception(), IntegrityError)
        assert isinstance(failed.exception(), ValueError)
    assert names(store) == {"a", "b"}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30), st.integers(1, 8))
def test_what_stands_is_what_was_acknowledged(works: list[tuple[int, bool]], group: int) -> None:
    def work(name: str, fails: bool) -> Callable[[Connection], str]:
        def run(connection: Connection) -> str:
            add(name)(connection)
            if fails:
                raise ValueError(name)
            return name

        return run

    with TemporaryDirectory() as folder, Store.open(Path(folder) / "b.db") as store:
        with Writer(store, group=group) as writer:
            futures = [writer.submit(work(str(name), fails)) for name, fails in works]
        acknowledged = [future.result() for future in futures if future.exception() is None]
        assert names(store) == set(acknowledged)
        assert len(acknowledged) == len(set(acknowledged))
        assert set(acknowledged) == {str(name) for name, fails in works if not fails}


def test_a_full_disk_fails_the_group_and_the_writer_goes_on(tmp_path: Path) -> None:
    gate = threading.Event()

    def full(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        add("big", "x" * 1_000_000)(connection)

    with Store.open(tmp_path / "b.db") as store, Writer(store) as writer:
        writer.submit(lambda _: gate.wait(10))
        futures = [writer.submit(work) for work in (add("a"), full, add("b"))]
        gate.set()
        errors = [future.exception(10) for future in futures]
        assert isinstance(errors[1], StoreError)
        assert "disk is full" in str(errors[1])
        assert names(store) == {f.result() for f, e in zip(futures, errors, strict=True) if e is None}
        store.engine.dispose()  # and with the connections goes the limit that they were under
        assert writer.submit(add("c")).result() == "c"


def test_a_transaction_that_the_database_took_back_acknowledges_nothing(tmp_path: Path) -> None:
    """SQLite may undo a whole transaction by itself, savepoints and all: nothing may slip out after it."""
    gate = threading.Event()
    with Store.open(tmp_path / "b.db") as store, Writer(store) as writer:
        writer.submit(lambda _: gate.wait(10))
        undo = [add("a"), lambda c: c.exec_driver_sql("ROLLBACK").close(), add("b")]
        futures = [writer.submit(work) for work in undo]
        gate.set()
        assert [type(future.exception(10)) for future in futures] == [StoreError] * 3
        assert names(store) == set()
        assert writer.submit(add("c")).result() == "c"
        assert names(store) == {"c"}


def test_a_store_locked_by_another_fails_the_futures_and_the_writer_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    with Store.open(path) as other, Store.open(path, busy_seconds=0.05) as store, Writer(store) as writer:
        with other.transaction():
            assert isinstance(writer.submit(add("a")).exception(10), StoreError)
        assert writer.submit(add("b")).result() == "b"
    assert writer is not None


def test_a_full_queue_holds_the_caller_back(tmp_path: Path) -> None:
    gate, running = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        running.set()
        gate.wait(10)

    with (
        Store.open(tmp_path / "b.db") as store,
        Writer(store, capacity=2) as writer,
        ThreadPoolExecutor(1) as pool,
    ):
        writer.submit(wait)
        running.wait(10)
        writer.submit(add("a"))
        writer.submit(add("b"))
        held = pool.submit(writer.submit, add("c"))
        with pytest.raises(TimeoutError):
            held.result(0.1)
        gate.set()
        assert held.result(10).result(10) == "c"


def test_close_writes_what_is_queued(store: Store) -> None:
    writer = Writer(store, group=3)
    futures = [writer.submit(add(str(number))) for number in range(20)]
    writer.close()
    writer.close()
    assert all(future.done() for future in futures)
    assert len(names(store)) == 20
    with pytest.raises(StoreError, match="closed"):
        writer.submit(add("late"))


def test_close_lets_go_of_a_caller_that_waits(tmp_path: Path) -> None:
    gate, running = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        running.set()
        gate.wait(10)

    with Store.open(tmp_path / "b.db") as store, ThreadPoolExecutor(2) as pool:
        writer = Writer(store, capacity=1)
        writer.submit(wait)
        running.wait(10)
        queued = writer.submit(add("a"))
        held = pool.submit(writer.submit, add("b"))
        closing = pool.submit(writer.close)
        assert isinstance(held.exception(10), StoreError)
        gate.set()
        closing.result(10)
        assert queued.result() == "a"
        assert names(store) == {"a"}


def test_a_cancelled_item_is_not_written(tmp_path: Path) -> None:
    gate, running = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        running.set()
        gate.wait(10)

    with Store.open(tmp_path / "b.db") as store:
        with Writer(store) as writer:
            writer.submit(wait)
            running.wait(10)
            assert writer.submit(add("a")).cancel()
            gate.set()
        assert names(store) == set()


def test_work_may_queue_more_work(store: Store) -> None:
    with Writer(store, capacity=1) as writer:
        inner = writer.submit(lambda _: [writer.submit(add(n)) for n in ("a", "b", "c")]).result()
        assert [future.result() for future in inner] == ["a", "b", "c"]


def test_many_threads_share_a_writer(store: Store) -> None:
    with Writer(store, capacity=8) as writer, ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: writer.submit(add(str(n))).result(), range(200)))
    assert names(store) == set(done)
    assert len(done) == 200


CRASHING = """
import os, sys, threading
from byheart.base.store import Store
from byheart.base.tables import cursors
from byheart.base.writer import Writer

store = Store.open(sys.argv[1])
writer = Writer(store, group=16)

def add(name):
    row = {"name": name, "position": "x" * 300}
    return lambda connection: connection.execute(cursors.insert().values(row)) and name

def write(thread):
    for number in range(10**9):
        name = writer.submit(add(f"{sys.argv[2]}-{thread}-{number}")).result()
        os.write(1, f"{name}\\n".encode())

for thread in range(4):
    threading.Thread(target=write, args=(thread,)).start()
"""


def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    Store.open(path).close()
    acknowledged: set[str] = set()
    for round_number in range(3):
        command = [sys.executable, "-c", CRASHING, str(path), str(round_number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for count, line in enumerate(process.stdout):
                if line.endswith("\n"):
                    acknowledged.add(line.strip())
                if count == 40 + 50 * round_number:
                    os.kill(process.pid, signal.SIGKILL)
        with Store.open(path) as store:
            assert acknowledged <= names(store)
            with store.reading() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert len(acknowledged) > 200
