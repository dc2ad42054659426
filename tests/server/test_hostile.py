"""Whatever is sent to whatever path is answered: no fault of ours, no hang, and nothing breaks behind it."""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byheart.base.settings import Settings
from byheart.server.app import create_app
from tests.server.serving import Scripts, echo, running
from tests.server.upstream import DONE, Handler, chunk, completion, upstream

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "hostile.py"
SAID = [{"role": "user", "content": "I live in Lisbon."}]
VALID: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "m", "messages": SAID, "user": "ann", "metadata": {"chat_id": "c"}},
    "/v1/responses": {"model": "m", "input": "I live in Lisbon.", "user": "ann", "metadata": {}},
    "/v1/embeddings": {"model": "m", "input": "a text"},
    "/v1/feedback": {"completion_id": "chatcmpl-up", "thumb": "up"},
    "/feedback": {"metric_name": "good", "inference_id": "chatcmpl-up", "value": True},
    "/api/enhanced-reflect-public": {"message": "What now?", "conversationHistory": SAID, "userId": "ann"},
}
FIELDS = sorted(
    {*(key for body in VALID.values() for key in body), "stream", "stream_options", "stop", "seed"}
)
TEXTS = st.one_of(
    st.text(), st.sampled_from(["\x00", "a\r\nx-injected: yes", "\ud800", "m", "live", "x" * 9000])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
HEADERS = st.dictionaries(
    st.sampled_from(["x-byheart-user", "x-byheart-conversation", "x-byheart-memory", "authorization"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip),
    max_size=2,
)


def answered(handler: Handler, body: dict[str, Any]) -> None:
    if body.get("stream") is True:
        handler.stream(chunk({"content": "Fine."}), chunk({}, "stop"), DONE)
    elif handler.path.endswith("/embeddings"):
        handler.whole({"object": "list", "data": [], "model": "m"})
    else:
        handler.whole(completion("Fine."))


@pytest.fixture(scope="module", params=["upstream", "local"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("home")
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    with upstream(answered) as (up, _):
        of_upstream = request.param == "upstream"
        chosen = Settings.load(home=home, threads=1, upstream_url=up if of_upstream else None)
        app = create_app(chosen, None if of_upstream else Scripts(live=echo, m=echo))
        with running(app) as url, httpx.Client(base_url=url, timeout=10) as client:
            yield client, app
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)


def check(world: tuple[httpx.Client, FastAPI], path: str, raw: bytes, **headers: str) -> None:
    client, app = world
    answer = client.post(path, content=raw, headers={"content-type": "application/json", **headers})
    assert answer.status_code < 500, answer.text
    assert "x-injected" not in answer.headers
    if answer.status_code >= 400:
        assert answer.json()["error"]["message"]
    failures = dict(app.state.assistant.failures)
    app.state.assistant.failures.clear()
    assert not failures


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(sorted(VALID)),
    changes=st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1, max_size=3),
    headers=HEADERS,
)
def test_any_body_is_answered(
    world: Any, path: str, changes: dict[str, Any], headers: dict[str, str]
) -> None:
    check(world, path, json.dumps({**VALID[path], **changes}).encode(), **headers)


@pytest.mark.parametrize("depth", [120, 240, 260, 500, 900, 1020, 100_000])
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/chat/completions", "made_up"),
        ("/v1/chat/completions", "metadata"),
        ("/v1/responses", "metadata"),
        ("/v1/embeddings", "input"),
        ("/v1/feedback", "tags"),
        ("/feedback", "value"),
        ("/api/enhanced-reflect-public", "made_up"),
    ],
)
def test_depth_is_answered(world: Any, path: str, field: str, depth: int) -> None:
    raw = json.dumps({**VALID[path], field: "@"}).encode()
    check(world, path, raw.replace(b'"@"', b'{"a":' * depth + b"1" + b"}" * depth))


@pytest.mark.parametrize("name", ["a\r\nx-injected: yes", "\x1c\x04", "\x7f", "\t", "é😀", "\u2028"])
def test_any_conversation_name_is_answered(world: Any, name: str) -> None:
    body = {**VALID["/v1/chat/completions"], "metadata": {"chat_id": name}}
    check(world, "/v1/chat/completions", json.dumps(body).encode())
    body = {**VALID["/v1/responses"], "metadata": {"conversation_id": name}}
    check(world, "/v1/responses", json.dumps(body).encode())
    body = {**VALID["/api/enhanced-reflect-public"], "conversationId": name}
    check(world, "/api/enhanced-reflect-public", json.dumps(body).encode())


@pytest.mark.parametrize("run", ["\n", " ", "\n ", "a\n", ". ", "'", "no "])
def test_a_long_run_of_one_thing_holds_nobody_up(world: Any, run: str) -> None:
    body = {**VALID["/v1/chat/completions"], "messages": [{"role": "user", "content": f"I {run * 12_000}x"}]}
    started = time.monotonic()
    check(world, "/v1/chat/completions", json.dumps(body).encode())
    assert world[1].state.assistant.listener.settle(20)
    assert time.monotonic() - started < 2.5


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(sorted(VALID)),
    place=st.integers(0, 200),
    put=st.one_of(
        st.binary(max_size=6), st.sampled_from([b'"\xed\xa0\x80"', b"1e999", b"NaN", b"\xef\xbb\xbf"])
    ),
    cut=st.booleans(),
)
def test_bytes_that_are_no_json_are_answered(
    world: Any, path: str, place: int, put: bytes, cut: bool
) -> None:
    raw = json.dumps(VALID[path]).encode()
    check(world, path, raw[:place] + put + (b"" if cut else raw[place:]))


@pytest.mark.slow
def test_thousands_of_hostile_requests_lead_to_no_fault_and_no_hang() -> None:
    run = subprocess.run(
        [sys.executable, BENCHMARK, "--requests", "3000", "--seed", "7"],
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(run.stdout.splitlines()[-1])
    assert figures["requests"] >= 3000
    faults = {
        key: figures[key] for key in ("faults_500_or_no_answer", "hangs", "injected_headers", "tracebacks")
    }
    assert set(faults.values()) == {0}, run.stdout
