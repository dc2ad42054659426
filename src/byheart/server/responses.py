"""OpenAI's Responses API for what today's clients default to: text in, text out, streamed or not.

A response's id is the turn's id; `previous_response_id` goes on from a turn of the same person. What is not text is
refused, not left out.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from byheart.base.errors import ByheartError, NotFoundError
from byheart.base.settings import Settings
from byheart.chat.records import Message
from byheart.chat.turns import read_turn
from byheart.loop import Assistant, Begun
from byheart.loop import Request as Asked
from byheart.models.records import Piece, Reply
from byheart.models.upstream import UpstreamModel
from byheart.server import wire
from byheart.server.bodies import (
    LocalBody,
    checked,
    conversation_named,
    person_named,
    read_body,
    schema_of,
    switched_on,
)
from byheart.server.errors import FieldError, explained
from byheart.server.gateway import Gateway

_PASSED_ON = ("temperature", "top_p")
_TEXTS = ("input_text", "output_text", "text")


class ResponseBody(BaseModel):
    """The body of /v1/responses."""

    model_config = ConfigDict(extra="allow")
    model: Annotated[str, Field(min_length=1, max_length=512)] = "live"
    input: Annotated[str, Field(min_length=1)] | Annotated[list[dict[str, Any]], Field(min_length=1)]
    instructions: str | None = None
    previous_response_id: str | None = None
    stream: bool | None = None
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    background: Literal[False] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    prompt: None = None
    conversation: None = None
    user: str | None = None
    metadata: dict[str, Any] | None = None

    def messages(self) -> list[Message]:
        """What was said, in chat form. Raises InputError for what is not text."""
        if isinstance(self.input, str):
            said = [Message("user", self.input)]
        else:
            said = [_message(number, item) for number, item in enumerate(self.input)]
        return [Message("system", self.instructions), *said] if self.instructions else said

    def refuse_other_formats(self) -> None:
        """Raises InputError where the answer is wanted in another form than text."""
        text = (self.model_extra or {}).get("text")
        form = (text.get("format") or {}).get("type", "text") if isinstance(text, dict) else "text"
        if form != "text":
            raise FieldError("text.format", f"text.format: byheart answers in text, not in {form!r}.")

    @property
    def parameters(self) -> dict[str, Any]:
        """Everything but the input, as it was sent."""
        return self.model_dump(exclude={"input", "model"}, exclude_unset=True)


def routes(app: FastAPI, gateway: Gateway, settings: Settings) -> None:
    """Install /v1/responses."""
    schema = {"content": {"application/json": {"schema": schema_of(ResponseBody)}}, "required": True}

    @app.post("/v1/responses", openapi_extra={"requestBody": schema})
    async def respond(http: Request) -> Response:
        """Answer with the person's memories, in the form of OpenAI's Responses API."""
        body = await read_body(http, ResponseBody)
        body.refuse_other_formats()
        begun = await run_in_threadpool(_begin, gateway.assistant, http.headers, body)
        pieces = _pieces(gateway, http, begun, body, settings)
        first = await anext(pieces)  # an early error is a plain one
        shape = _Shape(begun, body)
        if body.stream:
            stream = shape.events(first, pieces)
            return StreamingResponse(stream, media_type="text/event-stream", headers=wire.headers(begun))
        reply = first.reply
        async for piece in pieces:
            reply = piece.reply or reply
        assert reply is not None
        return JSONResponse(shape.whole(reply), headers=wire.headers(begun))


def _begin(assistant: Assistant, headers: Mapping[str, str], body: ResponseBody) -> Begun:
    fields = {**(body.metadata or {}), **(body.model_extra or {}), "user": body.user}
    person, messages, conversation = person_named(headers, fields), body.messages(), ""
    if body.previous_response_id:
        with assistant.store.reading() as connection:
            try:
                before = read_turn(connection, body.previous_response_id)
            except NotFoundError:
                before = None
        if before is None or before.person != person:
            raise FieldError(
                "previous_response_id", f"There is no response {body.previous_response_id!r} to go on from."
            )
        history = [m for m in before.messages if m.role != "system"]
        messages = [*history, Message("assistant", before.reply), *messages]
        conversation = before.conversation
    return assistant.begin(
        Asked(
            person=person,
            messages=messages,
            conversation=conversation_named(headers, fields) or conversation,
            memory=switched_on(headers, "X-Byheart-Memory"),
            capture=switched_on(headers, "X-Byheart-Capture"),
            model=body.model,
            parameters=body.parameters,
        )
    )


async def _pieces(
    gateway: Gateway, http: Request, begun: Begun, body: ResponseBody, settings: Settings
) -> AsyncIterator[Piece]:
    """The answer in pieces, whoever gives it; the last one carries the reply, once its turn is durable."""
    options = {key: getattr(body, key) for key in _PASSED_ON if getattr(body, key) is not None}
    if body.max_output_tokens:
        options["max_tokens"] = body.max_output_tokens
    if isinstance(begun.model, UpstreamModel):
        async for piece in gateway.pieces(http, begun, options):
            yield piece
        return
    answer = gateway.assistant.answer(begun, checked(options, LocalBody).sampling(settings))
    async for piece in iterate_in_threadpool(answer):
        yield piece


def _message(number: int, item: dict[str, Any]) -> Message:
    """One input item as a message. Raises InputError."""
    role, content = item.get("role"), item.get("content")
    if item.get("type", "message") != "message" or role not in ("user", "assistant", "system", "developer"):
        raise FieldError(f"input.{number}", f"input.{number}: byheart takes messages of text only.")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, list) or not all(
        isinstance(part, dict) and part.get("type") in _TEXTS and isinstance(part.get("text"), str)
        for part in parts
    ):
        raise FieldError(f"input.{number}.content", f"input.{number}.content: byheart takes text only.")
    return Message("system" if role == "developer" else role, "\n".join(part["text"] for part in parts))


class _Shape:
    """An answer in the form of the Responses API."""

    def __init__(self, begun: Begun, body: ResponseBody) -> None:
        self._begun = begun
        self._body = body
        self._created = int(time.time())
        self._item = begun.turn.id.replace("turn_", "msg_")
        self._number = -1

    def whole(self, reply: Reply | None, error: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The response object; `reply` None while it is being given."""
        body, cut = self._body, reply is not None and reply.finish_reason == "length"
        status = (
            "failed" if error else "in_progress" if reply is None else "incomplete" if cut else "completed"
        )
        return {
            "id": self._begun.turn.id,
            "object": "response",
            "created_at": self._created,
            "status": status,
            "error": error,
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "instructions": body.instructions,
            "max_output_tokens": body.max_output_tokens,
            "metadata": body.metadata or {},
            "model": self._begun.turn.model,
            "output": [self._message(reply.text, "incomplete" if cut else "completed")] if reply else [],
            "parallel_tool_calls": False,
            "previous_response_id": body.previous_response_id,
            "reasoning": {"effort": None, "summary": None},
            "temperature": body.temperature,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": body.top_p,
            "truncation": "disabled",
            "usage": _usage(reply) if reply else None,
            "user": body.user,
        }

    async def events(self, first: Piece, pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
        """The response as server-sent events."""
        at = {"item_id": self._item, "output_index": 0, "content_index": 0}
        yield self._event("response.created", response=self.whole(None))
        yield self._event("response.in_progress", response=self.whole(None))
        yield self._event(
            "response.output_item.added", output_index=0, item=self._message("", "in_progress", [])
        )
        yield self._event("response.content_part.added", **at, part=_part(""))
        reply = first.reply
        try:
            if first.text:
                yield self._event("response.output_text.delta", **at, delta=first.text, logprobs=[])
            async for piece in pieces:
                if piece.text:
                    yield self._event("response.output_text.delta", **at, delta=piece.text, logprobs=[])
                reply = piece.reply or reply
        except ByheartError as error:
            failure = {"code": "server_error", "message": explained(error)["error"]["message"]}
            yield self._event("response.failed", response=self.whole(None, failure))
            return
        assert reply is not None
        whole = self.whole(reply)
        yield self._event("response.output_text.done", **at, text=reply.text, logprobs=[])
        yield self._event("response.content_part.done", **at, part=_part(reply.text))
        yield self._event("response.output_item.done", output_index=0, item=whole["output"][0])
        yield self._event(f"response.{whole['status']}", response=whole)

    def _message(self, text: str, status: str, content: list[Any] | None = None) -> dict[str, Any]:
        return {
            "id": self._item,
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": [_part(text)] if content is None else content,
        }

    def _event(self, kind: str, **fields: Any) -> bytes:
        self._number += 1
        value = {"type": kind, "sequence_number": self._number, **fields}
        return f"event: {kind}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _usage(reply: Reply) -> dict[str, Any]:
    return {
        "input_tokens": reply.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": reply.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": reply.prompt_tokens + reply.completion_tokens,
    }
