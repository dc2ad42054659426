import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from byheart.base.errors import TrainingError
from byheart.models.bases import Base
from byheart.models.weights import load_weights, merge_adapter
from byheart.training.engine import State, Trainer, mean_loss, plan, read_state
from byheart.training.lora import load_adapter
from byheart.training.recipe import Recipe
from byheart.training.render import Tokens
from tests.training.killed import split
from tests.training.talks import RECIPE

lengths = st.lists(st.integers(2, 400), min_size=1, max_size=150)


def of_length(lengths: list[int]) -> list[Tokens]:
    return [Tokens(str(i), (1,) * n, (True,) * n) for i, n in enumerate(lengths)]


@settings(max_examples=60, deadline=None)
@given(lengths=lengths, budget=st.integers(1, 1500), epochs=st.integers(1, 3), seed=st.integers(0, 3))
def test_every_example_comes_once_an_epoch_within_the_budget(
    lengths: list[int], budget: int, epochs: int, seed: int
) -> None:
    examples, recipe = of_length(lengths), Recipe(batch_tokens=budget, epochs=epochs, seed=seed)
    batches = plan(examples, recipe)
    assert plan(examples, recipe) == batches
    assert Counter(i for batch in batches for i in batch) == dict.fromkeys(range(len(examples)), epochs)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= budget
    seen: list[int] = []
    for batch in batches:  # an epoch is over before the next begins
        seen += batch
        if len(seen) % len(examples) == 0:
            assert sorted(seen[-len(examples) :]) == list(range(len(examples)))


def test_another_seed_is_another_order() -> None:
    examples = of_length([random.Random(4).randint(2, 300) for _ in range(100)])
    orders = {str(plan(examples, Recipe(seed=seed))) for seed in range(5)}
    epochs = plan(examples, Recipe(epochs=2))
    assert len(orders) == 5
    assert epochs[: len(epochs) // 2] != epochs[len(epochs) // 2 :]


class Stop:
    """A report callback that interrupts after certain steps, as Ctrl-C does."""

    def __init__(self, *steps: int) -> None:
        self.steps = set(steps)
        self.seen: list[int] = []

    def __call__(self, state: State) -> None:
        self.seen.append(state.step)
        if state.step in self.steps:
            self.steps.remove(state.step)
            raise KeyboardInterrupt


def run(
    base: Base, folder: Path, report: Stop | None = None, recipe: Recipe = RECIPE, valid: bool = True
) -> State:
    train, held = split(base.folder)
    trainer = Trainer(base.folder, folder, recipe, base.name)
    trainer.resume()
    return trainer.train(train, held if valid else [], report or Stop())


def same(one: Path, other: Path) -> bool:
    """Whether two runs ended alike to the last bit, times aside."""
    a, b = (load_file(folder / "adapter" / "adapter_model.safetensors") for folder in (one, other))
    states = [replace(read_state(folder), seconds=0.0) for folder in (one, other)]
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a) and states[0] == states[1]


