"""Feedback over HTTP, on a real server; what is said of an answer before and after it is stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byheart.base.clock import utcnow
from byheart.base.settings import Settings
from byheart.capture.exchange import exchange_of, exchange_turn
from byheart.capture.feedback import feedback_of
from byheart.capture.listener import enter
from byheart.chat.records import Message
from byheart.chat.turns import read_turn, save_turn
from byheart.server import feedback
from byheart.server.app import create_app
from tests.capture.conftest import make_turn
from tests.server.serving import Scripts, running

CLIENT = httpx.Client(timeout=60)  # one for all: making its certificates ready takes longer than the requests


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FastAPI]]:
    home: Path = tmp_path_factory.mktemp("feedback")
    chosen = Settings.load(home=home, threads=1, upstream_url=None)
    app = create_app(chosen, Scripts(live=lambda said: f"You said: {said[-1].content}"))
    if not any(getattr(route, "path", "") == "/v1/feedback" for route in app.routes):
        feedback.routes(app, app.state.assistant, chosen)
    with running(app) as url:
        yield url, app
        CLIENT.close()


@pytest.fixture
def url(served: tuple[str, FastAPI]) -> str:
    return served[0]


def say(
    url: str, path: str = "/v1/feedback", headers: dict[str, str] | None = None, **body: Any
) -> httpx.Response:
    return CLIENT.post(url + path, json=body, headers=headers)


def answer(url: str, person: str = "maya", text: str = "Which soup?") -> str:
    """Ask something; the id of the answer."""
    body = {"model": "live", "messages": [{"role": "user", "content": text}], "user": person}
    return str(CLIENT.post(f"{url}/v1/chat/completions", json=body).json()["id"])


def kept(served: tuple[str, FastAPI], turn: str) -> tuple[Any, list[Any]]:
    with served[1].state.assistant.store.reading() as connection:
        exchange = exchange_of(connection, turn)
        if exchange is not None:
            assert exchange_turn(connection, exchange) == read_turn(connection, turn)
        return exchange, feedback_of(connection, turn)


def test_a_thumb_captures_the_answer_as_it_was_seen(served: tuple[str, FastAPI], url: str) -> None:
    completion = answer(url)
    first = say(url, completion_id=completion, thumb="up", tags=["funny"])
    assert first.status_code == 200
    told = first.json()
    assert (told["object"], told["label"], told["state"], told["why"]) == (
        *("feedback", "praise", "pending"),
        "a thumb was given; tags: funny",
    )
    assert say(url, id=completion, thumb=True).json() == told
    assert say(url, turn_id=told["turn"], thumb=1).json() == told
    exchange, said = kept(served, told["turn"])
    assert (told["capture"], told["id"]) == ({"id": exchange.id, "state": "pending"}, said[0].id)
    assert len(said) == 1


def test_a_better_answer_a_rating_and_a_comment(served: tuple[str, FastAPI], url: str) -> None:
    body = {"id": answer(url), "rating": 2, "comment": "Too dry.", "correction": "Leek soup!"}
    told = say(url, **body).json()
    exchange, said = kept(served, told["turn"])
    assert (told["label"], exchange.preferred, exchange.state) == ("correction", "Leek soup!", "pending")
    assert {f.source for f in said} == {"rating", "comment", "correction"}


def test_a_mind_may_change_but_a_repetition_changes_nothing(url: str) -> None:
    completion = answer(url)
    key = {"Idempotency-Key": "a"}
    assert say(url, id=completion, thumb="up", headers=key).json()["capture"]["state"] == "pending"
    assert say(url, id=completion, thumb="down").json()["capture"]["state"] == "revoked"
    assert say(url, id=completion, thumb="up", headers=key).json()["capture"]["state"] == "revoked"
    assert say(url, id=completion, thumb="down", headers=key).status_code == 400
    assert say(url, id=completion, thumb="up").json()["capture"]["state"] == "pending"


def test_people_speak_of_their_own_answers_only(url: str) -> None:
    completion = answer(url)
    for named in ({"user": "walter"}, {"headers": {"X-Byheart-User": "walter"}}):
        refused = say(url, id=completion, thumb="up", **named)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")
    assert say(url, id=completion, thumb="up", user="maya").status_code == 200


def test_feedback_waits_for_its_answer(served: tuple[str, FastAPI], url: str) -> None:
    assistant = served[1].state.assistant
    early = say(url, completion_id="chatcmpl-early", thumb="up")
    assert (early.status_code, early.json()["state"], early.json()["turn"]) == (202, "waiting", None)
    messages = (Message("system", "You are Timmy."), Message("user", "Which soup?"))
    turn = make_turn(900, completion="chatcmpl-early", messages=messages, created_at=utcnow())
    assistant.writer.submit(lambda c: (save_turn(c, turn), enter(c, turn.id))).result()
    assert assistant.listener.settle(20)
    exchange, _ = kept(served, turn.id)
    assert exchange.state == "pending"


def test_nothing_is_kept_of_a_dry_run(served: tuple[str, FastAPI], url: str) -> None:
    completion = answer(url)
    told = say(url, id=completion, thumb="up", dryrun=True).json()
    assert told["capture"]["state"] == "pending"
    assert kept(served, told["turn"]) == (None, [])


@pytest.mark.parametrize(
    ("metric", "value", "source", "text", "label"),
    [
        ("task_success", True, "thumb", "task_success: thumb up", "praise"),
        ("task_success", False, "thumb", "task_success: thumb down", "criticism"),
        ("stars", 4.5, "rating", "stars: 4.5 of 5", "praise"),
        ("similarity", 0.75, "comment", "similarity: 0.75", "none"),
        ("comment", "Too dry.", "comment", "Too dry.", "none"),
        ("demonstration", "Leek!", "correction", "Leek!", "correction"),
        ("demonstration", [{"type": "text", "text": "Leek!"}], "correction", "Leek!", "correction"),
        ("demonstration", {"soup": "leek"}, "correction", '{"soup":"leek"}', "correction"),
    ],
)
def test_tensorzero_s_shape(
    served: tuple[str, FastAPI], metric: str, value: Any, source: str, text: str, label: str
) -> None:
    url = served[0]
    completion = answer(url, text=f"{metric} {value}")
    body = {"metric_name": metric, "inference_id": completion, "value": value, "tags": {"by": "ann"}}
    told = [say(url, path, **body, dryrun=False) for path in ("/feedback", "/v1/feedback", "/feedback")]
    assert {t.status_code for t in told} == {200}
    assert list(told[0].json()) == ["feedback_id"]
    assert told[0].json() == told[1].json() == told[2].json()
    _, said = kept(served, completion)
    assert [(f.source, f.text, f.label) for f in said] == [(source, text, label)]
    assert said[0].why.endswith("; tags: by=ann")


def test_an_episode_is_its_last_answer(served: tuple[str, FastAPI], url: str) -> None:
    for text in ("Which soup?", "And now?"):
        body = {
            "messages": [{"role": "user", "content": text}],
            "user": "maya",
            "metadata": {"chat_id": "ep-1"},
        }
        last = CLIENT.post(f"{url}/v1/chat/completions", json=body).json()["id"]
    assert say(url, "/feedback", metric_name="liked", episode_id="ep-1", value=True).status_code == 200
    assert kept(served, last)[0].state == "pending"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"thumb": "up"}, "not said which answer"),
        ({"id": "x"}, "says nothing"),
        ({"id": "x", "thumb": "sideways"}, "thumb is 'sideways': send up, down"),
        ({"id": "x", "thumb": 0}, "thumb is 0"),
        ({"id": "x", "thumb": {"a": [1]}}, "thumb is a dict"),
        ({"id": "x", "rating": 6}, "rating: "),
        ({"id": "x", "rating": True}, "rating: "),
        ({"id": "x", "rating": "5"}, "rating: "),
        ({"id": "x", "rating": 1, "thumb": "up"}, "contradict"),
        ({"id": "x", "turn_id": "y", "thumb": "up"}, "Two answers are named: x and y"),
        ({"id": "x", "thumb": "up", "stars": 3}, "stars: "),
        ({"id": "x", "comment": ["no"]}, "comment: "),
        ({"id": "x", "comment": "a" * 20_001}, "comment: "),
        ({"id": "x" * 513, "thumb": "up"}, "id: "),
        ({"id": "x", "thumb": "up", "tags": [1]}, "tags must be"),
        ({"id": "x", "thumb": "up", "dryrun": "yes"}, "dryrun: "),
        ({"metric_name": "m", "value": True}, "either inference_id or episode_id"),
        ({"metric_name": "m", "inference_id": "x", "episode_id": "y", "value": True}, "either"),
        ({"metric_name": "m", "inference_id": "x"}, "value: "),
        ({"metric_name": "m", "inference_id": "x", "value": None}, "value is null"),
        ({"metric_name": "comment", "inference_id": "x", "value": " "}, "value must be a text"),
        ({"metric_name": "demonstration", "episode_id": "x", "value": "y"}, "belongs to one answer"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(url: str, body: dict[str, Any], told: str) -> None:
    refused = say(url, **body)
    error = refused.json()["error"]
    assert refused.status_code == 400
    assert error["type"] == "invalid_request_error"
    assert told in error["message"]


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{", b'{"id": NaN}', b"[" * 2000, b'{"id": "\xff"}'])
def test_what_is_no_object_is_refused(url: str, raw: bytes) -> None:
    for path in ("/feedback", "/v1/feedback"):
        assert CLIENT.post(url + path, content=raw).status_code == 400


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "completion_id",
    "id",
    "turn_id",
    "thumb",
    "rating",
    "comment",
    "correction",
    "tags",
    "user",
    "dryrun",
)
METRIC = ("metric_name", "inference_id", "episode_id", "value", "tags", "dryrun")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(FIELDS), JSON) | st.dictionaries(st.sampled_from(METRIC), JSON))
def test_hostile_bodies_are_answered(url: str, body: dict[str, Any]) -> None:
    response = CLIENT.post(f"{url}/v1/feedback", json=body)
    assert response.status_code in (200, 202, 400)


def test_the_doors_are_described(served: tuple[str, FastAPI]) -> None:
    paths = served[1].openapi()["paths"]
    for path in ("/feedback", "/v1/feedback"):
        described = paths[path]["post"]
        assert described["requestBody"]["content"]["application/json"]["schema"]
        assert {"200", "202", "400"} <= set(described["responses"])
