"""A real server on the loopback, and a shelf of scripted models."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from byheart.base.errors import NotFoundError
from byheart.base.settings import Settings
from byheart.chat.records import Message
from byheart.experiment.shelf import Models
from byheart.models.records import ChatModel
from byheart.models.scripted import ScriptedModel
from byheart.server.app import create_app


class Scripts:
    """A shelf with one scripted model under each name."""

    def __init__(self, **scripts: Callable[[Sequence[Message]], str]) -> None:
        self.models: dict[str, ChatModel] = {name: ScriptedModel(s, name) for name, s in scripts.items()}

    def open(self, name: str) -> ChatModel:
        if name not in self.models:
            raise NotFoundError(f"There is no model {name!r}.", f"There are: {', '.join(self.models)}.")
        return self.models[name]

    def names(self) -> list[str]:
        return list(self.models)


def echo(messages: Sequence[Message]) -> str:
    """Says what it was sent, so that a test sees the prompt."""
    return " | ".join(f"{m.role}: {m.content}" for m in messages)


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve an app for a while; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=3))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serving(home: Path, models: Models | None = None) -> Iterator[tuple[str, FastAPI]]:
    """Serve byheart with its data in `home`."""
    app = create_app(Settings.load(home=home, threads=1, upstream_url=None), models)
    with running(app) as url:
        yield url, app


def tell(url: str, person: str, text: str) -> httpx.Response:
    """Say one thing to a server."""
    body = {"model": "live", "messages": [{"role": "user", "content": text}], "user": person}
    return httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60)
