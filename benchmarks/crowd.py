"""People who talk to a server all at once, and an upstream whose every answer is another."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

NAMES = ("Anna", "Ben", "Carla", "David", "Ella", "Finn", "Greta", "Hugo", "Ida", "Jonas", "Karl", "Lea")
SAYINGS = (
    "I want to run {n} kilometres by June.",
    "My sister's name is {name}.",
    "I have {n} cats and a dog called {name}.",
    "I feel tired today.",
    "Great, that helped a lot. My goal is to read {n} books this year.",
    "I moved to Street {n} in Lisbon.",
    "What should I do about number {n}?",
)


@dataclass(frozen=True)
class Acked:
    """An exchange that a client has got to the end."""

    turn: str
    person: str
    said: str
    reply: str


@dataclass
class Load:
    """People who talk to the server, and what they got."""

    url: str
    chance: random.Random
    people: int = 8
    acked: list[Acked] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    cut: int = 0
    slowest: float = 0.0
    number: int = 0

    async def run(self, until: Callable[[], bool], killed: bool = False) -> None:
        """Let everybody talk until it is over. A broken connection is no failure while the server is `killed`."""
        timeout = aiohttp.ClientTimeout(total=60)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            await asyncio.gather(*(self._person(session, n, until, killed) for n in range(self.people)))

    async def _person(
        self, session: aiohttp.ClientSession, place: int, until: Callable[[], bool], killed: bool
    ) -> None:
        said: list[dict[str, str]] = []
        headers = {"x-byheart-conversation": f"talk-{place}-{self.number}"} if place % 2 else {}
        while not until():
            self.number += 1
            text = self.chance.choice(SAYINGS).format(n=self.number, name=self.chance.choice(NAMES))
            said = [*said[-8:], {"role": "user", "content": text}]
            body = {"model": "m", "messages": said, "user": f"person-{place}", "stream": self.number % 2 == 0}
            started = time.perf_counter()
            try:
                found = await self._ask(session, body, headers)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                if killed:
                    self.cut += 1
                    return
                self.failed.append(f"{type(error).__name__}: {error}")
                continue
            self.slowest = max(self.slowest, time.perf_counter() - started)
            if found is None:
                said = said[:-1]
                continue
            self.acked.append(found)
            said = [*said, {"role": "assistant", "content": found.reply}]
            if self.number % 7 == 0:
                await self._thumb(session, found)

    async def _ask(
        self, session: aiohttp.ClientSession, body: dict[str, Any], headers: dict[str, str]
    ) -> Acked | None:
        """Ask; None for a reply that failed, which is noted. Raises what a broken connection raises."""
        async with session.post(f"{self.url}/v1/chat/completions", json=body, headers=headers) as answer:
            raw = await answer.read()
            question = body["messages"][-1]["content"]
            try:
                text = streamed(raw) if body["stream"] else whole(raw)
            except (ValueError, KeyError):
                text = ""
            if answer.status != 200 or text != reply_to(question):
                self.failed.append(f"{answer.status}: {raw[-200:].decode('utf-8', 'replace')}")
                return None
            return Acked(answer.headers["x-byheart-turn"], body["user"], question, text)

    async def _thumb(self, session: aiohttp.ClientSession, found: Acked) -> None:
        body = {"turn_id": found.turn, "thumb": "up", "comment": "good"}
        try:
            async with session.post(f"{self.url}/v1/feedback", json=body) as answer:
                if answer.status == 200:
                    self.feedback.append((await answer.json())["id"])
        except (aiohttp.ClientError, OSError):
            return


def reply_to(question: str) -> str:
    """What the upstream answers."""
    return f"You said: {question} Mornings work best for you, so start there, one step after the other."


def whole(raw: bytes) -> str:
    """The text of an answer that came at once."""
    return str(json.loads(raw)["choices"][0]["message"]["content"])


def streamed(raw: bytes) -> str:
    """The text of a streamed answer. Raises ValueError unless it came to its end."""
    *events, done = [event.removeprefix(b"data: ") for event in raw.strip().split(b"\n\n")]
    if done != b"[DONE]":
        raise ValueError("the stream has no end")
    return "".join(json.loads(event)["choices"][0]["delta"].get("content", "") for event in events)


async def answer(http: web.Request) -> web.StreamResponse:
    """The upstream: one answer, whole or word by word."""
    body = await http.json()
    text = reply_to(body["messages"][-1]["content"])
    head = {"id": f"chatcmpl-{random.getrandbits(64):x}", "created": 1, "model": "m"}
    if not body.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return web.json_response({**head, "object": "chat.completion", "choices": [choice]})
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(http)
    pieces: list[tuple[dict[str, str], str | None]] = [
        ({"content": word + " "}, None) for word in text.split(" ")
    ]
    pieces[-1] = ({"content": text.split(" ")[-1]}, None)
    for delta, reason in [*pieces, ({}, "stop")]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        event = {**head, "object": "chat.completion.chunk", "choices": [choice]}
        await response.write(f"data: {json.dumps(event)}\n\n".encode())
        await asyncio.sleep(0.002)
    await response.write(b"data: [DONE]\n\n")
    return response


def serve_upstream(port: int) -> None:
    """Run the upstream until it is stopped."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None)
