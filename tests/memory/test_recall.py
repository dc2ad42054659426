import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.chat.prompt import render_line
from byheart.memory.recall import CHARACTERS_PER_TOKEN, recall
from byheart.memory.records import Memory
from byheart.memory.words import gist, stems

NOW = "2026-08-01T10:00:00Z"


def said(text: str, kind: str = "habit", importance: int = 3, at: str = "2026-06-01T10:00:00Z") -> Memory:
    return Memory.said("maya", text, at, kind=kind, importance=importance)


MEMORIES = [
    said("I want to run a 10k in September.", "goal", 5),
    said("I have a cat called Biscuit.", "personal", 4),
    said("I've been running every Tuesday and Friday before my shift."),
    said("I never drink coffee, it makes my hands shake.", "preference"),
    said("My sister Ines is moving to Porto in August.", "personal"),
    said("I'm so stressed about the exam.", "stress"),
]


def texts(query: str, memories: list[Memory] = MEMORIES, limit: int = 8, budget: int = 400) -> list[str]:
    return [line.text for line in recall(memories, query, NOW, limit, budget)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("How is biscuit doing?", 1),
        ("what is it that I do on tuesdays", 2),
        ("Should I have a coffee now?", 3),
        ("When does INES leave for Pórto?", 4),
        ("what was my goal again?", 0),
        ("is there anything that stresses me", 5),
    ],
)
def test_the_memory_that_is_asked_for_comes_first(query: str, first: int) -> None:
    assert texts(query)[0] == MEMORIES[first].text


def test_a_question_about_nothing_known_brings_the_profile_only() -> None:
    lines = recall(MEMORIES, "What is 38.9 degrees in Fahrenheit?", NOW)
    assert {line.text for line in lines} == {MEMORIES[i].text for i in (0, 1, 4)}
    assert {line.score for line in lines} == {0.0}


def test_lines_carry_their_score_and_their_memory() -> None:
    line = recall(MEMORIES, "biscuit", NOW)[0]
    assert line.score > 0
    assert (line.id, line.kind, line.importance, line.said_at) == (
        MEMORIES[1].id,
        "personal",
        4,
        "2026-06-01T10:00:00Z",
    )


def test_what_no_longer_holds_or_was_not_yet_said_is_left_out() -> None:
    closed = replace(said("I live in Porto."), valid_until="2026-07-01T00:00:00Z")
    later = said("I live in Rome.", at="2026-09-01T10:00:00Z")
    assert texts("where do I live", [closed, later, said("I live in Ghent.")]) == ["I live in Ghent."]


def test_ties_go_to_the_important_and_then_to_the_recent() -> None:
    plain, important = said("I love hiking."), said("I hate hiking.", importance=5)
    recent = said("We were hiking.", at="2026-07-30T10:00:00Z")
    assert texts("hiking", [plain, important]) == ["I hate hiking.", "I love hiking."]
    assert texts("hiking", [plain, recent]) == ["We were hiking.", "I love hiking."]


def test_age_never_outweighs_a_better_match() -> None:
    old = said("My knee hurts when I climb stairs.", at="2020-01-01T00:00:00Z", importance=1)
    new = said("I hurt nobody.", at="2026-08-01T09:00:00Z", importance=5)
    assert texts("my knee hurts on the stairs", [new, old])[0] == old.text


@given(st.integers(0, 8), st.integers(0, 200), st.text(max_size=40), st.randoms())
def test_limits_hold_and_the_order_of_memories_does_not_matter(
    limit: int, budget: int, query: str, chance: random.Random
) -> None:
    lines = recall(MEMORIES, query, NOW, limit, budget)
    assert len(lines) <= limit
    assert sum(len(render_line(line, NOW)) for line in lines) <= budget * CHARACTERS_PER_TOKEN
    shuffled = chance.sample(MEMORIES, len(MEMORIES))
    assert recall(shuffled, query, NOW, limit, budget) == lines


def test_a_line_that_is_too_long_makes_room_for_the_next() -> None:
    long = said("coffee " * 300)
    assert texts("coffee", [long, said("I like coffee.")]) == ["I like coffee."]


def test_nothing_known_gives_nothing() -> None:
    assert recall([], "anything", NOW) == []
    assert texts("", [said("...", "habit")]) == []


def test_two_hundred_memories_take_two_milliseconds() -> None:
    chance = random.Random(7)
    vocabulary = [f"{a}{b}ing" for a in "bcdfghklmnprst" for b in ("at", "er", "in", "ock", "um")]
    memories = [said("I " + " ".join(chance.choices(vocabulary, k=15)), "personal") for _ in range(200)]
    query = " ".join(chance.choices(vocabulary, k=10))
    recall(memories, query, NOW)
    seconds = []
    for _ in range(20):
        start = time.thread_time()
        recall(memories, query, NOW)
        seconds.append(time.thread_time() - start)
    assert min(seconds) < 0.002


def test_words_are_compared_by_their_stems() -> None:
    assert stems("I've been running, 5,000 steps in Tromsø’s café") == (
        "run",
        "5000",
        "step",
        "tromsø",
        "cafe",
    )
    assert gist("I really like it!") == gist("i like it")
    assert gist("I like it") != gist("I don't like it")
