"""The gateway before a real upstream: what passes through, what is kept, what happens when things break."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from fastapi import FastAPI
from openai import OpenAI
from sqlalchemy import select

from byheart.base.settings import Settings
from byheart.base.tables import turns
from byheart.chat.records import Turn
from byheart.chat.turns import turn_of
from byheart.server.app import create_app
from tests.server.serving import running
from tests.server.upstream import DONE, Answer, Handler, Scripted, chunk, completion, upstream

TOOLS = [
    {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}
]
CALL = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"a": 1}'}}
HELLO: Any = [{"role": "user", "content": "hello there"}]


class World:
    """A gateway in front of a scripted upstream."""

    def __init__(self, url: str, app: FastAPI, server: Scripted) -> None:
        self.url, self.app, self.server = url, app, server
        self.client = OpenAI(
            base_url=f"{url}/v1", api_key="sk-mine", max_retries=0, _strict_response_validation=True
        )

    def turns(self) -> list[Turn]:
        with self.app.state.assistant.store.reading() as connection:
            rows = connection.execute(select(turns).order_by(turns.c.created_at)).mappings()
            return [turn_of(row) for row in rows]

    def ask(self, messages: Any = HELLO, **more: Any) -> Any:
        return self.client.chat.completions.create(model="gpt-upstream", messages=messages, **more)

    def wait_for_turns(self, count: int) -> list[Turn]:
        for _ in range(500):
            if len(found := self.turns()) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"{len(self.turns())} turns, not {count}")


@contextmanager
def world(tmp_path: Path, answer: Answer, **settings: Any) -> Iterator[World]:
    with upstream(answer) as (up, server):
        given = {"home": tmp_path, "upstream_url": up, "upstream_timeout": 0.5, **settings}
        app = create_app(Settings.load(threads=1, **given))
        with running(app) as url:
            yield World(url, app, server)


def says(text: str) -> Answer:
    return lambda handler, _: handler.whole(completion(text))


def streams(*events: bytes) -> Answer:
    return lambda handler, _: handler.stream(*events)


def test_every_parameter_reaches_the_upstream_and_the_answer_comes_back_untouched(tmp_path: Path) -> None:
    sent = {
        "tools": TOOLS,
        "n": 1,
        "stop": ["x"],
        "logprobs": True,
        "top_logprobs": 2,
        "temperature": 0.5,
        "response_format": {"type": "text"},
        "extra_body": {"min_p": 0.1, "made_up": {"deep": [1, None, 2**53]}},
    }
    with world(tmp_path, lambda handler, _: handler.whole(completion(None, tool_calls=[CALL]))) as w:
        reply = w.ask(**sent)
        body = w.server.seen[0]["body"]
    asked = {
        **{k: v for k, v in sent.items() if k != "extra_body"},
        "min_p": 0.1,
        "made_up": {"deep": [1, None, 2**53]},
    }
    assert {key: body[key] for key in asked} == asked
    assert body["model"] == "gpt-upstream"
    assert "user" not in body
    assert w.server.seen[0]["headers"]["Authorization"] == "Bearer sk-mine"
    assert reply.model_dump(exclude_unset=True) == completion(None, tool_calls=[CALL])
    (turn,) = w.turns()
    assert turn.completion == "chatcmpl-up"
    assert turn.finish_reason == "tool_calls"
    assert turn.choices[0]["message"]["tool_calls"] == [CALL]
    assert turn.parameters["made_up"] == {"deep": [1, None, 2**53]}
    assert [m.wire() for m in turn.messages] == body["messages"]


def test_a_tools_message_goes_through_and_is_kept_as_it_was(tmp_path: Path) -> None:
    said = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "42"},
    ]
    with world(tmp_path, says("It is 42.")) as w:
        w.ask(said)
        assert w.server.seen[0]["body"]["messages"][1:] == said
        assert [m.wire() for m in w.turns()[0].messages][1:] == said


def test_pictures_go_through(tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "what is it"}, {"type": "image_url", "image_url": {"url": "data:x"}}]
    with world(tmp_path, says("A cat.")) as w:
        w.ask([{"role": "user", "content": parts}])
        assert w.server.seen[0]["body"]["messages"][1]["content"] == parts
        assert w.turns()[0].question == "what is it"


def test_a_stream_passes_event_by_event(tmp_path: Path) -> None:
    counts = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    head = {"id": "chatcmpl-up", "object": "chat.completion.chunk", "created": 9, "model": "m"}
    usage = b"data: " + json.dumps({**head, "choices": [], "usage": counts}).encode() + b"\n\n"
    events = [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Hel"}),
        chunk({"content": "lo."}),
        chunk({}, "stop"),
        usage,
        DONE,
    ]
    with world(tmp_path, streams(b": ping\n\n", *events)) as w:
        got = list(w.ask(stream=True, stream_options={"include_usage": True}))
        with httpx.stream(
            "POST",
            f"{w.url}/v1/chat/completions",
            json={"model": "gpt-upstream", "messages": HELLO, "stream": True},
        ) as raw:
            text = b"".join(raw.iter_bytes())
        assert w.server.seen[0]["body"]["stream_options"] == {"include_usage": True}
    assert "".join(c.choices[0].delta.content or "" for c in got if c.choices) == "Hello."
    assert got[-1].usage.total_tokens == 3
    assert text == b": ping\n\n" + b"".join(events)
    first, second = w.turns()
    assert (first.reply, first.finish_reason, first.outcome) == ("Hello.", "stop", {})
    assert first.timings["first_ms"] <= first.timings["model_ms"]
    assert second.conversation != first.conversation


def test_two_choices_and_streamed_tool_calls_are_put_together(tmp_path: Path) -> None:
    begin = {
        "tool_calls": [
            {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": ""}}
        ]
    }
    more = [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in ('{"a"', ": 1}")]
    events = [
        chunk({"content": "One."}),
        chunk(begin, index=1),
        chunk({}, "stop"),
        *(chunk(d, index=1) for d in more),
        chunk({}, "tool_calls", 1),
        DONE,
    ]
    with world(tmp_path, streams(*events)) as w:
        assert len(list(w.ask(stream=True, n=2))) == 6
    (turn,) = w.turns()
    assert turn.reply == "One."
    assert len(turn.choices) == 2
    assert turn.choices[1]["message"]["tool_calls"] == [CALL]


def test_what_passes_by_itself_is_tried_again_before_the_answer_begins(tmp_path: Path) -> None:
    tries: list[int] = []

    def answer(handler: Handler, _: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            handler.whole({"error": {"message": "busy"}}, 503)
        elif len(tries) == 2:
            handler.close_connection = True  # hangs up without a word
        else:
            handler.whole(completion("At last."))

    with world(tmp_path, answer) as w:
        assert w.ask().choices[0].message.content == "At last."
    assert len(tries) == 3
    assert len(w.turns()) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 422, 429, 500])
def test_a_refusal_is_passed_on_in_the_upstreams_own_words(tmp_path: Path, status: int) -> None:
    own = {"error": {"message": "no, for a reason", "type": "their_type", "param": "p", "code": "their_code"}}
    with world(tmp_path, lambda h, _: h.whole(own, status, retry_after="30")) as w:
        with pytest.raises(openai.APIStatusError) as caught:
            w.ask()
        assert caught.value.response.json() == own
        assert caught.value.status_code == status
        assert caught.value.response.headers["retry-after"] == "30"
        (turn,) = w.turns()
    assert turn.finish_reason == "error"
    assert turn.outcome["status"] == status
    assert "for a reason" in turn.outcome["error"]


def test_a_refusal_that_is_no_json_becomes_an_error_in_openais_shape(tmp_path: Path) -> None:
    page = b"<h1>Bad gateway</h1>"
    with (
        world(tmp_path, lambda h, _: h.whole(page, 400)) as w,
        pytest.raises(openai.BadRequestError, match="Bad gateway"),
    ):
        w.ask()


def test_silence_and_nobody_there_are_told_apart(tmp_path: Path) -> None:
    with world(tmp_path, lambda *_: time.sleep(2)) as w:
        with pytest.raises(openai.InternalServerError, match="did not answer in time") as caught:
            w.ask()
        assert caught.value.status_code == 504
        assert w.turns()[0].outcome["status"] == 504
        w.server.shutdown()
        w.server.server_close()
        with pytest.raises(openai.InternalServerError, match="cannot be reached") as caught:
            w.ask()
        assert caught.value.status_code == 502


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((chunk({"content": "Half"}),), "ended before it was finished"),
        ((chunk({"content": "Half"}), b"data: {not json\n\n"), "not OpenAI's chat format"),
        ((chunk({"content": "Half"}), b'data: {"error": {"message": "overloaded"}}\n\n'), "overloaded"),
        ((chunk({"content": "Half"}), b'data: {"choices": 7}\n\n'), "not OpenAI's chat format"),
        ((chunk({"content": "Half"}), DONE), "ended before it was finished"),
        ((chunk({"content": "Half"}) + b"data: nonsense\n\n",), "not OpenAI's chat format"),
    ],
)
def test_half_a_stream_ends_in_an_error_and_is_kept_as_half(
    tmp_path: Path, events: tuple[bytes, ...], said: str
) -> None:
    with world(tmp_path, streams(*events)) as w:
        with pytest.raises(openai.APIError, match=said):
            list(w.ask(stream=True))
        (turn,) = w.turns()
    assert (turn.reply, turn.finish_reason) == ("Half", "error")
    assert turn.outcome["error"]


def test_a_stream_without_done_is_whole_where_it_says_why_it_ended(tmp_path: Path) -> None:
    with world(tmp_path, streams(chunk({"content": "Whole."}), chunk({}, "stop"))) as w:
        raw = httpx.post(
            f"{w.url}/v1/chat/completions", json={"model": "m", "messages": HELLO, "stream": True}
        )
        assert raw.text.endswith("data: [DONE]\n\n")
        assert w.turns()[0].outcome == {}


def test_events_are_whole_however_the_bytes_fall(tmp_path: Path) -> None:
    whole = (chunk({"content": "Grüße"}) + chunk({}, "stop") + DONE).replace(b"\n", b"\r\n")

    def answer(handler: Handler, _: Any) -> None:
        handler.stream(*(whole[i : i + 7] for i in range(0, len(whole), 7)))

    with world(tmp_path, answer) as w:
        assert "".join(c.choices[0].delta.content or "" for c in w.ask(stream=True)) == "Grüße"
        assert w.turns()[0].reply == "Grüße"


def test_what_a_client_saw_before_it_left_is_kept(tmp_path: Path) -> None:
    def answer(handler: Handler, _: Any) -> None:
        handler.stream(chunk({"content": "One"}))
        time.sleep(0.3)
        try:
            for _n in range(20):
                handler.wfile.write(chunk({"content": " more"}))
                time.sleep(0.02)
        except OSError:
            pass

    with world(tmp_path, answer, upstream_timeout=5) as w:
        body = {"model": "m", "messages": HELLO, "stream": True}
        with httpx.stream("POST", f"{w.url}/v1/chat/completions", json=body) as response:
            next(response.iter_bytes())
        (turn,) = w.wait_for_turns(1)
    assert turn.finish_reason == "cancelled"
    assert turn.reply.startswith("One")
    assert turn.outcome == {"error": "the client left", "status": 499}


def test_titles_and_tags_are_answered_but_not_kept(tmp_path: Path) -> None:
    errand = "### Task:\nGenerate a title.\n### Chat History:\n<chat_history>\nUSER: hi\n</chat_history>"
    with world(tmp_path, says("A title")) as w:
        w.ask([{"role": "user", "content": errand}], user="maya")
        w.ask(extra_headers={"X-OpenWebUI-Task": "tags_generation"}, user="maya")
        w.ask(metadata={"task": "title_generation"}, user="maya")
        assert [m["role"] for m in w.server.seen[0]["body"]["messages"]] == ["user"]
        assert w.turns() == []
        w.ask(extra_headers={"X-Byheart-Capture": "off"}, user="maya")
        assert w.turns() == []
        w.ask(metadata={"task": "onboarding"}, user="maya")
        w.ask([{"role": "user", "content": "### Task:\nMake a table.\n### Chat History\n..."}], user="maya")
        assert len(w.turns()) == 2


def test_names_in_headers_are_read_as_utf_8_and_unfilled_templates_are_no_names(tmp_path: Path) -> None:
    with world(tmp_path, says("Hi.")) as w:
        body = {"model": "m", "messages": HELLO}
        for name in ("M\u00e4ya".encode(), b"{{LIBRECHAT_USER_ID}}"):
            httpx.post(f"{w.url}/v1/chat/completions", json=body, headers={b"x-librechat-user-id": name})
        assert [turn.person for turn in w.turns()] == ["M\u00e4ya", "anonymous"]


def test_memories_are_put_in_and_told_in_the_headers(tmp_path: Path) -> None:
    with world(tmp_path, says("Noted.")) as w:
        headers = {"X-OpenWebUI-User-Id": "maya", "X-OpenWebUI-Chat-Id": "chat-1"}
        w.ask([{"role": "user", "content": "My goal is to run a marathon in May."}], extra_headers=headers)
        assert w.app.state.assistant.listener.settle(10)
        question: Any = [{"role": "user", "content": "What is my goal?"}]
        raw = w.client.chat.completions.with_raw_response.create(
            model="m", messages=question, extra_headers=headers
        )
        system = w.server.seen[-1]["body"]["messages"][0]["content"]
        assert "[goal, importance" in system
        assert "run a marathon in May" in system
        (memory,) = raw.headers["x-byheart-memories"].split(",")
        assert w.turns()[-1].memories[0].id == memory
        assert w.turns()[-1].conversation == "chat-1"
        assert float(raw.headers["x-byheart-overhead-ms"]) < 1000
        off = w.client.chat.completions.with_raw_response.create(
            model="m", messages=HELLO, extra_headers={**headers, "X-Byheart-Memory": "off"}
        )
        assert off.headers["x-byheart-memories"] == ""
        assert "remember about this person" not in w.server.seen[-1]["body"]["messages"][0]["content"]


def test_a_history_is_recognised_and_a_branch_stays_in_its_conversation(tmp_path: Path) -> None:
    def echo(handler: Handler, body: dict[str, Any]) -> None:
        handler.whole(completion(f"You said {body['messages'][-1]['content']}"))

    with world(tmp_path, echo) as w:

        def say(messages: list[Any]) -> str:
            raw = w.client.chat.completions.with_raw_response.create(
                model="m", messages=messages, user="maya"
            )
            return str(raw.headers["x-byheart-conversation"])

        first = say([{"role": "user", "content": "one"}])
        grown = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "You said one"}]
        assert say([*grown, {"role": "user", "content": "two"}]) == first
        assert say([*grown, {"role": "user", "content": "another two"}]) == first
        w.app.state.assistant._ends.clear()  # as after a restart
        assert say([*grown, {"role": "user", "content": "third two"}]) == first
        assert say([{"role": "user", "content": "one"}]) != first


def test_models_and_routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_KEY", "sk-other")
    with upstream(says("From the other.")) as (other, other_server):
        routes = [f"llama* {other} OTHER_KEY"]
        with world(tmp_path, says("From the first."), routes=routes, upstream_key="sk-own") as w:
            names = {model.id: model.owned_by for model in w.client.models.list()}
            assert names["live"] == "byheart"
            assert names["gpt-upstream"] == "them"
            assert w.client.models.retrieve("gpt-upstream").created == 5
            answers = [
                w.client.chat.completions.create(model=name, messages=HELLO).choices[0].message.content
                for name in ("llama-3", "gpt-x")
            ]
        assert answers == ["From the other.", "From the first."]
        assert other_server.seen[0]["headers"]["Authorization"] == "Bearer sk-other"
        assert w.server.seen[0]["headers"]["Authorization"] == "Bearer sk-own"
        assert other_server.seen[0]["body"]["model"] == "llama-3"


def test_a_key_is_wanted_where_one_is_set_and_never_passed_on(tmp_path: Path) -> None:
    with world(tmp_path, says("Hi."), api_key="house-key") as w:
        with pytest.raises(openai.AuthenticationError):
            w.ask()
        assert httpx.get(f"{w.url}/health").status_code == 200
        own = OpenAI(base_url=f"{w.url}/v1", api_key="house-key", max_retries=0)
        own.chat.completions.create(model="m", messages=HELLO)
        assert "Authorization" not in w.server.seen[0]["headers"]


def test_replies_come_while_the_store_is_locked(tmp_path: Path) -> None:
    with world(tmp_path, says("Still here.")) as w:
        w.ask(user="maya")
        locked = sqlite3.connect(tmp_path / "byheart.db", isolation_level=None)
        locked.execute("BEGIN EXCLUSIVE")
        try:
            started = time.monotonic()
            assert w.ask(user="maya").choices[0].message.content == "Still here."
            assert time.monotonic() - started < 15
        finally:
            locked.execute("ROLLBACK")
            locked.close()
        assert json.loads(httpx.get(f"{w.url}/health").text)["failures"]
        assert w.ask(user="maya").choices[0].message.content == "Still here."


def test_embeddings_pass_through_and_are_not_kept(tmp_path: Path) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0.5, -1.0]}
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    whole = {"object": "list", "data": [vector], "model": "embed-1", "usage": usage}
    with world(tmp_path, lambda handler, _: handler.whole(whole)) as w:
        answer = w.client.embeddings.create(model="embed-1", input=["hello"], encoding_format="float")
        assert answer.data[0].embedding == [0.5, -1.0]
        assert w.server.seen[0]["path"] == "/v1/embeddings"
        assert w.server.seen[0]["body"] == {
            "model": "embed-1",
            "input": ["hello"],
            "encoding_format": "float",
        }
        assert w.turns() == []


def test_owners_phrases_are_heard_and_the_interchange_log_is_kept_up_to_date(tmp_path: Path) -> None:
    phrases = tmp_path / "phrases.toml"
    phrases.write_text('praise = ["top drawer"]\n')
    with world(tmp_path, says("Thirteen miles of regret."), phrases=phrases) as w:
        headers = {"X-Byheart-User": "maya", "X-Byheart-Conversation": "one"}
        w.ask([{"role": "user", "content": "I run on Sunday."}], extra_headers=headers)
        w.ask([{"role": "user", "content": "That one was top drawer."}], extra_headers=headers)
        assert w.app.state.assistant.listener.settle(10)
        log = tmp_path / "fine_tuning_best_case_interchanges.md"
        for _ in range(200):
            if log.exists() and "top drawer" in log.read_text():
                break
            time.sleep(0.02)
        assert "Thirteen miles of regret." in log.read_text()
        assert log.stat().st_mode & 0o777 == 0o600
