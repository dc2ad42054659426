"""The coaching app's door: the answer, with the suggestions, follow-ups and analysis that stand beside it."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from byheart.base.clock import utcnow
from byheart.base.settings import Settings
from byheart.chat.records import Message
from byheart.insight.reflection.records import Reflection
from byheart.insight.reflection.reflect import reflect
from byheart.loop import Assistant, Request
from byheart.memory.bank import memories_of
from byheart.models.records import Sampling
from byheart.server import wire
from byheart.server.bodies import conversation_named, person_named, read_body, schema_of, switched_on
from byheart.server.errors import FieldError, error_body
from byheart.server.guard import shown_key

PUBLIC = "/api/enhanced-reflect-public"
KEYED = "/api/enhanced-reflect"
_ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
_NOTHING: dict[str, Any] = {"suggestions": [], "followUps": [], "strategy": None, "analysis": None}


class ReflectBody(BaseModel):
    """What the app sends.

    A past message is `{"role", "content"}` or `{"role", "text"}`, or a pair `{"user", "assistant"}`.
    """

    model_config = ConfigDict(extra="allow")
    message: str
    conversationHistory: list[dict[str, Any]] | None = None  # noqa: N815  the app's own name

    def request(self, headers: Mapping[str, str], settings: Settings) -> Request:
        """What is asked of the assistant. Raises InputError."""
        if not self.message.strip():
            raise FieldError("message", "message: it is empty.")
        named = {key: str(value) for key, value in (self.model_extra or {}).items() if _names(value)}
        return Request(
            person=person_named(headers, named),
            messages=[*_history(self.conversationHistory or []), Message("user", self.message)],
            conversation=conversation_named(headers, named),
            sampling=Sampling(max_tokens=settings.max_tokens, seed=settings.seed),
            memory=switched_on(headers, "X-Byheart-Memory"),
            capture=switched_on(headers, "X-Byheart-Capture"),
        )


def routes(app: FastAPI, assistant: Assistant, settings: Settings) -> None:
    """Install both paths: the public one, and the one that wants the settings' `api_key`."""
    content = {"application/json": {"schema": schema_of(ReflectBody)}}
    described = {"requestBody": {"content": content, "required": True}}

    async def answer(http: HttpRequest) -> Response:
        body = await read_body(http, ReflectBody)
        return await run_in_threadpool(_answer, assistant, body.request(http.headers, settings))

    @app.post(PUBLIC, openapi_extra=described)
    async def public(http: HttpRequest) -> Response:
        """Answer the coaching app."""
        return await answer(http)

    @app.post(KEYED, openapi_extra=described)
    async def keyed(http: HttpRequest) -> Response:
        """Answer the coaching app, for callers with the key."""
        return _refused(http, settings) or await answer(http)


def _answer(assistant: Assistant, asked: Request) -> Response:
    answer = assistant.take_turn(asked)
    # Before the model speaks: what this message says is not yet among the memories.
    reflection = assistant.guarded("reflect", lambda: _reflect(assistant, asked))
    reply = wire.finished(answer)
    content = {
        "question": reply.text,
        "response": reply.text,
        **(reflection.wire() if reflection else _NOTHING),
        "model": answer.model,
        "conversationId": answer.conversation,
        "memories": [{"id": m.id, "kind": m.kind, "text": m.text} for m in answer.memories],
    }
    return JSONResponse(content, headers=wire.headers(answer.begun))


def _reflect(assistant: Assistant, asked: Request) -> Reflection:
    now, known = utcnow(), []
    if asked.remembers:
        with assistant.store.reading() as connection:
            known = memories_of(connection, asked.person, now, current_only=False)
    *history, last = asked.messages
    return reflect(last.content, history, known, now)


def _history(past: Sequence[Mapping[str, Any]]) -> list[Message]:
    """The messages before the last. Raises InputError naming the one that cannot be read."""
    messages: list[Message] = []
    for number, said in enumerate(past):
        where = f"conversationHistory.{number}"
        if "role" in said:
            role = _ROLES.get(said["role"]) if isinstance(said["role"], str) else None
            if role is None:
                raise FieldError(
                    f"{where}.role", f"{where}.role: {said['role']!r} is not one of {', '.join(_ROLES)}."
                )
            messages.append(Message(role, _text(said, ("content", "text"), where)))
        elif "user" in said or "assistant" in said:
            pair = [
                Message(role, _text(said, (role,), where)) for role in ("user", "assistant") if said.get(role)
            ]
            messages += pair
        else:
            raise FieldError(where, f"{where}: it has neither a role nor a user and an assistant.")
    return messages


def _text(said: Mapping[str, Any], keys: Sequence[str], where: str) -> str:
    key = next((key for key in keys if said.get(key) is not None), keys[0])
    text = said.get(key)
    if not isinstance(text, str):
        raise FieldError(f"{where}.{key}", f"{where}.{key}: it must be a text.")
    return text


def _names(value: Any) -> bool:
    """Whether a field may name a person or a conversation; some apps number them."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def _refused(http: HttpRequest, settings: Settings) -> Response | None:
    """Why the caller may not come in; None for one who shows the key."""
    if settings.api_key is None:
        message = (
            f"{KEYED} wants a key, and the server has none. Set api_key, or BYHEART_API_KEY, or use {PUBLIC}."
        )
    elif secrets.compare_digest(
        shown_key(http.headers).encode(), settings.api_key.get_secret_value().encode()
    ):
        return None
    else:
        message = "The key is missing or wrong. Send api_key as Authorization: Bearer KEY or X-API-Key: KEY."
    return JSONResponse(error_body(message, "invalid_request_error", code="invalid_api_key"), 401)
