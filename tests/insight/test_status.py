"""The report on a real store, its comparison of praised answers with others, and what it advises."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from byheart.base.store import Store
from byheart.capture.exchange import exchanges, set_state
from byheart.capture.feedback import judge_turn
from byheart.capture.interchange import refresh_log
from byheart.chat.records import Message, Turn
from byheart.chat.turns import save_turn
from byheart.insight.answers import Answer, Praised
from byheart.insight.privacy import privacy
from byheart.insight.status import Status, read_status
from byheart.insight.traits import asked, difference, led, traits, verdict

from ..capture.conftest import make_turn

NOW = "2026-11-22T12:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "b.db") as opened:
        yield opened


def hold(store: Store, number: int, praise: str = "", **fields: object) -> Turn:
    """Store an answer, and the praise for it."""
    turn = make_turn(number, conversation=f"talk-{number // 4}", **fields)
    with store.transaction() as connection:
        save_turn(connection, turn)
        if praise:
            judge_turn(connection, turn, praise, turn.created_at)
    return turn


def status(store: Store, log: Path = Path("/nonexistent/log.md")) -> Status:
    with store.reading() as connection:
        return read_status(connection, NOW, log)


def test_an_empty_store(store: Store) -> None:
    found = status(store)
    assert (found.captured, found.praise_rate, found.size, found.traits, found.led) == (0, None, None, (), ())
    assert found.advice.now == ("Read a conversation log (byheart import LOG), or talk (byheart chat).",)
    assert json.loads(json.dumps(asdict(found)))["privacy"]["secrets"] == {}


def test_the_report_of_a_store(store: Store, tmp_path: Path) -> None:
    for number in range(12):
        hold(store, number, "Good one, Timmy." if number < 3 else "")
    with store.transaction() as connection:
        first = exchanges(connection)[0]
        set_state(connection, first.id, "rejected")
        refresh_log(connection, tmp_path / "log.md")
    found = status(store, tmp_path / "log.md")
    assert (found.captured, found.states, found.praise_rate) == (2, {"pending": 2, "rejected": 1}, 0.1667)
    assert (found.counts.turns, found.counts.conversations, found.counts.praised_conversations) == (12, 3, 1)
    assert found.log.current
    assert found.compared == 10  # the rejected one counts among the others
    held = {turn for one in found.recent for turn in one.memories}
    assert len(held) == 2
    assert held < {"I like soup 0.", "I like soup 1.", "I like soup 2."}
    assert found.size is not None
    assert found.size.characters > 60
    assert {one.verdict for one in found.traits} == {"too few to say"}
    hold(store, 20, "Good one, Timmy.")
    assert not status(store, tmp_path / "log.md").log.current


def test_secrets_and_personal_data_are_named_with_commands() -> None:
    prompt = (
        {"role": "user", "content": "my password is hunter2"},
        {"role": "user", "content": [{"text": "ok?"}]},
    )
    replies = (answer("Write to maya@example.org."), answer("Fine.", messages=prompt), answer("Fine."))
    held = [
        Praised(f"x{n}", "pending", NOW, "Good one.", ("detected",), True, one)
        for n, one in enumerate(replies)
    ]
    found = privacy(held)
    assert (found.looked_at, found.secrets, found.personal) == (3, {"password": 1}, {"email": 1})
    secret, personal = found.advice
    assert secret.startswith("1 capture holds a secret (password 1).")
    assert secret.endswith(": byheart captures reject x1")
    assert personal.endswith(": byheart captures show x0")
    assert "hunter2" not in json.dumps(asdict(found))
    assert privacy([]).advice == ()


def test_the_quality_check_names_what_is_wrong(store: Store) -> None:
    for number in range(8):
        question = (Message("user", "Which soup shall I cook today?"),)
        hold(store, number, "Good one, Timmy.", messages=question, memories=())
    good = {one.name: one.good for one in status(store).quality}
    assert good["natural triggers"] is False  # one wording, eight times
    assert good["memories included"] is False
    assert good["diverse topics"] is False
    assert good["persona kept"] is True
    assert good["several people"] is None
    week = " ".join(status(store).advice.this_week)
    assert "Natural triggers: " in week
    assert "17 more" in week


def answer(reply: str, **fields: object) -> Answer:
    values = {
        "turn": "t",
        "person": "maya",
        "conversation": "c",
        "question": "Why?",
        "persona": "p",
        "memories": (),
    }
    return Answer(**{**values, "messages": (), "prompt_source": "recorded", "reply": reply, **fields})  # type: ignore[arg-type]


def test_what_praised_answers_have_in_common() -> None:
    short = [answer(f"So: {n}.") for n in range(30)]
    long = [answer("Well, this is a rather long answer, is it not?") for _ in range(60)]
    found = {one.name: one.verdict for one in traits(short, long, {"p": "Timmy"})}
    assert found["at most 10 words"] == "no clear difference" or found["at most 2 words"] == "more often"
    assert found["begins with “so”"] == "more often"
    assert found["ends with a question"] == "less often"
    assert found["spoken as Timmy"] == "no clear difference"
    assert {one.verdict for one in traits(short[:9], long, {})} == {"too few to say"}
    assert traits([], long, {}) == []


def test_equal_answers_are_rarely_told_apart() -> None:
    """One trait, the same share of 30 % on both sides: at 99.67 % two alarms in 600 trials; ten have p < 0.001."""
    chance = random.Random(7)
    alarms = 0
    for _ in range(600):
        sides = [sum(chance.random() < 0.3 for _ in range(size)) for size in (50, 150)]
        alarms += verdict(sides[0], 50, sides[1], 150) != "no clear difference"
    assert alarms <= 9


def test_the_interval_of_a_difference() -> None:
    """The example of Newcombe (1998), table II: 56 of 70 against 48 of 80, method 10."""
    low, high = difference(56, 70, 48, 80, z=1.959964)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_memories_that_were_taken_up_come_first() -> None:
    cat = {"id": "m1", "text": "My cat is Winston.", "kind": "personal"}
    job = {"id": "m2", "text": "I drive trains.", "kind": "personal"}
    praised = [answer("Winston, who else.", memories=(cat, job)), answer("No idea.", memories=(job,))]
    first, second = led(praised, [answer("Hm.", memories=(job,))])
    assert (first.text, first.used, first.praised, first.others) == ("My cat is Winston.", 1, 1, 0)
    assert (second.text, second.used, second.praised, second.others) == ("I drive trains.", 0, 2, 1)
    asks = replace(praised[0], question="Is Winston my cat?")
    assert led([asks], [])[0].used == 0


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("What is six stone?", "a question"),
        ("Tell me a joke", "a request"),
        ("can you plan my week?", "a request"),
        ("I ran 3 km.", "something told"),
        ("", "something told"),
    ],
)
def test_kinds_of_questions(message: str, kind: str) -> None:
    assert asked(message) == kind
