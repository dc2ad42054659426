"""The coaching app's door: real server, scripted model, real store."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from byheart.base.clock import format_time
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.insight.reflection.lines import ACTIONS
from byheart.insight.reflection.records import FOUND
from byheart.insight.reflection.strategy import STRATEGIES, choose
from byheart.loop import Assistant
from byheart.memory.bank import remember
from byheart.memory.extract import extract
from byheart.server import errors, guard
from byheart.server.reflect import KEYED, PUBLIC, routes
from tests.docs.pages import Page
from tests.server.serving import Scripts, echo, running

KEYS = {
    "question",
    "suggestions",
    "followUps",
    "strategy",
    "analysis",
    "response",
    "model",
    "conversationId",
    "memories",
}
STATE = {"turnCount", "messageCount", "userShare", "depth", "phase", "engagement", "sentiment"}


@contextmanager
def door(home: Path, **flags: Any) -> Iterator[tuple[str, Assistant]]:
    """A server with this door alone, and the assistant behind it."""
    chosen = Settings.load(home=home, **flags)
    store = Store.open(chosen.store_url)
    assistant = Assistant(chosen, store, Scripts(live=echo))
    app = FastAPI()
    errors.install(app)
    guard.install(app, chosen)
    routes(app, assistant, chosen)
    try:
        with running(app) as url:
            yield url, assistant
    finally:
        assistant.close()
        store.close()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Assistant]]:
    with door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


def ask(
    url: str, message: Any, path: str = PUBLIC, headers: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    return httpx.post(f"{url}{path}", json={"message": message, **more}, headers=headers, timeout=20)


def test_the_guides_request_is_answered_in_full(opened: tuple[str, Assistant]) -> None:
    answer = ask(opened[0], "I want to start working out regularly", conversationHistory=[])
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == KEYS
    assert body["strategy"] == "goal_focused"
    assert body["question"] == body["response"]
    assert body["response"].endswith("user: I want to start working out regularly")
    assert all(set(s) == {"type", "text", "action"} for s in body["suggestions"])
    assert all(isinstance(question, str) for question in body["followUps"])
    assert set(body["analysis"]) == {"conversationState", "extractedData", "patterns"}
    assert set(body["analysis"]["conversationState"]) == STATE
    assert set(body["analysis"]["extractedData"]) == set(FOUND)
    found = {"text": "I want to start working out regularly", "source": "message"}
    assert body["analysis"]["extractedData"]["goals"] == [found]
    assert answer.headers["x-byheart-conversation"] == body["conversationId"]


def test_what_a_person_said_before_comes_back_to_that_person_only(opened: tuple[str, Assistant]) -> None:
    url, assistant = opened
    ask(url, "I want to run a half marathon in May.", userId="maya")
    ask(url, "Walking by the river helps.", userId="maya")
    assert assistant.listener.settle(20)
    body = ask(url, "How do I get moving this week?", userId="maya").json()
    assert "half marathon in May" in json.dumps(body["suggestions"])
    assert "half marathon in May" in json.dumps(body["followUps"])
    assert {m["kind"] for m in body["memories"]} == {"goal"}
    assert "river" in json.dumps(ask(url, "I'm so stressed.", userId="maya").json()["suggestions"])
    for other in ({"userId": "bo"}, {}, {"userId": "maya", "headers": {"X-Byheart-Memory": "off"}}):
        assert "marathon" not in ask(url, "How do I get moving?", **other).text


def test_what_is_being_said_is_not_told_as_a_memory(opened: tuple[str, Assistant]) -> None:
    body = ask(opened[0], "I want to learn the banjo this year.", userId="una").json()
    assert body["suggestions"][0]["text"].startswith("You just told me that you want to learn the banjo")


@pytest.mark.parametrize(
    "history",
    [
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}],
        [{"role": "user", "text": "Hi"}, {"role": "assistant", "text": "Hello!"}],
        [{"user": "Hi", "assistant": "Hello!"}],
    ],
)
def test_three_shapes_of_history_are_read_alike(
    opened: tuple[str, Assistant], history: list[dict[str, str]]
) -> None:
    body = ask(opened[0], "I sleep badly.", conversationHistory=history).json()
    assert body["response"].endswith("user: Hi | assistant: Hello! | user: I sleep badly.")
    assert body["analysis"]["conversationState"]["turnCount"] == 2


def test_names_may_be_numbers_and_a_conversation_may_be_named(opened: tuple[str, Assistant]) -> None:
    url, assistant = opened
    body = ask(
        url, "I want to learn Latin this year.", userId=42, conversationId="mine", conversationHistory=None
    ).json()
    assert body["conversationId"] == "mine"
    assert assistant.listener.settle(20)
    assert "Latin" in ask(url, "What is my goal?", userId="42").text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "not JSON"),
        (b"[]", "dictionary"),
        (b"{}", "message"),
        (b'{"message": "  "}', "message: it is empty"),
        (b'{"message": 7}', "message"),
        (b'{"message": "\\ud800"}', "not JSON"),
        (b'{"message": "x", "conversationHistory": "y"}', "conversationHistory"),
        (b'{"message": "x", "conversationHistory": ["y"]}', "conversationHistory.0"),
        (b'{"message": "x", "conversationHistory": [{}]}', "conversationHistory.0"),
        (
            b'{"message": "x", "conversationHistory": [{"role": "king", "content": "y"}]}',
            "'king' is not one of",
        ),
        (b'{"message": "x", "conversationHistory": [{"role": ["user"], "content": "y"}]}', "is not one of"),
        (b'{"message": "x", "conversationHistory": [{"role": "user"}]}', "conversationHistory.0.content"),
        (b'{"message": "x", "conversationHistory": [{"user": 5}]}', "conversationHistory.0.user"),
    ],
)
def test_a_wrong_body_is_told_in_one_sentence_what_is_wrong(
    opened: tuple[str, Assistant], content: bytes, told: str
) -> None:
    answer = httpx.post(f"{opened[0]}{PUBLIC}", content=content)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert told in error["message"]
    assert "\n" not in error["message"]
    assert error["type"] == "invalid_request_error"


def test_the_keyed_door_wants_the_key_and_the_public_one_does_not(tmp_path: Path) -> None:
    with door(tmp_path, api_key="open sesame") as (url, _):
        for headers in ({"Authorization": "Bearer open sesame"}, {"X-API-Key": "open sesame"}):
            assert set(ask(url, "Hello", KEYED, headers).json()) == KEYS
        for headers in (
            {},
            {"Authorization": "Bearer no"},
            {"X-API-Key": "ünlike"},
            {"Authorization": "open sesame"},
        ):
            raw = {name: value.encode() for name, value in headers.items()}
            refused = httpx.post(f"{url}{KEYED}", json={"message": "Hello"}, headers=raw)
            assert refused.status_code == 401
            assert refused.json()["error"]["code"] == "invalid_api_key"
        assert ask(url, "Hello").status_code == 200


def test_without_a_key_the_keyed_door_says_how_to_set_one(opened: tuple[str, Assistant]) -> None:
    refused = ask(opened[0], "Hello", KEYED, {"Authorization": "Bearer anything"})
    assert refused.status_code == 401
    assert "BYHEART_API_KEY" in refused.json()["error"]["message"]
    assert set(refused.json()["error"]) == {"message", "type", "param", "code"}


def test_a_failing_analysis_does_not_fail_the_reply(tmp_path: Path) -> None:
    with door(tmp_path) as (url, assistant):
        ask(url, "I want to learn Greek.", userId="zoe")
        assert assistant.listener.settle(20)
        with assistant.store.transaction() as connection:
            connection.execute(text("DROP TABLE memories"))
        answer = ask(url, "How do I begin?", userId="zoe")
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == KEYS
        assert body["response"].endswith("user: How do I begin?")
        assert (body["suggestions"], body["followUps"], body["strategy"], body["analysis"]) == (
            [],
            [],
            None,
            None,
        )
        assert assistant.failures["reflect"] == 1


PAGE = Page.read("reflect.md")


def test_the_page_shows_a_real_answer(opened: tuple[str, Assistant]) -> None:
    (curl,) = PAGE.commands()
    shown = json.loads(PAGE.blocks("json")[0])
    address = next(word for word in curl if "://" in word).replace("http://localhost:3001", opened[0])
    given = httpx.post(address, content=curl[curl.index("-d") + 1]).json()
    for ours in ("question", "response", "model", "conversationId"):  # the model's, and this conversation's
        assert shown.pop(ours)
        assert given.pop(ours)
    assert given == shown


def test_the_page_shows_what_memories_add(tmp_path: Path) -> None:
    shown = json.loads(PAGE.section("With memories").blocks("json")[0])
    now = datetime.now(UTC)
    with door(tmp_path) as (url, assistant):
        with assistant.store.transaction() as connection:
            for days, words in PAGE.section("With memories").rows("days ago"):
                remember(connection, extract("maya", words, format_time(now - timedelta(days=int(days)))))
        body = ask(url, "I'm so stressed, my boss shouted at me.", userId="maya").json()
    given = {**body, **body["analysis"]}

    def dated(value: Any) -> Any:
        return json.loads(re.sub(r"\d{4}-\d\d-\d\d|memory_\w+", "…", json.dumps(value)))

    assert {key: dated(given[key]) for key in shown} == dated(shown)


def test_the_pages_tables_are_those_of_the_code(opened: tuple[str, Assistant]) -> None:
    assert dict(PAGE.rows("action")) == ACTIONS
    rules = PAGE.section("Strategies").rows("strategy")
    assert {name for name, *_ in rules} == set(STRATEGIES)
    for name, _, example in rules:
        assert choose(example) == name
    assert {kind for kind, _ in PAGE.rows("kind")} == {"stressor", "goal", "weekday", "streak"}
    fields = PAGE.section("What comes back").rows("field")
    named = {word for name, _ in fields for word in name.split(", ")}
    assert {name.partition(".")[0] for name in named} == KEYS
    assert all(name in fields[4][1] for name in STATE)
    assert all(name in fields[5][1] for name in FOUND)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "text", "user", "assistant", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["message", "conversationHistory", "userId", "conversationId", "other"]),
        _JSON | st.just("hello"),
        max_size=4,
    )
)
def test_no_body_makes_the_server_fail(opened: tuple[str, Assistant], body: dict[str, Any]) -> None:
    answer = httpx.post(f"{opened[0]}{PUBLIC}", json=body)
    assert answer.status_code in (200, 400), answer.text
    assert answer.status_code == 400 or answer.json()["strategy"] in STRATEGIES
