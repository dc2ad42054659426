"""How fast the local model writes through the whole gateway, against bare llama.cpp in the same process.

    python benchmarks/local_speed.py [HOME] [--rounds 8]

Both answer the same prompt with the same engine and count the seconds from the first token to the last; the rounds take
turns, and the medians are compared. The last line is one JSON object.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from byheart.base.settings import Settings
from byheart.chat.turns import read_turn
from byheart.models.bases import find_base
from byheart.models.local import LocalModel
from byheart.models.weights import prepare
from byheart.server.app import create_app

QUESTION = "Tell me a long story about a lighthouse keeper and a storm."
TOKENS = 200


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve the app on a free port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def through_gateway(url: str) -> tuple[float, str]:
    """Tokens a second of one streamed answer, and its turn."""
    body = {
        "messages": [{"role": "user", "content": QUESTION}],
        "stream": True,
        "max_tokens": TOKENS,
        "user": "maya",
        "stream_options": {"include_usage": True},
    }
    first, count = 0.0, 0
    with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=120) as response:
        for line in response.iter_lines():
            if not line.startswith("data: {"):
                continue
            event = json.loads(line[6:])
            if event["choices"] and event["choices"][0]["delta"].get("content"):
                first = first or time.perf_counter()
            last = time.perf_counter()
            count = (event.get("usage") or {}).get("completion_tokens", count)
    return (count - 1) / (last - first), response.headers["x-byheart-turn"]


def bare(model: LocalModel, prompt: str) -> float:
    """Tokens a second of llama.cpp alone."""
    times: list[float] = []

    def on_part(part: Any) -> bool:
        times.append(time.perf_counter())
        return False

    options = {"n_predict": TOKENS, "temperature": 0.0, "top_k": 0, "min_p": 0.0, "top_p": 1.0}
    model._engine.complete(prompt, "", options, on_part)
    return (len(times) - 1) / (times[-1] - times[0])


def main() -> None:
    """Measure in turns and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path, nargs="?", help="byheart's home; a fresh one unless given")
    parser.add_argument("--rounds", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings.load(home=asked.home or Path(scratch), upstream_url=None)
        prepare(find_base(settings.base_model, settings.home))
        app = create_app(settings)
        model = app.state.live
        with serving(app) as url:
            _, turn = through_gateway(url)
            with app.state.assistant.store.reading() as connection:
                prompt = model._engine.template.render(read_turn(connection, turn).messages, answer=True)
            rounds = [(through_gateway(url)[0], bare(model, prompt)) for _ in range(asked.rounds)]
    gateway, alone = (statistics.median(column) for column in zip(*rounds, strict=True))
    share = statistics.median(one / other for one, other in rounds)
    print(f"gateway {gateway:.1f} tokens/s, bare llama.cpp {alone:.1f} tokens/s, share {share:.1%}")
    print(json.dumps({"gateway": round(gateway, 1), "bare": round(alone, 1), "share": round(share, 4)}))


if __name__ == "__main__":
    main()
