"""The writer: everything that must not slow a reply is handed to one thread, which commits in groups.

While one group is being synced to the disk the next one gathers, so a hundred waiting writes cost one sync,
not a hundred. A future resolves only after its group is on the disk.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from sqlalchemy import Connection

from byheart.base.errors import StoreBusyError, StoreError
from byheart.base.store import Store, store_errors

T = TypeVar("T")
_TRIES = 6  # each as long as the store's own patience with a lock


class Writer:
    """One thread, a bounded queue, group commit. Threads may share it."""

    def __init__(self, store: Store, capacity: int = 1024, group: int = 256) -> None:
        self._store = store
        self._capacity = capacity
        self._group = group
        self._waiting: deque[_Item] = deque()
        self._closed = False
        lock = threading.Lock()
        self._arrived = threading.Condition(lock)
        self._freed = threading.Condition(lock)
        self._thread = threading.Thread(target=self._run, name="byheart-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T], wait: bool = True) -> Future[T]:
        """Queue `work`; its future holds what it returned, once that is committed.

        Work runs in order. Work that raises fails its own future only: its group is rolled back and done again,
        each in a savepoint, so work may run twice and must touch nothing but the connection. When the group
        cannot be committed, all its futures fail with the StoreError. Blocks while the queue is full, or raises
        StoreError then, with `wait` off, as it does once the writer is closed.
        """
        future: Future[T] = Future()
        with self._freed:
            if not wait and len(self._waiting) >= self._capacity:
                raise StoreError("The writer cannot keep up.", "See whether the disk is full or slow.")
            if threading.current_thread() is not self._thread:  # which would wait for itself
                self._freed.wait_for(lambda: self._closed or len(self._waiting) < self._capacity)
            if self._closed:
                raise StoreError("The writer is closed.", "Nothing was written; start byheart again.")
            self._waiting.append(_Item(work, future))
            self._arrived.notify()
        return future

    def close(self) -> None:
        """Write what is queued, then stop. A second call does nothing."""
        with self._freed:
            self._closed = True
            self._arrived.notify_all()
            self._freed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        while items := self._next():
            self._write(items)

    def _next(self) -> "list[_Item]":
        """The next group; empty once the writer is closed and drained."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._closed or bool(self._waiting))
            items = [self._waiting.popleft() for _ in range(min(self._group, len(self._waiting)))]
            self._freed.notify(len(items))
            return items

    def _write(self, items: "list[_Item]") -> None:
        items = [item for item in items if item.future.set_running_or_notify_cancel()]
        for _ in range(_TRIES):
            with _Caught() as group, self._store.transaction() as connection:
                for item in items:
                    item.run(connection)
            if not isinstance(group.error, StoreBusyError):
                break
        if any(item.raised for item in items) and len(items) > 1:
            with _Caught() as group, self._store.transaction() as connection:
                for item in items:
                    item.run_alone(connection, self._store.where)
        for item in items:
            item.settle(group.error)


class _Caught:
    """Takes whatever a block raises, for whoever waits for it: the work is foreign, the thread must go on."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[True]:
        self.error = error
        return True


class _Item:
    """A piece of work, what came of it, and the future that waits for it."""

    def __init__(self, work: Callable[[Connection], Any], future: Future[Any]) -> None:
        self.future = future
        self.raised = False
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None

    def run(self, connection: Connection) -> None:
        """Do the work. Raises what it raises, and StoreError when the database took the transaction back."""
        self.raised = True
        self._result = self._work(connection)
        if not getattr(connection.connection.dbapi_connection, "in_transaction", True):
            raise StoreError("The store undid a transaction by itself.", "If it does not pass, see its disk.")
        self.raised = False

    def run_alone(self, connection: Connection, where: str | None) -> None:
        """Do the work in a savepoint. Raises only when the transaction itself is gone: the savepoint went with it."""
        savepoint = connection.begin_nested()
        with _Caught() as caught, store_errors(where):
            self._result = self._work(connection)
        self._error = caught.error
        if self._error is None:
            savepoint.commit()
            return
        with _Caught() as undoing:
            savepoint.rollback()
        if undoing.error is not None:
            raise self._error if isinstance(self._error, StoreError) else undoing.error

    def settle(self, group_error: BaseException | None) -> None:
        """Tell whoever waits, the group being committed or, with an error, lost."""
        error = self._error or group_error
        if error is None:
            self.future.set_result(self._result)
        else:
            self.future.set_exception(error)
