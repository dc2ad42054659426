import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.base.errors import InputError
from byheart.training.engine import rate
from byheart.training.recipe import PROJECTIONS, Recipe


def test_a_recipe_survives_json() -> None:
    recipe = Recipe(epochs=3, learning_rate_multiplier=0.1, targets=("q_proj", "v_proj"))
    assert Recipe.read(json.loads(json.dumps(recipe.wire()))) == recipe


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no learning_rte\..*learning_rate_multiplier"):
        Recipe.read({"learning_rte": 1})


@pytest.mark.parametrize(
    "name", ["epochs", "batch_tokens", "learning_rate", "rank", "max_length", "evaluate_every", "patience"]
)
def test_a_number_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} is 0"):
        Recipe.read({name: 0})


def test_layers_are_none_for_all_or_a_count() -> None:
    assert Recipe(layers=0).layers == 0
    with pytest.raises(InputError, match=r"layers is -1\. Give 0 for all"):
        Recipe(layers=-1)


@pytest.mark.parametrize("targets", [(), ("q_proj", "lm_head")])
def test_targets_are_projections(targets: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=PROJECTIONS[0]):
        Recipe(targets=targets)


@given(steps=st.integers(1, 500), warmup=st.floats(0, 0.5), multiplier=st.floats(0.01, 10))
def test_the_rate_warms_up_once_and_then_only_falls(steps: int, warmup: float, multiplier: float) -> None:
    recipe = Recipe(warmup=warmup, learning_rate_multiplier=multiplier)
    rates = [rate(step, steps, recipe) for step in range(steps)]
    top = rates.index(max(rates))
    assert all(0 < r <= recipe.peak_rate * (1 + 1e-12) for r in rates)
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] >= 0.1 * recipe.peak_rate * (1 - 1e-12) or steps == 1
