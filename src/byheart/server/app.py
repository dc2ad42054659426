"""The server: OpenAI's API with memory, feedback, and the reflect endpoint of the coaching app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from byheart import __version__
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.experiment.registry import LIVE
from byheart.experiment.shelf import Models, Shelf
from byheart.loop import Assistant
from byheart.server import catalogue, errors, feedback, gateway, guard, reflect, responses
from byheart.server.relay import Relay


def create_app(settings: Settings, models: Models | None = None) -> FastAPI:
    """The app, its store opened and its live model loaded. `models` stands in for the registry's.

    Raises StoreError, ModelError, MissingError. What it opened is closed when the app shuts down.
    """
    store = Store.open(settings.store_url)
    try:
        models = models or Shelf(settings, store)
        live = models.open(LIVE)
        assistant = Assistant(settings, store, models)
    except BaseException:
        store.close()
        raise
    relay = Relay()

    def close() -> None:
        assistant.close()
        store.close()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with relay:
            yield
        await run_in_threadpool(close)

    app = FastAPI(title="byheart", version=__version__, lifespan=lifespan)
    app.state.assistant, app.state.live = assistant, live
    errors.install(app)
    guard.install(app, settings)
    _health(app, assistant)
    catalogue.routes(app, assistant, relay)
    gate = gateway.Gateway(assistant, settings, relay)
    gateway.routes(app, gate)
    responses.routes(app, gate, settings)
    reflect.routes(app, assistant, settings)
    feedback.routes(app, assistant, settings)
    return app


def _health(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/health")
    def health() -> dict[str, Any]:
        """Whether byheart answers, with which model, and what failed behind the replies."""
        return {
            "status": "ok",
            "version": __version__,
            "model": assistant.models.open(LIVE).name,
            "waiting": assistant.listener.pending(),
            "failures": dict(assistant.failures),
        }
