"""docs/data.md: the examples are read by the real readers, the tables are the code's."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from byheart.capture.importer import read_log
from byheart.capture.praise import classify
from byheart.dataset.examples import generated
from byheart.dataset.export import export
from byheart.dataset.generator import CATEGORIES, conversations
from byheart.dataset.generator.cases import SHARES
from byheart.dataset.sources import Sources
from byheart.dataset.versions import freeze, load
from byheart.evaluation.cases import SITUATIONS
from tests.cli.conftest import Ran
from tests.docs.pages import Page

PAGE = Page.read("data.md")
AT = "2026-03-10T20:00:00Z"


def test_a_version_is_built_and_exported_as_written(byheart: Callable[..., Ran], home: Path) -> None:
    for command in PAGE.commands()[:2]:
        ran = byheart(*command[1:])
        assert ran.code == 0, ran.err
    (folder,) = (home / "datasets").iterdir()
    assert {path.name for path in folder.iterdir()} == {"train.jsonl", "valid.jsonl", "metadata.json"}
    assert {e.source for e in load(folder).train} <= {row[0] for row in PAGE.rows("source", "what it is")}
    assert len(list(Path("training-data").iterdir())) == len(PAGE.rows("file", "what it holds"))


def test_the_sources_are_those_of_the_table() -> None:
    shown = dict(PAGE.rows("field", "default"))
    assert shown == {field.name: str(field.default) for field in fields(Sources)}


def test_the_log_is_read(tmp_path: Path) -> None:
    (line,) = PAGE.section("Captures").blocks("jsonl")
    (tmp_path / "log.jsonl").write_text(line, "utf-8")
    (conversation,) = read_log(tmp_path / "log.jsonl")
    assert conversation.person == "maya"
    said = conversation.messages[1:]
    assert classify(said[0].content, said[1].content, "Timmy").strength == "strong"
    assert classify(said[0].content, "That was excellent.").strength == "strong"
    assert classify(said[0].content, "Nice.").strength == "weak"


def test_the_generator_runs_as_written(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = PAGE.section("The generator").blocks("python")
    exec(compile(program, "data.md", "exec"), {})
    said = capsys.readouterr().out
    assert all(e.user in said for talk in conversations(2, 11, side="train") for e in talk.exchanges)


def test_categories_and_situations_are_those_of_the_tables() -> None:
    assert tuple(name for name, _ in PAGE.rows("category", "what the memories are about")) == CATEGORIES
    shown = {name: share for name, _, share in PAGE.rows("situation", "what a right reply does")}
    assert tuple(shown) == SITUATIONS
    assert shown == {name: f"{share} %" for name, share in SHARES.items()}


def test_the_line_of_a_version_is_read_back_under_its_id(tmp_path: Path) -> None:
    record = json.loads(PAGE.section("A version").blocks("json")[0])
    (tmp_path / "train.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    (tmp_path / "valid.jsonl").write_text("", "utf-8")
    (tmp_path / "metadata.json").write_text(json.dumps({"id": "d", "recipe": {}}), "utf-8")
    (example,) = load(tmp_path).train
    assert example.id == record["byheart"]["id"]
    assert example.trained == (2,)


def test_the_summary_and_the_files_are_those_of_the_tables(tmp_path: Path) -> None:
    dataset = freeze(list(generated(60, 11)), {})
    named = {key.strip() for row in PAGE.rows("key", "what it counts") for key in row[0].split(",")}
    assert named == set(dataset.summary)
    written = {path.name for path in export(dataset, tmp_path, AT, "smollm2-135m-instruct")}
    assert {
        row[0].replace("TIME", "2026-03-10T20-00-00-000Z") for row in PAGE.rows("file", "what it holds")
    } == written
    config = json.loads((tmp_path / "fine-tuning-config.json").read_text("utf-8"))
    assert config == json.loads(PAGE.section("For another trainer").blocks("json")[0])
