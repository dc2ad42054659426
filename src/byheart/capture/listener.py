"""The listener: behind the replies, it reads what was said and keeps what follows from it.

Each turn is entered for it in the transaction that keeps the turn, and struck off in the one that keeps what
it led to: a killed process loses nothing and does nothing twice.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection, delete, func, insert, select, update

from byheart.base.errors import NotFoundError, StoreError
from byheart.base.store import Store
from byheart.base.tables import cursors
from byheart.base.writer import Writer
from byheart.capture.feedback import answered, judge_turn
from byheart.chat.records import Message, Turn
from byheart.chat.turns import previous_turn, read_turn
from byheart.memory.bank import remember
from byheart.memory.extract import extract
from byheart.memory.records import Memory

log = logging.getLogger("byheart")
_PENDING, _FAILED = "listen/", "listen failed/"


class Listener:
    """Reads kept turns in their order and remembers what was said. A turn is done with all it leads to, or not."""

    def __init__(self, store: Store, writer: Writer, failures: Counter[str], wait: float = 1.0) -> None:
        self._store = store
        self._writer = writer
        self._failures = failures
        self._wait = wait
        self._awake = threading.Event()
        self._closed = threading.Event()
        self._hearing = ThreadPoolExecutor(1, "byheart-hearing")
        self._thread = threading.Thread(target=self._run, name="byheart-listener", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to listen to."""
        self._awake.set()

    def pending(self) -> int:
        """How many turns are still to be listened to. Raises StoreError."""
        with self._store.reading() as connection:
            waiting = select(func.count()).where(cursors.c.name.startswith(_PENDING))
            return int(connection.execute(waiting).scalar_one())

    def settle(self, seconds: float = 5.0) -> bool:
        """Wait until everything is listened to; False when that takes longer."""
        self.wake()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.pending() == 0:
                return True
            time.sleep(0.005)
        return False

    def close(self) -> None:
        """Finish the turn at hand and stop."""
        self._closed.set()
        self._awake.set()
        self._thread.join()
        self._hearing.shutdown()

    def _run(self) -> None:
        self._awake.set()  # for what an earlier process left
        pause = self._wait
        while not self._closed.is_set():
            self._awake.wait()
            self._awake.clear()
            try:
                while not self._closed.is_set() and (turn_id := self._next()):
                    self._listen_to(turn_id)
                    pause = self._wait
            except StoreError as error:
                self._failures["listen"] += 1
                log.warning("Listening waits %.0f s for the store: %s", pause, error)
                self._closed.wait(pause)
                pause = min(pause * 2, 60.0)
                self._awake.set()

    def _next(self) -> str | None:
        query = select(cursors.c.name).where(cursors.c.name.startswith(_PENDING))
        with self._store.reading() as connection:
            name = connection.execute(query.order_by(cursors.c.position, cursors.c.name).limit(1)).scalar()
        return name.removeprefix(_PENDING) if name else None

    def _listen_to(self, turn_id: str) -> None:
        error = self._hearing.submit(self._hear, turn_id).exception()
        if isinstance(error, StoreError):
            raise error
        if error is not None:  # a fault of ours: this turn is put aside, the others go on
            self._failures["listen"] += 1
            log.error("Listening to %s failed; it is put aside.", turn_id, exc_info=error)
            aside = update(cursors).where(cursors.c.name == _PENDING + turn_id).values(name=_FAILED + turn_id)
            self._writer.submit(lambda connection: connection.execute(aside)).result()

    def _hear(self, turn_id: str) -> None:
        """Read and think outside of the writer: a long message must not hold up what others wait for."""
        try:
            with self._store.reading() as connection:
                turn = read_turn(connection, turn_id)
        except NotFoundError:  # forgotten meanwhile
            self._writer.submit(lambda connection: _strike_off(connection, turn_id)).result()
            return
        found: list[Memory] = []
        if turn.parameters.get("memory"):
            for text in _just_said(turn.messages):
                found += extract(turn.person, text, turn.created_at, turn.id)
        self._writer.submit(lambda connection: _keep(connection, turn, found)).result()


def enter(connection: Connection, turn_id: str) -> None:
    """Enter a turn for the listener, behind all that wait."""
    last = connection.execute(
        select(func.max(cursors.c.position)).where(cursors.c.name.startswith(_PENDING))
    ).scalar()
    connection.execute(insert(cursors).values(name=_PENDING + turn_id, position=f"{int(last or 0) + 1:012d}"))


def _strike_off(connection: Connection, turn_id: str) -> bool:
    struck = connection.execute(delete(cursors).where(cursors.c.name == _PENDING + turn_id))
    return struck.rowcount > 0


def _keep(connection: Connection, turn: Turn, found: Sequence[Memory]) -> None:
    """Keep what a turn leads to, unless another process was faster."""
    if not _strike_off(connection, turn.id):
        return
    remember(connection, found)
    said = _just_said(turn.messages)
    seen = [m for m in turn.messages if m.role != "system"]
    if len(seen) == len(said):  # the client keeps no history
        before = previous_turn(connection, turn)
    else:
        history = [*seen[: len(seen) - len(said)], Message("user", said[0])]
        before = answered(connection, turn.person, turn.conversation, history)
    if before is not None:
        judge_turn(connection, before, said[0], turn.created_at, turn.person)


def _just_said(messages: Sequence[Message]) -> list[str]:
    """What the person said since the last answer."""
    said: list[str] = []
    for message in reversed(messages):
        if message.role != "user":
            break
        said.insert(0, message.content)
    return said
