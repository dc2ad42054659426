"""Dataset versions: frozen, named by their content, split by person, with a summary of what is in them."""

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from byheart.base import tables
from byheart.base.clock import utcnow
from byheart.base.errors import InputError, NotFoundError
from byheart.base.ids import content_id, digest
from byheart.chat.keywords import mentions_goal, references_memory
from byheart.chat.records import Message
from byheart.dataset.examples import Example


@dataclass(frozen=True)
class Dataset:
    """A frozen set of examples. `id` is the hash of the example ids with their split."""

    id: str
    train: tuple[Example, ...]
    valid: tuple[Example, ...]
    recipe: dict[str, Any]

    @property
    def summary(self) -> dict[str, Any]:
        """The guide's summary: conversations, average length, memory reference rate, goal mention rate, sources."""
        every = [*self.train, *self.valid]
        replies = [[e.messages[i].content for i in e.trained] for e in every]
        return {
            "conversations": len(every),
            "train": len(self.train),
            "valid": len(self.valid),
            "replies": sum(map(len, replies)),
            "average_messages": round(sum(len(e.messages) for e in every) / len(every), 1),
            "memory_reference_rate": round(
                sum(any(map(references_memory, r)) for r in replies) / len(every), 3
            ),
            "goal_mention_rate": round(sum(any(map(mentions_goal, r)) for r in replies) / len(every), 3),
            "categories": dict(sorted(Counter(e.category for e in every).items())),
            "sources": dict(sorted(Counter(e.source for e in every).items())),
            "people": len({e.person for e in every}),
        }


def freeze(examples: Sequence[Example], recipe: dict[str, Any], valid_share: float = 0.05) -> Dataset:
    """Split by person (a person is wholly on one side) and name the result by its content.

    Raises InputError when there is nothing to train on.
    """
    problems = [problem for e in examples for problem in faults(e)]
    if problems:
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        raise InputError("; ".join(problems[:5]) + more, "Mend or leave out these examples.")
    valid = [e for e in examples if _position(e.person) < valid_share]
    train = [e for e in examples if _position(e.person) >= valid_share]
    if not train:
        raise InputError(
            "The dataset has no example to train on.", "Accept captures, or generate conversations."
        )
    content = {"train": [e.id for e in train], "valid": [e.id for e in valid]}
    return Dataset(content_id("dataset", content), tuple(train), tuple(valid), recipe)


def _position(person: str) -> float:
    return int(digest(person)[7:15], 16) / 16**8


def faults(example: Example) -> list[str]:
    """What is wrong with an example, in words; nothing when it can be trained on."""
    found = []
    roles = [m.role for m in example.messages]
    if not example.trained:
        found.append("no assistant message is trained")
    if any(roles[i] != "assistant" for i in example.trained):
        found.append("a trained message is not the assistant's")
    if not roles or roles[-1] != "assistant":
        found.append("the last message is not the assistant's")
    if "system" in roles[1:]:
        found.append("a system message stands after the first place")
    if any(not i or roles[i - 1] != "user" for i in example.trained):
        found.append("a trained reply does not follow a message of the user's")
    if any(not example.messages[i].content.strip() for i in example.trained):
        found.append("a trained reply is empty")
    name = example.parents[0] if example.parents else example.id
    return [f"{example.source} example {name}: {fault}" for fault in found]


def save(connection: Connection, home: Path, dataset: Dataset, name: str) -> Path:
    """Write the version's files and rows; saving it again changes nothing. Returns its folder."""
    folder = home / "datasets" / dataset.id
    if not (folder / "metadata.json").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
        for split, examples in (("train", dataset.train), ("valid", dataset.valid)):
            lines = [json.dumps(_line(e), ensure_ascii=False) for e in examples]
            (scratch / f"{split}.jsonl").write_text("".join(line + "\n" for line in lines), "utf-8")
        metadata = {"id": dataset.id, "name": name, "recipe": dataset.recipe, "summary": dataset.summary}
        (scratch / "metadata.json").write_text(
            json.dumps(metadata, indent=2, ensure_ascii=False) + "\n", "utf-8"
        )
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(scratch, folder)
    _record(connection, dataset, name, folder)
    return folder


def _line(example: Example) -> dict[str, Any]:
    extra = {
        "id": example.id,
        "category": example.category,
        "source": example.source,
        "person": example.person,
    }
    made = {"parents": list(example.parents), "maker": example.maker}
    values = {} if example.values is None else {"values": list(example.values)}
    return {**example.wire(), "byheart": {**extra, **made, **values}}


def _record(connection: Connection, dataset: Dataset, name: str, folder: Path) -> None:
    if connection.execute(select(tables.datasets.c.id).where(tables.datasets.c.id == dataset.id)).first():
        return
    now = utcnow()
    known = set(connection.execute(select(tables.examples.c.id)).scalars())
    rows = [(e, s) for s, side in (("train", dataset.train), ("valid", dataset.valid)) for e in side]
    new = [
        {
            "id": e.id,
            "category": e.category,
            "source": e.source,
            "person": e.person,
            "parents": list(e.parents),
            "messages": e.wire()["messages"],
            "expect": None,
            "created_at": now,
        }
        for e, _ in rows
        if e.id not in known
    ]
    if new:
        connection.execute(insert(tables.examples), new)
    connection.execute(
        insert(tables.datasets),
        {
            "id": dataset.id,
            "name": name,
            "path": str(folder),
            "recipe": dataset.recipe,
            "summary": dataset.summary,
            "created_at": now,
        },
    )
    connection.execute(
        insert(tables.dataset_examples),
        [{"dataset": dataset.id, "example": e.id, "split": s} for e, s in rows],
    )


def find(home: Path, dataset: str) -> Dataset:
    """The version with this id. Raises NotFoundError when there is none."""
    if Path(dataset).name != dataset:
        raise NotFoundError(f"There is no dataset {dataset!r}.", "List them with: byheart dataset list")
    return load(home / "datasets" / dataset)


def load(folder: Path) -> Dataset:
    """A saved version, read back. Raises NotFoundError when it is not there."""
    if not (folder / "metadata.json").exists():
        raise NotFoundError(f"There is no dataset in {folder}.", "List them with: byheart dataset list")
    metadata = json.loads((folder / "metadata.json").read_text("utf-8"))
    sides = [
        tuple(_read(json.loads(line)) for line in _lines(folder / f"{split}.jsonl"))
        for split in ("train", "valid")
    ]
    return Dataset(metadata["id"], sides[0], sides[1], metadata["recipe"])


def _lines(path: Path) -> list[str]:
    """Lines end in a newline only; the other ends of line that Unicode knows may stand in a message."""
    return path.read_text("utf-8").split("\n")[:-1]


def _read(record: dict[str, Any]) -> Example:
    messages, extra = record["messages"], record["byheart"]
    return Example(
        category=extra["category"],
        source=extra["source"],
        person=extra["person"],
        messages=tuple(Message(m["role"], m["content"]) for m in messages),
        trained=tuple(
            i for i, m in enumerate(messages) if m["role"] == "assistant" and m.get("weight", 1) != 0
        ),
        parents=tuple(extra["parents"]),
        maker=extra["maker"],
        values=tuple(extra["values"]) if "values" in extra else None,
    )
