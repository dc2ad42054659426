"""The Responses API with the official client in strict mode, before the local model and before an upstream."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.server.serving import Scripts, echo, serving
from tests.server.test_gateway import says, streams, world
from tests.server.upstream import DONE, chunk


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAI]:
    with (
        serving(tmp_path_factory.mktemp("responses"), Scripts(live=echo)) as (url, _),
        OpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0, _strict_response_validation=True) as client,
    ):
        yield client


def test_text_in_text_out(client: OpenAI) -> None:
    response = client.responses.create(model="live", input="hello", instructions="Be brief.", user="maya")
    assert response.status == "completed"
    assert response.output_text.endswith("user: hello")
    assert "Be brief." in response.output_text
    assert response.usage is not None


def test_a_stream_has_every_event_in_its_order(client: OpenAI) -> None:
    events = list(client.responses.create(model="live", input="hello", stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type.removeprefix("response.") for event in events]
    assert kinds[:4] == ["created", "in_progress", "output_item.added", "content_part.added"]
    assert kinds[-4:] == ["output_text.done", "content_part.done", "output_item.done", "completed"]
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    last: Any = events[-1]
    assert text == last.response.output_text


def test_it_goes_on_from_a_response_of_the_same_person_only(client: OpenAI) -> None:
    first = client.responses.create(model="live", input="my first words", user="maya")
    second = client.responses.create(
        model="live", input="and then", previous_response_id=first.id, user="maya"
    )
    assert "user: my first words | assistant:" in second.output_text
    for person, name in (("jonas", first.id), ("maya", "resp_none")):
        with pytest.raises(openai.BadRequestError, match="no response"):
            client.responses.create(model="live", input="x", previous_response_id=name, user=person)


def test_a_list_of_messages(client: OpenAI) -> None:
    said: Any = [
        {"role": "developer", "content": "Rhyme."},
        {"role": "user", "content": [{"type": "input_text", "text": "one"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "two"}]},
        {"role": "user", "content": "three"},
    ]
    text = client.responses.create(model="live", input=said).output_text
    assert text.endswith("user: one | assistant: two | user: three")
    assert "Rhyme." in text


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tools": [{"type": "web_search"}]}, "tools"),
        ({"background": True}, "background"),
        ({"text": {"format": {"type": "json_object"}}}, "text.format"),
        ({"input": [{"type": "reasoning", "summary": []}]}, "input.0"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]},
            "input.0.content",
        ),
        ({"input": []}, "input"),
    ],
)
def test_what_is_not_text_is_refused_and_named(client: OpenAI, more: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(**{"model": "live", "input": "x", **more})
    assert str(caught.value.param).startswith(param)


def test_an_upstream_answers_in_pieces_and_at_once(tmp_path: Path) -> None:
    events = (chunk({"content": "Hel"}), chunk({"content": "lo."}), chunk({}, "length"), DONE)
    with world(tmp_path / "a", streams(*events)) as w:
        response = w.client.responses.create(model="gpt-x", input="hi", max_output_tokens=5)
        assert (response.output_text, response.status) == ("Hello.", "incomplete")
        body = w.server.seen[0]["body"]
        assert (body["max_tokens"], body["stream"]) == (5, True)
        last: Any = list(w.client.responses.create(model="gpt-x", input="hi", stream=True))[-1]
        assert last.response.output_text == "Hello."
        assert [turn.reply for turn in w.turns()] == ["Hello.", "Hello."]
    with world(tmp_path / "b", says("Whole.")) as w:
        assert w.client.responses.create(model="gpt-x", input="hi").output_text == "Whole."


def test_an_upstreams_failures_are_told(tmp_path: Path) -> None:
    with (
        world(tmp_path / "a", lambda h, _: h.whole({"error": {"message": "no"}}, 400)) as w,
        pytest.raises(openai.BadRequestError, match="no"),
    ):
        w.client.responses.create(model="gpt-x", input="hi")
    with world(tmp_path / "b", streams(chunk({"content": "Half"}))) as w:
        events = list(w.client.responses.create(model="gpt-x", input="hi", stream=True))
        assert events[-1].type == "response.failed"
