"""The recipe of a run: what the owner chose, and the numbers that `auto` became."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from byheart.base.errors import InputError

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a run besides its data and base; saved beside the adapter.

    `learning_rate_multiplier` is the one dial of the guide: it scales `learning_rate`. `batch_tokens` bounds the
    tokens of one optimiser step. `layers` is how many of the topmost are adapted (0 means all): what lies below is
    then only read, which saves a third of the work. In generated replies the tokens of a remembered value weigh
    `value_weight`, those of the opening, which decide whether to recall or to abstain, `opening_weight`, others 1.
    `max_length` is in tokens: a longer example is refused, never cut.
    """

    epochs: int = 1
    batch_tokens: int = 448
    learning_rate: float = 3e-3
    learning_rate_multiplier: float = 1.0
    warmup: float = 0.06
    weight_decay: float = 0.0
    clip: float = 1.0
    rank: int = 16
    alpha: int = 32
    targets: tuple[str, ...] = PROJECTIONS
    layers: int = 16
    max_length: int = 2048
    seed: int = 7
    threads: int = 2
    value_weight: float = 4.0
    opening_weight: float = 2.0
    evaluate_every: int = 150
    patience: int = 3

    def __post_init__(self) -> None:
        positive = (
            "epochs",
            "batch_tokens",
            "learning_rate",
            "learning_rate_multiplier",
            "rank",
            "alpha",
            "max_length",
            "threads",
            "value_weight",
            "opening_weight",
            "evaluate_every",
            "patience",
        )
        for name in positive:
            if getattr(self, name) <= 0:
                raise InputError(
                    f"The recipe's {name} is {getattr(self, name)}.", "It must be greater than zero."
                )
        if self.layers < 0:
            raise InputError(f"The recipe's layers is {self.layers}.", "Give 0 for all layers, or how many.")
        unknown = set(self.targets) - set(PROJECTIONS)
        if unknown or not self.targets:
            raise InputError(
                f"The recipe's targets are {self.targets}.", f"Choose from {', '.join(PROJECTIONS)}."
            )

    @property
    def peak_rate(self) -> float:
        """The learning rate at the top of the schedule."""
        return self.learning_rate * self.learning_rate_multiplier

    def wire(self) -> dict[str, Any]:
        """The recipe as a record keeps it."""
        return {**asdict(self), "targets": list(self.targets)}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Recipe":
        """A recipe from a mapping; an unknown name is an InputError that lists the known ones."""
        known = {f.name for f in fields(cls)}
        if unknown := set(values) - known:
            raise InputError(
                f"The recipe has no {', '.join(sorted(unknown))}.", f"It knows {', '.join(sorted(known))}."
            )
        given: dict[str, Any] = {k: tuple(v) if k == "targets" else v for k, v in values.items()}
        return cls(**given)
