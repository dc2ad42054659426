"""The server: OpenAI's chat API with memory, and the reflect endpoint of the coaching app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse

from byheart import __version__
from byheart.base.errors import NotFoundError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.experiment.registry import LIVE
from byheart.experiment.shelf import Models, Shelf
from byheart.loop import Assistant
from byheart.server import errors, wire
from byheart.server.bodies import ChatBody, ReflectBody


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

    def close() -> None:
        assistant.close()
        store.close()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(close)

    app = FastAPI(title="byheart", version=__version__, lifespan=lifespan)
    app.state.assistant, app.state.live = assistant, live
    errors.install(app)
    _system_routes(app, assistant)
    _chat_routes(app, assistant, settings)
    return app


def _system_routes(app: FastAPI, assistant: Assistant) -> None:
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

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        """Every model that a request may name."""
        return {"object": "list", "data": [_model(name) for name in assistant.models.names()]}

    @app.get("/v1/models/{name:path}")
    def model(name: str) -> dict[str, Any]:
        """One model."""
        names = assistant.models.names()
        if name not in names:
            raise NotFoundError(f"There is no model {name!r}.", f"There are: {', '.join(names)}.")
        return _model(name)


def _chat_routes(app: FastAPI, assistant: Assistant, settings: Settings) -> None:
    @app.post("/v1/chat/completions")
    def chat(body: ChatBody, http: Request) -> Response:
        """Answer a conversation with the person's memories."""
        answer = assistant.take_turn(body.request(http.headers, settings))
        if body.stream:
            usage = body.stream_options is not None and body.stream_options.include_usage
            stream = wire.events(answer, usage)
            return StreamingResponse(stream, media_type="text/event-stream", headers=wire.headers(answer))
        reply = wire.finished(answer)
        return JSONResponse(wire.completion(answer, reply), headers=wire.headers(answer))

    @app.post("/api/enhanced-reflect-public")
    def reflect(body: ReflectBody, http: Request) -> Response:
        """Answer the coaching app."""
        answer = assistant.take_turn(body.request(http.headers, settings))
        reply = wire.finished(answer)
        content = {
            "response": reply.text,
            "model": answer.model,
            "conversationId": answer.conversation,
            "memories": [{"id": m.id, "kind": m.kind, "text": m.text} for m in answer.memories],
        }
        return JSONResponse(content, headers=wire.headers(answer))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "byheart"}
