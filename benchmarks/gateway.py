"""What the gateway adds to a request, with capture and recall on and off, beside the LiteLLM proxy.

    python benchmarks/gateway.py [--litellm FOLDER/bin/litellm] [--seconds 20]

A scripted upstream, the gateway and the load generator run as three processes on this machine. Requests arrive at a
fixed rate, whether or not earlier ones are answered (an open loop), so that a stall shows. "Added" is the time from
request to reply less the median of the same requests sent to the upstream directly. Durable capture means that each
turn is synced to the disk before its reply ends. LiteLLM is installed in its own environment:

    python -m venv litellm && litellm/bin/pip install 'litellm[proxy]'

The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.memory.bank import remember
from byheart.memory.records import Memory

REPLY = "That sounds like a plan. You told me last week that mornings work best for you, so start there."
WORDS = [f" {word}" for word in REPLY.split()]
TOPICS = (
    "running",
    "sister",
    "guitar",
    "Lisbon",
    "garden",
    "exam",
    "cat",
    "coffee",
    "chess",
    "novel",
    "bakery",
)


KEY = "sk-bench-5f1c9e0d7a2b"  # LiteLLM refuses to start without one of its own


def chunk(delta: Mapping[str, str], reason: str | None = None) -> bytes:
    """One event of a streamed answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
    }
    return f"data: {json.dumps(body)}\n\n".encode()


WHOLE = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": REPLY},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": {"prompt_tokens": 50, "completion_tokens": 20, "total_tokens": 70},
    }
).encode()
STREAM = b"".join([*(chunk({"content": word}) for word in WORDS), chunk({}, "stop"), b"data: [DONE]\n\n"])


class Upstream(asyncio.Protocol):
    """Answers every request with the same reply, at once; streams it where the body asks for that."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while b"\r\n\r\n" in self.data:
            head, _, rest = self.data.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            if len(rest) < length:
                return
            body, self.data = rest[:length], rest[length:]
            streamed = b'"stream":true' in body.replace(b" ", b"")
            content = STREAM if streamed else WHOLE
            kind = b"text/event-stream" if streamed else b"application/json"
            self.transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n%b"
                % (kind, len(content), content)
            )


class Client(asyncio.Protocol):
    """One kept connection; `ask` gives the seconds to the first byte of the body and to the whole reply."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.reset()

    def reset(self) -> None:
        self.data, self.first, self.done = b"", 0.0, asyncio.get_running_loop().create_future()

    async def ask(self, request: bytes) -> tuple[float, float]:
        self.reset()
        started = time.perf_counter()
        self.transport.write(request)
        await self.done
        return self.first - started, time.perf_counter() - started

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, split, body = self.data.partition(b"\r\n\r\n")
        if not split or not body:
            return
        self.first = self.first or time.perf_counter()
        low = head.lower()
        if b"chunked" in low:
            whole = body.endswith(b"0\r\n\r\n")
        else:
            whole = len(body) >= int(low.partition(b"content-length:")[2].split(b"\r\n")[0])
        if whole and not self.done.done():
            if b" 200 " not in head.split(b"\r\n")[0]:
                self.done.set_exception(RuntimeError(self.data[:500].decode("utf-8", "replace")))
            else:
                self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionResetError(f"the connection was lost: {error}"))


