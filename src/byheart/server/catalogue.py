"""Which models there are, byheart's own and those of the servers behind it."""

import asyncio
import time
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from byheart.base.errors import NotFoundError
from byheart.experiment.shelf import Shelf
from byheart.loop import Assistant
from byheart.server.relay import Relay

_FRESH_SECONDS = 60.0


class Catalogue:
    """Names of models, with what the upstreams say of theirs; asked for at most once a minute."""

    def __init__(self, assistant: Assistant, relay: Relay) -> None:
        self._assistant = assistant
        self._relay = relay
        self._seen: tuple[float, list[dict[str, Any]]] = (-_FRESH_SECONDS, [])

    async def models(self) -> list[dict[str, Any]]:
        """Every model that a request may name, as OpenAI lists them."""
        own = await run_in_threadpool(self._assistant.models.names)
        foreign = [entry for entry in await self._upstream() if entry["id"] not in own]
        return [_entry(name) for name in own] + foreign

    async def _upstream(self) -> list[dict[str, Any]]:
        shelf = self._assistant.models
        servers = shelf.servers() if isinstance(shelf, Shelf) else []
        if servers and time.monotonic() - self._seen[0] > _FRESH_SECONDS:
            lists = await asyncio.gather(*(self._relay.get(f"{url}/models", key) for url, key in servers))
            found = {entry["id"]: entry for listed in lists for entry in _entries(listed)}
            self._seen = time.monotonic(), list(found.values())
        return self._seen[1]


def routes(app: FastAPI, assistant: Assistant, relay: Relay) -> None:
    """Install /v1/models."""
    catalogue = Catalogue(assistant, relay)

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        """Every model that a request may name."""
        return {"object": "list", "data": await catalogue.models()}

    @app.get("/v1/models/{name:path}")
    async def model(name: str) -> dict[str, Any]:
        """One model."""
        known = {entry["id"]: entry for entry in await catalogue.models()}
        if name not in known:
            raise NotFoundError(f"There is no model {name!r}.", f"There are: {', '.join(list(known)[:20])}.")
        return known[name]


def _entries(listed: Any) -> list[dict[str, Any]]:
    """The models of an upstream's list, in OpenAI's shape whatever it left out."""
    data = listed.get("data") if isinstance(listed, dict) else None
    entries = [e for e in data if isinstance(e, dict)] if isinstance(data, list) else []
    return [{**_entry(e["id"]), "owned_by": "upstream", **e} for e in entries if isinstance(e.get("id"), str)]


def _entry(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "byheart"}
