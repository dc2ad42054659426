"""The listener: behind the replies, it reads what was said and keeps what follows from it.

    wait → read a group of turns → think → write it all at once → rest while requests are served

Each turn is entered for it in the transaction that keeps the turn, and struck off in the one that keeps what
it led to: a killed process loses nothing and does nothing twice. It shares the interpreter and the one writer
with the replies, so it thinks outside of the writer and, while there are requests, rests longer than it works.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from byheart.base.clock import parse_time, utcnow
from byheart.base.errors import StoreError
from byheart.base.store import Store
from byheart.base.tables import cursors
from byheart.base.tables import turns as turns_table
from byheart.base.writer import Writer
from byheart.capture.feedback import Remark, just_said, keep_remark, on_screen, persona_name, read_remark
from byheart.capture.given import expire_early, some_early, take_early
from byheart.capture.interchange import refresh_log
from byheart.capture.praise import Phrases
from byheart.capture.settling import settle_captures
from byheart.chat.records import Turn
from byheart.chat.turns import turn_of
from byheart.memory.bank import remember
from byheart.memory.extract import extract
from byheart.memory.records import Memory

log = logging.getLogger("byheart")
_PENDING, _FAILED, _SETTLED = "listen/", "listen failed/", "settled"
_GROUP, _SMALL_GROUP = 32, 4
"""Turns read and written at once, and how many are written at once while requests wait for the same writer."""
_RESTS, _RESTS_LATE, _LATE_SECONDS = 20.0, 2.0, 60.0
"""How much longer it rests than it works while requests are served, and once the oldest turn has waited so long."""
_HOUR = 3600


@dataclass(frozen=True)
class Habits:
    """What an owner may choose: after how many days strong praise is accepted unseen (0: never), own words of
    praise and blame, and where the interchange log is to be kept up to date."""

    accept_after_days: int = 0
    phrases: Phrases | None = None
    log_file: Path | None = None


class Listener:
    """Reads kept turns in their order and remembers what was said. A turn is done with all it leads to, or not.

    `busy` tells whether requests are being served; `wait` is after how many seconds a store that failed is tried
    again; `habits` are the owner's.
    """

    def __init__(
        self,
        store: Store,
        writer: Writer,
        failures: Counter[str],
        wait: float = 1.0,
        busy: Callable[[], bool] = lambda: False,
        habits: Habits | None = None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._failures = failures
        self._wait = wait
        self._busy = busy
        self._habits = habits or Habits()
        self._remarked = True  # the interchange log may be behind
        self._settle_at = 0.0
        self._rested = 0.0
        self._rests = _RESTS
        self._personas: dict[str, str] = {}
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
            return int(connection.execute(select(func.count()).where(_under(_PENDING))).scalar_one())

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
        """Finish the turns at hand and stop."""
        self._closed.set()
        self._awake.set()
        self._thread.join()
        self._hearing.shutdown()

    def _run(self) -> None:
        pause = self._wait
        while not self._closed.is_set():
            try:
                self._tidy()
                while not self._closed.is_set() and (names := self._next()):
                    self._listen_to(names)
                    pause = self._wait
                self._write_log()
            except StoreError as error:
                self._failures["listen"] += 1
                log.warning("Listening waits %.0f s for the store: %s", pause, error)
                self._closed.wait(pause)
                pause = min(pause * 2, 60.0)
                continue
            self._awake.wait(_HOUR)
            self._awake.clear()

    def _next(self) -> list[str]:
        query = select(cursors.c.name).where(_under(_PENDING)).order_by(cursors.c.name)
        with self._store.reading() as connection:
            names = list(connection.execute(query.limit(_GROUP)).scalars())
        late = bool(names) and time.time() - _entered_at(names[0]) > _LATE_SECONDS
        self._rests = _RESTS_LATE if late else _RESTS
        return names

    def _listen_to(self, names: Sequence[str]) -> None:
        started, rested = time.perf_counter(), self._rested
        error = self._tried(lambda: self._hear(names))
        if error is not None and len(names) > 1:
            for name in names:
                self._listen_to([name])
        elif error is not None:  # a fault of ours: this turn is put aside, the others go on
            log.error("Listening to %s failed; it is put aside.", names[0], exc_info=error)
            aside = update(cursors).where(cursors.c.name == names[0])
            aside = aside.values(name=_FAILED + names[0].removeprefix(_PENDING))
            self._writer.submit(lambda connection: connection.execute(aside)).result()
            self._failures["listen"] += 1
        self._rest(time.perf_counter() - started - (self._rested - rested))

    def _tried(self, work: Callable[[], None]) -> BaseException | None:
        """What a piece of work failed of, if it did. Raises StoreError, for then all else would fail too."""
        error = self._hearing.submit(work).exception()
        if isinstance(error, StoreError):
            raise error
        return error

    def _hear(self, names: Sequence[str]) -> None:
        """Read and think outside of the writer: a long message must not hold up what others wait for."""
        heard = {seen.turn.id: self._think(seen) for seen in self._read(names)}
        at = 0
        while at < len(names):
            some = names[at : at + (_SMALL_GROUP if self._busy() else _GROUP)]
            started = time.perf_counter()
            self._writer.submit(lambda connection, some=some: _keep(connection, some, heard)).result()  # type: ignore[misc]
            self._rest(time.perf_counter() - started)
            at += len(some)
        self._remarked = self._remarked or any(one.remark for one in heard.values())

    def _read(self, names: Sequence[str]) -> "list[_Seen]":
        """The turns, each with the one that was on screen before; those that were forgotten are not there."""
        with self._store.reading() as connection:
            query = select(turns_table).where(turns_table.c.id.in_([_turn_id(name) for name in names]))
            found = {row["id"]: turn_of(row) for row in connection.execute(query).mappings().all()}
            known = [found[_turn_id(name)] for name in names if _turn_id(name) in found]
            return [self._seen(connection, turn) for turn in known]

    def _seen(self, connection: Connection, turn: Turn) -> "_Seen":
        before = on_screen(connection, turn)
        if before is not None and before.persona not in self._personas:
            self._personas[before.persona] = persona_name(connection, before.persona)
        return _Seen(turn, before, self._personas[before.persona] if before else "")

    def _write_log(self) -> None:
        """Bring the interchange log up to date, once there is nothing to listen to."""
        if self._habits.log_file is None or not self._remarked:
            return
        self._remarked = False
        try:
            with self._store.reading() as connection:
                refresh_log(connection, self._habits.log_file)
        except StoreError as error:  # captures are in the store; their mirror can wait
            self._failures["log"] += 1
            log.warning("The interchange log was not written: %s", error)

    def remarked(self) -> None:
        """Captures have changed: the interchange log is to be written anew."""
        self._remarked = True
        self.wake()

    def _think(self, seen: "_Seen") -> "_Heard":
        started = time.perf_counter()
        turn, said = seen.turn, just_said(seen.turn.messages)
        found: list[Memory] = []
        for text in said if turn.parameters.get("memory") else ():
            found += extract(turn.person, text, turn.created_at, turn.id)
        remark = None
        if seen.before is not None:
            phrases = self._habits.phrases
            remark = read_remark(seen.before, said[0], turn.created_at, turn.person, seen.persona, phrases)
        self._rest(time.perf_counter() - started)
        return _Heard(turn, found, remark)

    def _rest(self, seconds: float) -> None:
        """Rest longer than something took, while requests are served."""
        if self._busy():
            started = time.perf_counter()
            self._closed.wait(self._rests * seconds)
            self._rested += time.perf_counter() - started

    def _tidy(self) -> None:
        """At most once an hour: settle what nobody decides on, and let go of what waited in vain."""
        if time.monotonic() < self._settle_at:
            return
        self._settle_at = time.monotonic() + _HOUR
        days = self._habits.accept_after_days
        submitted = self._writer.submit(lambda connection: _tidy(connection, utcnow(), days))
        if (error := self._tried(submitted.result)) is not None:
            self._failures["listen"] += 1
            log.error("Settling captures failed; it is tried again in an hour.", exc_info=error)


@dataclass(frozen=True)
class _Seen:
    """A turn, the one that was on screen before it, and the name of the persona that answered there."""

    turn: Turn
    before: Turn | None
    persona: str


@dataclass(frozen=True)
class _Heard:
    """A turn and what was heard in it."""

    turn: Turn
    memories: Sequence[Memory]
    remark: Remark | None


_ENTER = insert(cursors)  # built once, as it is on the path of every reply


def enter(connection: Connection, turn_id: str) -> None:
    """Enter a turn for the listener, behind all that wait."""
    name = f"{_PENDING}{time.time_ns():020d}/{turn_id}"
    connection.execute(_ENTER, {"name": name, "position": utcnow()})


def _entered_at(name: str) -> float:
    """When a turn was entered, in seconds since 1970; 0 where an earlier version did not say."""
    at = name.removeprefix(_PENDING).partition("/")[0]
    return int(at) / 1e9 if at.isdigit() else 0.0


def _turn_id(name: str) -> str:
    return name.rpartition("/")[2]


def _under(prefix: str) -> ColumnElement[bool]:
    """The names with a prefix that ends in a slash, as a range of the key."""
    return (cursors.c.name > prefix) & (cursors.c.name < prefix[:-1] + chr(ord("/") + 1))


def _keep(connection: Connection, names: Sequence[str], heard: Mapping[str, _Heard]) -> None:
    """Keep what turns lead to, unless another process was faster."""
    struck = delete(cursors).where(cursors.c.name.in_(names)).returning(cursors.c.name)
    mine = set(connection.execute(struck).scalars())
    early = some_early(connection)
    for one in (heard.get(_turn_id(name)) for name in names if name in mine):
        if one is None:  # forgotten meanwhile
            continue
        remember(connection, one.memories)
        if early:
            take_early(connection, one.turn)
        if one.remark is not None:
            keep_remark(connection, one.remark)


def _tidy(connection: Connection, now: str, days: int) -> None:
    """What `Listener` does once an hour, unless another process or an earlier one did."""
    last = connection.execute(select(cursors.c.position).where(cursors.c.name == _SETTLED)).scalar()
    if last is not None and 0 <= (parse_time(now) - parse_time(last)).total_seconds() < _HOUR:
        return
    expire_early(connection, now)
    settle_captures(connection, now, days)
    if last is None:
        connection.execute(insert(cursors).values(name=_SETTLED, position=now))
    else:
        connection.execute(update(cursors).where(cursors.c.name == _SETTLED).values(position=now))
