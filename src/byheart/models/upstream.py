"""An upstream model: any server that speaks OpenAI's chat protocol, over HTTP."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import httpx

from byheart.base.errors import ModelError
from byheart.chat.records import Message
from byheart.models.records import Piece, Progress, Reply, Sampling, one_by_one

PASSING = {408, 409, 425, 429, 500, 502, 503, 504}
_REMEDIES = {
    400: "Check what is sent to it.",
    401: "Set the right key: OPENAI_API_KEY or BYHEART_UPSTREAM_KEY.",
    403: "Use a key that may use this model.",
    404: "Check upstream_url and the model's name.",
    429: "Wait a while, or raise the limit of your account.",
}


class UpstreamModel:
    """A ChatModel behind `url` (as in `https://host/v1`). `key` may be empty, for servers that want none.

    What passes by itself (429, 5xx, a refused connection) is tried again up to `retries` times with growing
    waits, but only before the first token: nothing is ever said twice. `timeout` is in seconds, for the
    connection and for each stretch of silence. Threads may share it.
    """

    def __init__(
        self, url: str, key: str, name: str, timeout: float = 60.0, retries: int = 3, wait: float = 0.5
    ) -> None:
        self.name = name
        self.adapter = ""
        self.url = url.rstrip("/")
        self._retries = retries
        self._wait = wait
        self.timeout = timeout
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """Answer one prompt, piece by piece; closing the iterator hangs up."""
        started = time.perf_counter()
        body = {
            **_body(self.name, messages, sampling),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        answer = _Answer()
        with self._words_for_failures(), self._post(body) as response:
            if "text/event-stream" not in response.headers.get("content-type", ""):
                answer.take_whole(_json(response.read().decode("utf-8", "replace"), self.url), self.url)
                yield Piece(answer.text)
            else:
                for event in _events(response, self.url):
                    if text := answer.take(event, self.url):
                        yield Piece(text)
        yield Piece("", answer.reply(time.perf_counter() - started, self.url))

    def reply_all(
        self, prompts: Sequence[Sequence[Message]], sampling: Sampling, progress: Progress | None = None
    ) -> list[Reply]:
        """Answer many prompts, in their order."""
        return one_by_one(self, prompts, sampling, progress)

    def close(self) -> None:
        """Close the connections."""
        if "_client" in vars(self):
            self._client.close()

    @cached_property
    def _client(self) -> httpx.Client:
        timeout = httpx.Timeout(self.timeout, connect=min(self.timeout, 10))
        return httpx.Client(headers=self.headers, timeout=timeout)

    @contextmanager
    def _post(self, body: dict[str, Any]) -> Iterator[httpx.Response]:
        """The response once it began well, after as many tries as allowed."""
        request = self._client.build_request("POST", f"{self.url}/chat/completions", json=body)
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                response = self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if last:
                    raise
                self._pause(attempt, "")
                continue
            try:
                if response.status_code not in PASSING or last:
                    if response.is_error:
                        raise _refusal(response, self.url)
                    yield response
                    return
            finally:
                response.close()
            self._pause(attempt, response.headers.get("retry-after", ""))

    def _pause(self, attempt: int, asked: str) -> None:
        """Wait as long as the server asks, at most a minute, or else twice as long each time."""
        seconds = float(asked) if asked.replace(".", "", 1).isdigit() else self._wait * 2**attempt
        time.sleep(min(seconds, 60.0) * random.uniform(1.0, 1.25))

    @contextmanager
    def _words_for_failures(self) -> Iterator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            raise ModelError(
                f"{self.url} did not answer in time.", "Check that it runs and is not overloaded."
            ) from error
        except httpx.RemoteProtocolError as error:
            raise ModelError(f"{self.url} broke off in the middle of the answer.", "Ask again.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(
                f"{self.url} cannot be reached: {error}.", "Check upstream_url and that the server runs."
            ) from error


class _Answer:
    """An answer as it arrives."""

    def __init__(self) -> None:
        self.text = ""
        self.finish_reason: str | None = None
        self.usage: dict[str, Any] = {}
        self.pieces = 0

    def take(self, event: dict[str, Any], url: str) -> str:
        """Take one chunk, give its text."""
        if error := event.get("error"):
            raise ModelError(f"{url} failed in the middle of the answer: {_said(error)}.", "Ask again.")
        self.usage = event.get("usage") or self.usage
        try:
            choice = event["choices"][0] if event["choices"] else {}
            text = _whole((choice.get("delta") or {}).get("content") or "")
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
            self.text += text
        except (KeyError, TypeError, AttributeError) as error:
            raise _gibberish(url, json.dumps(event)) from error
        self.pieces += bool(text)
        return str(text)

    def take_whole(self, body: dict[str, Any], url: str) -> None:
        """Take an answer that came at once, from a server that does not stream."""
        try:
            choice = body["choices"][0]
            self.text = _whole(choice["message"]["content"] or "")
            self.finish_reason = choice["finish_reason"] or "stop"
            self.usage = body.get("usage") or {}
        except (KeyError, IndexError, TypeError) as error:
            raise _gibberish(url, json.dumps(body)) from error

    def reply(self, seconds: float, url: str) -> Reply:
        """The whole answer. Raises ModelError when it is only half of one."""
        if self.finish_reason is None:
            raise ModelError(f"{url} ended the answer before it was finished.", "Ask again.")
        return Reply(
            self.text,
            self.finish_reason,
            int(self.usage.get("prompt_tokens") or 0),
            int(self.usage.get("completion_tokens") or self.pieces),
            seconds,
        )


def _body(name: str, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": name,
        "messages": [m.wire() for m in messages],
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
    }
    return {**body, "stop": list(sampling.stop)} if sampling.stop else body


def _events(response: httpx.Response, url: str) -> Iterator[dict[str, Any]]:
    """The JSON of each server-sent event, up to [DONE]; comments and other fields are passed over."""
    data: list[str] = []
    for line in response.iter_lines():
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            text, data = "\n".join(data), []
            if text.strip() == "[DONE]":
                return
            yield _json(text, url)
    if data and "\n".join(data).strip() != "[DONE]":
        yield _json("\n".join(data), url)


def _json(text: str, url: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise _gibberish(url, text) from error
    if not isinstance(value, dict):
        raise _gibberish(url, text)
    return value


def _gibberish(url: str, text: str) -> ModelError:
    shown = text if len(text) <= 80 else text[:77] + "..."
    return ModelError(
        f"{url} answered with what is not OpenAI's chat format: {shown!r}.",
        "Check that upstream_url ends where the API begins, mostly in /v1.",
    )


def _refusal(response: httpx.Response, url: str) -> ModelError:
    text = response.read().decode("utf-8", "replace")
    try:
        body = json.loads(text)
        said = _said(body["error"] if isinstance(body, dict) and "error" in body else body)
    except ValueError:
        said = " ".join(text.split())[:200]
    remedy = _REMEDIES.get(response.status_code, "Check the server's own log.")
    return ModelError(f"{url} refused with status {response.status_code}: {said or 'nothing else'}.", remedy)


def _whole(text: str) -> str:
    """The text with halves of surrogate pairs, which JSON allows and nothing can store, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _said(error: Any) -> str:
    if isinstance(error, dict):
        error = error.get("message") or error.get("detail") or json.dumps(error)
    return str(error).strip().rstrip(".")[:300]
