"""The reflection: grounded in memories and messages, honest about patterns, the same every time, and quick."""

import random
import re
import time
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.base.errors import InputError
from byheart.chat.records import Message
from byheart.insight.reflection.advice import HELP, HELP_QUESTION
from byheart.insight.reflection.lines import ACTIONS, LINES
from byheart.insight.reflection.patterns import recurring
from byheart.insight.reflection.reading import THEMES
from byheart.insight.reflection.records import FOUND, Reflection
from byheart.insight.reflection.reflect import reflect
from byheart.insight.reflection.strategy import STRATEGIES
from byheart.memory.extract import extract
from byheart.memory.records import KINDS, Memory

NOW = "2026-06-10T18:00:00Z"


def remembered(*said: tuple[str, str]) -> list[Memory]:
    """What was said on which days, as memories."""
    return [memory for day, text in sorted(said) for memory in extract("maya", text, f"{day}T10:00:00Z")]


MAYA = remembered(
    ("2026-03-04", "My sister Ines lives in Porto."),
    ("2026-03-05", "I go swimming every Wednesday."),
    ("2026-05-02", "Walking by the river helps."),
    ("2026-05-05", "I want to run a half marathon in September."),
    ("2026-04-06", "I'm so stressed about work."),
    ("2026-04-14", "I can't sleep because of the deadline at work."),
    ("2026-04-23", "I'm overwhelmed at work again."),
    ("2026-06-03", "I ran 12 km yesterday."),
)


def said(*texts: str) -> list[Message]:
    """A history: the person and the assistant in turn."""
    return [Message("user" if n % 2 == 0 else "assistant", text) for n, text in enumerate(texts)]


def texts_of(reflection: Reflection) -> str:
    return "\n".join([*(s.text for s in reflection.suggestions), *reflection.follow_ups])


@pytest.mark.parametrize(
    ("message", "strategy", "named"),
    [
        ("How do I get moving this week?", "guidance_request", ["half marathon in September", "ran 12 km"]),
        ("I want to start working out regularly", "goal_focused", ["working out regularly", "swimming"]),
        ("Did leg day at the gym today.", "fitness_context", ["ran 12 km", "half marathon"]),
        (
            "I'm so stressed, my boss shouted at me",
            "emotional_support",
            ["Walking by the river", "at work again"],
        ),
        ("I ran 15 km for the first time!!", "celebration", ["half marathon", "ran 12 km"]),
        (
            "I wonder whether I run to get away from my job.",
            "deep_reflection",
            ["half marathon", "at work again"],
        ),
        ("ok", "engagement_boost", ["half marathon", "every Wednesday", "ran 12 km"]),
        ("Why do I always panic before meetings at work?", "pattern_recognition", ["Work came up on 3 days"]),
    ],
)
def test_each_strategy_names_what_the_person_said(message: str, strategy: str, named: list[str]) -> None:
    found = reflect(message, [], MAYA, NOW)
    assert found.strategy == strategy
    for words in named:
        assert words in texts_of(found)
    assert 2 <= len(found.suggestions) <= 3
    assert 2 <= len(found.follow_ups) <= 3
    assert len({s.text for s in found.suggestions}) == len(found.suggestions)
    assert all(question.endswith("?") for question in found.follow_ups)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_with_no_memories_it_falls_back_to_what_was_said(strategy: str) -> None:
    message = {
        "guidance_request": "How do I plant tomatoes?",
        "goal_focused": "My goal is to grow tomatoes.",
        "fitness_context": "I did squats between the tomatoes.",
        "emotional_support": "I feel awful, the tomatoes froze.",
        "celebration": "I won first prize for my tomatoes!",
        "deep_reflection": "I wonder why I care about tomatoes.",
        "engagement_boost": "tomatoes",
        "pattern_recognition": "Every time the tomatoes die I give up.",
    }[strategy]
    found = reflect(message, [], [], NOW)
    assert found.strategy == strategy
    assert found.patterns == ()
    assert len(found.suggestions) >= 2
    assert strategy == "engagement_boost" or "tomatoes" in texts_of(found)


def test_what_is_superseded_of_another_role_or_beside_the_point_is_not_named() -> None:
    old = remembered(("2026-01-01", "My goal is to learn the cello."))
    gone = [replace(m, valid_until="2026-02-01T00:00:00Z") for m in old]
    assert "cello" not in texts_of(reflect("ok", [], gone, NOW))
    assert "cello" in texts_of(reflect("ok", [], old, NOW))
    assert "cello" not in texts_of(reflect("ok", [], [replace(m, role="assistant") for m in old], NOW))
    assert "cello" not in texts_of(reflect("My grandmother died.", [], old, NOW))
    assert "cello" not in texts_of(reflect("How do I bake bread?", [], old, NOW))


def test_a_message_that_is_already_remembered_is_named_once() -> None:
    memories = remembered(("2026-06-10", "I want to learn Greek this year."))
    found = reflect("I want to learn Greek this year.", [], memories, NOW)
    assert sum("Greek" in s.text for s in found.suggestions) == 1