@pytest.fixture(scope="module")
def straight(tiny: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("straight")
    run(tiny, folder)
    return folder


def test_training_learns_and_says_how_it_went(straight: Path, tiny: Base) -> None:
    state = read_state(straight)
    assert state.step == state.steps == len(state.curve) > 12
    assert state.curve[-1][1] < state.curve[0][1] - 0.2
    assert [step for step, _ in state.validation] == [*range(5, state.steps, 5), state.steps]
    assert (state.best_step, state.best_loss) == min(state.validation, key=lambda look: look[1])
    assert state.tokens == 2 * sum(len(t.ids) for t in split(tiny.folder)[0])
    assert sorted(p.name for p in straight.iterdir()) == ["adapter", "state.json"]


def test_the_validation_loss_is_that_of_the_adapter_on_the_validation_side(
    straight: Path, tiny: Base
) -> None:
    model = load_weights(tiny.folder, torch.float32)
    _, valid = split(tiny.folder)
    before = mean_loss(model, valid)
    merge_adapter(model, straight / "adapter")
    state = read_state(straight)
    assert mean_loss(model, valid) == pytest.approx(
        state.best_loss, rel=0.02
    )  # the run may compute in bfloat16
    assert state.best_loss < before


def test_training_again_with_the_same_seed_gives_the_same_bits(
    straight: Path, tiny: Base, tmp_path: Path
) -> None:
    run(tiny, tmp_path)
    assert same(straight, tmp_path)


@pytest.mark.parametrize("steps", [(1,), (5,), (4, 5, 6, 11), (-1,), (10, -1)])
def test_an_interrupted_run_goes_on_to_the_same_bits(
    steps: tuple[int, ...], straight: Path, tiny: Base, tmp_path: Path
) -> None:
    """Also where the interrupt comes before a validation is due (5, 10) or after the very last step (-1)."""
    last = read_state(straight).steps
    stop = Stop(*(step if step > 0 else last for step in steps))
    for _ in steps:
        with pytest.raises(KeyboardInterrupt):
            run(tiny, tmp_path, stop)
        assert (tmp_path / "checkpoint" / "state.json").exists()
        assert not (tmp_path / "state.json").exists()
    run(tiny, tmp_path, stop)
    assert stop.seen == list(range(1, last + 1))  # no step is done twice
    assert same(straight, tmp_path)


def test_a_killed_run_goes_on_to_the_same_bits(straight: Path, tiny: Base, tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-m", "tests.training.killed", str(tiny.folder), str(tmp_path), "8"],
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -9, killed.stderr
    stop = Stop()
    run(tiny, tmp_path, stop)
    assert stop.seen[0] == 6  # from the checkpoint after step 5
    assert same(straight, tmp_path)


@pytest.mark.slow
def test_a_run_killed_again_and_again_at_any_moment_comes_to_the_same_bits(
    straight: Path, tiny: Base, tmp_path: Path
) -> None:
    chance = random.Random(11)
    command = [sys.executable, "-m", "tests.training.killed", str(tiny.folder), str(tmp_path), "0"]
    for _ in range(12):
        process = subprocess.Popen(
            command, env={**os.environ, "OMP_NUM_THREADS": "1"}, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.5))
        process.kill()
        process.wait()
        process.stdout.close()
        if (tmp_path / "state.json").exists():
            break
    if not (tmp_path / "state.json").exists():
        run(tiny, tmp_path)
    assert same(straight, tmp_path)


def test_a_kill_between_the_renames_of_a_checkpoint_loses_nothing(
    straight: Path, tiny: Base, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tiny, tmp_path, Stop(7))
    (tmp_path / "checkpoint").rename(tmp_path / "checkpoint.old")
    (tmp_path / "checkpoint.new").mkdir()
    stop = Stop(8)
    with pytest.raises(KeyboardInterrupt):
        run(tiny, tmp_path, stop)
    run(tiny, tmp_path, stop)
    assert stop.seen[0] == 8
    assert same(straight, tmp_path)


def test_early_stopping_keeps_the_best_and_not_the_last(tiny: Base, tmp_path: Path) -> None:
    """Learning by heart what is not asked: the validation loss turns, and the run ends there."""
    recipe = replace(RECIPE, epochs=40, learning_rate=2e-2, evaluate_every=4, patience=2)
    train, valid = split(tiny.folder)
    wrong = [replace(t, ids=t.ids[::-1], trained=t.trained[::-1]) for t in valid]
    trainer = Trainer(tiny.folder, tmp_path, recipe, "tiny")
    state = trainer.train(train, wrong, Stop())
    losses = [loss for _, loss in state.validation]
    assert state.stopped_early
    assert state.step < state.steps
    assert state.best_loss == min(losses) < losses[-1]
    assert losses.index(min(losses)) == len(losses) - 3


def test_the_kept_adapter_is_the_one_of_the_best_look(tiny: Base, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=40, learning_rate=2e-2, evaluate_every=4, patience=2)
    train, valid = split(tiny.folder)
    wrong = [replace(t, ids=t.ids[::-1], trained=t.trained[::-1]) for t in valid]
    trainer = Trainer(tiny.folder, tmp_path, recipe, "tiny")
    state = trainer.train(train, wrong, Stop())
    load_adapter(tmp_path / "adapter", trainer.parameters)
    assert mean_loss(trainer.model, wrong) == state.best_loss


def test_without_a_validation_side_the_last_weights_are_kept(tiny: Base, tmp_path: Path) -> None:
    stop = Stop(6)
    with pytest.raises(KeyboardInterrupt):
        run(tiny, tmp_path / "a", stop, valid=False)
    state = run(tiny, tmp_path / "a", stop, valid=False)
    run(tiny, tmp_path / "b", valid=False)
    assert same(tmp_path / "a", tmp_path / "b")
    assert not state.validation
    assert not state.stopped_early
    assert state.best_step == state.steps


def test_a_loss_that_is_no_number_ends_the_run(tiny: Base, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"at step \d+\. Lower learning_rate_multiplier"):
        run(tiny, tmp_path, recipe=replace(RECIPE, learning_rate_multiplier=1e30, warmup=0.0))
    assert not (tmp_path / "state.json").exists()


def test_weights_that_overflow_in_the_last_step_are_not_kept(tiny: Base, tmp_path: Path) -> None:
    train, valid = split(tiny.folder)
    trainer = Trainer(tiny.folder, tmp_path, replace(RECIPE, epochs=1, learning_rate=1e30), "tiny")
    with pytest.raises(TrainingError, match="validation loss became nan at step 1"):
        trainer.train(train[:1], valid, Stop())
    assert not (tmp_path / "adapter").exists()


def test_frozen_weights_stay_as_they_were(tiny: Base, tmp_path: Path) -> None:
    train, valid = split(tiny.folder)
    trainer = Trainer(tiny.folder, tmp_path, RECIPE, "tiny")
    frozen = {n: p.clone() for n, p in trainer.model.named_parameters() if "lora" not in n}
    trainer.train(train, valid, Stop())
    after: dict[str, Any] = dict(trainer.model.named_parameters())
    assert all(torch.equal(value, after[name]) for name, value in frozen.items())
