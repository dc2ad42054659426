"""Tokens a second of the training loop: all layers against the topmost, fused against plain attention.

    python benchmarks/training_speed.py [HOME]

Trains a few steps of random tokens in the shape of the demo's conversations (350 tokens, a quarter of them trained),
each variant twice in turn, and prints the median. Ends with one line of JSON.
"""

import json
import random
import statistics
import sys
import tempfile
from pathlib import Path

from byheart.models.bases import PACKAGED, find_base
from byheart.models.weights import prepare
from byheart.training.engine import Trainer
from byheart.training.recipe import Recipe
from byheart.training.render import Tokens

VARIANTS = {"all layers, eager": (0, "eager"), "top 16, eager": (16, "eager"), "top 16, sdpa": (16, "sdpa")}
LENGTH, STEPS, ROUNDS = 350, 6, 2


def conversations(count: int) -> list[Tokens]:
    chance = random.Random(7)
    trained = tuple((i // 25) % 4 == 3 for i in range(LENGTH))
    return [
        Tokens(str(n), tuple(chance.randrange(5, 49000) for _ in range(LENGTH)), trained)
        for n in range(count)
    ]


def speed(base: Path, layers: int, attention: str) -> float:
    recipe = Recipe(layers=layers)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(base, Path(folder), recipe, "base")
        trainer.model.config._attn_implementation = attention
        after_first: list[float] = []

        def note(state: object) -> None:
            after_first.append(trainer.state.seconds)

        trainer.train(conversations(2 * STEPS), [], note)
        tokens = trainer.state.tokens / len(after_first) * (len(after_first) - 1)
        return tokens / (after_first[-1] - after_first[0])


def main() -> None:
    home = Path(sys.argv[1] if len(sys.argv) > 1 else "~/.byheart").expanduser()
    base = prepare(find_base(PACKAGED, home)).folder
    runs: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for _ in range(ROUNDS):
        for name, (layers, attention) in VARIANTS.items():
            runs[name].append(speed(base, layers, attention))
    medians = {name: statistics.median(values) for name, values in runs.items()}
    for name, value in medians.items():
        print(f"{name:20} {value:6.0f} tokens/s   x {value / medians['all layers, eager']:.2f}")
    print(json.dumps({name: round(value) for name, value in medians.items()}))


if __name__ == "__main__":
    main()