def test_danger_is_met_with_help_alone_and_for_a_while() -> None:
    for history, message in (
        ([], "I want to kill myself"),
        (said("I want to kill myself", "Are you safe?"), "ok"),
    ):
        found = reflect(message, history, MAYA, NOW)
        assert found.strategy == "emotional_support"
        assert found.suggestions[0] == HELP
        assert found.follow_ups[0] == HELP_QUESTION
        assert "marathon" not in texts_of(found)


def test_a_short_word_after_a_pain_is_no_small_talk() -> None:
    found = reflect("yes", said("My dog died.", "I am so sorry."), MAYA, NOW)
    assert found.strategy == "emotional_support"
    assert "My dog died" in texts_of(found)


def test_a_mere_mention_of_what_was_hard_three_times_is_a_pattern() -> None:
    assert reflect("Back at the office tomorrow.", [], MAYA, NOW).strategy == "pattern_recognition"
    assert reflect("Back at the office tomorrow.", [], [], NOW).strategy == "engagement_boost"


def test_what_was_said_is_sorted() -> None:
    history = said("I want to learn Greek this year. My sister Ines lives in Porto.", "Lovely!")
    message = (
        "I felt lonely today. I go swimming every Wednesday, and I ran five kilometres. "
        "Walking helps me relax. Work is stressing me out."
    )
    found = reflect(message, history, [], NOW)
    data = found.wire()["analysis"]["extractedData"]
    assert tuple(data) == FOUND
    assert data["goals"] == [{"text": "I want to learn Greek this year (2026).", "source": "history"}]
    assert [f["text"] for f in data["people"]] == ["My sister Ines lives in Porto."]
    assert [f["text"] for f in data["emotions"]] == ["I felt lonely today (2026-06-10)."]
    assert data["habits"][0]["source"] == "message"
    assert [f["text"] for f in data["remedies"]] == ["Walking helps me relax."]
    assert [f["text"] for f in data["stressors"]] == ["Work is stressing me out."]
    assert len(data["progress"]) == 1


@pytest.mark.parametrize(
    ("history", "message", "wanted"),
    [
        ((), "Hello there my friend", (1, 1, 1.0, "surface", "opening", "medium", "neutral")),
        (("Hi", "Hello!"), "I want to learn Greek.", (2, 3, 0.67, "personal", "exploring", "low", "neutral")),
        (
            ("I feel so sad today.", "Why?"),
            "I'm happy for her, but I'm lonely.",
            (2, 3, 0.67, "deep", "deepening", "medium", "mixed"),
        ),
        (
            ("I had a great day", "Nice!"),
            "thanks, bye",
            (2, 3, 0.67, "personal", "closing", "low", "neutral"),
        ),
    ],
)
def test_where_a_conversation_stands(
    history: tuple[str, ...], message: str, wanted: tuple[object, ...]
) -> None:
    state = reflect(message, said(*history), [], NOW).state
    assert tuple(vars(state).values()) == wanted


def test_the_same_stressor_on_three_days_is_a_pattern_with_its_evidence() -> None:
    (pattern,) = [p for p in recurring(MAYA, "My boss called.", NOW) if p.kind == "stressor"]
    assert (pattern.theme, pattern.count, pattern.current) == ("work", 3, True)
    assert pattern.dates == ("2026-04-06", "2026-04-14", "2026-04-23")
    by_id = {m.id: m.text for m in MAYA}
    assert all("work" in by_id[identity] for identity in pattern.evidence)
    twice = remembered(("2026-04-06", "I'm stressed about work."), ("2026-04-06", "I'm overwhelmed at work."))
    assert recurring(twice, "", NOW) == []  # a day counts once


def test_a_word_outside_all_themes_needs_three_days() -> None:
    days = [(f"2026-04-{day:02}", "I feel anxious about the lawsuit.") for day in (1, 9, 17)]
    (pattern,) = recurring(remembered(*days), "The lawsuit again", NOW)
    assert (pattern.theme, pattern.count, pattern.current) == ("lawsuit", 3, True)
    assert recurring(remembered(*days[:2]), "", NOW) == []


def test_a_goal_that_comes_back() -> None:
    memories = remembered(
        ("2026-01-02", "I want to lose weight."), ("2026-05-02", "I want to stop eating sugar.")
    )
    (pattern,) = [p for p in recurring(memories, "", NOW) if p.kind == "goal"]
    assert (pattern.theme, pattern.count) == ("food", 2)


def test_a_streak_is_of_weeks_running_up_to_now() -> None:
    weeks = [(str(date(2026, 6, 9) - timedelta(weeks=n)), f"I ran {9 - n} km.") for n in (0, 1, 2, 4)]
    (streak,) = [p for p in recurring(remembered(*weeks), "", NOW) if p.kind == "streak"]
    assert (streak.theme, streak.count, streak.dates[0]) == ("exercise", 3, "2026-05-26")
    assert recurring(remembered(*weeks), "", "2026-09-01T00:00:00Z") == []  # long over


