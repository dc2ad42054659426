"""A training process for test_engine: goes on from its checkpoint, and ends itself where it is told to."""

import os
import signal
import sys
from pathlib import Path

from byheart.models.template import ChatTemplate
from byheart.models.weights import load_tokenizer
from byheart.training.engine import State, Trainer
from byheart.training.render import Tokens
from tests.training.talks import RECIPE, made


def main(base: Path, folder: Path, last: int) -> None:
    train, valid = split(base)

    def report(state: State) -> None:
        if state.step == last:
            os.kill(os.getpid(), signal.SIGKILL)

    trainer = Trainer(base, folder, RECIPE, "tiny")
    trainer.resume()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    trainer.train(train, valid, report)


def split(base: Path) -> tuple[list[Tokens], list[Tokens]]:
    """The examples that every test of the engine trains on, and those it validates on."""
    tokens = made(ChatTemplate.read(base), load_tokenizer(base))
    return tokens[:24], tokens[24:]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
