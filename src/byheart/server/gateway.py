"""The gateway: OpenAI's chat protocol, with the person's memories put in and every answer kept as it was seen.

An upstream's answer is passed on byte by byte; the local model's is written by `wire`. Either way the end of an
answer waits until its turn is durable, and nothing that goes wrong behind it keeps it from being given.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse

from byheart.base.errors import ByheartError, ModelError, NotFoundError
from byheart.base.settings import Settings
from byheart.chat.turns import told
from byheart.loop import PATIENCE_SECONDS, Assistant, Begun
from byheart.loop import Request as Asked
from byheart.models.records import Piece, Reply
from byheart.models.upstream import UpstreamModel
from byheart.server import wire
from byheart.server.bodies import (
    ChatBody,
    EmbeddingsBody,
    LocalBody,
    checked,
    read_body,
    refuse_more_than_text,
    schema_of,
)
from byheart.server.collected import Collected
from byheart.server.guard import shown_key
from byheart.server.relay import Relay, data_of, events, read_whole, refusal

_ENDS = re.compile(rb'"finish_reason"\s*:\s*"')
_DONE = b"data: [DONE]\n\n"
_LEFT = 499  # nginx's number for a client that did not wait


class Gateway:
    """Answers chat requests; on one event loop."""

    def __init__(self, assistant: Assistant, settings: Settings, relay: Relay) -> None:
        self.assistant = assistant
        self.settings = settings
        self.relay = relay
        self._behind: set[asyncio.Future[None]] = set()  # what is kept after a client has left

    async def chat(self, http: Request) -> Response:
        """Answer one request for a chat completion."""
        body = await read_body(http, ChatBody)
        self.assistant.answering += 1
        try:
            asked = body.request(http.headers, self.settings)
            begun = await self.begin(asked)
            if isinstance(begun.model, UpstreamModel):
                return await self._relayed(http, begun, body)
            return await run_in_threadpool(self._local, begun, body)
        finally:
            self.assistant.answering -= 1

    async def embed(self, http: Request) -> Response:
        """Pass a request for embeddings through; nothing of it is kept."""
        body = await read_body(http, EmbeddingsBody)
        model = await run_in_threadpool(self.assistant.models.open, body.model)
        if not isinstance(model, UpstreamModel):
            raise NotFoundError(f"{body.model!r} makes no embeddings.", "Name a model of an upstream server.")
        content = orjson.dumps({**body.model_dump(exclude_unset=True), "model": model.name})
        response = await self.relay.post(model, "/embeddings", content, self._caller_key(http))
        if response.status >= 400:
            raise await refusal(response, {})
        return Response(await read_whole(response), media_type="application/json")

    async def begin(self, asked: Asked) -> Begun:
        """Begin a turn: on a thread where the store may have to be asked, else at once."""
        if asked.remembers or (not asked.conversation and told(asked.messages)):
            return await run_in_threadpool(self.assistant.begin, asked)
        return self.assistant.begin(asked)

    def _local(self, begun: Begun, body: ChatBody) -> Response:
        """The local model's answer. Raises InputError for what it cannot do."""
        refuse_more_than_text(begun.turn.messages)
        sampling = checked(dict(begun.turn.parameters), LocalBody).sampling(self.settings)
        answer = self.assistant.answer(begun, sampling)
        if body.stream:
            stream = wire.events(answer, body.wants_usage)
            return StreamingResponse(
                stream, media_type="text/event-stream", headers=wire.headers(answer.begun)
            )
        reply = wire.finished(answer)
        return JSONResponse(wire.completion(answer, reply), headers=wire.headers(answer.begun))

    async def pieces(self, http: Request, begun: Begun, options: dict[str, Any]) -> AsyncIterator[Piece]:
        """The text of an upstream's answer as it comes; the last piece carries the reply, once it is durable.

        Raises ModelError when the upstream does not answer, refuses, or breaks off.
        """
        started = time.perf_counter()
        wanted = {**options, "stream": True, "stream_options": {"include_usage": True}}
        response = await self._ask(http, begun, wanted)
        if _streams(response):
            passing, shown = _Passing(), 0
            async for _ in self._stream(begun, response, started, passing):
                text = passing.found.text
                if len(text) > shown:
                    yield Piece(text[shown:])
                    shown = len(text)
            if passing.outcome:
                said = str(passing.outcome["error"]).rstrip(".")
                raise ModelError(f"The answer is incomplete: {said}.", "Ask again.")
            found = passing.found
        else:
            _, found = await self._whole(begun, response, started)
            yield Piece(found.text)
        asked, given = (int(found.usage.get(f"{name}_tokens") or 0) for name in ("prompt", "completion"))
        yield Piece("", Reply(found.text, found.finish_reason, asked, given, time.perf_counter() - started))

    async def _relayed(self, http: Request, begun: Begun, body: ChatBody) -> Response:
        """The upstream's answer, passed through."""
        started = time.perf_counter()
        response = await self._ask(http, begun, body.parameters)
        if _streams(response):
            stream = self._stream(begun, response, started, _Passing())
            return StreamingResponse(stream, media_type="text/event-stream", headers=wire.headers(begun))
        raw, _ = await self._whole(begun, response, started)
        return Response(raw, media_type="application/json", headers=wire.headers(begun))

    async def _ask(self, http: Request, begun: Begun, parameters: dict[str, Any]) -> aiohttp.ClientResponse:
        """Ask the upstream; raises ModelError for one that is not there, and UpstreamRefusalError."""
        model = begun.model
        assert isinstance(model, UpstreamModel)
        messages = [m.wire() for m in begun.turn.messages]
        content = orjson.dumps({**parameters, "model": model.name, "messages": messages})
        try:
            response = await self.relay.post(model, "/chat/completions", content, self._caller_key(http))
            if response.status >= 400:
                raise await refusal(response, wire.headers(begun))
        except ByheartError as error:
            await self._keep_failure(begun, error)
            raise
        return response

    async def _whole(
        self, begun: Begun, response: aiohttp.ClientResponse, started: float
    ) -> tuple[bytes, Collected]:
        """An answer that comes at once, as it is and as it was understood, once its turn is durable."""
        found = Collected()
        try:
            raw = await read_whole(response)
            found.take_whole(raw)
        except ByheartError as error:
            await self._keep_failure(begun, error)
            raise
        await self._keep(begun, found, started, {})
        return raw, found

    async def _stream(
        self, begun: Begun, response: aiohttp.ClientResponse, started: float, passing: "_Passing"
    ) -> AsyncIterator[bytes]:
        """Pass the events on as they come; the last ones only once the turn is durable."""
        timings: dict[str, float] = {}
        outcome: dict[str, Any] = {"error": "the client left", "status": _LEFT}
        self.assistant.answering += 1
        try:
            async for group in events(response):
                timings.setdefault("first_ms", _ms(started))
                if ready := passing.sort(group):
                    yield ready
                if passing.over:
                    break
            outcome = passing.outcome
        except ByheartError as error:
            outcome = passing.broken(error)
        finally:
            response.close()  # back to the pool if it is through
            self.assistant.answering -= 1
            kept = asyncio.ensure_future(self._keep(begun, passing.found, started, outcome, timings))
            self._behind.add(kept)
            kept.add_done_callback(self._behind.discard)
        await kept
        yield passing.end(outcome)

    async def _keep(
        self,
        begun: Begun,
        found: Collected,
        started: float,
        outcome: dict[str, Any],
        timings: dict[str, float] | None = None,
    ) -> None:
        """Keep what the upstream answered, and how it ended."""
        reason = found.finish_reason
        if outcome:
            reason = "cancelled" if outcome["status"] == _LEFT else "error"
        future = self.assistant.keep(
            begun,
            reply=found.text,
            finish_reason=reason,
            completion=found.id or begun.turn.id,
            choices=found.more,
            outcome=outcome,
            timings={"overhead_ms": round(begun.overhead_ms, 3), **(timings or {}), "model_ms": _ms(started)},
        )
        await self._durable(future)

    async def _keep_failure(self, begun: Begun, error: ByheartError) -> None:
        outcome = {"error": str(error)[:500], "status": error.http_status}
        future = self.assistant.keep(begun, finish_reason="error", completion=begun.turn.id, outcome=outcome)
        await self._durable(future)

    async def _durable(self, future: Any) -> None:
        """Wait as `Assistant.kept` does, without holding up the others."""
        if future is None:
            return
        await asyncio.wait([asyncio.wrap_future(future)], timeout=PATIENCE_SECONDS)
        self.assistant.kept(future, 0)

    def _caller_key(self, http: Request) -> str:
        """The caller's own key, to be used where byheart has none for the upstream and wants none itself."""
        if self.settings.api_key:
            return ""
        return shown_key(http.headers)


