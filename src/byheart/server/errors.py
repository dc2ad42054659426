"""The one place where errors become HTTP, in OpenAI's shape."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from byheart.base.errors import ByheartError, InputError, NotFoundError
from byheart.models.local import PromptTooLongError


class FieldError(InputError):
    """One field of a body is wrong; `param` names it."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


def error_body(message: str, kind: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def explained(error: ByheartError) -> dict[str, Any]:
    """One of our errors as OpenAI's clients read it."""
    if isinstance(error, PromptTooLongError):
        return error_body(str(error), "invalid_request_error", "messages", "context_length_exceeded")
    if isinstance(error, NotFoundError):
        return error_body(str(error), "invalid_request_error", "model", "model_not_found")
    if isinstance(error, InputError):
        param = error.param or None if isinstance(error, FieldError) else None
        return error_body(str(error), "invalid_request_error", param)
    return error_body(str(error), "server_error", code=type(error).__name__.removesuffix("Error").lower())


def install(app: FastAPI) -> None:
    """Translate every error of the app."""

    @app.exception_handler(ByheartError)
    def ours(_: Request, error: ByheartError) -> JSONResponse:
        headers = getattr(error, "headers", None)
        return JSONResponse(getattr(error, "body", None) or explained(error), error.http_status, headers)

    @app.exception_handler(RequestValidationError)
    def body(_: Request, error: RequestValidationError) -> JSONResponse:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"] if part != "body")
        if fault["type"] == "json_invalid":
            message, where = f"The body is not JSON: {fault['ctx']['error']}.", ""
        else:
            message = f"{where or 'The body'}: {fault['msg']}."
        return JSONResponse(error_body(message, "invalid_request_error", where or None), 400)

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse(error_body(str(error.detail), "invalid_request_error"), error.status_code)

    @app.exception_handler(Exception)
    def fault(_: Request, error: Exception) -> JSONResponse:
        message = f"byheart failed by a fault of its own: {type(error).__name__}. Its log says where."
        return JSONResponse(error_body(message, "server_error"), 500)