def test_hard_mondays_are_told_from_chance() -> None:
    mondays = [str(date(2026, 3, 2) + timedelta(weeks=n)) for n in range(5)]
    feelings = ["I feel sad.", "I'm lonely.", "I feel down.", "I'm anxious.", "I feel hopeless."]
    (pattern,) = recurring(remembered(*zip(mondays, feelings, strict=True)), "", NOW)
    assert (pattern.kind, pattern.theme, pattern.count) == ("weekday", "Monday", 5)
    assert pattern.text == "All 5 hard days that you told me of were Mondays."
    spread = [str(date(2026, 3, 2) + timedelta(days=8 * n)) for n in range(5)]
    assert recurring(remembered(*zip(spread, feelings, strict=True)), "", NOW) == []


def test_weekdays_err_in_at_most_one_person_of_twenty() -> None:
    """False-alarm probability at most 0.05 a person; of 400 seeded people, over 36 would be a chance of 1e-4."""
    rng = random.Random(11)
    wrong = 0
    for _ in range(400):
        days = [str(date(2026, 1, 5) + timedelta(days=rng.randrange(150))) for _ in range(rng.randint(3, 15))]
        moods = [
            Memory.said("p", "I feel sad.", day, kind="emotion", importance=3) for day in sorted(set(days))
        ]
        wrong += any(p.kind == "weekday" for p in recurring(moods, "", NOW))
    assert wrong <= 36


def test_every_line_is_well_formed_and_every_action_is_used() -> None:
    assert set(LINES) == set(STRATEGIES)
    slots = {*KINDS, "remedy", "pattern"}
    for lines in LINES.values():
        assert sum(line.scope == "none" for line in lines) == 2
        assert any(line.scope == "none" and "{quote}" not in line.suggestion for line in lines)
        for line in lines:
            assert line.scope in ("near", "past", "any", "none")
            assert line.action in ACTIONS
            assert line.follow_up.endswith("?")
            assert line.scope == "none" or (line.slot in slots and "{told}" in line.suggestion)
    used = {line.action for lines in LINES.values() for line in lines} | {HELP.action}
    assert used == set(ACTIONS)


_WORD = re.compile(r"[^\W\d_]+")
_OURS = set(
    _WORD.findall(
        files("byheart.insight.reflection").joinpath("lines.txt").read_text("utf-8").lower()
        + f" {HELP.text} {HELP_QUESTION} {' '.join(THEMES)}"
        " you your yours yourself yourselves re ve d ll were weren t are"
        " told me that just earlier a moment ago minutes hour hours day days week weeks month months year years"
        " came up on to when something weighed of goal about all the hard good running since"
        " mondays tuesdays wednesdays thursdays fridays saturdays sundays".lower()
    )
)
_NONCE = st.text("bcdfghklmnprstvz", min_size=5, max_size=9)
_FORMS = st.sampled_from(
    [
        "I want to learn {}.", "I'm stressed about {}.", "{} helps me.", "I felt sad about {}.", "I go {} every day.",
        "I finished my {}.", "My sister {} lives in Porto.", "I love {}.", "My goal is to save for {}!", "Should I {}?",
        "ok {}", "I keep {}ing.", "We moved to {}.", "{}", "My {} died.",
    ]
)  # fmt: skip
_SENTENCES = st.builds(lambda form, word: form.format(word), _FORMS, _NONCE)


@settings(max_examples=120)
@given(
    st.lists(st.tuples(st.integers(1, 120), _SENTENCES), max_size=12),
    st.lists(_SENTENCES, max_size=4),
    _SENTENCES,
)
def test_nothing_is_named_that_was_not_said(
    told: list[tuple[int, str]], history: list[str], message: str
) -> None:
    start = date(2026, 2, 1)
    memories = remembered(*((str(start + timedelta(days=day)), text) for day, text in told))
    past = said(*history)
    found = reflect(message, past, memories, NOW)
    heard = [m.text for m in memories] + [m.content for m in past if m.role == "user"] + [message]
    allowed = _OURS | set(_WORD.findall(" ".join(heard).lower()))
    shown = texts_of(found) + " ".join(p.text for p in found.patterns)
    assert set(_WORD.findall(shown.lower())) <= allowed
    assert {i for p in found.patterns for i in p.evidence} <= {m.id for m in memories}
    assert found == reflect(message, past, memories, NOW)
    assert len(found.suggestions) >= 2


@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=4))
def test_no_text_breaks_it(message: str, history: list[str]) -> None:
    reflect(message, said(*history), MAYA, NOW).wire()


def test_a_wrong_time_is_refused() -> None:
    with pytest.raises(InputError):
        reflect("Hello", [], [], "noon")


def test_it_takes_less_than_five_milliseconds() -> None:
    memories = remembered(
        *((f"2026-0{1 + n % 5}-{1 + n % 27:02}", f"I want to learn thing{n}.") for n in range(100))
    )
    history = said(*(f"I feel sad about number {n}." for n in range(10)))
    reflect("Hello again", history, memories, NOW)
    took = []
    for n in range(20):
        started = time.process_time()
        reflect(f"I'm stressed about work and thing{n}.", history, memories, NOW)
        took.append(time.process_time() - started)
    assert sorted(took)[10] < 0.005
