"""`byheart serve` as a process of its own, on the real packaged model."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from openai import OpenAI

COMMAND = [sys.executable, "-c", "from byheart.cli.app import main; main()"]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "BYHEART_HOME": str(home), "BYHEART_THREADS": "1", "BYHEART_MAX_TOKENS": "12"}


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def wait_for(url: str, server: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            httpx.get(f"{url}/health", timeout=5)
            return
        except httpx.ConnectError:
            time.sleep(0.05)
        except httpx.TimeoutException:
            continue
    server.kill()
    raise AssertionError(server.communicate()[1])


def test_the_packaged_model_is_served_and_ctrl_c_stops_it(tmp_path: Path) -> None:
    with taken_port() as port:
        pass
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    wait_for(url, server)
    with OpenAI(base_url=f"{url}/v1", api_key="none", _strict_response_validation=True) as client:
        question = "What is the capital of France?"
        stream = client.chat.completions.create(
            model="live", messages=[{"role": "user", "content": question}], user="ann", stream=True
        )
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        assert len(text.split()) > 3
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=30)
    assert (server.returncode, out) == (0, "")
    assert err.splitlines() == [
        "Loading smollm2-135m-instruct ...",
        f"byheart serves smollm2-135m-instruct at {url} (Ctrl-C stops it)",
        "Stopped. Everything said is stored.",
    ]


def test_a_port_in_use_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    with taken_port() as port:
        tried = subprocess.run(
            [*COMMAND, "serve", "--port", str(port)],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
    assert tried.returncode == 2
    assert tried.stderr.splitlines() == [
        f"Port {port} on 127.0.0.1 is in use.",
        f"Stop what runs there, or take another: byheart serve --port {port % 65535 + 1}",
    ]


def test_the_terminal_chat_remembers_between_conversations(tmp_path: Path) -> None:
    def chat(text: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, "chat", "--person", "maya"],
            env=environment(tmp_path),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    first = chat("I want to run a half marathon in June.\n/quit\nnever said\n")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.strip()
    second = chat("What is my goal?\n")
    assert "remembered [goal] I want to run a half marathon" in second.stderr
    assert "never said" not in second.stderr
