from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file
from sqlalchemy import select

from byheart.base import tables
from byheart.base.errors import TrainingError
from byheart.base.store import Store
from byheart.chat.records import Message
from byheart.dataset.examples import Example
from byheart.dataset.versions import Dataset, freeze
from byheart.models.bases import Base
from byheart.training import runs
from byheart.training.engine import State
from byheart.training.recipe import Recipe
from byheart.training.runs import run_id

RECIPE = Recipe(rank=2, alpha=4, batch_tokens=300, evaluate_every=3, threads=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "byheart.db") as opened:
        yield opened


def example(number: int, source: str = "generated", reply: str = "") -> Example:
    said = reply or f"You told me about plan {number}, and it stands."
    messages = (Message("user", f"And plan {number}?"), Message("assistant", said))
    return Example("goal_continuity", source, f"person-{number}", messages, (1,))


@pytest.fixture
def dataset() -> Dataset:
    return freeze([example(i) for i in range(40)], {"conversations": 40}, valid_share=0.2)


def row(store: Store, name: str) -> dict[str, object]:
    with store.reading() as connection:
        return dict(connection.execute(select(tables.runs).where(tables.runs.c.id == name)).mappings().one())


def no_training(state: State) -> None:
    raise AssertionError(f"step {state.step} was trained, though the run was finished")


def test_a_finished_run_is_returned_and_not_trained_again(
    store: Store, tmp_path: Path, tiny: Base, dataset: Dataset
) -> None:
    steps: list[int] = []
    run = runs.train(store, tmp_path, dataset, tiny, RECIPE, lambda s: steps.append(s.step))
    assert steps == list(range(1, run.state.steps + 1))
    assert run.state.validation
    again = runs.train(store, tmp_path, dataset, tiny, RECIPE, no_training)
    assert again == run
    written = row(store, run.id)
    assert (written["state"], written["step"], written["dataset"]) == (
        "succeeded",
        run.state.steps,
        dataset.id,
    )
    assert written["metrics"]["best_validation_loss"] == run.state.best_loss  # type: ignore[index]


def test_an_interrupted_run_says_so_and_goes_on(
    store: Store, tmp_path: Path, tiny: Base, dataset: Dataset
) -> None:
    def stop(state: State) -> None:
        if state.step == 2:
            raise KeyboardInterrupt

    straight = runs.train(store, tmp_path / "straight", dataset, tiny, RECIPE, lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        runs.train(store, tmp_path / "halted", dataset, tiny, RECIPE, stop)
    assert row(store, straight.id)["state"] == "interrupted"
    said: list[str] = []
    resumed = runs.train(store, tmp_path / "halted", dataset, tiny, RECIPE, lambda _: None, said.append)
    assert "Going on from step 2" in said
    assert resumed.adapter_hash == straight.adapter_hash
    weights = [load_file(r.adapter / "adapter_model.safetensors") for r in (straight, resumed)]
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])
    assert row(store, straight.id)["state"] == "succeeded"


def test_a_run_killed_before_its_row_was_closed_is_closed_the_next_time(
    tmp_path: Path, tiny: Base, dataset: Dataset
) -> None:
    """The adapter is there and the store knows nothing, as after a kill or with a new store."""
    with Store.open(tmp_path / "one.db") as first:
        run = runs.train(first, tmp_path, dataset, tiny, RECIPE, lambda _: None)
    with Store.open(tmp_path / "two.db") as second:
        assert runs.train(second, tmp_path, dataset, tiny, RECIPE, no_training) == run
        assert row(second, run.id)["state"] == "succeeded"
        assert row(second, run.id)["steps"] == run.state.steps


def test_a_refused_example_fails_the_run_with_its_reason(
    store: Store, tmp_path: Path, tiny: Base, dataset: Dataset
) -> None:
    saga = example(99, reply="on and on " * 300)
    bad = Dataset("dataset_bad", (*dataset.train, saga), dataset.valid, {})
    with pytest.raises(TrainingError, match=f"{saga.id} has .* tokens"):
        runs.train(store, tmp_path, bad, tiny, replace(RECIPE, max_length=200), no_training)
    written = row(store, run_id(bad, tiny, replace(RECIPE, max_length=200)))
    assert written["state"] == "failed"
    assert saga.id in str(written["error"])


def test_data_base_and_recipe_each_make_another_run(tiny: Base, dataset: Dataset) -> None:
    other = freeze([example(1)], {})
    names = {
        run_id(dataset, tiny, RECIPE),
        run_id(other, tiny, RECIPE),
        run_id(dataset, replace(tiny, name="another"), RECIPE),
        run_id(dataset, tiny, replace(RECIPE, seed=8)),
    }
    assert len(names) == 4
    assert run_id(dataset, tiny, Recipe.read(RECIPE.wire())) in names
