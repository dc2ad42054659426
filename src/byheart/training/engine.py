"""The training loop: LoRA on a frozen base, on the processor or a GPU, resumable to the bit.

What makes it fast on two cores: the base is stored in bfloat16 where the processor multiplies it natively;
one pass trains every reply of a conversation; batches hold conversations of like length, padded to few distinct
shapes, because kernels are compiled for each; logits are formed only where a token is trained; the layers that are
not adapted are only read; nothing is recomputed. What makes it exact: the order of batches depends on the seed
alone, and a checkpoint holds the adapter, the optimiser and the cursor.
"""

import json
import math
import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from byheart.base.errors import TrainingError
from byheart.models.weights import best_dtype, load_weights
from byheart.training.lora import add_lora, load_adapter, save_adapter
from byheart.training.recipe import Recipe
from byheart.training.render import Tokens

Batch = list[int]
"""Positions of examples that are trained in one step."""


@dataclass
class State:
    """Where a run stands; everything but the weights and the optimiser. Losses are nats per trained token."""

    step: int = 0
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    curve: list[tuple[int, float]] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    looked: int = 0
    best_step: int = 0
    best_loss: float = math.inf
    stopped_early: bool = False

    @property
    def loss(self) -> float:
        """Mean training loss of the last twenty steps."""
        last = [loss for _, loss in self.curve[-20:]]
        return sum(last) / len(last) if last else math.nan


Report = Callable[[State], None]
"""Called after every step."""


def plan(examples: Sequence[Tokens], recipe: Recipe) -> list[Batch]:
    """The batches of all epochs, in order: each of one padded length, at most `batch_tokens` tokens with padding."""
    batches: list[Batch] = []
    for epoch in range(recipe.epochs):
        chance = random.Random(f"{recipe.seed}/{epoch}")
        order = list(range(len(examples)))
        chance.shuffle(order)
        epoch_batches = _by_length(order, examples, recipe.batch_tokens)
        chance.shuffle(epoch_batches)
        batches += epoch_batches
    return batches


def padded(length: int) -> int:
    """A length rounded up to a multiple of 64: matrix kernels are compiled for each new shape, so few are used."""
    return -(-length // 64) * 64


def _by_length(order: Sequence[int], examples: Sequence[Tokens], budget: int) -> list[Batch]:
    groups: dict[int, list[int]] = {}
    for i in order:
        groups.setdefault(padded(len(examples[i].ids)), []).append(i)
    batches: list[Batch] = []
    for length, members in sorted(groups.items()):
        size = _rows(length, budget)
        batches += [members[start : start + size] for start in range(0, len(members), size)]
    return batches


def _rows(length: int, budget: int) -> int:
    return max(1, budget // length)


def summed_loss(
    model: Any, rows: Sequence[Tokens], budget: int = 0, weights: Sequence[float] = (1.0, 1.0, 1.0)
) -> tuple[torch.Tensor, float]:
    """Cross-entropy summed over the trained tokens of `rows`, and how many they are, both by their `weights`
    (of plain tokens, openings and values).

    Padding stands on the right, where causal attention needs no mask for it; with a `budget` of tokens an
    incomplete batch is filled up with empty rows, so that it has the shape of a complete one.
    """
    longest = padded(max(len(row.ids) for row in rows))
    shape = (max(len(rows), _rows(longest, budget)), longest)
    ids = torch.zeros(shape, dtype=torch.long)
    target = torch.zeros(shape, dtype=torch.bool)
    weight = torch.ones(shape)
    for r, row in enumerate(rows):
        ids[r, : len(row.ids)] = torch.tensor(row.ids)
        target[r, : len(row.ids)] = torch.tensor(row.trained)
        if row.stress:
            weight[r, : len(row.ids)] = torch.tensor([weights[mark] for mark in row.stress])
    device = model.lm_head.weight.device
    hidden = model.model(input_ids=ids.to(device), use_cache=False).last_hidden_state
    where = target[:, 1:].flatten().nonzero().squeeze(1)
    count = len(where)
    spare = padded(count) - count  # positions that only fill up the shape; they carry no label
    weight = torch.cat([weight[:, 1:].flatten()[where], torch.zeros(spare)])
    labels = torch.cat([ids[:, 1:].flatten()[where], torch.full((spare,), -100)])
    where = torch.cat([where, torch.zeros(spare, dtype=torch.long)]).to(device)
    logits = model.lm_head(hidden[:, :-1].flatten(0, 1)[where]).float()
    loss = nn.functional.cross_entropy(logits, labels.to(device), reduction="none", ignore_index=-100)
    return (loss * weight.to(device)).sum(), float(weight.sum())


@torch.no_grad()
def mean_loss(model: Any, examples: Sequence[Tokens], budget: int = 768) -> float:
    """Mean cross-entropy per trained token, in nats."""
    total, count = 0.0, 0.0
    for batch in _by_length(range(len(examples)), examples, budget):
        loss, tokens = summed_loss(model, [examples[i] for i in batch], budget)
        total, count = total + float(loss), count + tokens
    return total / max(count, 1)


def rate(step: int, steps: int, recipe: Recipe) -> float:
    """Learning rate of step `step` (from 0): a linear warm-up, then a cosine down to a tenth."""
    warm = max(1, round(recipe.warmup * steps))
    if step < warm:
        return recipe.peak_rate * (step + 1) / warm
    done = (step - warm) / max(1, steps - warm)
    return recipe.peak_rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * done)))


