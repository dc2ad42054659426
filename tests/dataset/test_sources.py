from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from byheart.base.errors import InputError
from byheart.base.store import Store
from byheart.capture.exchange import exchanges, set_state
from byheart.capture.feedback import judge_turn, store_feedback
from byheart.capture.praise import Judgement
from byheart.chat.records import MemoryLine, Message, Turn
from byheart.chat.turns import save_turn
from byheart.dataset.sources import REVIEWED, STRONG, Sources, gather, praised
from byheart.training.render import Tokens, TrainingExample, tokenize
from tests.tiny import END, template, tiny, tokenizer

__all__ = ["template", "tiny", "tokenizer"]

PROMPT = "You are Timmy.  \n\nWhat you remember about this person:\n[goal, importance 5] user, 3 days ago: Zoë\u2028 "


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "byheart.db") as opened:
        yield opened


def talked(store: Store, number: int, said: str, reply: str = "", **other: Any) -> Turn:
    """A turn with earlier messages, and what the person said of its answer."""
    turn = Turn(
        id=f"turn_{number}",
        person="maya",
        conversation=f"maya-{number}",
        messages=(
            Message("system", PROMPT),
            Message("user", "Hi"),
            Message("assistant", "An earlier answer, which nobody praised."),
            Message("user", f"What about {number}?"),
        ),
        reply=reply or f"Six kilometres, {number}.\n\nThat is the whole answer. ",
        persona="Timmy",
        model="scripted",
        created_at="2026-06-02T18:20:00Z",
        memories=(MemoryLine("I want to run", "goal", 5, "2026-06-01T08:00:00Z"),),
        **other,
    )
    with store.transaction() as connection:
        save_turn(connection, turn)
        judge_turn(connection, turn, said, "2026-06-02T18:21:00Z")
    return turn


def ids(store: Store, captures: str) -> list[str]:
    with store.reading() as connection:
        return [e.parents[1] for e in praised(connection, captures)]


def test_strong_praise_enters_when_asked_for_and_weak_praise_never_unreviewed(store: Store) -> None:
    talked(store, 1, "That was excellent.")
    talked(store, 2, "thanks, good")
    talked(store, 3, "What time is it?")
    with store.transaction() as connection:
        captured = {e.turn: e for e in exchanges(connection)}
        assert {e.state for e in captured.values()} <= {"pending"}
        assert "turn_1" in captured
        assert "turn_3" not in captured
    assert ids(store, REVIEWED) == []
    assert ids(store, STRONG) == ["turn_1"]


def test_a_cut_off_prompt_and_a_tool_call_are_never_trained(store: Store) -> None:
    talked(store, 1, "That was excellent.", prompt_source="truncated")
    talked(store, 2, "That was excellent.", choices=({"message": {"tool_calls": [{"id": "call_1"}]}},))
    talked(store, 3, "That was excellent.")
    assert ids(store, STRONG) == ["turn_3"]


def weakly(store: Store, number: int) -> Turn:
    turn = talked(store, number, "And what is the time?")
    judgement = Judgement("praise", "weak", "ok", "polite")
    with store.transaction() as connection:
        store_feedback(connection, turn, judgement, "ok, thanks", "2026-06-02T18:22:00Z")
    return turn


def test_weak_praise_enters_once_the_owner_accepts_it(store: Store) -> None:
    weakly(store, 1)
    assert ids(store, STRONG) == ids(store, REVIEWED) == []
    with store.transaction() as connection:
        (exchange,) = exchanges(connection)
        set_state(connection, exchange.id, "accepted")
    assert ids(store, STRONG) == ids(store, REVIEWED) == ["turn_1"]


@pytest.mark.parametrize("state", ["rejected", "revoked"])
def test_what_was_rejected_or_taken_back_is_never_trained(state: str, store: Store) -> None:
    talked(store, 1, "That was excellent.")
    with store.transaction() as connection:
        (exchange,) = exchanges(connection)
        set_state(connection, exchange.id, state)
    assert ids(store, STRONG) == []


def test_a_praised_example_is_the_prompt_as_seen_and_the_reply(store: Store) -> None:
    turn = talked(store, 1, "That was excellent.")
    with store.reading() as connection:
        (example,) = praised(connection, STRONG)
        (exchange,) = exchanges(connection)
    assert example.messages[:-1] == turn.messages
    assert example.messages[0].content == PROMPT
    assert example.messages[-1] == Message("assistant", turn.reply)
    assert example.trained == (4,)
    assert example.parents == (exchange.id, turn.id)
    assert (example.source, example.person) == ("capture", "maya")


def test_only_the_praised_reply_is_trained(store: Store, template: object, tokenizer: object) -> None:
    turn = talked(store, 1, "That was excellent.")
    with store.reading() as connection:
        (example,) = praised(connection, STRONG)
    as_training = TrainingExample(example.id, example.messages, example.trained)
    tokens: Tokens = tokenize(as_training, template, tokenizer, 2000)  # type: ignore[arg-type]
    learned = [i for i, t in zip(tokens.ids, tokens.trained, strict=True) if t]
    assert tokenizer.decode(learned) == turn.reply + END  # type: ignore[attr-defined]
    text = tokenizer.decode(list(tokens.ids))  # type: ignore[attr-defined]
    assert text.startswith(f"<|im_start|>system\n{PROMPT}{END}\n")


def test_a_corrected_answer_takes_the_place_of_the_praised_one(store: Store) -> None:
    turn = talked(store, 1, "That was excellent.")
    judgement = Judgement("correction", "strong", "", "edited")
    with store.transaction() as connection:
        store_feedback(connection, turn, judgement, "Eight kilometres.", "2026-06-02T19:00:00Z", "correction")
        (exchange,) = exchanges(connection)
        set_state(connection, exchange.id, "accepted")
        (example,) = praised(connection, REVIEWED)
    assert example.messages[:-1] == turn.messages
    assert example.messages[-1].content == "Eight kilometres."


def test_gathering_adds_what_is_generated_and_repeats_nothing(store: Store) -> None:
    talked(store, 1, "That was excellent.")
    sources = Sources(conversations=6, ordinary=2, captures=STRONG)
    with store.reading() as connection:
        examples = gather(connection, sources)
        again = gather(connection, sources)
    assert examples == again
    assert [e.source for e in examples].count("capture") == 1
    assert [e.source for e in examples].count("generated") == 6
    assert len({e.id for e in examples}) == len(examples)


def test_an_unknown_rule_for_captures_is_refused() -> None:
    with pytest.raises(InputError, match=r"captures is 'all'\. Choose reviewed or strong"):
        Sources(captures="all")
