"""Behind the replies: in groups, politely, everything once, whenever it is killed."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from byheart.base import tables
from byheart.base.clock import utcnow
from byheart.base.store import Store
from byheart.base.writer import Writer
from byheart.capture.exchange import exchanges
from byheart.capture.given import Given, give
from byheart.capture.listener import Habits, Listener, enter
from byheart.capture.praise import classify
from byheart.chat.records import Message, Turn
from byheart.chat.turns import save_turn

from .conftest import PRAISE, make_turn

AT = utcnow()


@contextmanager
def listening(store: Store, **options: Any) -> Iterator[Listener]:
    with Writer(store) as writer:
        listener = Listener(store, writer, Counter(), **options)
        try:
            yield listener
        finally:
            listener.close()


def talk(count: int, person: str = "maya") -> list[Turn]:
    """A conversation in which every second message tells something, and the others praise or correct."""
    turns: list[Turn] = []
    history: tuple[Message, ...] = ()
    for number in range(count):
        told = (
            f"I want to run {number} kilometres in May.",
            PRAISE,
            "My sister is called Ines.",
            "That's wrong.",
        )
        messages = (*history[-6:], Message("user", told[number % 4]))
        turn = make_turn(number, id=f"turn_{person}_{number:04}", person=person, conversation=f"{person}-01")
        turn = Turn(
            **{**vars(turn), "messages": messages, "created_at": AT, "parameters": {"memory": True}},
        )
        turns.append(turn)
        history = (*messages, Message("assistant", turn.reply))
    return turns


def keep(store: Store, turns: Sequence[Turn]) -> None:
    with store.transaction() as connection:
        for turn in turns:
            save_turn(connection, turn)
            enter(connection, turn.id)


def results(store: Store) -> dict[str, Any]:
    """All that listening leaves behind, but for the times at which it was written."""
    with store.reading() as connection:
        found: dict[str, Any] = {"exchanges": exchanges(connection)}
        for table in (tables.feedback, tables.memories, tables.early_feedback):
            columns = [c for c in table.c if c.name != "created_at"]
            rows = connection.execute(select(*columns).order_by(table.c.id)).all()
            found[table.name] = [tuple(row) for row in rows]
        found["left"] = list(connection.execute(select(tables.cursors.c.name)).scalars())
    return found


def test_everything_is_heard_in_its_order(store: Store) -> None:
    keep(store, talk(70))
    with listening(store) as listener:
        assert listener.settle(20)
        found = results(store)
    assert found["left"] == ["settled"]
    assert len([e for e in found["exchanges"] if e.state == "pending"]) == 18
    assert sum("kilometres" in row[2] for row in found["memories"]) > 10


def test_one_turn_that_cannot_be_read_is_put_aside_and_the_others_are_heard(store: Store) -> None:
    turns = talk(8)
    keep(store, turns)
    with store.transaction() as connection:
        broken = tables.turns.c.id == turns[4].id
        connection.execute(tables.turns.update().where(broken).values(messages=[{"content": "no role"}]))
        connection.execute(
            tables.turns.delete().where(tables.turns.c.id == turns[6].id)
        )  # forgotten meanwhile
    with listening(store) as listener:
        assert listener.settle(20)
        left = results(store)["left"]
        aside = [name.rpartition("/")[2] for name in left if name.startswith("listen failed/")]
        assert aside == [turns[4].id, turns[5].id]  # and the one that would have judged it
        assert len(left) == 3
        assert {e.turn for e in exchanges_of(store)} == {turns[0].id}


def exchanges_of(store: Store) -> list[Any]:
    with store.reading() as connection:
        return exchanges(connection)


def test_a_turn_that_ends_in_a_tool_s_answer_says_nothing_new(store: Store) -> None:
    turn = make_turn(1, messages=(Message("user", PRAISE), Message("tool", "Leek.")), created_at=AT)
    keep(store, [turn])
    with listening(store) as listener:
        assert listener.settle(20)
    assert results(store)["left"] == ["settled"]


def test_turns_entered_by_an_earlier_version_are_heard(store: Store) -> None:
    turns = talk(2)
    with store.transaction() as connection:
        for number, turn in enumerate(turns):
            save_turn(connection, turn)
            row = {"name": f"listen/{turn.id}", "position": f"{number:012d}"}
            connection.execute(insert(tables.cursors).values(row))
    with listening(store) as listener:
        assert listener.settle(20)
    assert len(exchanges_of(store)) == 1


def test_it_rests_longer_than_it_works_while_requests_are_served(store: Store) -> None:
    """Little of the time is work; a machine that is busy with other things only makes it less."""
    keep(store, talk(8))
    with listening(store, busy=lambda: True) as listener:
        wall, work = time.perf_counter(), time.process_time()
        while listener.pending():
            time.sleep(0.05)
        wall, work = time.perf_counter() - wall, time.process_time() - work
    assert work < 0.5 * wall


def test_closing_does_not_wait_for_a_rest(store: Store) -> None:
    keep(store, talk(40))
    with listening(store, busy=lambda: True):
        started = time.perf_counter()
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("days", [0, 7])
def test_it_settles_captures_at_most_once_an_hour(store: Store, days: int) -> None:
    old = make_turn(1)
    with store.transaction() as connection:
        save_turn(connection, old)
        give(connection, Given(old.id, thumb="up"), "2026-06-02T18:21:00Z")
        give(connection, Given("never", thumb="up"), "2026-06-02T18:21:00Z")
    for expected in ("settled", "left alone"):
        with listening(store, habits=Habits(accept_after_days=days)) as listener:
            while not results(store)["left"]:
                time.sleep(0.01)
            assert listener.settle(10)
        (exchange,) = exchanges_of(store)
        if expected == "settled":
            assert exchange.state == ("accepted" if days else "rejected")
            assert results(store)["early_feedback"] == []
            with store.transaction() as connection:
                connection.execute(tables.exchanges.update().values(state="pending"))
        else:
            assert exchange.state == "pending"


def test_killed_at_any_moment_it_does_everything_once(tmp_path: Path) -> None:
    """SIGKILL, at random moments, until all is done: the same stands there as if it had run through."""
    left = {}
    for name in ("straight", "killed"):
        with Store.open(tmp_path / f"{name}.db") as store:
            for person in ("maya", "walter"):
                turns = talk(60, person)
                with store.transaction() as connection:
                    give(connection, Given(turns[3].id, thumb="up"), AT)
                    give(connection, Given(turns[4].id, correction="Stew."), AT)
                keep(store, turns)
            if name == "straight":
                with listening(store) as listener:
                    assert listener.settle(30)
            else:
                assert kills(tmp_path / "killed.db", store) >= 2
            left[name] = results(store)
    assert left["killed"] == left["straight"]


def kills(path: Path, store: Store) -> int:
    chance, count = random.Random(5), 0
    script = f"from tests.capture.test_listener import listen; listen({str(path)!r})"
    while True:
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.02, 0.4) * (1 + count / 4))
            process.send_signal(signal.SIGKILL)
        count += 1
        with store.reading() as connection:
            names = connection.execute(select(tables.cursors.c.name)).scalars().all()
        if names == ["settled"]:
            return count


def listen(path: str) -> None:
    """Listen in this process until it is killed."""
    with Store.open(path) as store:
        writer = Writer(store)
        for text in (PRAISE, "That's wrong.", "Which soup?"):
            classify("Soup.", text)  # its rules are compiled once
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        Listener(store, writer, Counter())
        time.sleep(60)
