"""F1 on our own labelled conversations: floors, some way below what was measured (benchmarks/praise.py)."""

import json
from pathlib import Path

import pytest

from byheart.capture.praise import LABELS, classify

HERE = Path(__file__).parent
FLOORS = {
    ("labelled_tune.jsonl", "en"): 0.85,
    ("labelled_tune.jsonl", "other"): 0.95,
    ("labelled_held.jsonl", "en"): 0.80,
    ("labelled_held.jsonl", "other"): 0.90,
}


def rows(file: str, lang: str) -> list[dict[str, str]]:
    lines = (HERE / file).read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["lang"] == lang]


def f1(pairs: list[tuple[str, str]], label: str) -> float:
    hit = sum(pair == (label, label) for pair in pairs)
    either = sum((really == label) + (said == label) for really, said in pairs)
    return 2 * hit / either if either else 0.0


@pytest.mark.parametrize(("file", "lang"), FLOORS)
def test_the_labels_agree(file: str, lang: str) -> None:
    pairs = [
        (row["label"], classify(row["previous_assistant"], row["user"]).label) for row in rows(file, lang)
    ]
    scores = {label: f1(pairs, label) for label in LABELS}
    assert sum(scores.values()) / len(scores) >= FLOORS[file, lang], scores


def test_ordinary_messages_are_rarely_judged() -> None:
    """Of the messages that judge nothing fewer than one in twenty is taken for a judgement."""
    ordinary = [row for file, lang in FLOORS for row in rows(file, lang) if row["label"] == "none"]
    judged = [
        row["user"] for row in ordinary if classify(row["previous_assistant"], row["user"]).label != "none"
    ]
    assert len(ordinary) > 300
    assert len(judged) < len(ordinary) / 20, judged


def test_there_are_many_lines_and_none_is_in_both_sets() -> None:
    tuned, held = (
        {(row["previous_assistant"], row["user"]) for lang in ("en", "other") for row in rows(file, lang)}
        for file in ("labelled_tune.jsonl", "labelled_held.jsonl")
    )
    assert len(tuned) + len(held) > 900
    assert not tuned & held
