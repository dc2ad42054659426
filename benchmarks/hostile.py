"""Ten thousand hostile and malformed requests against every path of the API: no 500, no hang, no growth of memory.

    python benchmarks/hostile.py [--requests 10000] [--seed 1] [--schemathesis FOLDER/bin/schemathesis]

A scripted upstream and `byheart serve` run as processes of their own, on a fresh home. The requests are drawn with a
fixed seed: valid ones with something wrong in them (types, depth, sizes, numbers, NUL, half surrogates, bytes that
are no UTF-8, cut JSON, duplicate keys), wrong heads (content types, lengths, chunks, methods, paths, headers), and
clients that hang half way or leave. A request that is sent in full and not answered within ten seconds counts as a
hang; well-formed requests run between the others all the time and must be answered. schemathesis, which draws its
requests from /openapi.json, is installed in its own environment:

    python -m venv schemathesis && schemathesis/bin/pip install schemathesis

The last line is one JSON object.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from attacks import SAID, Attack, Attacker
from gateway import free_port, megabytes, process

SECONDS = 10.0
"""An answer that takes longer counts as a hang."""


@dataclass
class Findings:
    """What came of it all."""

    statuses: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    hangs: list[tuple[Attack, str]] = field(default_factory=list)
    faults: list[tuple[Attack, str]] = field(default_factory=list)
    other: list[tuple[Attack, str]] = field(default_factory=list)
    injected: list[tuple[Attack, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    refused: int = 0


async def send(port: int, attack: Attack, seconds: float = SECONDS) -> tuple[str, bytes]:
    """Send one request. Gives the status (`none` for a closed connection, `hang`), and the reply as it came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    reply = bytearray()

    async def listen() -> None:
        with suppress(OSError):
            while part := await reader.read(2**16):
                reply.extend(part)

    listening = asyncio.ensure_future(listen())  # from the start: some are refused before they have said all
    try:
        with suppress(OSError):
            for number, piece in enumerate(attack.pieces):
                if number:
                    await asyncio.sleep(attack.pause or 0.005)
                writer.write(piece)
                await writer.drain()
            if not attack.whole:
                await asyncio.sleep(attack.pause)
                writer.write_eof()
        done, _ = await asyncio.wait([listening], timeout=seconds if attack.whole else min(seconds, 3.0))
        status = _status(bytes(reply))
        return ("hang" if attack.whole and not done and status != "101" else status), bytes(reply)
    finally:
        listening.cancel()
        writer.transport.abort()


def _status(reply: bytes) -> str:
    line = reply.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").partition(b"\r\n")[0].split(b" ")
    return line[1].decode("latin-1") if len(line) > 1 and line[0].startswith(b"HTTP/") else "none"


async def attack(port: int, attacker: Attacker, count: int, found: Findings, at_once: int = 16) -> None:
    """Send so many requests, `at_once` at a time, with well-formed ones between them."""
    left = iter(range(count))

    async def one() -> None:
        for _ in left:
            drawn = attacker.draw()
            started = time.perf_counter()
            status, reply = await send(port, drawn)
            took = time.perf_counter() - started - drawn.pause
            note(found, drawn, status, reply)
            if status not in ("hang", "none"):
                found.slowest = max(found.slowest, (round(took, 2), drawn.kind))

    async def proper() -> None:
        request = attacker.post(
            "proper", "/v1/chat/completions", json.dumps({"model": "m", "messages": SAID}).encode()
        )
        while True:
            status, reply = await send(port, request)
            if status != "200":
                found.refused += 1
                found.faults.append((request, reply.decode("utf-8", "replace")[-300:] or status))
            await asyncio.sleep(0.25)

    beside = asyncio.ensure_future(proper())
    await asyncio.gather(*(one() for _ in range(at_once)))
    beside.cancel()


def note(found: Findings, drawn: Attack, status: str, reply: bytes) -> None:
    """Count one answer."""
    found.statuses[status] += 1
    found.kinds[drawn.kind.split(" ")[0] + " " + status] += 1
    shown = reply[-400:].decode("utf-8", "replace")
    head = reply.partition(b"\r\n\r\n")[0].lower()
    if status == "hang":
        found.hangs.append((drawn, ""))
    elif status == "500" or (status == "none" and drawn.whole):
        found.faults.append((drawn, shown or "the connection was closed without an answer"))
    elif status.startswith("5"):
        found.other.append((drawn, shown))
    if b"\nx-injected" in head:
        found.injected.append((drawn, head.decode("latin-1")))


