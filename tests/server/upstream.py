"""An upstream that does what it is told: a real HTTP server on the loopback whose answers a test writes."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the script."""

    protocol_version = "HTTP/1.1"
    server: "Scripted"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.seen.append({"path": self.path, "headers": dict(self.headers), "body": body})
        self.server.answer(self, body)

    def do_GET(self) -> None:
        models = [{"id": "gpt-upstream", "object": "model", "created": 5, "owned_by": "them"}]
        self.whole({"object": "list", "data": models})

    def whole(self, value: Any, status: int = 200, **headers: str) -> None:
        """Send one JSON document."""
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        sent = {"content-type": "application/json", "content-length": str(len(raw)), **headers}
        for key, text in sent.items():
            self.send_header(key.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(raw)

    def stream(self, *events: bytes) -> None:
        """Send events, then hang up."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for event in events:
            self.wfile.write(event)
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


class Scripted(ThreadingHTTPServer):
    """The server; `answer` is the script, `seen` what was asked."""

    daemon_threads = True
    answer: Answer
    seen: list[dict[str, Any]]


@contextmanager
def upstream(answer: Answer) -> Iterator[tuple[str, Scripted]]:
    """Run one; gives its URL as in `http://host/v1`, and itself."""
    server = Scripted(("127.0.0.1", 0), Handler)
    server.answer, server.seen = answer, []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", server
    finally:
        server.shutdown()
        server.server_close()


def completion(text: str | None = "Hello.", **more: Any) -> dict[str, Any]:
    """A whole answer."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, "refusal": None, **more},
        "finish_reason": "tool_calls" if more else "stop",
        "logprobs": None,
    }
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    head = {"id": "chatcmpl-up", "object": "chat.completion", "created": 9, "model": "gpt-upstream"}
    return {**head, "choices": [choice], "usage": usage}


def chunk(delta: dict[str, Any], reason: str | None = None, index: int = 0) -> bytes:
    """One event of a stream."""
    choice = {"index": index, "delta": delta, "finish_reason": reason, "logprobs": None}
    head = {"id": "chatcmpl-up", "object": "chat.completion.chunk", "created": 9, "model": "gpt-upstream"}
    return b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
