"""docs/training.md: the recipe's table, the loss mask of the example, the adapter's configuration."""

import json
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from byheart.chat.records import Message
from byheart.improve import Outcome
from byheart.models.bases import Base
from byheart.models.gguf_files import _ARCHITECTURES
from byheart.models.template import ChatTemplate
from byheart.training.recipe import PROJECTIONS, Recipe
from byheart.training.render import TrainingExample, tokenize
from tests.cli.conftest import Ran
from tests.docs.pages import Page

PAGE = Page.read("training.md")


def test_the_recipe_table_is_the_recipe() -> None:
    rows = {name: default for name, default, *_ in PAGE.rows("field", "default", "what it does")}
    assert list(rows) == [field.name for field in fields(Recipe)]
    for name, default in rows.items():
        value = getattr(Recipe(), name)
        assert default == ("all seven" if name == "targets" else str(value)), name
    assert Recipe().targets == PROJECTIONS
    assert all(f"`{projection}`" in PAGE.text for projection in PROJECTIONS)


def test_the_flags_of_the_recipe_are_those_of_the_command(byheart: Callable[..., Ran]) -> None:
    shown = byheart("train", "--help").out
    for row in PAGE.rows("field", "default", "what it does"):
        flag = f"--{row[0].replace('_', '-')}"
        assert bool(re.search(rf"{flag} ", shown)) == (row[-1] == flag), row


def test_the_example_learns_what_the_page_says(template: ChatTemplate, tokenizer: Any) -> None:
    lines = json.loads(PAGE.section("What is trained on").blocks("json")[0])["messages"]
    messages = tuple(Message(line["role"], line["content"]) for line in lines)
    learned = tuple(
        i for i, line in enumerate(lines) if line["role"] == "assistant" and line.get("weight", 1)
    )
    tokens = tokenize(TrainingExample("example", messages, learned), template, tokenizer, 2048)
    trained = [i for i, t in zip(tokens.ids, tokens.trained, strict=True) if t]
    assert tokenizer.decode(trained) == messages[-1].content + template.eos


@pytest.mark.slow
def test_the_example_trains_as_written(
    byheart: Callable[..., Ran], tiny: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYHEART_BASE_MODEL", str(tiny.folder))
    monkeypatch.setenv("BYHEART_THREADS", "1")
    for command in PAGE.commands():
        ran = byheart(*command[1:])
        assert ran.code == 0, ran.err


def test_the_adapter_is_configured_as_shown(improved: tuple[Path, Outcome]) -> None:
    file = improved[1].run.adapter / "adapter_config.json"
    written = json.loads(file.read_text("utf-8"))
    shown = json.loads(PAGE.section("The adapter").blocks("json")[0])
    own = {"base_model_name_or_path", "layers_to_transform"}  # another base with other layers
    assert set(written) == set(shown)
    assert {k: v for k, v in written.items() if k not in own} == {
        k: v for k, v in shown.items() if k not in own
    }


def test_the_families_that_byheart_serves_are_named() -> None:
    *most, last = _ARCHITECTURES
    assert f"{', '.join(most)} or {last}" in " ".join(PAGE.text.split())
