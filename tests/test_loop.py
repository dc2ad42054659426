"""The online half: memory, capture and the store may fail, the reply does not; what is acknowledged is kept."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from byheart.base.errors import InputError, NotFoundError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.base.tables import cursors, feedback, memories, turns
from byheart.chat.records import Message
from byheart.chat.turns import read_turn
from byheart.loop import NOBODY, Assistant, Request
from byheart.memory.bank import memories_of
from tests.server.serving import Scripts, echo


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "byheart.db", busy_seconds=0.2) as store:
        yield store


@pytest.fixture
def assistant(tmp_path: Path, store: Store) -> Iterator[Assistant]:
    scripts = Scripts(live=lambda _: "The train leaves at nine.", echo=echo)
    assistant = Assistant(Settings.load(home=tmp_path), store, scripts)
    yield assistant
    assistant.close()


def said(*texts: str) -> list[Message]:
    return [Message("assistant" if place % 2 else "user", text) for place, text in enumerate(texts)]


def take(assistant: Assistant, person: str, messages: Sequence[Message], **more: str) -> str:
    answer = assistant.take_turn(Request(person, messages, **more))  # type: ignore[arg-type]
    return "".join(piece.text for piece in answer)


def test_the_last_piece_comes_when_the_turn_is_durable(assistant: Assistant, store: Store) -> None:
    answer = assistant.take_turn(Request("ann", said("When does it leave?"), "c1"))
    for piece in answer:
        with store.reading() as connection:
            kept = connection.execute(select(turns.c.id)).scalars().all()
        assert kept == ([answer.id] if piece.reply else [])
    with store.reading() as connection:
        turn = read_turn(connection, answer.id)
    assert (turn.person, turn.conversation, turn.model, turn.reply) == (
        "ann",
        "c1",
        "live",
        "The train leaves at nine.",
    )
    assert turn.messages[-1] == Message("user", "When does it leave?")
    assert {"overhead_ms", "first_ms", "model_ms"} <= set(turn.timings)


def test_what_is_said_is_remembered_and_praise_finds_the_answer_on_screen(
    assistant: Assistant, store: Store
) -> None:
    first = said("I want to run a marathon in May.")
    reply = take(assistant, "ann", first)
    take(
        assistant,
        "ann",
        [*first, Message("assistant", reply), Message("user", "Perfect, that was excellent!")],
    )
    assert assistant.listener.settle(20)
    with store.reading() as connection:
        assert ["marathon" in m.text for m in memories_of(connection, "ann")] == [True]
        rows = connection.execute(
            select(feedback.c.label, turns.c.reply).join(turns, turns.c.id == feedback.c.turn)
        )
        assert rows.all() == [("praise", "The train leaves at nine.")]
        assert connection.execute(select(turns.c.seq).order_by(turns.c.seq)).scalars().all() == [0, 1]
    assert "marathon" in take(assistant, "ann", said("What do I want to run?"), model="echo")
    assert "marathon" not in take(assistant, "bob", said("What do I want to run?"), model="echo")


def test_a_client_that_keeps_no_history_can_praise_too(assistant: Assistant, store: Store) -> None:
    take(assistant, "ann", said("When does it leave?"), conversation="c1")
    take(assistant, "bob", said("That was excellent, thank you!"), conversation="c1")
    take(assistant, "ann", said("That was excellent, thank you!"), conversation="c1")
    assert assistant.listener.settle(20)
    with store.reading() as connection:
        assert connection.execute(select(feedback.c.person)).scalars().all() == ["ann"]


def test_nobody_in_particular_is_answered_and_not_remembered(assistant: Assistant, store: Store) -> None:
    take(assistant, NOBODY, said("I want to run a marathon in May."))
    assert assistant.listener.settle(20)
    with store.reading() as connection:
        assert connection.execute(select(memories)).all() == []
        assert len(connection.execute(select(turns)).all()) == 1


def test_a_failing_recall_costs_the_memories_not_the_reply(assistant: Assistant, store: Store) -> None:
    broken = {
        "kind": "goal",
        "importance": 5,
        "said_at": "no time at all",
        "valid_from": "",
        "created_at": "",
    }
    with store.transaction() as connection:
        connection.execute(insert(memories).values(id="m", person="ann", text="I run marathons", **broken))
    assert take(assistant, "ann", said("Do I run marathons?")) == "The train leaves at nine."
    assert assistant.failures["recall"] == 1


def test_a_failing_write_costs_the_record_not_the_reply(assistant: Assistant, store: Store) -> None:
    with store.transaction():  # nobody else can write
        assert take(assistant, "ann", said("Hello")) == "The train leaves at nine."
    assert assistant.failures["write"] == 1
    assert take(assistant, "ann", said("Hello")) == "The train leaves at nine."
    with store.reading() as connection:
        assert len(connection.execute(select(turns)).all()) == 1


def test_a_turn_that_cannot_be_heard_is_put_aside_and_the_others_go_on(
    assistant: Assistant, store: Store
) -> None:
    answer = assistant.take_turn(Request("ann", said("I want to run a marathon.")))
    assistant.listener.close()
    list(answer)
    with store.transaction() as connection:
        connection.execute(update(turns).where(turns.c.id == answer.id).values(created_at="never"))
    again = Assistant(Settings.load(), store, assistant.models)
    take(again, "bob", said("I want to learn Greek."))
    assert again.listener.settle(20)
    again.close()
    with store.reading() as connection:
        assert connection.execute(select(cursors.c.name)).scalars().all() == [f"listen failed/{answer.id}"]
        assert len(memories_of(connection, "bob")) == 1
    assert again.failures["listen"] == 1


def test_a_client_that_leaves_keeps_what_it_saw(assistant: Assistant, store: Store) -> None:
    answer = assistant.take_turn(Request("ann", said("Hello")))
    pieces = iter(answer)
    next(pieces)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assistant.close()
    with store.reading() as connection:
        turn = read_turn(connection, answer.id)
    assert (turn.reply, turn.finish_reason) == ("The train", "cancelled")


def test_what_cannot_be_answered_says_so(assistant: Assistant) -> None:
    for messages in ([], said("Hello", "Hi"), said(" ")):
        with pytest.raises(InputError, match="last message"):
            assistant.take_turn(Request("ann", messages))
    with pytest.raises(NotFoundError, match="'gpt-9'"):
        assistant.take_turn(Request("ann", said("Hello"), model="gpt-9"))


KILLED = """
import os, signal, sys
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.chat.records import Message
from byheart.loop import Assistant, Request
from tests.server.serving import Scripts

assistant = Assistant(Settings.load(), Store.open(sys.argv[1]), Scripts(live=lambda _: "Good."))
assistant.listener.close()  # it has fallen behind
for goal in ("run a marathon", "learn Greek", "read forty books"):
    list(assistant.take_turn(Request("ann", [Message("user", f"My goal is to {goal}.")])))
    print(goal, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_has_kept_all_it_acknowledged_and_nothing_is_skipped(
    tmp_path: Path, store: Store
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "byheart.db")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(killed.stdout.splitlines()) == 3
    assistant = Assistant(Settings.load(), store, Scripts(live=echo))
    assert assistant.listener.settle(20)
    assistant.close()
    with store.reading() as connection:
        texts = connection.execute(select(memories.c.text).order_by(memories.c.id)).scalars().all()
    goals = ("learn Greek", "read forty books", "run a marathon")
    assert sorted(texts) == [f"My goal is to {goal}." for goal in goals]