class Trainer:
    """One run in `folder`: `checkpoint/` to go on from, `adapter/` with the best weights, `state.json`."""

    def __init__(self, base: Path, folder: Path, recipe: Recipe, base_name: str) -> None:
        torch.set_num_threads(recipe.threads)
        torch.manual_seed(recipe.seed)
        self.folder, self.recipe, self.base_name = folder, recipe, base_name
        # At these lengths the backward of the processor's fused attention is slower than plain products.
        self.model = load_weights(base, best_dtype(), "sdpa" if torch.cuda.is_available() else "eager")
        self.parameters = add_lora(self.model, recipe)
        self.optimizer = torch.optim.AdamW(
            self.parameters.values(), lr=recipe.peak_rate, weight_decay=recipe.weight_decay, betas=(0.9, 0.99)
        )
        self.state = State()
        self.whole = True  # False while an optimiser step has changed some of the weights but not all

    def resume(self) -> bool:
        """Go back to the last checkpoint in the folder, if there is one."""
        places = (
            self.folder / "checkpoint",
            self.folder / "checkpoint.old",
        )  # the latter if killed between renames
        place = next((p for p in places if (p / "state.json").exists()), None)
        if place is None:
            return False
        load_adapter(place, self.parameters)
        self.optimizer.load_state_dict(torch.load(place / "optimizer.pt", weights_only=True))
        self.state = read_state(place)
        return True

    def checkpoint(self) -> None:
        """Write everything that going on needs; the old checkpoint stays until the new one is whole."""
        place, scratch = self.folder / "checkpoint", self.folder / "checkpoint.new"
        shutil.rmtree(scratch, ignore_errors=True)
        save_adapter(scratch, self.parameters, self.recipe, self.base_name)
        torch.save(self.optimizer.state_dict(), scratch / "optimizer.pt")
        write_state(scratch, self.state)
        old = self.folder / "checkpoint.old"
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(place, old)
        os.replace(scratch, place)
        shutil.rmtree(old, ignore_errors=True)

    def train(self, train: Sequence[Tokens], valid: Sequence[Tokens], report: Report) -> State:
        """Run to the end, or on from the checkpoint. An interrupt leaves a checkpoint and goes on upwards."""
        batches = plan(train, self.recipe)
        self.state.steps = len(batches)
        try:
            while True:
                if (
                    self._due()
                ):  # before the next step, so that a look that an interrupt prevented is made up for
                    self._look(valid)
                if self.state.stopped_early or self.state.step == len(batches):
                    break
                self._step([train[i] for i in batches[self.state.step]])
                report(self.state)
        except KeyboardInterrupt:
            if self.whole:
                self.checkpoint()
            raise
        write_state(self.folder, self.state)
        shutil.rmtree(self.folder / "checkpoint", ignore_errors=True)
        return self.state

    def _step(self, rows: Sequence[Tokens]) -> None:
        started = time.perf_counter()
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.state.step, self.state.steps, self.recipe)
        weights = (1.0, self.recipe.opening_weight, self.recipe.value_weight)
        loss, count = summed_loss(self.model, rows, self.recipe.batch_tokens, weights)
        mean = loss / count
        torch.autograd.backward(mean)
        norm = nn.utils.clip_grad_norm_(self.parameters.values(), self.recipe.clip)
        value = mean.item()
        _refuse_infinite(f"loss became {value}", value, self.state.step + 1)
        _refuse_infinite("loss's gradient is not finite", norm.item(), self.state.step + 1)
        self.whole = False
        self.optimizer.step()
        self.state.step += 1
        self.state.tokens += sum(len(row.ids) for row in rows)
        self.state.curve.append((self.state.step, value))
        self.state.seconds += time.perf_counter() - started
        self.whole = True
        self.optimizer.zero_grad(set_to_none=True)

    def _due(self) -> bool:
        """Whether it is time to look how good the adapter is, and nobody has looked at this step yet."""
        step = self.state.step
        return step > self.state.looked and (
            step % self.recipe.evaluate_every == 0 or step == self.state.steps
        )

    def _look(self, valid: Sequence[Tokens]) -> None:
        """Validate, keep the best, stop when it has not improved for `patience` looks; then checkpoint."""
        started = time.perf_counter()
        step = self.state.step
        loss = mean_loss(self.model, valid) if valid else self.state.loss
        _refuse_infinite(f"validation loss became {loss}", loss, step)
        if loss < self.state.best_loss or not valid:
            self._keep_best(loss)
        if valid:
            self.state.validation = [look for look in self.state.validation if look[0] < step] + [
                (step, loss)
            ]
        since_best = sum(at > self.state.best_step for at, _ in self.state.validation)
        self.state.stopped_early = since_best >= self.recipe.patience and step < self.state.steps
        self.state.seconds += time.perf_counter() - started
        self.state.looked = step
        self.checkpoint()

    def _keep_best(self, loss: float) -> None:
        save_adapter(self.folder / "adapter", self.parameters, self.recipe, self.base_name)
        self.state.best_step, self.state.best_loss = self.state.step, loss


def _refuse_infinite(what: str, value: float, step: int) -> None:
    if not math.isfinite(value):
        raise TrainingError(f"The {what} at step {step}.", "Lower learning_rate_multiplier.")


def write_state(folder: Path, state: State) -> None:
    """Write `state.json` into the folder, wholly or not at all: it says that the folder is complete."""
    scratch = folder / "state.json.new"
    scratch.write_text(json.dumps(asdict(state), indent=1) + "\n", "utf-8")
    os.replace(scratch, folder / "state.json")


def read_state(folder: Path) -> State:
    """Read `state.json` from the folder."""
    values: dict[str, Any] = json.loads((folder / "state.json").read_text("utf-8"))
    for name in ("curve", "validation"):
        values[name] = [(int(step), float(loss)) for step, loss in values[name]]
    return State(**values)
