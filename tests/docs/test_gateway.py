"""docs/gateway.md: its commands run, its tables and shapes are those of a real gateway before a scripted upstream."""

import json
import re
import shutil
import sqlite3
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from byheart.base.clock import utcnow
from byheart.base.settings import Settings
from byheart.base.tables import turns
from byheart.chat.prompt import NOTHING, render_messages
from byheart.chat.records import MemoryLine, Message, Turn
from byheart.chat.turns import turn_of
from byheart.loop import PATIENCE_SECONDS
from byheart.memory.bank import memories_of
from byheart.models.upstream import PASSING
from byheart.server import bodies, relay
from byheart.server.app import create_app
from byheart.server.bodies import LARGEST
from tests.docs.pages import Page
from tests.server.serving import Scripts, running, serving
from tests.server.upstream import DONE, Answer, Handler, Scripted, chunk, completion, upstream

PAGE = Page.read("gateway.md")
HERE = "http://localhost:3001"
HELLO = [{"role": "user", "content": "hello there"}]


class World:
    """A gateway before a scripted upstream, as the page sets it up."""

    def __init__(self, url: str, app: FastAPI, server: Scripted) -> None:
        self.url, self.app, self.server = url, app, server

    def ask(self, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        content = {"model": "gpt-5-mini", "messages": HELLO, **body}
        return httpx.post(f"{self.url}/v1/chat/completions", json=content, headers=headers, timeout=30)

    def turns(self) -> list[Turn]:
        with self.app.state.assistant.store.reading() as connection:
            rows = connection.execute(select(turns).order_by(turns.c.created_at)).mappings()
            return [turn_of(row) for row in rows]

    def settle(self) -> None:
        assert self.app.state.assistant.listener.settle(20)


@contextmanager
def world(home: Path, answer: Answer, **settings: Any) -> Iterator[World]:
    with upstream(answer) as (up, server):
        app = create_app(Settings.load(**{"home": home, "threads": 1, "upstream_url": up, **settings}))
        with running(app) as url:
            yield World(url, app, server)


def says(said: str) -> Answer:
    return lambda handler, _: handler.whole(completion(said))


def prompt(handler: Handler, body: dict[str, Any]) -> None:
    """Answers with the system message that it got."""
    first = body["messages"][0]
    handler.whole(completion(first["content"] if first["role"] == "system" else "No system message."))


def test_the_examples_run_as_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    (program,) = PAGE.blocks("python")
    ask, off = (block for block in PAGE.blocks("sh") if block.startswith("curl "))
    with world(tmp_path, prompt) as w:
        exec(compile(program.replace(HERE, w.url), "gateway.md", "exec"), names := {})
        names["client"].close()
        assert NOTHING in capsys.readouterr().out
        w.settle()
        told = [
            subprocess.run(
                ["sh", "-ec", block.replace(HERE, w.url)], capture_output=True, text=True, check=True
            ).stdout
            for block in (ask, off)
        ]
        system = [json.loads(answer)["choices"][0]["message"]["content"] for answer in told]
        assert re.search(r"^\[goal, importance \d\] user, .*half marathon in", system[0], re.MULTILINE)
        assert "remember" not in system[1].replace(w.app.state.assistant.persona.prompt, "")
        assert {seen["body"]["model"] for seen in w.server.seen} == {"gpt-5-mini"}


def test_the_variables_lead_to_the_upstream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    block = PAGE.section("Change the address").blocks("sh")[0]
    exported = dict(re.findall(r"^export (\w+)=(\S+)$", block, re.MULTILINE))
    for name, value in exported.items():
        monkeypatch.setenv(name, value)
    settings = Settings.load(home=tmp_path)
    assert settings.upstream_url == exported["OPENAI_BASE_URL"]
    assert settings.upstream_key
    assert settings.upstream_key.get_secret_value() == exported["OPENAI_API_KEY"]


@pytest.mark.parametrize(
    ("title", "headers", "keys", "named"),
    [
        ("Who is speaking", bodies._USER_HEADERS, bodies._USER_KEYS, bodies.person_named),
        ("Which conversation", bodies._CHAT_HEADERS, bodies._CHAT_KEYS, bodies.conversation_named),
    ],
)
def test_names_count_in_the_order_of_the_table(
    title: str, headers: tuple[str, ...], keys: tuple[str, ...], named: Callable[..., str]
) -> None:
    rows = PAGE.section(title).rows("order", "name", "where")
    assert [row[1].lower() if row[2] == "header" else row[1] for row in rows] == [*headers, *keys]
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    sent = {row[1].lower() if row[2] == "header" else row[1]: f"by {row[1]}" for row in rows}
    for _, name, where in rows:
        key = name.lower() if where == "header" else name
        assert named(sent, sent) == f"by {name}"
        sent[key] = ""


def test_the_body_counts_before_metadata_and_only_text_counts(tmp_path: Path) -> None:
    with world(tmp_path, says("Hi.")) as w:
        w.ask(user="in the body", metadata={"user": "in metadata"})
        w.ask(userId="in the body", metadata={"userId": "in metadata"})
        w.ask(metadata={"user_id": 7, "userId": "in metadata", "chat_id": "c"})
        w.ask(user_id=7)
        named = [(turn.person, turn.conversation) for turn in w.turns()]
    assert [person for person, _ in named] == ["in the body", "in the body", "in metadata", "anonymous"]
    assert named[2][1] == "c"


def test_the_prompt_is_made_as_shown() -> None:
    shown, nothing = PAGE.section("What the model sees").blocks("text")
    own, persona, _ = shown.split("\n\n")
    now = "2026-03-10T12:00:00Z"
    known = [
        MemoryLine("I prefer to run in the morning.", "preference", 3, "2026-03-09T11:00:00Z"),
        MemoryLine("I want to run the half marathon in May (2026-05).", "goal", 5, "2026-03-07T11:00:00Z"),
    ]
    said = [Message("system", own), Message("user", "Hello")]
    assert render_messages(persona, known, said, now) == [Message("system", shown.strip()), said[1]]
    assert render_messages("", [], said[1:], now)[0].content == nothing.strip() == NOTHING


def test_without_a_persona_the_app_speaks_for_itself(tmp_path: Path) -> None:
    given = tomllib.loads(PAGE.section("What the model sees").blocks("toml")[0])
    with world(tmp_path, prompt, **given) as w:
        said = [{"role": "developer", "content": "Be brief."}, *HELLO]
        answer = w.ask(messages=said, user="maya").json()["choices"][0]["message"]["content"]
        assert answer == f"Be brief.\n\n{NOTHING}"
        off = w.ask({"X-Byheart-Memory": "off"}, user="maya")
        assert off.json()["choices"][0]["message"]["content"] == "No system message."


def test_the_headers_of_a_response_are_those_of_the_table(tmp_path: Path) -> None:
    with world(tmp_path, says("Hi.")) as w:
        answer = w.ask(user="maya")
        assert answer.json() == completion("Hi.")
        (turn,) = w.turns()
        for sent in ({"completion_id": "chatcmpl-up"}, {"turn_id": answer.headers["x-byheart-turn"]}):
            said = httpx.post(f"{w.url}/v1/feedback", json={**sent, "thumb": "up"})
            assert said.json()["turn"] == turn.id
    added = {name for name in answer.headers if name.startswith("x-byheart-")}
    assert added == {name for name, _ in PAGE.rows("header", "what it holds")}
    assert PATIENCE_SECONDS == 5  # as "within five seconds" says


def test_the_switches_do_what_the_table_says(tmp_path: Path) -> None:
    goal = [{"role": "user", "content": "My goal is to run a half marathon in May."}]
    question = [{"role": "user", "content": "What is my goal?"}]
    rows = PAGE.section("Switching it off").rows("header", "memories used", "memories made", "turn kept")
    with world(tmp_path, says("Noted.")) as w:
        w.ask(messages=goal, user="maya")
        w.settle()
        for number, (header, *promised) in enumerate(rows):
            name, _, value = header.partition(": ")
            headers = {name: value} if value else {}
            before = len(w.turns())
            used = w.ask(headers, messages=question, user="maya").headers["x-byheart-memories"]
            kept = len(w.turns()) - before
            w.ask(headers, messages=goal, user=f"new {number}")
            w.settle()
            made = w.ask(messages=question, user=f"new {number}").headers["x-byheart-memories"]
            assert ["yes" if it else "no" for it in (used, made, kept)] == promised, header
        for name in ("X-Byheart-Memory", "X-Byheart-Capture"):
            assert w.ask({name: "perhaps"}).status_code == 400


def test_the_routes_lead_where_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = PAGE.section("Several upstreams").blocks("toml")
    monkeypatch.setenv("EXAMPLE_KEY", "sk-example")
    first, last = "http://localhost:11434/v1", "https://gateway.example.com/v1"
    assert first in block
    assert last in block
    with upstream(says("First.")) as (one, one_server), upstream(says("Last.")) as (other, other_server):
        given = tomllib.loads(block.replace(first, one).replace(last, other))
        assert given.pop("upstream_url") == "https://api.openai.com/v1"
        with world(tmp_path, says("Own."), **given) as w:
            for name in ("llama-3", "claude-x", "live", "base", "gpt-5-mini", "another"):
                w.ask(model=name)
            httpx.post(f"{w.url}/v1/chat/completions", json={"messages": HELLO})
            assert [seen["body"]["model"] for seen in one_server.seen] == ["llama-3"]
            assert [seen["body"]["model"] for seen in other_server.seen] == ["claude-x"]
            assert other_server.seen[0]["headers"]["Authorization"] == "Bearer sk-example"
            asked = [seen["body"]["model"] for seen in w.server.seen]
            assert asked == [given["base_model"]] * 3 + ["another", given["base_model"]]


def test_keys_go_where_the_table_says(tmp_path: Path) -> None:
    rows = PAGE.section("Keys").rows("`api_key`", "the upstream's own key", "the upstream gets")
    assert len(rows) == 4
    for own, theirs, gets in rows:
        given = {"api_key": "sk-caller"} if own == "set" else {}
        given |= {"upstream_key": "sk-own"} if theirs == "set" else {}
        with world(tmp_path, says("Hi."), **given) as w:
            assert w.ask({"Authorization": "Bearer sk-caller"}).status_code == 200
            assert httpx.get(f"{w.url}/health").status_code == 200
            assert w.ask({"X-API-Key": "sk-caller"}).status_code == 200
            assert w.ask().status_code == (401 if given.get("api_key") else 200)
            seen = w.server.seen[0]["headers"].get("Authorization")
        expected = {"the caller's key": "Bearer sk-caller", "its own key": "Bearer sk-own", "no key": None}
        assert seen == expected[gets]


def test_what_is_changed_on_the_way_is_what_the_page_names(tmp_path: Path) -> None:
    sent = {"made_up": [1], "n": 2, "user": "maya", "metadata": {"chat_id": "c"}, "logprobs": True}
    with world(tmp_path, says("Hi.")) as w:
        w.ask({"OpenAI-Organization": "org", "X-Byheart-User": "maya"}, **sent)
        seen = w.server.seen[0]
    assert {k: v for k, v in seen["body"].items() if k not in ("messages", "model")} == sent
    assert seen["body"]["messages"][1:] == HELLO
    own = {"host", "accept", "accept-encoding", "content-length", "user-agent"}
    assert {name.lower() for name in seen["headers"]} - own == {"content-type"}


def test_what_is_refused_whatever_the_upstream_would_say(tmp_path: Path) -> None:
    assert f"over {LARGEST >> 20} MiB" in PAGE.section("What passes through").text
    rules = {"role": "system", "content": "Be brief."}
    with world(tmp_path, prompt) as w:
        for last in (
            {"role": "assistant", "content": "Once upon a"},
            {"role": "user", "content": " "},
            rules,
        ):
            assert w.ask(messages=[*HELLO, last]).status_code == 400
        assert w.server.seen == []
        later = [*HELLO, {"role": "assistant", "content": "Hi."}, rules, *HELLO]
        assert w.ask(messages=later).json()["choices"][0]["message"]["content"].startswith("Be brief.\n\n")


def test_the_figures_of_the_retries_are_those_of_the_code() -> None:
    said = PAGE.section("What is tried again").text
    statuses = re.search(r"statuses ([\d, and]+)\.", said)
    assert statuses
    assert {int(status) for status in re.findall(r"\d+", statuses[1])} == PASSING
    assert f"up to {relay.TRIES} times" in said
    assert f"more than {relay._LONGEST_WAIT:g} seconds" in said
    assert f"{Settings.model_fields['upstream_timeout'].default:g} seconds" in said
    assert all(wait <= relay._pause(n, "") <= 1.3 * wait for n, wait in enumerate((0.2, 0.4)))


def half(event: bytes) -> Answer:
    """Half an answer, then after a while one event more."""

    def answer(handler: Handler, _: Any) -> None:
        handler.stream(chunk({"content": "Half"}))
        time.sleep(0.1)
        handler.wfile.write(event)

    return answer


def stalls(handler: Handler, _: Any) -> None:
    handler.stream(chunk({"content": "Half"}))
    handler.close_connection = False
    time.sleep(1)


def breaks_off(handler: Handler, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": ')
    handler.close_connection = True


FAILURES: dict[str, Answer] = {
    "the upstream refuses": lambda h, _: h.whole({"error": {"message": "No."}}, 418),
    "it keeps silent": lambda *_: time.sleep(1),
    "its answer is not OpenAI's chat format": lambda h, _: h.whole(b"<html>"),
    "a whole answer breaks off": breaks_off,
    "a stream breaks off, or turns to nonsense": half(b"data: {nonsense\n\n"),
    "a stream falls silent": stalls,
    "a stream ends without a finish_reason": half(DONE),
    "the upstream sends an error in a stream": half(b'data: {"error": {"message": "Too much."}}\n\n'),
}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A gateway whose upstream fails in the way that a request names as its model."""

    def answer(handler: Handler, body: dict[str, Any]) -> None:
        FAILURES[body["model"]](handler, body)

    with world(tmp_path_factory.mktemp("failing"), answer, upstream_timeout=0.3) as w:
        yield w


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_looks_as_the_table_says(case: str, failing: World) -> None:
    section = PAGE.section("When something fails")
    rows = {what: rest for what, *rest in section.rows("what happens", "what the client gets")}
    client, reason, status = rows[case]
    goal = [{"role": "user", "content": "My goal is to run a half marathon in May."}]
    answer = failing.ask(model=case, messages=goal, user=case, stream="stream" in case)
    failing.settle()
    (turn,) = [turn for turn in failing.turns() if turn.person == case]
    with failing.app.state.assistant.store.reading() as connection:
        assert [memory.kind for memory in memories_of(connection, case, utcnow())] == ["goal"]
    praise = httpx.post(f"{failing.url}/v1/feedback", json={"turn_id": turn.id, "thumb": "up"}).json()
    assert praise["capture"] is None, praise
    assert turn.finish_reason == reason
    assert turn.outcome["status"] == (418 if status == "its status" else int(status))
    if client.startswith("what came"):
        first, *_, last = [json.loads(line[6:]) for line in answer.text.splitlines() if line]
        assert first["choices"][0]["delta"]["content"] == turn.reply == "Half"
        assert last["error"]["message"]
        shown = json.loads(section.blocks("json")[0])
        if case == "a stream ends without a finish_reason":
            assert last == shown
        elif case != "the upstream sends an error in a stream":
            assert set(last["error"]) == set(shown["error"])
        assert "[DONE]" not in answer.text
    else:
        assert answer.status_code == turn.outcome["status"]
        assert answer.json()["error"]["message"]


def test_an_upstream_that_is_not_there(tmp_path: Path) -> None:
    app = create_app(Settings.load(home=tmp_path, threads=1, upstream_url="http://127.0.0.1:9/v1"))
    with running(app) as url:
        answer = httpx.post(f"{url}/v1/chat/completions", json={"messages": HELLO}, timeout=30)
        assert answer.status_code == 502
        with app.state.assistant.store.reading() as connection:
            (row,) = connection.execute(select(turns)).mappings()
    assert (row["finish_reason"], row["outcome"]["status"]) == ("error", 502)


def test_a_broken_store_does_not_break_an_answer(tmp_path: Path) -> None:
    with world(tmp_path, says("Still here.")) as w:
        w.ask(user="maya")
        w.settle()
        with sqlite3.connect(tmp_path / "byheart.db") as connection:
            connection.execute("drop table memories")
        connection.close()
        assert w.ask(user="maya").json() == completion("Still here.")
        assert httpx.get(f"{w.url}/health").json()["failures"]["recall"] == 1


def test_errands_are_known_in_each_of_the_ways(tmp_path: Path) -> None:
    errand = [
        {"role": "user", "content": "### Task:\nFind tags.\n<chat_history>\nUSER: hello\n</chat_history>"}
    ]
    with world(tmp_path, prompt) as w:
        for headers, body in (
            ({"X-OpenWebUI-Task": "title_generation"}, {}),
            ({}, {"metadata": {"task": "tags_generation"}}),
            ({}, {"messages": errand}),
        ):
            answer = w.ask(headers, user="maya", **body)
            assert answer.json()["choices"][0]["message"]["content"] == "No system message."
        w.settle()
        assert w.turns() == []


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("local"), Scripts(live=lambda _: "Hi.")) as (url, _):
        yield f"{url}/v1/chat/completions"


@pytest.mark.parametrize(
    "body",
    [
        {"n": 2},
        {"logprobs": True},
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
        {"functions": [{"name": "f"}]},
        {"messages": [*HELLO, {"role": "tool", "tool_call_id": "c", "content": "42"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:x"}}]}]},
        {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": ""}}]}]},
    ],
    ids=lambda body: next(iter(body)),
)
def test_what_the_local_model_does_not_do_is_refused_by_its_field(body: Any, local: str) -> None:
    answer = httpx.post(local, json={"messages": HELLO, **body})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"].partition(".")[0] == next(iter(body))


def test_what_the_local_model_does_not_know_is_passed_over(local: str) -> None:
    body = {"tools": [], "n": 1, "presence_penalty": 1, "response_format": {"type": "json_object"}}
    assert httpx.post(local, json={"messages": HELLO, **body}).status_code == 200
