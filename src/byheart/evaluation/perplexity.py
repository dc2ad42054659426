"""Quality kept: how well a model predicts the replies of ordinary conversations."""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

from byheart.base.ids import content_id
from byheart.evaluation.metrics import Figure, bootstrap
from byheart.evaluation.suites import Chat
from byheart.models.records import Progress
from byheart.models.weights import WeightsModel
from byheart.training.engine import mean_loss
from byheart.training.render import every_reply, tokenize

MAX_LENGTH = 2048

Losses = list[tuple[float, int]]
"""For each conversation: summed cross-entropy of its replies in nats, and their number of tokens."""


def losses(model: WeightsModel, chats: Sequence[Chat], progress: Progress | None = None) -> Losses:
    """Cross-entropy of the assistant's words in each conversation."""
    result: Losses = []
    for chat in chats:
        tokens = tokenize(every_reply(chat.id, chat.messages), model.template, model.tokenizer, MAX_LENGTH)
        count = sum(tokens.trained)
        result.append((mean_loss(model.model, [tokens]) * count, count))
        if progress:
            progress(len(result), len(chats))
    return result


def losses_file(home: Path, model: str, chats: Sequence[Chat]) -> Path:
    """Where the losses of a model (by its identity) on these conversations are kept, once measured."""
    talks = [[c.id, [m.wire() for m in c.messages]] for c in chats]
    return home / "replies" / f"{content_id('losses', [model, talks])}.json"


def keep_losses(path: Path, of: Losses) -> None:
    """Write the losses, wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    scratch.write_text(json.dumps(of), "utf-8")
    os.replace(scratch, path)


def read_losses(path: Path) -> Losses:
    """Losses that were kept."""
    return [(float(loss), int(count)) for loss, count in json.loads(path.read_text("utf-8"))]


def perplexity(of: Losses) -> Figure | None:
    """exp(mean nats per token), with its bootstrap interval over conversations."""
    return bootstrap(of, _perplexity)


def perplexity_ratio(tuned: Losses, base: Losses) -> Figure | None:
    """Perplexity of tuned over base, paired by conversation: 1.05 means 5 % worse."""
    pairs = list(zip(tuned, base, strict=True))
    return bootstrap(
        pairs, lambda some: _perplexity([t for t, _ in some]) / _perplexity([b for _, b in some])
    )


def _perplexity(of: Sequence[tuple[float, int]]) -> float:
    return math.exp(sum(loss for loss, _ in of) / sum(count for _, count in of))
