"""The suites that byheart ships, all of them disjoint from what the generator's training side can make."""

import json
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from byheart.base.errors import NotFoundError
from byheart.chat.records import Message
from byheart.dataset.generator import cases as generated_cases
from byheart.evaluation.cases import Case, read_case, read_cases

SUITES = ("generated", "natural", "guide")
GENERATED_COUNT = 132
GENERATED_SEED = 2026


@dataclass(frozen=True)
class Chat:
    """An ordinary conversation; how well its replies are predicted measures the quality kept."""

    id: str
    messages: tuple[Message, ...]


def suite(name: str) -> list[Case]:
    """The cases of a suite: `generated` (held-out side, fixed seed), `natural` (by hand) or `guide` (three tests)."""
    if name == "generated":
        made = generated_cases(GENERATED_COUNT, GENERATED_SEED, side="held_out")
        return [read_case(record, f"generated case {record['id']}") for record in made]
    if name not in SUITES:
        raise NotFoundError(f"There is no suite {name!r}.", f"Choose from {', '.join(SUITES)}.")
    with as_file(files("byheart.evaluation") / "suites") as folder:
        return read_cases(
            sorted(Path(folder).glob(f"{name}*.jsonl")) or sorted((folder / name).glob("*.jsonl"))
        )


def ordinary() -> list[Chat]:
    """The ordinary conversations that measure quality; none is about memory."""
    text = (files("byheart.evaluation") / "suites" / "ordinary.jsonl").read_text("utf-8")
    records = [json.loads(line) for line in text.strip().split("\n")]
    return [Chat(r["id"], tuple(Message(m["role"], m["content"]) for m in r["messages"])) for r in records]
