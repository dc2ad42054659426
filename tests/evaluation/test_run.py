import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from byheart.chat.records import Message
from byheart.evaluation.cases import Case
from byheart.evaluation.run import SAMPLING, ReplyCache, answer, collect, key, pending
from byheart.models.scripted import ScriptedModel
from tests.evaluation.answering import CASES
from tests.evaluation.scripts import case


class Recorder(ScriptedModel):
    """Answers with the question, counts, and is interrupted at a given one."""

    def __init__(self, stop_at: int = 0) -> None:
        super().__init__(self._say)
        self.asked: list[str] = []
        self.stop_at = stop_at

    def _say(self, messages: Sequence[Message]) -> str:
        self.asked.append(messages[-1].content)
        if len(self.asked) == self.stop_at:
            raise KeyboardInterrupt
        return f"The half marathon, {messages[-1].content}"


def quiet(done: int, total: int) -> None:
    """Nobody watches."""


def answered(cases: Sequence[Case], home: Path, model: Recorder) -> list[str]:
    answer(model, cases, ReplyCache(home, "m"), quiet)
    return model.asked


def test_every_case_is_answered_once_and_never_again(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    model = Recorder()
    answer(model, CASES, ReplyCache(tmp_path, "m"), lambda done, total: progress.append((done, total)))
    assert sorted(model.asked) == sorted(c.messages[-1].content for c in CASES)
    assert progress[0] == (0, 120)
    assert progress[-1] == (120, 120)
    assert progress == sorted(progress)
    assert answered(CASES, tmp_path, Recorder()) == []
    result = collect(CASES, ReplyCache(tmp_path, "m"))
    assert all(result.replies[c.id].endswith(c.messages[-1].content) for c in CASES)
    assert result.wire()["grounded_recall"]["value"] == 1.0


def test_an_interrupted_evaluation_goes_on(tmp_path: Path) -> None:
    first = Recorder(stop_at=70)
    with pytest.raises(KeyboardInterrupt):
        answered(CASES, tmp_path, first)
    kept = len(ReplyCache(tmp_path, "m").known)
    assert 0 < kept < 70
    second = Recorder()
    answered(CASES, tmp_path, second)
    assert len(second.asked) == 120 - kept
    assert pending(CASES, ReplyCache(tmp_path, "m")) == []


def test_a_killed_evaluation_goes_on(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-m", "tests.evaluation.answering", str(tmp_path), "70"],
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9, killed.stderr
    cache = ReplyCache(tmp_path, "killed")
    kept = len(cache.known)
    assert 0 < kept < 70
    model = Recorder()
    answer(model, CASES, cache, quiet)
    assert len(model.asked) == 120 - kept
    assert pending(CASES, ReplyCache(tmp_path, "killed")) == []


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_line_that_was_cut_off_costs_one_reply(cut: int, tmp_path: Path) -> None:
    few = CASES[:5]
    answered(few, tmp_path, Recorder())
    path = ReplyCache(tmp_path, "m").path
    path.write_bytes(path.read_bytes()[:-cut])
    lost = pending(few, ReplyCache(tmp_path, "m"))
    assert len(lost) == 1
    answered(few, tmp_path, Recorder())
    assert pending(few, ReplyCache(tmp_path, "m")) == []
    assert answered(few, tmp_path, Recorder()) == []


def test_a_line_cut_inside_a_letter_is_no_crash(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path, "m")
    cache.add({"a": "Zoë", "b": "東京"})
    whole = cache.path.read_bytes()
    cache.path.write_bytes(whole[: whole.index("京".encode()) + 1])
    again = ReplyCache(tmp_path, "m")
    assert again.known == {"a": "Zoë"}
    again.add({"b": "東京"})
    assert ReplyCache(tmp_path, "m").known == {"a": "Zoë", "b": "東京"}


def test_replies_come_back_as_they_were(tmp_path: Path) -> None:
    odd = {"a": "one\ntwo\r\n", "b": "\u2028 \x85 \x0b", "c": "", "d": "<script>&{{ x }}", "e": '"\\'}
    ReplyCache(tmp_path, "m").add(odd)
    assert ReplyCache(tmp_path, "m").known == odd


def test_models_do_not_share_replies(tmp_path: Path) -> None:
    ReplyCache(tmp_path, "one").add({"a": "x"})
    assert ReplyCache(tmp_path, "two").known == {}


def test_a_reply_depends_on_all_that_the_model_sees() -> None:
    one = case(1)
    keys = {
        key(one, SAMPLING),
        key(one, replace(SAMPLING, seed=8)),
        key(replace(one, persona="You are Moss."), SAMPLING),
        key(replace(one, now="2027-01-01T00:00:00Z"), SAMPLING),
        key(replace(one, memories=()), SAMPLING),
    }
    assert len(keys) == 5
    assert key(replace(one, id="other", expect=case(2).expect), SAMPLING) in keys