class _Passing:
    """A stream on its way through: which events may go on at once, and which wait until the turn is durable."""

    def __init__(self) -> None:
        self.found = Collected()
        self._held = b""
        self._done = False
        self._broken: dict[str, Any] = {}

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return self._done or bool(self._broken) or self.found.error is not None

    @property
    def outcome(self) -> dict[str, Any]:
        """What went wrong, once the stream is through; empty for nothing."""
        if self._broken:
            return self._broken
        if self.found.error is not None:
            return {"error": str(self.found.error)[:500], "status": 502}
        return {} if self.found.finished else {"error": "it ended before it was finished", "status": 502}

    def broken(self, error: ByheartError) -> dict[str, Any]:
        """The stream broke; gives its outcome."""
        self._broken = {"error": str(error)[:500], "status": error.http_status}
        return self._broken

    def sort(self, events: list[bytes]) -> bytes:
        """Take events as they come, give those that may go on; what is no chat format breaks the stream."""
        ready = b""
        for event in events:
            data = data_of(event)
            if data == b"[DONE]":
                self._done = True
                break
            try:
                if data:
                    self.found.take(data)
            except ModelError as error:
                self.broken(error)
                break
            if self._held or self.found.error is not None or _ENDS.search(data):
                self._held += event
            else:
                ready += event
        if len(self.found.choices) > 1 and not self.over:  # one that has ended does not hold up the others
            ready, self._held = ready + self._held, b""
        return ready

    def end(self, outcome: dict[str, Any]) -> bytes:
        """The last that a client gets: the end of the answer, or what happened to it."""
        if not outcome:
            return self._held + _DONE
        if self.found.error is not None:
            return self._held
        said = str(outcome["error"]).rstrip(".")
        return self._held + wire.event(wire.broken(f"The answer is incomplete: {said}."))


def routes(app: FastAPI, gateway: Gateway) -> None:
    """Install the gateway's paths."""
    body = {"content": {"application/json": {"schema": schema_of(ChatBody)}}, "required": True}

    @app.post("/v1/chat/completions", openapi_extra={"requestBody": body})
    async def chat(http: Request) -> Response:
        """Answer a conversation with the person's memories."""
        return await gateway.chat(http)

    embeddings = {"content": {"application/json": {"schema": schema_of(EmbeddingsBody)}}}

    @app.post("/v1/embeddings", openapi_extra={"requestBody": {**embeddings, "required": True}})
    async def embed(http: Request) -> Response:
        """Embeddings of an upstream's model."""
        return await gateway.embed(http)


def _streams(response: aiohttp.ClientResponse) -> bool:
    return "text/event-stream" in response.headers.get("content-type", "")


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
