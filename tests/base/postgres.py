"""Fixtures: a throw-away Postgres server, and stores on both engines.

Use them with `pytest_plugins = ("tests.base.postgres",)` in the test module. Where no `initdb` is found, the
Postgres half is skipped and says so.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from byheart.base.store import Store

_numbers = count(1)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _user() -> str | None:
    """Postgres refuses to run as root: the user to become, or None to stay who we are."""
    if os.geteuid() != 0:
        return None
    names = [u.pw_name for u in pwd.getpwall()]
    return next((name for name in ("postgres", "nobody") if name in names), "nobody")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The folder of a running server's socket; databases in it are made with `postgres_url`."""
    pytest.importorskip("psycopg", reason="no psycopg: pip install 'byheart[postgres]'")
    programs = _programs()
    if programs is None:
        pytest.skip("no Postgres here: initdb is not installed")
    folder = Path(tempfile.mkdtemp(prefix="byheart-pg-"))
    user = _user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    # Only what the server needs: the caller's own PG* variables must not lead it elsewhere.
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "byheart", "-A", "trust", "-E", "UTF8", "-N"]
    subprocess.run(initdb, check=True, capture_output=True, user=user, env=environment, cwd=folder)
    options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"]
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user, env=environment, cwd=folder)
    try:
        _wait(str(folder), server, folder / "log")
        yield str(folder)
    finally:
        server.send_signal(2)  # a fast shutdown
        server.wait(timeout=30)
        shutil.rmtree(folder)


def _url(folder: str, name: str) -> str:
    return f"postgresql+psycopg://byheart@/{name}?host={folder}"


def _wait(folder: str, server: subprocess.Popen[bytes], log: Path) -> None:
    engine = create_engine(_url(folder, "postgres"), poolclass=NullPool)
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            with engine.connect():
                return
        except OperationalError:
            time.sleep(0.05)
    pytest.fail(f"Postgres did not start:\n{log.read_text()}")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    name = f"test_{next(_numbers)}"
    engine = create_engine(_url(postgres_server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield _url(postgres_server, name)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store of this test's own goes, on each engine in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "home" / "byheart.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open, empty store on each engine in turn."""
    with Store.open(store_url) as opened:
        yield opened
