"""Real clients against a real server: the examples as a user would run them, and what two chat apps really send."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openai import OpenAI
from sqlalchemy import select

from byheart.base.settings import Settings
from byheart.base.tables import turns
from byheart.chat.prompt import HEADING
from byheart.chat.records import Message, Turn
from byheart.chat.turns import turn_of
from byheart.server.app import create_app
from tests.server.serving import Scripts, running, serving
from tests.server.upstream import DONE, Handler, chunk, completion, upstream

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
REMEMBERED = re.compile(r"run a half marathon in (May|\d{4}-05)")
Run = Callable[[str, str], str]


def recollect(messages: Sequence[Message]) -> str:
    """Says what it remembers, so that a client shows what memory did."""
    _, heading, lines = messages[0].content.partition(HEADING)
    return f"You told me: {lines.strip()}" if heading else "I know nothing of you yet."


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, FastAPI]]:
    with serving(tmp_path, Scripts(live=recollect)) as served:
        yield served


def kept(app: FastAPI) -> list[Turn]:
    with app.state.assistant.store.reading() as connection:
        rows = connection.execute(select(turns).order_by(turns.c.created_at)).mappings()
        return [turn_of(row) for row in rows]


def settle(app: FastAPI) -> None:
    assert app.state.assistant.listener.settle(20)


def _run(command: list[str], url: str) -> str:
    """What a program printed that was pointed at `url` as its user would."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("BYHEART_", "OPENAI_"))}
    ran = subprocess.run(
        command,
        env={**own, "BYHEART_URL": f"{url}/v1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return ran.stdout


@pytest.fixture
def python() -> Run:
    return lambda name, url: _run([sys.executable, str(EXAMPLES / "python" / f"{name}.py")], url)


@pytest.fixture
def curl() -> Run:
    if not (shutil.which("curl") and shutil.which("sh")):
        pytest.skip("curl is not installed")
    return lambda name, url: _run(["sh", str(EXAMPLES / "curl" / f"{name}.sh")], url)


@pytest.fixture
def node() -> Run:
    """The Node examples beside their package, which is installed once for each package.json."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        pytest.skip("node or npm is not installed")
    listed = (EXAMPLES / "node" / "package.json").read_bytes()
    folder = ROOT / ".cache" / f"node-{hashlib.sha256(listed).hexdigest()[:12]}"
    if not (folder / "node_modules" / "openai").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_bytes(listed)
        command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
        if ran.returncode:
            pytest.skip(f"npm cannot install the client: {ran.stderr.strip()[-200:]}")

    def run(name: str, url: str) -> str:
        copied = shutil.copy(EXAMPLES / "node" / f"{name}.mjs", folder)
        return _run([program, str(copied)], url)

    return run


@pytest.fixture(params=["python", "curl", "node"])
def example(request: pytest.FixtureRequest) -> Run:
    """Runs the example of a name in one of the languages; gives what it printed."""
    run: Run = request.getfixturevalue(request.param)
    return run


def test_an_example_tells_and_another_is_remembered_to(example: Run, served: tuple[str, FastAPI]) -> None:
    url, app = served
    assert "I know nothing of you yet." in example("chat", url)
    settle(app)
    shown = example("memory", url)
    (told, *asked) = kept(app)
    assert told.person == "maya"
    assert [bool(REMEMBERED.search(turn.reply)) for turn in asked] == [True, True, False]
    assert [turn.person for turn in asked] == ["maya"] * 3
    assert asked[1].conversation == "morning-run"
    memory = asked[0].memories[0].id
    assert [turn.parameters["memory"] for turn in asked] == [True, True, False]
    assert shown.count(memory) == 2
    assert len(REMEMBERED.findall(shown)) == 2
    assert "I know nothing of you yet." in shown


def test_an_example_streams(example: Run, served: tuple[str, FastAPI]) -> None:
    url, app = served
    shown = example("stream", url)
    if "data: " in shown:  # curl shows the events themselves
        *events, done = [line[6:] for line in shown.splitlines() if line]
        assert done == "[DONE]"
        chunks = [json.loads(event) for event in events]
        text = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"])
        shown = f"{text}\n{chunks[-1]['usage']['total_tokens']} tokens\n"
    (turn,) = kept(app)
    assert re.fullmatch(re.escape(turn.reply) + r"\n\d+ tokens\n", shown)


def test_an_example_praises_an_answer(example: Run, served: tuple[str, FastAPI]) -> None:
    url, app = served
    assert "praise" in example("feedback", url)
    assert len(kept(app)) == 1


@pytest.mark.slow  # for the three together
def test_the_examples_go_through_to_an_upstream(example: Run, tmp_path: Path) -> None:
    events = [
        chunk({"role": "assistant", "content": "A half"}),
        chunk({"content": " marathon."}),
        chunk({}, "stop"),
    ]
    counts = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    head = {"id": "chatcmpl-up", "object": "chat.completion.chunk", "created": 9, "model": "m", "choices": []}
    usage = b"data: " + json.dumps({**head, "usage": counts}).encode() + b"\n\n"

    def answer(handler: Handler, body: dict[str, Any]) -> None:
        handler.stream(*events, usage, DONE) if body.get("stream") else handler.whole(completion("Noted."))

    with upstream(answer) as (up, server):
        settings = Settings.load(home=tmp_path, threads=1, upstream_url=up, upstream_key="sk-own")
        with running(create_app(settings)) as url:
            assert "Noted." in example("chat", url)
            streamed = example("stream", url)
    assert "half" in streamed
    assert "marathon." in streamed
    assert "3" in streamed
    assert [seen["headers"]["Authorization"] for seen in server.seen] == ["Bearer sk-own"] * 2
    assert {seen["body"]["user"] for seen in server.seen} == {"maya"}


def test_the_python_client_finds_nothing_amiss(served: tuple[str, FastAPI]) -> None:
    with OpenAI(base_url=f"{served[0]}/v1", api_key="none", _strict_response_validation=True) as client:
        asked: Any = {
            "model": "live",
            "messages": [{"role": "user", "content": "Hello there."}],
            "user": "maya",
        }
        whole = client.chat.completions.create(**asked, temperature=0.2, stop=["\n\n"], seed=3)
        assert whole.usage
        assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
        with client.chat.completions.stream(**asked) as stream:
            final = stream.get_final_completion()
        assert final.choices[0].message.content == whole.choices[0].message.content
        assert [model.id for model in client.models.list()] == ["live"]
        assert client.models.retrieve("live").object == "model"


def open_webui(person: str, chat: str, **more: str) -> dict[str, str]:
    """The headers of Open WebUI with ENABLE_FORWARD_USER_INFO_HEADERS."""
    return {
        "Content-Type": "application/json",
        "Authorization": "Bearer none",
        "X-OpenWebUI-User-Name": "Maya%20L%C3%B3pez",
        "X-OpenWebUI-User-Id": person,
        "X-OpenWebUI-User-Email": f"{person}@example.org",
        "X-OpenWebUI-User-Role": "user",
        "X-OpenWebUI-Chat-Id": chat,
        "User-Agent": "Python/3.11 aiohttp/3.13",
        **more,
    }


def libre_chat(person: str, chat: str) -> dict[str, str]:
    """The headers of LibreChat with the endpoint of examples/librechat."""
    return {
        "Content-Type": "application/json",
        "Authorization": "Bearer none",
        "X-LibreChat-User-Id": person,
        "X-LibreChat-Conversation-Id": chat,
        "X-Stainless-Lang": "js",
        "X-Stainless-Retry-Count": "0",
        "User-Agent": "OpenAI/JS 5.12.2",
    }


def send(url: str, headers: dict[str, str], said: str, **more: Any) -> httpx.Response:
    body = {"model": "live", "messages": [{"role": "user", "content": said}], **more}
    answer = httpx.post(f"{url}/v1/chat/completions", headers=headers, content=json.dumps(body), timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("headers", [open_webui, libre_chat])
def test_a_chat_app_names_the_person_and_the_conversation(
    headers: Callable[[str, str], dict[str, str]], served: tuple[str, FastAPI]
) -> None:
    url, app = served
    person, chat = "6a1f0c52-83b1-4f0e", "a2c7d9e0-5b1c-4b0f"
    body: Any = {"stream": True, "stream_options": {"include_usage": True}, "temperature": 1}
    first = send(url, headers(person, chat), "My goal is to run a half marathon in May.", **body)
    assert first.text.endswith("data: [DONE]\n\n")
    settle(app)
    second = send(url, headers(person, "another"), "What am I training for?", user=person)
    assert REMEMBERED.search(second.json()["choices"][0]["message"]["content"])
    stranger = send(url, headers("somebody-else", "third"), "What am I training for?")
    assert stranger.headers["x-byheart-memories"] == ""
    assert [(turn.person, turn.conversation) for turn in kept(app)] == [
        (person, chat),
        (person, "another"),
        ("somebody-else", "third"),
    ]


TITLE = """### Task:
Write a title of three to five words for the chat below.
### Guidelines:
- Write it in the language of the chat.
### Output:
JSON format: { "title": "the title" }
### Chat History:
<chat_history>
USER: My goal is to run a half marathon in May.
ASSISTANT: Noted.
</chat_history>"""


def test_open_webuis_own_errands_leave_no_trace(served: tuple[str, FastAPI]) -> None:
    url, app = served
    answer = send(url, open_webui("maya", "chat-1"), TITLE, stream=False, max_completion_tokens=50)
    assert answer.json()["choices"][0]["message"]["content"]
    header = {"X-OpenWebUI-Task": "function_calling"}
    send(url, open_webui("maya", "chat-1", **header), "Query: what did I say?", stream=False)
    settle(app)
    assert kept(app) == []
    # In an answer proper, Open WebUI's {{TASK}} is empty.
    send(url, open_webui("maya", "chat-1", **{"X-OpenWebUI-Task": ""}), "Hello there.")
    assert len(kept(app)) == 1


def test_librechats_title_as_the_example_asks_for_it_leaves_no_trace(served: tuple[str, FastAPI]) -> None:
    yaml = pytest.importorskip("yaml")
    text = (EXAMPLES / "librechat" / "librechat.yaml").read_text("utf-8")
    (endpoint,) = yaml.safe_load(text)["endpoints"]["custom"]
    assert {name: value.strip("{}") for name, value in endpoint["headers"].items()} == {
        "X-LibreChat-User-Id": "LIBRECHAT_USER_ID",
        "X-LibreChat-Conversation-Id": "LIBRECHAT_BODY_CONVERSATIONID",
    }
    url, app = served
    talk = "User: My goal is to run a half marathon in May.\nAI: Noted."
    send(url, libre_chat("maya", "chat-1"), endpoint["titlePrompt"].replace("{convo}", talk), user="maya")
    settle(app)
    assert kept(app) == []
    assert send(url, libre_chat("maya", "c"), "What do I do?").headers["x-byheart-memories"] == ""


def test_open_webuis_example_sets_what_byheart_needs() -> None:
    yaml = pytest.importorskip("yaml")
    text = (EXAMPLES / "openwebui" / "docker-compose.yml").read_text("utf-8")
    environment = yaml.safe_load(text)["services"]["open-webui"]["environment"]
    assert environment["ENABLE_FORWARD_USER_INFO_HEADERS"] == "true"
    assert environment["OPENAI_API_BASE_URL"].endswith(f":{Settings.load().port}/v1")
