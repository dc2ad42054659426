"""Runs: a dataset, a base and a recipe give an adapter. The same three give the same run, so doing it again
is free, and an interrupted run goes on from its checkpoint."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from byheart.base import tables
from byheart.base.clock import utcnow
from byheart.base.errors import ByheartError
from byheart.base.ids import content_id
from byheart.base.store import Store
from byheart.dataset.examples import Example
from byheart.dataset.versions import Dataset
from byheart.models.bases import Base, adapter_digest
from byheart.models.template import ChatTemplate
from byheart.models.weights import load_tokenizer, prepare
from byheart.training.engine import Report, State, Trainer, read_state
from byheart.training.recipe import Recipe
from byheart.training.render import Tokens, TrainingExample, tokenize


@dataclass(frozen=True)
class Run:
    """A finished run: `adapter` is a folder in PEFT's format, `adapter_hash` its identity."""

    id: str
    dataset: str
    base: str
    recipe: Recipe
    folder: Path
    adapter_hash: str
    state: State

    @property
    def adapter(self) -> Path:
        """The adapter's folder."""
        return self.folder / "adapter"


def run_id(dataset: Dataset, base: Base, recipe: Recipe) -> str:
    """Content id of the three things that determine a run."""
    return content_id("run", {"dataset": dataset.id, "base": base.name, "recipe": recipe.wire()})


def finished(run_folder: Path) -> bool:
    """Whether the run in this folder ended with an adapter."""
    return (run_folder / "state.json").exists() and (run_folder / "adapter" / "adapter_config.json").exists()


def train(
    store: Store,
    home: Path,
    dataset: Dataset,
    base: Base,
    recipe: Recipe,
    report: Report,
    say: Callable[[str], None] = lambda _: None,
) -> Run:
    """Train, or go on, or return what is already trained. `report` is called after every step.

    Raises TrainingError for examples that cannot be trained on; an interrupt leaves a checkpoint and a row.
    """
    name = run_id(dataset, base, recipe)
    folder = home / "runs" / name
    if not finished(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "recipe.json").write_text(json.dumps(recipe.wire(), indent=2) + "\n", "utf-8")
        _open_row(store, name, dataset, base, recipe, folder)
        outcome = {"state": "failed", "error": "It stopped unexpectedly."}
        try:
            _train(folder, dataset, base, recipe, report, say)
            outcome = {}
        except KeyboardInterrupt:
            outcome = {"state": "interrupted"}
            raise
        except ByheartError as error:
            outcome = {"state": "failed", "error": str(error)}
            raise
        finally:
            if outcome:
                _close_row(store, name, outcome)
    state = read_state(folder)
    if not _succeeded(store, name):  # also when a kill came between the last file and the row
        _open_row(store, name, dataset, base, recipe, folder)
        counts = {"step": state.step, "steps": state.steps}
        _close_row(store, name, {"state": "succeeded", **counts, "metrics": _metrics(state)})
    return Run(name, dataset.id, base.name, recipe, folder, adapter_digest(folder / "adapter"), state)


def _train(
    folder: Path, dataset: Dataset, base: Base, recipe: Recipe, report: Report, say: Callable[[str], None]
) -> State:
    say(f"Preparing {base.name}")
    prepare(base)
    template, tokenizer = ChatTemplate.read(base.folder), load_tokenizer(base.folder)
    say("Reading the examples")
    train_tokens = tokens_of(dataset.train, template, tokenizer, recipe)
    valid_tokens = tokens_of(dataset.valid, template, tokenizer, recipe)
    trainer = Trainer(base.folder, folder, recipe, base.name)
    if trainer.resume():
        say(f"Going on from step {trainer.state.step}")
    return trainer.train(train_tokens, valid_tokens, report)


def tokens_of(
    examples: Sequence[Example], template: ChatTemplate, tokenizer: Any, recipe: Recipe
) -> list[Tokens]:
    """Tokens and masks of the examples. Raises TrainingError naming the one that cannot be trained on."""
    return [
        tokenize(
            TrainingExample(e.id, e.messages, e.trained, e.values), template, tokenizer, recipe.max_length
        )
        for e in examples
    ]


def _metrics(state: State) -> dict[str, Any]:
    return {
        "train_loss": round(state.loss, 4),
        "validation": state.validation,
        "best_step": state.best_step,
        "best_validation_loss": state.best_loss,
        "tokens": state.tokens,
        "seconds": round(state.seconds, 1),
        "stopped_early": state.stopped_early,
    }


def _succeeded(store: Store, name: str) -> bool:
    with store.reading() as connection:
        state = connection.execute(select(tables.runs.c.state).where(tables.runs.c.id == name)).scalar()
    return state == "succeeded"


def _open_row(store: Store, name: str, dataset: Dataset, base: Base, recipe: Recipe, folder: Path) -> None:
    now = utcnow()
    with store.transaction() as connection:
        if connection.execute(select(tables.runs.c.id).where(tables.runs.c.id == name)).first():
            connection.execute(
                update(tables.runs)
                .where(tables.runs.c.id == name)
                .values(state="running", error="", updated_at=now)
            )
            return
        row = {
            "id": name,
            "dataset": dataset.id,
            "base": base.name,
            "recipe": recipe.wire(),
            "path": str(folder),
        }
        fresh = {"state": "running", "step": 0, "steps": 0, "metrics": {}, "error": ""}
        connection.execute(insert(tables.runs), {**row, **fresh, "created_at": now, "updated_at": now})


def _close_row(store: Store, name: str, outcome: dict[str, Any]) -> None:
    with store.transaction() as connection:
        connection.execute(
            update(tables.runs).where(tables.runs.c.id == name).values(**outcome, updated_at=utcnow())
        )