def request(port: int, number: int, person: str, stream: bool, headers: Mapping[str, str]) -> bytes:
    """A question that was never asked before."""
    topic = TOPICS[number % len(TOPICS)]
    said = [
        {"role": "system", "content": "You are a coach."},
        {
            "role": "user",
            "content": f"Question {number}: what did I tell you about the {topic} on day {number}?",
        },
    ]
    body = json.dumps({"model": "m", "messages": said, "stream": stream, "user": person}).encode()
    lines = [
        "POST /v1/chat/completions HTTP/1.1",
        f"host: 127.0.0.1:{port}",
        "content-type: application/json",
        f"authorization: Bearer {KEY}",
        f"content-length: {len(body)}",
        *(f"{key}: {value}" for key, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def at_rate(
    port: int, rate: float, seconds: float, stream: bool = False, headers: Mapping[str, str] | None = None
) -> list[tuple[float, float]]:
    """Requests at a fixed mean rate with random gaps; times count from when a request was due."""
    loop, chance = asyncio.get_running_loop(), random.Random(1)
    idle: list[Client] = []
    all_times: list[tuple[float, float]] = []
    tasks = []
    due = loop.time() + 0.1

    async def one(number: int, at: float) -> None:
        asked = request(port, number, f"person-{number % 50}", stream, headers or {})
        late, times = max(0.0, loop.time() - at), None
        while times is None:  # a server may close a kept connection just as it is used again
            idle[:] = [one for one in idle if not one.transport.is_closing()]
            kept = bool(idle)
            client = idle.pop() if kept else (await loop.create_connection(Client, "127.0.0.1", port))[1]
            try:
                times = await client.ask(asked)
            except ConnectionResetError:
                if not kept:
                    raise
        first, whole = times
        all_times.append((first + late, whole + late))
        idle.append(client)

    for number in range(int(rate * seconds)):
        due += chance.expovariate(rate)
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.ensure_future(one(number, due)))
    await asyncio.gather(*tasks)
    return all_times


async def flat_out(
    port: int, connections: int, seconds: float, headers: Mapping[str, str] | None = None
) -> float:
    """Requests a second when each connection asks again as soon as it is answered."""
    loop = asyncio.get_running_loop()
    end, count = loop.time() + seconds, 0

    async def one(place: int) -> None:
        nonlocal count
        client = (await loop.create_connection(Client, "127.0.0.1", port))[1]
        while loop.time() < end:
            await client.ask(
                request(port, count * connections + place, f"person-{place}", False, headers or {})
            )
            count += 1

    started = loop.time()
    await asyncio.gather(*(one(place) for place in range(connections)))
    return count / (loop.time() - started)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: Sequence[str], port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """Run a server until the block ends; waits for its port."""
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            for _ in range(1200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if running.poll() is not None:
                    raise SystemExit(f"{command[0]} ended with {running.returncode}")
                time.sleep(0.1)
            time.sleep(1.0)
            yield running.pid
        finally:
            running.terminate()


def megabytes(pid: int) -> float:
    """Resident memory of a process and its children."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        if str(pid) in (fields["Pid"].strip(), fields["PPid"].strip()):
            total += int(fields.get("VmRSS", "0 kB").split()[0]) / 1024
    return round(total, 1)


def fill(home: Path, people: int = 50, each: int = 100) -> None:
    """Give every person memories."""
    with Store.open(Settings.load(home=home).store_url) as store, store.transaction() as connection:
        for person in range(people):
            said = [
                Memory.said(
                    f"person-{person}",
                    f"I did something with the {TOPICS[i % len(TOPICS)]} number {i} and it was fine.",
                    f"2026-{1 + i % 9:02d}-{1 + i % 27:02d}T10:00:00.000000Z",
                    kind="personal",
                    importance=3,
                )
                for i in range(each)
            ]
            remember(connection, said)


def quantile(values: Sequence[float], part: float) -> float:
    """A quantile by rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def added(
    times: Sequence[tuple[float, float]], direct: Sequence[tuple[float, float]], which: int = 1
) -> dict[str, float]:
    """What stands between request and reply beyond the upstream's own median, in milliseconds."""
    own = statistics.median(t[which] for t in direct)
    return {
        name: round((quantile([t[which] for t in times], part) - own) * 1000, 2)
        for name, part in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    }


MODES = {
    "capture off, recall off": ({"x-byheart-capture": "off", "x-byheart-memory": "off"}, 100.0),
    "capture on, recall off": ({"x-byheart-memory": "off"}, 100.0),
    "capture on, recall on": ({}, 30.0),
}


def main() -> None:
    """Run every mode and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--litellm", type=Path, help="LiteLLM's executable, to be measured beside")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each mode is measured")
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.upstream:
        asyncio.run(serve_upstream(asked.upstream))
        return
    up = free_port()
    with process([sys.executable, __file__, "--upstream", str(up)], up, {}):
        figures = measure(up, asked.seconds, asked.litellm)
    print(json.dumps(figures))


async def serve_upstream(port: int) -> None:
    """The scripted upstream."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


def measure(up: int, seconds: float, litellm: Path | None) -> dict[str, Any]:
    """All figures of one run."""
    figures: dict[str, Any] = {"upstream_rps": round(asyncio.run(flat_out(up, 8, 2)))}
    direct = {rate: asyncio.run(at_rate(up, rate, 5)) for rate in (30.0, 100.0)}
    direct_stream = asyncio.run(at_rate(up, 30, 5, stream=True))
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        fill(home)
        environment = {
            "BYHEART_HOME": folder,
            "OPENAI_BASE_URL": f"http://127.0.0.1:{up}/v1",
            "OPENAI_API_KEY": "k",
        }
        command = [str(Path(sys.executable).with_name("byheart")), "serve", "--port", str(port)]
        with process(command, port, environment) as pid:
            asyncio.run(at_rate(port, 50, 3))
            for mode, (headers, rate) in MODES.items():
                times = asyncio.run(at_rate(port, rate, seconds, headers=headers))
                figures[f"byheart: {mode}, {rate:.0f}/s"] = show(mode, rate, added(times, direct[rate]))
            times = asyncio.run(at_rate(port, 30, seconds, stream=True))
            figures["byheart: first token of a stream, 30/s"] = show(
                "first token of a stream, capture and recall on", 30, added(times, direct_stream, 0)
            )
            rps = [asyncio.run(flat_out(port, n, 5, MODES["capture on, recall off"][0])) for n in (1, 8)]
            figures["byheart_rps"] = {"1": round(rps[0]), "8": round(rps[1])}
            figures["byheart_mb"] = megabytes(pid)
    if litellm:
        figures |= beside(up, direct, seconds, litellm)
        figures["times_litellm"] = round(figures["byheart_rps"]["8"] / figures["litellm_rps"]["8"], 1)
    for key, value in figures.items():
        print(f"  {key}: {value}")
    return figures


def beside(up: int, direct: Mapping[float, Any], seconds: float, litellm: Path) -> dict[str, Any]:
    """The same for LiteLLM, which keeps nothing."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        port, config = free_port(), Path(folder) / "config.yaml"
        config.write_text(
            "model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/m\n"
            f"      api_base: http://127.0.0.1:{up}/v1\n      api_key: k\n"
        )
        command = [str(litellm), "--config", str(config), "--port", str(port), "--num_workers", "1"]
        with process(command, port, {"LITELLM_MASTER_KEY": KEY}) as pid:
            asyncio.run(flat_out(port, 1, 3))
            times = asyncio.run(at_rate(port, 30, seconds))
            figures["litellm: 30/s"] = show("LiteLLM, nothing kept", 30, added(times, direct[30.0]))
            rps = [asyncio.run(flat_out(port, n, 5)) for n in (1, 8)]
            figures["litellm_rps"] = {"1": round(rps[0]), "8": round(rps[1])}
            figures["litellm_mb"] = megabytes(pid)
    return figures


def show(mode: str, rate: float, figures: dict[str, float]) -> dict[str, float]:
    """Print one line as it is measured."""
    shown = ", ".join(f"{name} {value:.2f} ms" for name, value in figures.items())
    print(f"  {mode} at {rate:.0f}/s adds {shown}", file=sys.stderr, flush=True)
    return figures


if __name__ == "__main__":
    main()
