"""Who may knock: with an `api_key` in the settings, every door but /health wants it."""

import secrets

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from byheart.base.settings import Settings
from byheart.server.errors import error_body

_OPEN = ("/health", "/api/enhanced-reflect-public")


def install(app: FastAPI, settings: Settings) -> None:
    """Ask for the settings' key, if there is one."""
    if settings.api_key is not None:
        app.add_middleware(_Guard, key=settings.api_key.get_secret_value())


def shown_key(headers: Headers) -> str:
    """The key that a caller shows: as a bearer token, or in X-API-Key."""
    bearer = headers.get("authorization", "")
    return bearer[7:].strip() if bearer.lower().startswith("bearer ") else headers.get("x-api-key", "")


class _Guard:
    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = scope["type"] == "http" and scope["path"] not in _OPEN
        if wanted and not secrets.compare_digest(shown_key(Headers(scope=scope)).encode(), self._key):
            message = "The key is missing or wrong. Send the server's api_key as Authorization: Bearer KEY."
            body = error_body(message, "invalid_request_error", code="invalid_api_key")
            await JSONResponse(body, 401)(scope, receive, send)
            return
        await self._app(scope, receive, send)
