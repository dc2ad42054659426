"""The relay: requests to an upstream server and its answers, passed through as they are.

Nothing is said twice: what passes by itself (429, 5xx, a lost connection) is tried again only while the upstream
has not begun to answer.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

import aiohttp
import orjson

from byheart.base.errors import ModelError
from byheart.models.upstream import PASSING, UpstreamModel
from byheart.server.errors import error_body

TRIES = 3
_PASSED_ON = ("retry-after", "x-request-id", "x-should-retry")
_LONGEST_WAIT = 5.0
_CONNECT_SECONDS = 10.0


class UpstreamTimeoutError(ModelError):
    """The upstream kept silent for too long."""

    http_status = 504


class UpstreamRefusalError(ModelError):
    """The upstream refused: its status and its own words, to be passed on as they are."""

    def __init__(self, status: int, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        error = body["error"]
        said = error.get("message") if isinstance(error, dict) else error
        super().__init__(f"The upstream refused with status {status}: {said}")
        self.http_status = status
        self.body = body
        self.headers = headers


class Relay:
    """One pool of connections to every upstream, open while it is entered; for one event loop."""

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
        self._session = aiohttp.ClientSession(connector=connector)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def post(self, model: UpstreamModel, path: str, body: bytes, key: str) -> aiohttp.ClientResponse:
        """The upstream's response, whatever its status, once it began. `key` stands in for a missing own one.

        Raises ModelError when it cannot be reached, UpstreamTimeoutError when it does not answer.
        """
        headers = {"Content-Type": "application/json", **(model.headers or _authorised(key))}
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=min(model.timeout, _CONNECT_SECONDS), sock_read=model.timeout
        )
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                response = await self._session.post(
                    model.url + path, data=body, headers=headers, timeout=timeout
                )
            except TimeoutError as error:
                raise UpstreamTimeoutError(
                    f"{model.url} did not answer in time.", "Check that it runs and is not overloaded."
                ) from error
            except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
                raise ModelError(f"{model.url} is no address.", "Check upstream_url and routes.") from error
            except (aiohttp.ClientError, OSError) as error:
                if last:
                    raise ModelError(
                        f"{model.url} cannot be reached: {error or type(error).__name__}.",
                        "Check upstream_url and that the server runs.",
                    ) from error
                await asyncio.sleep(_pause(attempt, ""))
                continue
            wait = _pause(attempt, response.headers.get("retry-after", ""))
            if last or response.status not in PASSING or wait > _LONGEST_WAIT:
                return response
            response.release()
            await asyncio.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def get(self, url: str, key: str) -> Any:
        """A JSON document, or None where there is none to be had within a few seconds."""
        timeout = aiohttp.ClientTimeout(total=3)
        try:
            async with self._session.get(url, headers=_authorised(key), timeout=timeout) as response:
                return orjson.loads(await response.read()) if response.ok else None
        except (aiohttp.ClientError, OSError, ValueError):
            return None


async def read_whole(response: aiohttp.ClientResponse) -> bytes:
    """An answer that comes at once. Raises ModelError when it breaks off."""
    try:
        return await response.read()
    except TimeoutError as error:
        raise UpstreamTimeoutError(
            "The upstream fell silent in the middle of the answer.", "Ask again."
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise ModelError("The upstream broke off in the middle of the answer.", "Ask again.") from error


async def refusal(response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> UpstreamRefusalError:
    """The upstream's own error; in OpenAI's shape where it has another. Raises ModelError when it breaks off."""
    raw = await read_whole(response)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if not (isinstance(body, dict) and body.get("error")):
        said = " ".join(raw[:300].decode("utf-8", "replace").split()) or "nothing else"
        body = error_body(f"The upstream refused with status {response.status}: {said}", "server_error")
    passed = {key: response.headers[key] for key in _PASSED_ON if key in response.headers}
    return UpstreamRefusalError(response.status, body, {**headers, **passed})


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[list[bytes]]:
    """The server-sent events of a stream as they arrive, whole ones only, each with the empty line that ends it.

    What stands at the end without an empty line is an event too. Raises ModelError when the stream breaks.
    """
    rest = b""
    try:
        async for chunk in response.content.iter_any():
            rest = (
                (rest + chunk).replace(b"\r\n", b"\n")
                if b"\r" in chunk or rest.endswith(b"\r")
                else rest + chunk
            )
            *whole, rest = rest.split(b"\n\n")
            if whole:
                yield [event + b"\n\n" for event in whole if event.strip()]
    except TimeoutError as error:
        raise UpstreamTimeoutError(
            "The upstream fell silent in the middle of the answer.", "Ask again."
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise ModelError("The upstream broke off in the middle of the answer.", "Ask again.") from error
    if rest.strip():
        yield [rest.rstrip(b"\n") + b"\n\n"]


def data_of(event: bytes) -> bytes:
    """The data of one event; empty for comments and other fields."""
    lines = [line[5:].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(b"data:")]
    return b"\n".join(lines).strip()


def _authorised(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _pause(attempt: int, asked: str) -> float:
    """Seconds to wait: what the server asks for, or else twice as long each time."""
    if asked.replace(".", "", 1).isdigit():
        return float(asked)
    return 0.2 * (1 << attempt) * random.uniform(1.0, 1.25)
