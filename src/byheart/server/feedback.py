"""Feedback over HTTP: byheart's own shape, and TensorZero's, whose clients need only change the address."""

from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid5

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, RootModel

from byheart.base.clock import utcnow
from byheart.base.errors import NotFoundError
from byheart.base.ids import canonical_json
from byheart.base.settings import Settings
from byheart.capture.given import Given, Outcome, give, rehearse
from byheart.chat.records import text_of
from byheart.loop import NOBODY, Assistant
from byheart.server.bodies import checked, person_named, read_body, schema_of
from byheart.server.errors import FieldError, error_body

Id = Annotated[str, Field(max_length=512)]
_THUMBS = {
    "'up'": "up",
    "'down'": "down",
    "'none'": "none",
    "True": "up",
    "False": "down",
    "1": "up",
    "-1": "down",
}
_THUMB_SCHEMA: dict[str, Any] = {"enum": ["up", "down", "none", True, False, 1, -1]}
_TAGS_SCHEMA: dict[str, Any] = {"type": ["array", "object"]}
_MOST_TAGS = 32


class FeedbackBody(BaseModel):
    """What a person says of one answer, in byheart's shape."""

    model_config = ConfigDict(extra="forbid", title="Feedback")
    completion_id: Id = ""
    id: Id = ""
    turn_id: Id = ""
    thumb: Annotated[Any, Field(json_schema_extra=_THUMB_SCHEMA)] = None
    rating: Annotated[float, Field(ge=1, le=5, strict=True)] | None = None
    comment: Annotated[str, Field(max_length=20_000)] | None = None
    correction: Annotated[str, Field(max_length=100_000)] | None = None
    tags: Annotated[Any, Field(json_schema_extra=_TAGS_SCHEMA)] = None
    user: Annotated[str, Field(max_length=512)] | None = None
    dryrun: Annotated[bool, Field(strict=True)] = False

    def given(self, person: str) -> Given:
        """What is said. Raises InputError."""
        named = {name for name in (self.completion_id, self.id, self.turn_id) if name}
        if len(named) > 1:
            raise FieldError("completion_id", f"Two answers are named: {' and '.join(sorted(named))}.")
        return Given(
            target=next(iter(named), ""),
            person=person,
            thumb=_thumb(self.thumb),
            rating=self.rating,
            comment=self.comment or "",
            correction=self.correction or "",
            tags=_tags(self.tags),
        )


class MetricBody(BaseModel):
    """What a person says of one answer, in TensorZero's shape."""

    model_config = ConfigDict(extra="forbid", title="MetricFeedback")
    metric_name: Annotated[str, Field(min_length=1, max_length=200)]
    inference_id: Id | None = None
    episode_id: Id | None = None
    value: Any
    tags: Annotated[Any, Field(json_schema_extra=_TAGS_SCHEMA)] = None
    user: Annotated[str, Field(max_length=512)] | None = None
    dryrun: Annotated[bool, Field(strict=True)] | None = None

    def given(self, person: str) -> Given:
        """What is said, by the kind of the metric's value. Raises InputError."""
        if bool(self.inference_id) == bool(self.episode_id):
            raise FieldError("inference_id", "Name either inference_id or episode_id, and only one of them.")
        if self.metric_name == "demonstration" and not self.inference_id:
            raise FieldError("inference_id", "A demonstration belongs to one answer: name its inference_id.")
        return Given(
            target=self.inference_id or self.episode_id or "",
            conversation=not self.inference_id,
            person=person,
            tags=_tags(self.tags),
            **self._said(),
        )

    def _said(self) -> dict[str, Any]:
        value, topic = self.value, self.metric_name
        if topic == "demonstration":
            return {"correction": _text(value, 100_000)}
        if topic == "comment":
            return {"comment": _text(value, 20_000)}
        if isinstance(value, bool):
            return {"thumb": "up" if value else "down", "topic": topic}
        if isinstance(value, int | float) and 1 <= value <= 5:
            return {"rating": float(value), "topic": topic}
        if value is None:
            raise FieldError("value", "value is null: send true or false, a number, or a text.")
        kept = f"{value:g}" if isinstance(value, int | float) else _text(value, 20_000)
        return {"comment": kept, "topic": topic}


