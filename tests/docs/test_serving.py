"""docs/serving.md: every request is sent to a real server, the prompt shown is the prompt sent."""

import json
import re
from collections.abc import Iterator

import httpx
import openai
import pytest
from fastapi import FastAPI

from byheart.chat.prompt import NOTHING, render_system
from byheart.evaluation.cases import read_case
from byheart.server import bodies
from byheart.server.bodies import ChatBody, LocalBody
from tests.docs.pages import Page
from tests.server.serving import Scripts, serving

PAGE = Page.read("serving.md")
HERE = "http://localhost:3001"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FastAPI]]:
    scripts = Scripts(live=lambda messages: messages[0].content, base=lambda _: "Hm.")
    with serving(tmp_path_factory.mktemp("served"), scripts) as served:
        yield served


def send(url: str, curl: list[str]) -> httpx.Response:
    """What curl would send, to another address."""
    body = curl[curl.index("-d") + 1]
    name, _, value = curl[curl.index("-H") + 1].partition(": ")
    return httpx.post(curl[1].replace(HERE, url), content=body, headers={name: value})


def test_the_examples_answer_and_remember(
    served: tuple[str, FastAPI], capsys: pytest.CaptureFixture[str]
) -> None:
    url, app = served
    (first,) = (command for command in PAGE.commands() if command[0] == "curl")
    answer = send(url, first)
    assert answer.status_code == 200
    assert app.state.assistant.listener.settle(20)
    (program,) = PAGE.blocks("python")
    exec(compile(program.replace(HERE, url), "serving.md", "exec"), names := {})
    names["client"].close()
    assert "half marathon in May" in capsys.readouterr().out


def test_the_headers_of_a_response_are_those_of_the_table(served: tuple[str, FastAPI]) -> None:
    body = {"messages": [{"role": "user", "content": "Hello"}]}
    answer = httpx.post(f"{served[0]}/v1/chat/completions", json=body)
    added = {name for name in answer.headers if name.startswith("x-byheart-")}
    assert added == {name for name, _ in PAGE.rows("header", "what it holds")}


def test_the_endpoints_are_those_of_the_table(served: tuple[str, FastAPI]) -> None:
    paths = httpx.get(f"{served[0]}/openapi.json").json()["paths"]
    real = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert real == {endpoint for endpoint, _ in PAGE.rows("endpoint", "what it does")}
    assert httpx.get(f"{served[0]}/docs").status_code == 200


def test_the_fields_of_a_body_are_those_of_the_table() -> None:
    page = PAGE.section("Chat completions")
    for field, body in (("field", ChatBody), ("local field", LocalBody)):
        rows = page.rows(field, "default")
        assert {name.strip() for row in rows for name in row[0].split(",")} == set(body.model_fields)


def test_the_ways_to_be_named_are_those_of_the_table() -> None:
    text = PAGE.section("Who speaks, in which conversation").text
    names = [
        re.findall(r"`([\w-]+)`", line)
        for line in text.splitlines()
        if line.startswith(("| person", "| conv"))
    ]
    person, conversation = ([name.lower() if "-" in name else name for name in row] for row in names)
    assert person == [*bodies._USER_HEADERS, *bodies._USER_KEYS]
    assert conversation == [*bodies._CHAT_HEADERS, *bodies._CHAT_KEYS]


def test_the_prompt_is_the_one_that_the_case_is_asked_with() -> None:
    case = json.loads(Page.read("evaluation.md").section("A case").blocks("json")[0])
    prompt, nothing = PAGE.section("The system prompt").blocks("text")
    assert read_case(case, "the example").prompt()[0].content == prompt.strip()
    assert nothing.strip() == NOTHING == render_system("", [], "2026-03-10")


def test_an_unknown_model_is_refused_as_shown(served: tuple[str, FastAPI]) -> None:
    body = {"model": "gpt-9", "messages": [{"role": "user", "content": "Hello"}]}
    answer = httpx.post(f"{served[0]}/v1/chat/completions", json=body)
    assert answer.status_code == 404
    assert answer.json() == json.loads(PAGE.section("Errors").blocks("json")[0])
    with (
        openai.OpenAI(base_url=f"{served[0]}/v1", api_key="none") as client,
        pytest.raises(openai.NotFoundError),
    ):
        client.chat.completions.create(**body)
