"""The real packaged model through llama.cpp."""

import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.base.errors import ModelError
from byheart.chat.records import Message
from byheart.models.bases import packaged_gguf
from byheart.models.gguf_files import adapter_to_gguf, gguf_template
from byheart.models.local import LocalEngine, LocalModel, PromptTooLongError, Trimmer
from byheart.models.records import Sampling, whole_reply
from tests.models.adapters import random_adapter, write_config

QUESTION = [Message("user", "Tell me a story about a cat.")]
SHORT = Sampling(max_tokens=12)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


def adapter(place: Path, name: str, seed: int) -> Path:
    folder = random_adapter(place / name, 0.03, seed=seed)
    adapter_to_gguf(folder, write_config(place), folder / "adapter.gguf")
    return folder / "adapter.gguf"


@pytest.fixture(scope="module")
def engine(place: Path) -> LocalEngine:
    files = {"first": adapter(place, "first", 1)}
    return LocalEngine(packaged_gguf(), gguf_template(packaged_gguf()), files, threads=1, context=1024)


def test_an_answer_streams_and_adds_up(engine: LocalEngine) -> None:
    pieces = list(LocalModel(engine, "base").stream(QUESTION, SHORT))
    reply = pieces[-1].reply
    assert reply is not None
    assert len(pieces) > 6
    assert "".join(p.text for p in pieces) == reply.text != ""
    assert (reply.finish_reason, reply.completion_tokens) == ("length", 12)
    assert all(p.reply is None for p in pieces[:-1])


def test_an_answer_ends_at_the_end_of_the_turn(engine: LocalEngine) -> None:
    reply = whole_reply(
        LocalModel(engine, "base"), [Message("user", "What is the capital of France?")], Sampling()
    )
    assert (reply.text, reply.finish_reason) == ("The capital of France is Paris.", "stop")


def test_adapters_are_switched_per_request_and_leave_the_base_alone(engine: LocalEngine) -> None:
    base, tuned = LocalModel(engine, "base"), LocalModel(engine, "tuned", "first")
    texts = [
        (whole_reply(base, QUESTION, SHORT).text, whole_reply(tuned, QUESTION, SHORT).text) for _ in range(3)
    ]
    assert len(set(texts)) == 1
    assert texts[0][0] != texts[0][1]
    alone = LocalEngine(packaged_gguf(), engine.template, {}, threads=1, context=1024)
    assert whole_reply(LocalModel(alone, "base"), QUESTION, SHORT).text == texts[0][0]


def test_an_adapter_can_be_added_while_others_are_in_use(engine: LocalEngine, place: Path) -> None:
    before = whole_reply(LocalModel(engine, "tuned", "first"), QUESTION, SHORT).text
    running = LocalModel(engine, "base").stream(QUESTION, Sampling(max_tokens=20))
    next(running)
    engine.add_adapter("second", adapter(place, "second", 2))
    assert list(running)[-1].reply is not None
    assert whole_reply(LocalModel(engine, "new", "second"), QUESTION, SHORT).text != before
    assert whole_reply(LocalModel(engine, "tuned", "first"), QUESTION, SHORT).text == before


def test_threads_get_their_own_answers(engine: LocalEngine) -> None:
    models = [LocalModel(engine, "base"), LocalModel(engine, "tuned", "first")] * 3
    alone = [whole_reply(m, QUESTION, SHORT).text for m in models[:2]] * 3
    answers = [""] * len(models)

    def ask(number: int) -> None:
        answers[number] = whole_reply(models[number], QUESTION, SHORT).text

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(models))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == alone


def test_a_reader_that_leaves_stops_the_model(engine: LocalEngine) -> None:
    stream = LocalModel(engine, "base").stream(QUESTION, Sampling(max_tokens=900))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    parts: list[Any] = []

    def stop_at_three(part: Any) -> bool:
        parts.append(part)
        return len(parts) == 3

    engine.complete("Once upon a time", "", {"n_predict": 900}, stop_at_three)
    assert len(parts) == 3


def test_a_prompt_beyond_the_window_says_so(engine: LocalEngine) -> None:
    with pytest.raises(PromptTooLongError, match="window holds 1024"):
        whole_reply(LocalModel(engine, "base"), [Message("user", "word " * 2000)], SHORT)


def test_a_missing_adapter_or_a_broken_file_says_so(engine: LocalEngine, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="'nowhere' is not loaded"):
        whole_reply(LocalModel(engine, "x", "nowhere"), QUESTION, SHORT)
    (tmp_path / "broken.gguf").write_bytes(b"GGUF")
    with pytest.raises(ModelError, match=r"cannot load .*broken\.gguf"):
        LocalEngine(tmp_path / "broken.gguf", engine.template, {}, threads=1)


@given(st.lists(st.text(" \n\tab", max_size=4)))
def test_what_is_streamed_adds_up_to_the_trimmed_text(parts: list[str]) -> None:
    trimmer = Trimmer()
    assert "".join([trimmer.feed(part) for part in parts]) == trimmer.text == "".join(parts).strip()
