"""The praise detector against labelled lines of our own (cases.jsonl, made up for this) and odd input."""

import json
import time
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.capture.praise import LABELS, classify

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()]
BY_CLASS: dict[str, list[dict[str, str]]] = defaultdict(list)
for case in CASES:
    BY_CLASS[case["class"]].append(case)


@pytest.mark.parametrize("name", BY_CLASS)
def test_every_class_of_the_taxonomy(name: str) -> None:
    wrong = []
    for row in BY_CLASS[name]:
        judged = classify(row["previous"], row["user"], row.get("persona", "Timmy"))
        expected = (row["label"], row.get("strength", judged.strength))
        if (judged.label, judged.strength) != expected:
            wrong.append((row["user"], expected, judged))
    assert wrong == []


def test_the_cases_cover_each_label_many_times() -> None:
    counts = {label: sum(row["label"] == label for row in CASES) for label in LABELS}
    assert min(counts.values()) >= 15
    assert len(CASES) >= 200


def test_the_span_and_the_reason_are_shown() -> None:
    judged = classify("The soup is ready.", "Oh! That was a brilliant answer, Timmy. And now salad?", "Timmy")
    assert (judged.label, judged.strength, judged.span) == ("praise", "strong", "That was a brilliant answer")
    assert judged.why == "praises the answer by name"
    assert judged.asks


def test_praise_for_another_name_is_not_for_the_assistant() -> None:
    assert classify("Done.", "Well done, Petra!", "Timmy").label == "none"
    assert classify("Done.", "Well done, Timmy!", "Timmy").label == "praise"
    assert classify("Done.", "Well done, Petra!", "Petra").label == "praise"


def test_praise_taken_back_says_so() -> None:
    judged = classify("Glad to hear it.", "I take that back, it was wrong.")
    assert judged.label == "criticism"
    assert judged.takes_back


def test_only_the_first_2000_characters_count() -> None:
    assert classify("Done.", "x " * 1000 + ". Great answer!").label == "none"
    assert classify("Done.", "Great answer! " + "x " * 50_000).label == "praise"


ALPHABET = st.sampled_from(
    [*"aehtgrno .,!?'\"`>-\n👍é", "great ", "but ", "not ", "that is ", "you ", "Timmy "]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ALPHABET, max_size=80).map("".join), st.text(max_size=80))
def test_any_text_is_judged(user: str, previous: str) -> None:
    judged = classify(previous, user, "Timmy")
    assert judged.label in LABELS
    assert judged.strength in {"strong", "weak", ""}
    assert (judged.label == "none") or judged.strength
    assert judged == classify(previous, user, "Timmy")


@pytest.mark.parametrize(
    "unit",
    [
        "great ",
        "so ",
        "not bad ",
        "a,",
        "\"'",
        "`",
        "very ",
        "that is ",
        "((",
        "haha",
        "o",
        "🙂",
        "\n> x",
        "1.1",
        " ",
    ],
)
def test_long_and_odd_input_stays_cheap(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    classify(text, text, "Timmy")
    least = min(_seconds(text) for _ in range(5))
    assert least < 0.05, "a hundred times the usual: some pattern backtracks"


def _seconds(text: str) -> float:
    start = time.perf_counter()
    classify(text, text, "Timmy")
    return time.perf_counter() - start
