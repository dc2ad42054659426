"""Kill the server under load, fill its disk, lock and damage its store: what is lost, and which replies fail.

    python benchmarks/crash.py [--kills 50] [--parts kills,full,locked,damaged] [--seed 1]

A scripted upstream, whose every answer is another, and `byheart serve` run as processes of their own; people go on
with their conversations, whole and streamed, and give feedback. Under kills, the server is killed (SIGKILL) at a
random moment and started again: each exchange whose reply a client has got to the end must be in the store, with
the same text and a hash that can be derived again; in the end, what the listener remembered must be exactly what
the same turns give in a fresh store. The other parts break the store while it is used: a limit on the size of files
(RLIMIT_FSIZE, which needs no root) stands in for the full disk, another process holds the write lock, and a row, a
table and the file itself are damaged. There, each reply that fails or differs counts. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from crowd import Acked, Load, serve_upstream
from gateway import free_port, process
from sqlalchemy import select

from byheart.base.errors import StoreError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.base.tables import cursors, early_feedback, feedback, memories, turns
from byheart.capture.feedback import just_said
from byheart.chat.turns import turn_of
from byheart.memory.bank import remember
from byheart.memory.extract import extract

PARTS = ("kills", "full", "locked", "damaged")


@dataclass
class Place:
    """A home, and the server that is started on it again and again."""

    home: Path
    up: int
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server and wait until it answers. Raises SystemExit when it does not come up."""
        environment = {
            "BYHEART_HOME": str(self.home),
            "OPENAI_BASE_URL": f"http://127.0.0.1:{self.up}/v1",
            "OPENAI_API_KEY": "k",
        }
        command = [
            sys.executable,
            "-c",
            "from byheart.cli.app import main; main()",
            "serve",
            "--port",
            str(self.port),
        ]
        running = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        asyncio.run(self._up(running))
        return running

    async def _up(self, running: "subprocess.Popen[bytes]") -> None:
        async with aiohttp.ClientSession() as session:
            for _ in range(1200):
                try:
                    async with session.get(f"{self.url}/health"):
                        return
                except aiohttp.ClientError:
                    if running.poll() is not None:
                        raise SystemExit(f"byheart ended with {running.returncode}") from None
                    await asyncio.sleep(0.05)
        raise SystemExit("byheart does not come up")

    @contextmanager
    def serving(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Serve for a while."""
        running = self.start()
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()

    @property
    def file(self) -> Path:
        return Path(Settings.load(home=self.home).store_url.removeprefix("sqlite:///"))

    def store(self) -> Store:
        """The store, opened beside the server. Raises StoreError."""
        return Store.open(Settings.load(home=self.home).store_url)

    def pending(self) -> int:
        """How many turns wait for the listener."""
        with self.store() as store, store.reading() as connection:
            names = connection.execute(select(cursors.c.name)).scalars()
            return sum(name.startswith("listen/") for name in names)


def kills(place: Place, count: int, chance: random.Random, longest: float) -> dict[str, Any]:
    """Kill the server so many times; what was acknowledged and is not there, and what was heard twice or never."""
    load = Load(place.url, chance)
    lost: list[str] = []
    checked = 0
    for number in range(count):
        running = place.start()
        end = time.monotonic() + chance.uniform(0.05, longest)

        async def strike(end: float = end, running: "subprocess.Popen[bytes]" = running) -> None:
            talking = asyncio.ensure_future(load.run(lambda: running.poll() is not None, killed=True))
            await asyncio.sleep(end - time.monotonic())
            running.send_signal(signal.SIGKILL)
            running.wait()
            await talking

        asyncio.run(strike())
        lost += missing(place, load.acked[checked:], load.feedback)
        checked = len(load.acked)
        if number % 10 == 9:
            print(
                f"  {number + 1} kills: {checked} acknowledged, {len(lost)} lost", file=sys.stderr, flush=True
            )
    with place.serving():
        end = time.monotonic() + 60
        while place.pending() and time.monotonic() < end:
            time.sleep(0.1)
    return {
        "kills": count,
        "acknowledged": checked,
        "feedback_acknowledged": len(load.feedback),
        "cut_off_by_the_kill": load.cut,
        "failed_otherwise": len(load.failed),
        "lost": len(lost),
        "lost_how": lost[:5],
        **heard(place),
    }


def missing(place: Place, acked: list[Acked], given: list[str]) -> list[str]:
    """What was acknowledged and is not in the store as it was."""
    with place.store() as store, store.reading() as connection:
        rows = {row["id"]: row for row in connection.execute(select(turns)).mappings()}
        kept = set(connection.execute(select(feedback.c.id)).scalars())
        kept |= set(connection.execute(select(early_feedback.c.id)).scalars())
    lost = [f"feedback {one}" for one in given if one not in kept]
    for one in acked:
        row = rows.get(one.turn)
        if row is None:
            lost.append(f"{one.turn} is not there")
        elif (row["reply"], row["person"]) != (one.reply, one.person):
            lost.append(f"{one.turn} has another reply")
        elif turn_of(row).question != one.said or turn_of(row).hash != row["hash"]:
            lost.append(f"{one.turn} is not as it was seen")
    return lost


def heard(place: Place) -> dict[str, int]:
    """What the listener remembered, beside what a fresh store remembers of the same turns."""
    with place.store() as store, store.reading() as connection:
        stored = [
            turn_of(row) for row in connection.execute(select(turns).order_by(turns.c.created_at)).mappings()
        ]
        found = Counter(map(tuple, connection.execute(select(memories.c.person, memories.c.text))))
        names = list(connection.execute(select(cursors.c.name)).scalars())
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "fresh.db") as store:
        with store.transaction() as connection:
            for turn in stored:
                for text in just_said(turn.messages) if turn.parameters.get("memory") else ():
                    remember(connection, extract(turn.person, text, turn.created_at, turn.id))
        with store.reading() as connection:
            wanted = Counter(map(tuple, connection.execute(select(memories.c.person, memories.c.text))))
    return {
        "turns": len(stored),
        "memories": found.total(),
        "memories_missing": (wanted - found).total(),
        "memories_too_many": (found - wanted).total(),
        "waiting_still": sum(name.startswith("listen/") for name in names),
        "put_aside": sum(name.startswith("listen failed/") for name in names),
    }


def broken(place: Place, chance: random.Random, breaking: Callable[[int], Awaitable[None]]) -> dict[str, Any]:
    """Let people talk while something is broken and for two seconds after it."""
    load = Load(place.url, chance)
    over = False

    async def run(pid: int) -> dict[str, Any]:
        nonlocal over
        talking = asyncio.ensure_future(load.run(lambda: over))
        await asyncio.sleep(1.5)
        await breaking(pid)
        at_end = len(load.acked)
        await asyncio.sleep(2.0)
        over = True
        await talking
        async with aiohttp.ClientSession() as session, session.get(f"{place.url}/health") as answer:
            failures = (await answer.json()).get("failures") if answer.status == 200 else answer.status
        return {"replies": len(load.acked), "after": load.acked[at_end:], "failures": failures}

    with place.serving() as running:
        found = asyncio.run(run(running.pid))
    after = found.pop("after")
    try:
        unkept = len(missing(place, load.acked, []))
        unkept_after: int | str = len(missing(place, after[len(after) // 2 :], []))
    except (StoreError, ValueError) as error:  # some damage is beyond reading
        unkept, unkept_after = -1, type(error).__name__
    return {
        **found,
        "failed": len(load.failed),
        "failed_how": load.failed[:3],
        "slowest_s": round(load.slowest, 2),
        "unkept": unkept,
        "unkept_in_the_last_second": unkept_after,
    }


def full(place: Place, chance: random.Random) -> dict[str, Any]:
    """A disk that is full for three seconds: no file may grow over 4 kB, so nothing can be written."""

    async def breaking(pid: int) -> None:
        limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, limits[1]))
        await asyncio.sleep(3.0)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    return broken(place, chance, breaking)


def locked(place: Place, chance: random.Random, seconds: float) -> dict[str, Any]:
    """Another process that holds the write lock."""

    async def breaking(_: int) -> None:
        other = sqlite3.connect(place.file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE").close()
        await asyncio.sleep(seconds)
        other.execute("ROLLBACK").close()
        other.close()

    return broken(place, chance, breaking)


def damaged(place: Place, chance: random.Random, how: str) -> dict[str, Any]:
    """A store whose memories cannot be read: a row, the table, or the file."""

    async def breaking(_: int) -> None:
        if how == "file":
            with sqlite3.connect(place.file, timeout=20) as other:
                other.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            other.close()
            with place.file.open("r+b") as file:
                file.write(random.Random(1).randbytes(place.file.stat().st_size))
            return
        with sqlite3.connect(place.file, timeout=20) as other:
            if how == "row":
                other.execute("UPDATE memories SET said_at = 'yesterday', kind = '', valid_until = 'never'")
            else:
                other.execute("DROP TABLE memories")
        other.close()

    return broken(place, chance, breaking)


def measure(parts: list[str], count: int, seed: int, longest: float) -> dict[str, Any]:
    """All figures of one run."""
    figures: dict[str, Any] = {}
    chance = random.Random(seed)
    up = free_port()
    works: dict[str, Callable[[Place], dict[str, Any]]] = {
        "kills": lambda place: kills(place, count, chance, longest),
        "full": lambda place: full(place, chance),
        "locked 3 s": lambda place: locked(place, chance, 3.0),
        "locked 14 s": lambda place: locked(place, chance, 14.0),
        "damaged row": lambda place: damaged(place, chance, "row"),
        "damaged table": lambda place: damaged(place, chance, "table"),
        "damaged file": lambda place: damaged(place, chance, "file"),
    }
    with process([sys.executable, __file__, "--upstream", str(up)], up, {}):
        for name, work in works.items():
            if name.split(" ")[0] in parts:
                with tempfile.TemporaryDirectory() as folder:
                    figures[name] = work(Place(Path(folder), up))
                print(
                    f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures[name].items()),
                    flush=True,
                )
    return figures


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument(
        "--longest", type=float, default=2.5, help="seconds under load before a kill, at most"
    )
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.upstream:
        serve_upstream(asked.upstream)
        return
    print(json.dumps(measure(asked.parts.split(","), asked.kills, asked.seed, asked.longest)))


if __name__ == "__main__":
    main()