@contextmanager
def gateway(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """A scripted upstream and byheart before it. Gives byheart's port, process id and log."""
    up, port, log = free_port(), free_port(), folder / "server.log"
    script = str(Path(__file__).with_name("gateway.py"))
    environment = {
        "BYHEART_HOME": str(folder / "home"),
        "OPENAI_BASE_URL": f"http://127.0.0.1:{up}/v1",
        "OPENAI_API_KEY": "k",
    }
    byheart = Path(sys.executable).with_name("byheart")
    command = ["sh", "-c", f"exec {byheart} serve --port {port} 2>{log}"]
    with (
        process([sys.executable, script, "--upstream", str(up)], up, {}),
        process(command, port, environment) as pid,
    ):
        yield port, pid, log


def paths_of(port: int) -> list[tuple[str, str]]:
    """Every method and path of the API, places in paths filled in."""
    with urlopen(f"http://127.0.0.1:{port}/openapi.json") as reply:
        paths = json.load(reply)["paths"]
    return [
        (method.upper(), re.sub(r"\{.*?\}", "m", path)) for path, ways in paths.items() for method in ways
    ]


def schemathesis(command: Path, port: int, log: Path) -> dict[str, Any]:
    """What schemathesis finds with what it draws from /openapi.json; only faults of the server count."""
    before = _tracebacks(log)
    run = subprocess.run(
        [
            str(command),
            "run",
            f"http://127.0.0.1:{port}/openapi.json",
            "--checks=not_a_server_error",
            "--max-examples=60",
            "--request-timeout=10",
            "--generation-database=none",
            "--seed=1",
            "--workers=2",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
        cwd=log.parent,
    )
    print(run.stdout[-3000:], file=sys.stderr)
    cases = re.search(r"(\d[\d,]*) generated", run.stdout)
    return {
        "schemathesis_cases": int(cases[1].replace(",", "")) if cases else 0,
        "schemathesis_failed": run.returncode,
        "schemathesis_tracebacks": _tracebacks(log) - before,
    }


def quiet(port: int) -> dict[str, Any]:
    """Wait until nothing works behind the replies; gives what failed there."""
    for _ in range(120):
        with urlopen(f"http://127.0.0.1:{port}/health") as reply:
            health = json.load(reply)
        if not health["waiting"]:
            break
        time.sleep(0.5)
    return {"failures_behind": health["failures"], "waiting_behind": health["waiting"]}


def _tracebacks(log: Path) -> int:
    return log.read_text("utf-8", "replace").count("Traceback (most recent call last)")


def measure(count: int, seed: int, command: Path | None) -> dict[str, Any]:
    """All figures of one run."""
    found = Findings()
    with tempfile.TemporaryDirectory() as name, gateway(Path(name)) as (port, pid, log):
        attacker = Attacker(paths_of(port), seed)
        memory = [megabytes(pid)]
        for part in range(5):
            started = time.perf_counter()
            asyncio.run(attack(port, attacker, count // 5, found))
            quiet(port)
            memory.append(megabytes(pid))
            took = time.perf_counter() - started
            print(
                f"  part {part + 1}: {took:.0f} s, {memory[-1]} MB, {dict(found.statuses)}", file=sys.stderr
            )
        figures: dict[str, Any] = {
            "requests": sum(found.statuses.values()),
            "statuses": dict(sorted(found.statuses.items())),
            "faults_500_or_no_answer": len(found.faults),
            "hangs": len(found.hangs),
            "other_5xx": len(found.other),
            "injected_headers": len(found.injected),
            "proper_requests_refused": found.refused,
            "slowest_s": found.slowest,
            "memory_mb": memory,
            "tracebacks": _tracebacks(log),
        }
        if command:
            figures |= schemathesis(command, port, log)
            figures["memory_mb_after_schemathesis"] = megabytes(pid)
        figures |= quiet(port)
        show(found, log)
    return figures


def show(found: Findings, log: Path) -> None:
    """Print the worst of it, with what was sent."""
    for title, cases in (
        ("500 or no answer", found.faults),
        ("hang", found.hangs),
        ("header injected", found.injected),
        ("other 5xx", found.other),
    ):
        seen: Counter[tuple[str, str]] = Counter()
        for drawn, reply in cases:
            key = (drawn.kind, re.sub(r"[0-9a-z_]{20,}|\d+", "#", reply)[-120:])
            seen[key] += 1
            if seen[key] == 1 and len(seen) <= 12:
                raw = b"|".join(drawn.pieces)
                print(
                    f"{title}: {drawn.kind}\n  sent {len(raw):,} bytes: {raw[:700]!r}\n  got {reply[-300:]!r}"
                )
    lines = Counter(
        line
        for line in log.read_text("utf-8", "replace").splitlines()
        if re.match(r"\w+(\.\w+)+(:|$)|\w+(Error|Exception)\b|WARN", line)
    )
    for line, times in lines.most_common(15):
        print(f"log, {times} times: {line[:300]}")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schemathesis", type=Path, help="schemathesis' executable, to be run as well")
    asked = parser.parse_args()
    print(json.dumps(measure(asked.requests, asked.seed, asked.schemathesis)))


if __name__ == "__main__":
    main()
