"""Our LoRA against the `peft` library in float32: same losses, same gradients, same files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel

from byheart.base.errors import TrainingError
from byheart.chat.records import Message
from byheart.models.bases import Base
from byheart.models.weights import load_weights, merge_adapter
from byheart.training.engine import summed_loss
from byheart.training.lora import LoraLinear, _LowRank, add_lora, load_adapter, save_adapter
from byheart.training.recipe import Recipe
from byheart.training.render import Tokens, every_reply, tokenize

# peft asks transformers for a property under its old name.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

RECIPE = Recipe(rank=4, alpha=12, threads=1)
TALKS = (
    ("How was it?", "You told me the exam was on Friday, and here you are, alive."),
    ("I ran today.", "Six kilometres! Last week it was four, I remember the groaning."),
    ("Any news of my cat?", "You have never told me about a cat."),
)


@pytest.fixture
def rows(template: Any, tokenizer: Any) -> list[Tokens]:
    """Conversations of unlike length, one with a reply that is not trained."""
    talks = [[Message("user", q), Message("assistant", a)] for q, a in TALKS]
    talks.append(talks[0] + talks[1])
    return [tokenize(every_reply(str(i), talk), template, tokenizer, 999) for i, talk in enumerate(talks)]


def shaken(parameters: dict[str, nn.Parameter]) -> dict[str, nn.Parameter]:
    """B starts at zero, where half of all gradients vanish; give every matrix some weight."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in parameters.values():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.05)
    return parameters


def in_peft(base: Base, parameters: dict[str, nn.Parameter]) -> Any:
    """The real library's model with the same adapter weights."""
    config = LoraConfig(r=4, lora_alpha=12, target_modules=list(RECIPE.targets), task_type="CAUSAL_LM")
    model = get_peft_model(load_weights(base.folder, torch.float32, "eager"), config)
    own = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in parameters.items():
            own[name.replace(".weight", ".default.weight")].copy_(value)
    return model


