"""The doors over HTTP: real uvicorn, the real openai client in strict mode, scripted models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from fastapi import FastAPI
from openai import OpenAI

from byheart.base.errors import ModelError
from byheart.models.records import Piece
from tests.server.serving import Scripts, echo, serving, tell


class Breaking:
    """Breaks after `words` words."""

    name, adapter = "breaking", ""

    def __init__(self, words: int) -> None:
        self.words = words

    def stream(self, *_: object) -> Iterator[Piece]:
        for _word in range(self.words):
            yield Piece("word ")
        raise ModelError("The model is gone.", "Start it.")

    def reply_all(self, *_: object) -> Any:
        raise NotImplementedError


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FastAPI]]:
    shelf = Scripts(live=lambda _: "Nice to hear, tell me more.", base=echo)
    shelf.models |= {"breaks-at-once": Breaking(0), "breaks-later": Breaking(2)}
    with serving(tmp_path_factory.mktemp("served"), shelf) as served:
        yield served


@pytest.fixture
def url(served: tuple[str, FastAPI]) -> str:
    return served[0]


@pytest.fixture
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(
        base_url=f"{url}/v1", api_key="none", max_retries=0, _strict_response_validation=True
    ) as client:
        yield client


def settle(served: tuple[str, FastAPI]) -> None:
    assert served[1].state.assistant.listener.settle(20)


HELLO: Any = [{"role": "user", "content": "Hello"}]


def test_health_and_models(url: str, client: OpenAI) -> None:
    health = httpx.get(f"{url}/health").json()
    assert (health["status"], health["model"]) == ("ok", "live")
    assert [m.id for m in client.models.list()] == ["live", "base", "breaks-at-once", "breaks-later"]
    assert client.models.retrieve("base").owned_by == "byheart"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nothing")


def test_an_answer_at_once(client: OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(model="live", messages=HELLO, user="ann")
    answer = raw.parse()
    assert answer.choices[0].message.content == "Nice to hear, tell me more."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens > 0
    assert raw.headers["x-byheart-memories"] == ""
    assert float(raw.headers["x-byheart-overhead-ms"]) > 0
    assert raw.headers["x-byheart-conversation"].startswith("conv_")


@pytest.mark.parametrize("usage", [True, False])
def test_an_answer_in_a_stream(client: OpenAI, usage: bool) -> None:
    options: Any = {"stream_options": {"include_usage": True}} if usage else {}
    chunks = list(client.chat.completions.create(model="live", messages=HELLO, stream=True, **options))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == "Nice to hear, tell me more."
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert len({c.id for c in chunks}) == 1
    assert (chunks[-1].usage is not None) == usage


def test_a_stream_ends_with_done(url: str) -> None:
    body = {"messages": HELLO, "stream": True}
    response = httpx.post(f"{url}/v1/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")
    for event in response.text.removesuffix("data: [DONE]\n\n").split("\n\n")[:-1]:
        json.loads(event.removeprefix("data: "))


def test_what_one_person_said_is_remembered_for_that_person_only(
    served: tuple[str, FastAPI], url: str, client: OpenAI
) -> None:
    tell(url, "maya", "I want to run a half marathon in May.")
    tell(url, "bo", "My sister is called Wilhelmina.")
    settle(served)
    question: Any = [{"role": "user", "content": "What is my goal, and what is my sister called?"}]
    prompts, used = {}, {}
    for person in ("maya", "bo", "stranger"):
        raw = client.chat.completions.with_raw_response.create(model="base", messages=question, user=person)
        prompts[person] = raw.parse().choices[0].message.content or ""
        used[person] = raw.headers["x-byheart-memories"]
    assert "half marathon" in prompts["maya"]
    assert "Wilhelmina" not in prompts["maya"]
    assert "Wilhelmina" in prompts["bo"]
    assert "marathon" not in prompts["bo"]
    assert "You remember nothing about this person yet." in prompts["stranger"]
    assert used["maya"]
    assert used["bo"]
    assert used["maya"] != used["bo"]
    assert used["stranger"] == ""


def test_whoever_does_not_say_who_they_are_is_not_remembered(served: tuple[str, FastAPI], url: str) -> None:
    for _ in range(2):
        body = {
            "model": "base",
            "messages": [{"role": "user", "content": "I want to climb Kilimanjaro. Goal?"}],
        }
        answer = httpx.post(f"{url}/v1/chat/completions", json=body).json()
        assert "You remember nothing" in answer["choices"][0]["message"]["content"]
        settle(served)


def test_memory_can_be_switched_off(served: tuple[str, FastAPI], url: str) -> None:
    tell(url, "ivo", "My goal is to read forty books.")
    settle(served)
    body = {"model": "base", "messages": [{"role": "user", "content": "What is my goal?"}], "user": "ivo"}
    for header, there in (("on", True), ("off", False)):
        answer = httpx.post(f"{url}/v1/chat/completions", json=body, headers={"X-Byheart-Memory": header})
        assert ("forty books" in answer.text) == there
        assert (answer.headers["x-byheart-memories"] != "") == there
    refused = httpx.post(f"{url}/v1/chat/completions", json=body, headers={"X-Byheart-Memory": "maybe"})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({"X-Byheart-User": "kim"}, {}),
        ({}, {"user": "kim"}),
        ({}, {"metadata": {"user_id": "kim"}}),
        ({"X-OpenWebUI-User-Id": "kim"}, {"user": "somebody else"}),
    ],
)
def test_a_person_is_named_in_several_ways(
    served: tuple[str, FastAPI], url: str, headers: dict[str, str], fields: dict[str, Any]
) -> None:
    tell(url, "kim", "My goal is to learn the cello.")
    settle(served)
    body = {"model": "base", "messages": [{"role": "user", "content": "What is my goal?"}], **fields}
    assert "cello" in httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers).text


def test_a_conversation_is_recognised_by_its_history_or_named(url: str) -> None:
    def ask(messages: list[dict[str, str]], **headers: str) -> httpx.Response:
        body = {"messages": messages, "user": "lee"}
        return httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers)

    first = ask([{"role": "user", "content": "Hello"}])
    reply = first.json()["choices"][0]["message"]
    history = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": reply["content"]}]
    second = ask([*history, {"role": "user", "content": "I am fine."}])
    other = ask([{"role": "user", "content": "Hello"}])
    named = ask([{"role": "user", "content": "Hello"}], **{"X-Byheart-Conversation": "mine"})
    key = "x-byheart-conversation"
    assert first.headers[key] == second.headers[key] != other.headers[key]
    assert named.headers[key] == "mine"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"{", "not JSON"),
        (b"[]", "valid dictionary"),
        (b"{}", "messages"),
        (b'{"messages": []}', "messages"),
        (b'{"messages": [{"role": "king", "content": "x"}]}', "messages.0.role"),
        (b'{"messages": [{"role": "user", "content": "\\ud800"}]}', "not JSON"),
        (b'{"messages": [{"role": "assistant", "content": "x"}]}', "last message"),
        (b'{"messages": [{"role": "user", "content": " "}]}', "last message"),
        (b'{"messages": [{"role": "user", "content": "x"}], "temperature": 9}', "temperature"),
        (b'{"messages": [{"role": "user", "content": "x"}], "n": 2}', "n:"),
        (b'{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}', "messages.1.content"),
    ],
)
def test_a_wrong_body_is_told_what_is_wrong_in_openais_shape(url: str, content: bytes, where: str) -> None:
    response = httpx.post(
        f"{url}/v1/chat/completions", content=content, headers={"content-type": "application/json"}
    )
    assert response.status_code == 400
    error = response.json()["error"]
    assert where in error["message"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


def test_an_unknown_model_and_path_are_404(url: str, client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-9", messages=HELLO)
    assert caught.value.code == "model_not_found"
    assert set(httpx.get(f"{url}/nowhere").json()) == {"error"}


@pytest.mark.parametrize("stream", [True, False])
def test_a_model_that_fails_before_the_first_word_is_a_plain_error(client: OpenAI, stream: bool) -> None:
    with pytest.raises(openai.InternalServerError, match="model is gone") as caught:
        client.chat.completions.create(model="breaks-at-once", messages=HELLO, stream=stream)
    assert caught.value.status_code == 502


def test_a_model_that_fails_later_ends_the_stream_with_the_error(client: OpenAI) -> None:
    stream = client.chat.completions.create(model="breaks-later", messages=HELLO, stream=True)
    with pytest.raises(openai.APIError, match="model is gone"):
        list(stream)


def test_a_message_in_parts_and_nul_characters_are_read(url: str) -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "tw\x00o"}]
    body = {"model": "base", "messages": [{"role": "user", "content": parts}]}
    answer = httpx.post(f"{url}/v1/chat/completions", json=body).json()
    assert answer["choices"][0]["message"]["content"].endswith("user: one\ntwo")


def test_turns_outlive_the_server(tmp_path: Path) -> None:
    shelf = Scripts(live=echo)
    with serving(tmp_path, shelf) as (url, _):
        tell(url, "zoe", "I want to learn Greek this year.")
    with serving(tmp_path, shelf) as served:
        settle(served)
        assert "learn Greek" in tell(served[0], "zoe", "Which language do I want to learn?").text
