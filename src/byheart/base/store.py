"""The store: one SQLite file, or a Postgres database. `transaction` is the door to write, `reading` to read.

A transaction that has returned is on the disk: SQLite runs in WAL mode with `synchronous=FULL`, so it outlives
a killed process and a power cut. What the database complains of comes out in one place here, as a StoreError.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from byheart.base import migrations
from byheart.base.errors import MissingError, StoreBusyError, StoreError
from byheart.base.ids import canonical_json

_LOCK = 0x62796865  # "byhe": the advisory lock under which one process migrates a Postgres database

_BUSY = "another process is writing to it", "Wait for it to finish, or stop it."
_SQLITE_REMEDIES = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space and run the same command again."),
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: (
        "it may only be read",
        "Give your user write access to the file and its folder.",
    ),
    sqlite3.SQLITE_PERM: ("access is denied", "Give your user write access to the file and its folder."),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "Check that its folder exists and may be written."),
    sqlite3.SQLITE_IOERR: (
        "the disk failed",
        "Check the disk, then restore a backup if the file is damaged.",
    ),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", "Restore a backup, or try `sqlite3 FILE .recover`."),
    sqlite3.SQLITE_NOTADB: ("it is not a database", "Name another file, or move this one away."),
}
_POSTGRES_REMEDIES = {
    "53100": ("the disk is full", "Free some space on the database server and try again."),
    "53300": ("it has too many connections", "Raise max_connections or stop other clients."),
    "25006": ("it may only be read", "Connect to the primary server, not to a replica."),
    "55P03": _BUSY,
    "40P01": ("another process is writing the same rows", "Try again."),
    "28P01": ("the password is wrong", "Correct it in database_url."),
    "3D000": ("there is no such database", "Create it with `createdb`, or correct database_url."),
    "42501": ("access is denied", "Grant the user rights to create and write tables."),
    "XX001": ("the data is damaged", "Restore a backup."),
}


class Store:
    """An open store. Threads may share it; each transaction takes a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.where = engine.url.database if engine.url.host is None else engine.url.render_as_string()
        self._writing = engine.execution_options(begin="BEGIN IMMEDIATE")
        if engine.dialect.name == "sqlite":
            self._reading = engine.execution_options(begin="BEGIN")
        else:
            self._reading = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @classmethod
    def open(cls, url_or_path: str | Path, busy_seconds: float = 10.0) -> Self:
        """Open a store, making or migrating it where needed.

        Takes a path, or a URL (`sqlite:///…`, `postgresql://…`). `busy_seconds` is how long a write waits for
        another process's. Raises StoreError for a store that cannot be opened or is newer than this program,
        and MissingError when the database's driver is not installed.
        """
        store = cls(_engine(_url(url_or_path), busy_seconds))
        try:
            store._migrate()
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write: all of the block or, when it raises, nothing. Raises StoreError."""
        with store_errors(self.where), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one consistent state, whatever is written meanwhile. Raises StoreError."""
        with store_errors(self.where), self._reading.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection; the last one folds SQLite's log into the file."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _migrate(self) -> None:
        with self.reading() as connection:
            if self._revision(connection) == migrations.HEAD:
                return
        with self.transaction() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if self._revision(connection) != migrations.HEAD:
                migrations.upgrade(connection)

    def _revision(self, connection: Connection) -> str | None:
        """The stored revision, None for an empty store; refuses a schema that is foreign or newer."""
        names = inspect(connection).get_table_names()
        if "alembic_version" not in names:
            if names:
                raise StoreError(
                    f"{self.where} holds tables that byheart did not make ({', '.join(sorted(names)[:3])}).",
                    "Give byheart a database of its own.",
                )
            return None
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if revision is not None and revision not in migrations.REVISIONS:
            raise StoreError(
                f"{self.where} has schema {revision}, this byheart knows up to {migrations.HEAD}.",
                "It was written by a newer byheart: upgrade with `pip install -U byheart`.",
            )
        return revision


@contextmanager
def store_errors(where: str | None) -> Iterator[None]:
    """Turn what the database reports into a StoreError with a remedy.

    A broken constraint (IntegrityError) passes as it is: it says something of the data, not of the store.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        reason, remedy = _explain(error)
        kind = StoreBusyError if reason == _BUSY[0] else StoreError
        raise kind(f"The store {where} failed: {reason}.", remedy) from error


def _explain(error: DBAPIError) -> tuple[str, str]:
    """What happened and what to do about it. SQLite's extended codes carry the plain one in the low byte."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        found = _SQLITE_REMEDIES.get(getattr(original, "sqlite_errorcode", 0) & 0xFF)
    else:
        found = _POSTGRES_REMEDIES.get(getattr(original, "sqlstate", None) or "")
    reason = " ".join(str(original).split()) or type(error).__name__
    return found or (reason, "If it does not pass, run `byheart doctor`.")


def _url(url_or_path: str | Path) -> URL:
    written = str(url_or_path)
    if "://" not in written:
        return URL.create("sqlite", database=str(Path(written).expanduser()))
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        raise StoreError(
            f"{written!r} is not a database URL.", "Write sqlite:///FILE or postgresql://USER@HOST/NAME."
        ) from None
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise StoreError(
            f"byheart cannot keep its store in {url.get_backend_name()!r}.", "Use SQLite or Postgres."
        )
    if url.database in (None, "", ":memory:"):
        raise StoreError("A store in memory would be lost.", "Name a file: sqlite:///byheart.db.")
    return url


def _engine(url: URL, busy_seconds: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        _make_file(Path(url.database or ""))
    local = url.get_backend_name() == "sqlite"
    options: dict[str, Any] = {"json_serializer": canonical_json, "pool_pre_ping": not local}
    try:
        engine = create_engine(url, **options)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise MissingError(
            "Postgres needs a driver.", "Install it: `pip install 'byheart[postgres]'`."
        ) from None
    if url.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, busy_seconds)
    return engine


def _make_file(path: Path) -> None:
    """Make the folder and an empty file that only its owner may read: it holds what people confide."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"The store {path} cannot be opened: {error.strerror or error}.",
            "Check that its folder may be written and the disk is not full, or set BYHEART_HOME.",
        ) from error


def _prepare_sqlite(engine: Engine, busy_seconds: float) -> None:
    """Transactions are begun by us (the driver's own begin is late, and blind to DDL and savepoints)."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={int(busy_seconds * 1000)}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",  # what a person had forgotten must not linger in free pages
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
