"""LoRA in PEFT's file format: a frozen base in its own type, the two small matrices in float32.

Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv 2106.09685.
"""

import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from byheart.base.errors import TrainingError
from byheart.training.recipe import Recipe


class _LowRank(torch.autograd.Function):
    """y = x W' + (x A') B' for x of shape (tokens, in), with the fewest passes over memory: sums happen inside
    the products, and W gets no gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, w: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        low = x @ a.t()
        ctx.save_for_backward(x, w, a, b, low)
        return torch.addmm(x @ w.t(), low, b.t())

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, w, a, b, low = ctx.saved_tensors
        back = gradient @ b
        to_x = torch.addmm(gradient @ w, back, a) if ctx.needs_input_grad[0] else None
        return to_x, None, back.t() @ x, gradient.t() @ low


class LoraLinear(nn.Module):
    """y = W x + (alpha / rank) B A x, with W frozen; A is (rank, in), B is (out, rank), B starts at zero."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: int, generator: torch.Generator) -> None:
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.scale = alpha / rank
        bound = 1 / math.sqrt(frozen.in_features)  # Kaiming uniform with a = sqrt(5), as PEFT starts it
        self.lora_a = nn.Parameter(
            (torch.rand((rank, frozen.in_features), generator=generator) * 2 - 1) * bound
        )
        self.lora_b = nn.Parameter(torch.zeros((frozen.out_features, rank)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., in) to (..., out)."""
        flat = x.reshape(-1, x.shape[-1])
        b = (self.scale * self.lora_b).to(x.dtype)
        y: torch.Tensor = _LowRank.apply(flat, self.frozen.weight, self.lora_a.to(x.dtype), b)  # type: ignore[no-untyped-call]
        if self.frozen.bias is not None:
            y = y + self.frozen.bias
        return y.view(*x.shape[:-1], -1)


def add_lora(model: Any, recipe: Recipe) -> dict[str, nn.Parameter]:
    """Wrap the target projections of every layer; returns the trainable parameters by their PEFT names."""
    model.requires_grad_(False)
    generator = torch.Generator().manual_seed(recipe.seed)
    parameters: dict[str, nn.Parameter] = {}
    lowest = lowest_layer(model.config.num_hidden_layers, recipe)
    for name, module in list(model.named_modules()):
        if not isinstance(module, nn.Linear) or name.rsplit(".", 1)[-1] not in recipe.targets:
            continue
        if ".layers." in name and int(name.split(".layers.")[1].split(".")[0]) >= lowest:
            parent = model.get_submodule(name.rpartition(".")[0])
            wrapped = LoraLinear(module, recipe.rank, recipe.alpha, generator)
            setattr(parent, name.rsplit(".", 1)[-1], wrapped)
            parameters[f"base_model.model.{name}.lora_A.weight"] = wrapped.lora_a
            parameters[f"base_model.model.{name}.lora_B.weight"] = wrapped.lora_b
    if not parameters:
        raise TrainingError(
            f"The base model has none of the projections {', '.join(recipe.targets)}.",
            "byheart trains LLaMA-, Qwen-, Mistral- and Gemma-style models.",
        )
    return parameters


def lowest_layer(layers: int, recipe: Recipe) -> int:
    """The first layer that is adapted, of `layers` in all."""
    return max(0, layers - recipe.layers) if recipe.layers else 0


def save_adapter(folder: Path, parameters: dict[str, nn.Parameter], recipe: Recipe, base: str) -> None:
    """Write `adapter_model.safetensors` and `adapter_config.json`, as PEFT, vLLM and TRL read them."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: p.detach().contiguous().clone() for name, p in parameters.items()}
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": recipe.rank,
        "lora_alpha": recipe.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "target_modules": list(recipe.targets),
        "layers_to_transform": sorted({int(name.split(".layers.")[1].split(".")[0]) for name in parameters}),
        "layers_pattern": "layers",
    }
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def load_adapter(folder: Path, parameters: dict[str, nn.Parameter]) -> None:
    """Copy a saved adapter into the parameters. Raises TrainingError when it does not fit."""
    tensors = load_file(folder / "adapter_model.safetensors")
    if {n: t.shape for n, t in tensors.items()} != {n: p.shape for n, p in parameters.items()}:
        raise TrainingError(f"The adapter in {folder} belongs to another base or recipe.", "Start a new run.")
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(tensors[name])