def routes(app: FastAPI, assistant: Assistant, settings: Settings) -> None:
    """Install /v1/feedback and /feedback."""
    del settings  # the doors are all alike; who may knock is the guard's business

    async def feedback(http: Request) -> Response:
        """Say what a person thinks of an answer: a thumb, a rating, a comment, a better answer."""
        body = (await read_body(http, _Raw)).root
        kind: type[FeedbackBody | MetricBody] = MetricBody if "metric_name" in body else FeedbackBody
        return await _answer(assistant, http, checked(body, kind))

    async def metric(http: Request) -> Response:
        """The same in TensorZero's shape."""
        return await _answer(assistant, http, await read_body(http, MetricBody))

    own, foreign = schema_of(FeedbackBody), schema_of(MetricBody)
    app.post("/v1/feedback", openapi_extra=_described({"anyOf": [own, foreign]}), responses=_ANSWERS)(
        feedback
    )
    app.post("/feedback", openapi_extra=_described(foreign), responses=_ANSWERS)(metric)


class _Raw(RootModel[dict[str, Any]]):
    """Any JSON object."""


_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"description": "The answer is not stored yet; the feedback waits for it."},
    400: {"description": "The request is wrong; the message says what."},
    404: {"description": "The answer is another person's."},
    503: {"description": "The store cannot be written now."},
}


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def _answer(assistant: Assistant, http: Request, body: FeedbackBody | MetricBody) -> Response:
    person = person_named(http.headers, {"user": body.user})
    given = body.given("" if person == NOBODY else person)
    key = http.headers.get("idempotency-key", "").strip()
    work = (
        (lambda c: rehearse(c, given, utcnow())) if body.dryrun else (lambda c: give(c, given, utcnow(), key))
    )
    try:
        outcome = await run_in_threadpool(lambda: assistant.writer.submit(work).result())
    except NotFoundError as error:
        return JSONResponse(error_body(str(error), "invalid_request_error", "id", "not_found"), 404)
    if not body.dryrun:
        assistant.listener.remarked()
    status = 202 if outcome.state == "waiting" else 200
    if isinstance(body, MetricBody):
        return JSONResponse({"feedback_id": str(uuid5(NAMESPACE_OID, outcome.id))}, status)
    return JSONResponse(_told(outcome), status)


def _told(outcome: Outcome) -> dict[str, Any]:
    capture = outcome.capture
    return {
        "id": outcome.id,
        "object": "feedback",
        "turn": outcome.turn or None,
        "label": outcome.label,
        "state": outcome.state,
        "why": outcome.why,
        "capture": {"id": capture.id, "state": capture.state} if capture else None,
    }


def _thumb(value: Any) -> str:
    if value is None:
        return ""
    shown = repr(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"
    if shown in _THUMBS:
        return _THUMBS[shown]
    raise FieldError("thumb", f"thumb is {shown[:40]}: send up, down, or none to take it back.")


def _tags(value: Any) -> tuple[str, ...]:
    """Tags as a list of words, or as a flat object."""
    if value is None:
        return ()
    words = [f"{key}={word}" for key, word in value.items()] if isinstance(value, dict) else value
    plain = isinstance(words, list) and all(isinstance(word, str) for word in words)
    if not plain or len(words) > _MOST_TAGS or sum(map(len, words)) > 2000:
        raise FieldError(
            "tags", f"tags must be at most {_MOST_TAGS} short words, as a list or a flat object."
        )
    return tuple(words)


def _text(value: Any, most: int) -> str:
    """A value as text: as it is, the text of its parts, or its JSON."""
    try:
        text = value if isinstance(value, str) else text_of(value) or canonical_json(value)
    except RecursionError:
        raise FieldError("value", "value is nested too deeply.") from None
    if not text.strip() or len(text) > most:
        raise FieldError("value", f"value must be a text of 1 to {most} characters.")
    return text