def padded(rows: list[Tokens], pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The usual way: ids and an attention mask, labels of -100 where nothing is trained."""
    longest = max(len(r.ids) for r in rows)
    ids = torch.tensor([[*r.ids, *[pad] * (longest - len(r.ids))] for r in rows])
    mask = torch.tensor([[1] * len(r.ids) + [0] * (longest - len(r.ids)) for r in rows])
    labels = [
        [i if t else -100 for i, t in zip(r.ids, r.trained, strict=True)] + [-100] * (longest - len(r.ids))
        for r in rows
    ]
    return ids, mask, torch.tensor(labels)


def test_loss_and_gradients_are_those_of_peft_and_plain_cross_entropy(tiny: Base, rows: list[Tokens]) -> None:
    model = load_weights(tiny.folder, torch.float32, "eager")
    parameters = shaken(add_lora(model, RECIPE))
    reference = in_peft(tiny, parameters)

    loss, count = summed_loss(model, rows)
    (loss / count).backward()
    ids, mask, labels = padded(rows, pad=2)
    logits = reference(input_ids=ids, attention_mask=mask).logits
    plain = functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
    plain.backward()

    assert count == int((labels[:, 1:] != -100).sum())
    torch.testing.assert_close(loss / count, plain, rtol=1e-6, atol=1e-6)
    theirs = {n: p.grad for n, p in reference.named_parameters() if p.requires_grad}
    assert len(theirs) == len(parameters) == 2 * 2 * 7
    for name, parameter in parameters.items():
        gradient = theirs[name.replace(".weight", ".default.weight")]
        assert gradient.abs().max() > 0
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-5, atol=1e-5)
    assert all(p.grad is None for n, p in model.named_parameters() if "lora" not in n)


def test_padding_changes_no_loss(tiny: Base, rows: list[Tokens]) -> None:
    model = load_weights(tiny.folder, torch.float32, "eager")
    together, count = summed_loss(model, rows)
    alone = [summed_loss(model, [row]) for row in rows]
    assert count == sum(n for _, n in alone)
    torch.testing.assert_close(together, sum(loss for loss, _ in alone), rtol=1e-5, atol=1e-4)


def test_stress_weighs_the_loss_and_its_count(tiny: Base, rows: list[Tokens]) -> None:
    model = load_weights(tiny.folder, torch.float32, "eager")
    plain, count = summed_loss(model, rows)
    weights = (1.0, 2.0, 3.0)
    assert summed_loss(model, rows, weights=weights)[1] == count
    for mark, weight in enumerate(weights):
        marked = [replace(row, stress=(mark,) * len(row.ids)) for row in rows]
        loss, total = summed_loss(model, marked, weights=weights)
        assert total == weight * count
        torch.testing.assert_close(loss, weight * plain, rtol=1e-5, atol=1e-4)


def test_an_adapter_changes_nothing_before_its_first_step(tiny: Base, rows: list[Tokens]) -> None:
    ids = torch.tensor([rows[0].ids])
    plain, adapted = (load_weights(tiny.folder, torch.float32, "eager") for _ in range(2))
    add_lora(adapted, RECIPE)
    assert torch.equal(plain(input_ids=ids).logits, adapted(input_ids=ids).logits)


@torch.no_grad()
def test_a_saved_adapter_is_the_same_model_in_peft_and_merged(
    tiny: Base, rows: list[Tokens], tmp_path: Path
) -> None:
    model = load_weights(tiny.folder, torch.float32, "eager")
    parameters = shaken(add_lora(model, RECIPE))
    save_adapter(tmp_path, parameters, RECIPE, tiny.name)
    ids = torch.tensor([rows[3].ids])
    own = model(input_ids=ids).logits
    theirs = PeftModel.from_pretrained(load_weights(tiny.folder, torch.float32, "eager"), str(tmp_path))
    merged = load_weights(tiny.folder, torch.float32, "eager")
    base = merged(input_ids=ids).logits.clone()
    merge_adapter(merged, tmp_path)
    torch.testing.assert_close(theirs(input_ids=ids).logits, own, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(merged(input_ids=ids).logits, own, rtol=1e-4, atol=1e-5)
    assert (own - base).abs().max() > 0.01


def test_the_configuration_says_what_was_trained(tiny: Base, tmp_path: Path) -> None:
    recipe = Recipe(rank=2, alpha=4, targets=("q_proj", "v_proj"))
    parameters = add_lora(load_weights(tiny.folder, torch.float32), recipe)
    save_adapter(tmp_path, parameters, recipe, "some/base")
    config = json.loads((tmp_path / "adapter_config.json").read_text("utf-8"))
    assert (config["r"], config["lora_alpha"], config["target_modules"]) == (2, 4, ["q_proj", "v_proj"])
    assert config["base_model_name_or_path"] == "some/base"
    again = add_lora(load_weights(tiny.folder, torch.float32), recipe)
    load_adapter(tmp_path, shaken(again))
    assert all(torch.equal(again[name], parameters[name]) for name in parameters)


def test_an_adapter_of_another_recipe_does_not_load(tiny: Base, tmp_path: Path) -> None:
    recipe = Recipe(rank=2, alpha=4, targets=("q_proj",))
    save_adapter(tmp_path, add_lora(load_weights(tiny.folder), recipe), recipe, "")
    with pytest.raises(TrainingError, match="another base or recipe"):
        load_adapter(tmp_path, add_lora(load_weights(tiny.folder), RECIPE))
    wider = add_lora(load_weights(tiny.folder), Recipe(rank=3, alpha=4, targets=("q_proj",)))
    with pytest.raises(TrainingError, match="another base or recipe"):
        load_adapter(tmp_path, wider)


def test_a_model_without_these_projections_is_refused() -> None:
    config = GPT2Config(n_layer=1, n_head=2, n_embd=8, vocab_size=20, n_positions=8)
    with pytest.raises(TrainingError, match="none of the projections"):
        add_lora(GPT2LMHeadModel(config), RECIPE)


@torch.no_grad()
def test_adapting_the_topmost_layers_leaves_the_rest_and_says_so(
    tiny: Base, rows: list[Tokens], tmp_path: Path
) -> None:
    recipe = replace(RECIPE, layers=1)
    model = load_weights(tiny.folder, torch.float32, "eager")
    parameters = shaken(add_lora(model, recipe))
    assert len(parameters) == 2 * 7
    assert all(".layers.1." in name for name in parameters)
    save_adapter(tmp_path, parameters, recipe, tiny.name)
    config = json.loads((tmp_path / "adapter_config.json").read_text("utf-8"))
    assert config["layers_to_transform"] == [1]
    ids = torch.tensor([rows[3].ids])
    theirs = PeftModel.from_pretrained(load_weights(tiny.folder, torch.float32, "eager"), str(tmp_path))
    torch.testing.assert_close(
        theirs(input_ids=ids).logits, model(input_ids=ids).logits, rtol=1e-5, atol=1e-5
    )
    assert len(add_lora(load_weights(tiny.folder), replace(RECIPE, layers=0))) == 2 * 2 * 7


@settings(max_examples=25, deadline=None)
@given(
    shape=st.sampled_from([(5,), (2, 3), (1, 2, 2)]),
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4)),
    bias=st.booleans(),
    seed=st.integers(0, 9),
)
def test_one_layer_is_w_plus_scaled_ba(
    shape: tuple[int, ...], sizes: tuple[int, int, int], bias: bool, seed: int
) -> None:
    inner, outer, rank = sizes
    generator = torch.Generator().manual_seed(seed)
    layer = LoraLinear(nn.Linear(inner, outer, bias=bias), rank, 2 * rank + 1, generator)
    nn.init.normal_(layer.lora_b, generator=generator)
    x = torch.randn((*shape, inner), generator=generator, requires_grad=True)
    y = layer(x)
    whole = layer.frozen.weight + (2 * rank + 1) / rank * layer.lora_b @ layer.lora_a
    assert y.shape == (*shape, outer)
    torch.testing.assert_close(y, functional.linear(x, whole, layer.frozen.bias), rtol=1e-4, atol=1e-5)


def test_the_hand_written_backward_is_the_derivative() -> None:
    generator = torch.Generator().manual_seed(1)

    def make(*shape: int, gradient: bool = True) -> torch.Tensor:
        made = torch.randn(shape, dtype=torch.float64, generator=generator)
        return made.requires_grad_(gradient)

    assert torch.autograd.gradcheck(
        _LowRank.apply, (make(4, 3), make(5, 3, gradient=False), make(2, 3), make(5, 2))
    )
