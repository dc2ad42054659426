"""A dataset in the files that the guide's scripts expect, for any server of OpenAI's fine-tuning protocol."""

import json
from pathlib import Path
from typing import Any

from byheart.dataset.versions import Dataset

SUFFIX = "multi-turn-memory-enhanced"


def export(dataset: Dataset, folder: Path, at: str, model: str) -> list[Path]:
    """Write the training data, its metadata and the fine-tuning configuration; returns the files.

    The data come twice: as one JSON array, as the guide shows them, and as JSONL, as the protocol uploads them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = at.replace(":", "-").replace("Z", "-000Z")
    conversations = [example.wire() for example in dataset.train]
    config: dict[str, Any] = {
        "model": model,
        "hyperparameters": {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 0.1},
        "suffix": SUFFIX,
        "training_file": f"multi-turn-memory-{stamp}.jsonl",
        "validation_file": f"multi-turn-memory-validation-{stamp}.jsonl",
    }
    files = {
        f"multi-turn-memory-{stamp}.json": json.dumps(conversations, indent=1, ensure_ascii=False),
        config["training_file"]: _lines(conversations),
        config["validation_file"]: _lines([example.wire() for example in dataset.valid]),
        f"metadata-{stamp}.json": json.dumps(
            {"dataset": dataset.id, "created_at": at, "recipe": dataset.recipe, "summary": dataset.summary},
            indent=2,
        ),
        "fine-tuning-config.json": json.dumps(config, indent=2),
    }
    for name, text in files.items():
        (folder / name).write_text(text.rstrip("\n") + "\n", "utf-8")
    return [folder / name for name in files]


def _lines(conversations: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(c, ensure_ascii=False) for c in conversations)
