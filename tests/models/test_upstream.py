"""Against a real HTTP server on the loopback that says, byte for byte, what each test wants."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from byheart.base.errors import ModelError
from byheart.chat.records import Message
from byheart.models.records import Sampling, whole_reply
from byheart.models.upstream import UpstreamModel

HELLO = [Message("user", "Hello")]


def sse(*events: object) -> bytes:
    return "".join(f"data: {e if isinstance(e, str) else json.dumps(e)}\n\n" for e in events).encode()


def chunk(text: str, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
GOOD = (200, "text/event-stream", sse(chunk("Hel"), chunk("lo."), chunk("", "stop"), USAGE, "[DONE]"))


class Server:
    """Gives `answers` in turn, the last one for ever; keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str, bytes]] = [GOOD]
        self.asked: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}
        self.promised = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.headers = dict(self.headers)
                outer.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                status, kind, body = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body) + outer.promised))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def model(server: Server) -> Iterator[UpstreamModel]:
    model = UpstreamModel(f"http://127.0.0.1:{server.http.server_port}/v1/", "secret", "gpt", 5, 2, 0.01)
    yield model
    model.close()


def test_an_answer_streams_and_adds_up(server: Server, model: UpstreamModel) -> None:
    pieces = list(model.stream(HELLO, Sampling(max_tokens=9, stop=("\n",))))
    assert [p.text for p in pieces] == ["Hel", "lo.", ""]
    reply = pieces[-1].reply
    assert reply is not None
    assert (reply.text, reply.finish_reason, reply.prompt_tokens, reply.completion_tokens) == (
        "Hello.",
        "stop",
        5,
        2,
    )
    assert server.headers["Authorization"] == "Bearer secret"
    asked = server.asked[0]
    assert (asked["model"], asked["max_tokens"], asked["stop"]) == ("gpt", 9, ["\n"])
    assert asked["messages"] == [{"role": "user", "content": "Hello"}]


def test_a_server_that_does_not_stream_will_do(server: Server, model: UpstreamModel) -> None:
    body = {
        "choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3},
    }
    server.answers = [(200, "application/json", json.dumps(body).encode())]
    assert whole_reply(model, HELLO, Sampling()).text == "Hello."


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_by_itself_is_tried_again(server: Server, model: UpstreamModel, status: int) -> None:
    server.answers = [(status, "text/plain", b"busy"), GOOD]
    assert whole_reply(model, HELLO, Sampling()).text == "Hello."
    assert len(server.asked) == 2


def test_what_does_not_pass_is_told_after_the_last_try(server: Server, model: UpstreamModel) -> None:
    server.answers = [(503, "application/json", b'{"error": {"message": "Loading model."}}')]
    with pytest.raises(ModelError, match="status 503: Loading model"):
        whole_reply(model, HELLO, Sampling())
    assert len(server.asked) == 3


def test_a_wrong_key_is_told_at_once_without_showing_it(server: Server, model: UpstreamModel) -> None:
    server.answers = [(401, "application/json", b'{"error": {"message": "Incorrect API key"}}')]
    with pytest.raises(ModelError, match="Incorrect API key") as caught:
        whole_reply(model, HELLO, Sampling())
    assert "OPENAI_API_KEY" in caught.value.remedy
    assert "secret" not in str(caught.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (sse(chunk("Hel")), "before it was finished"),
        (sse(chunk("Hel"), "[DONE]"), "before it was finished"),
        (b"", "before it was finished"),
        (sse(chunk("Hel"), '{"choices": [{"del'), "not OpenAI's chat format"),
        (sse(chunk("Hel"), "[1]"), "not OpenAI's chat format"),
        (sse({"choices": [7]}), "not OpenAI's chat format"),
        (sse(chunk("Hel"), {"error": {"message": "out of memory"}}), "out of memory"),
    ],
)
def test_half_and_broken_streams_are_errors_and_never_asked_again(
    server: Server, model: UpstreamModel, body: bytes, words: str
) -> None:
    server.answers = [(200, "text/event-stream", body), GOOD]
    with pytest.raises(ModelError, match=words):
        whole_reply(model, HELLO, Sampling())
    assert len(server.asked) == 1


def test_a_connection_that_breaks_off_says_so(server: Server, model: UpstreamModel) -> None:
    server.answers, server.promised = [(200, "text/event-stream", sse(chunk("Hel")))], 100
    stream = model.stream(HELLO, Sampling())
    assert next(stream).text == "Hel"
    with pytest.raises(ModelError, match="broke off"):
        next(stream)


def test_a_page_of_something_else_says_where_the_api_begins(server: Server, model: UpstreamModel) -> None:
    server.answers = [(200, "text/html", b"<html>hello</html>")]
    with pytest.raises(ModelError) as caught:
        whole_reply(model, HELLO, Sampling())
    assert "/v1" in caught.value.remedy


def test_a_server_that_is_not_there_says_so() -> None:
    gone = UpstreamModel("http://127.0.0.1:9/v1", "", "gpt", 1, 1, 0.01)
    with pytest.raises(ModelError, match="cannot be reached"):
        whole_reply(gone, HELLO, Sampling())
    gone.close()
