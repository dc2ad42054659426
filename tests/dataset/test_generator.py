import datetime
import random
import re
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.base.clock import parse_time
from byheart.chat.prompt import holds
from byheart.dataset.generator import CASES, CATEGORIES, cases, conversations
from byheart.dataset.generator.forms import contains, value_of
from byheart.dataset.generator.phrasing import (
    TAGS,
    attributes,
    fill_in,
    neutral_pairs,
    phrases,
    to_me,
    to_you,
)
from byheart.dataset.generator.pools import Source, draw, normal, pools, side_of
from byheart.dataset.generator.records import Side
from byheart.memory.records import KINDS

LEAST = {
    "train": {"m": 5, "q": 6, "s": 2, "c": 3, "r": 3, "p": 2, "l": 1},
    "held_out": {"m": 3, "q": 3, "s": 1, "c": 2, "r": 2, "p": 1, "l": 1},
}
REFERENCE = re.compile(
    r"\b(remember|recall|mention(ed|ing)?|told me|telling me|talked about|discussed)\b", re.IGNORECASE
)
SIDES: tuple[Side, Side] = ("train", "held_out")


@pytest.fixture(scope="module")
def talks():
    return list(conversations(600, seed=3))


@pytest.fixture(scope="module")
def probes():
    return list(cases(360, seed=3))


def test_same_seed_same_conversations_and_cases():
    assert list(conversations(12, 5)) == list(conversations(12, 5))
    assert list(islice(conversations(90, 5), 12)) == list(conversations(12, 5))
    assert list(cases(40, 5)) == list(cases(40, 5))
    assert list(conversations(12, 5)) != list(conversations(12, 6))
    assert list(conversations(6, 5, "held_out")) != list(conversations(6, 5, "train"))


@pytest.mark.parametrize("side", SIDES)
def test_every_attribute_is_worded_often_enough(side):
    for attribute in attributes():
        for tag, least in LEAST[side].items():
            assert len(attribute.wordings(tag, side)) >= least, (attribute.id, tag, side)
    assert len({a.id for a in attributes()}) >= 45
    assert {a.category for a in attributes()} == set(CATEGORIES)
    assert {a.kind for a in attributes()} <= set(KINDS)
    assert len(neutral_pairs("train")) >= 120
    assert len(neutral_pairs("held_out")) >= 40


def test_wordings_of_the_two_sides_are_disjoint():
    for attribute in attributes():
        for tag in TAGS:
            train, held_out = ({normal(w) for w in attribute.wordings(tag, side)} for side in SIDES)
            assert not train & held_out, (attribute.id, tag)
    every = [
        {normal(w) for a in attributes() for tag in TAGS for w in a.wordings(tag, side)}
        | {normal(w) for a in attributes() for (_, s, _), rows in a.hints.items() if s == side for w in rows}
        | {normal(w) for (_, s), rows in phrases().items() if s == side for w in rows if len(w.split()) > 1}
        | {normal(text) for pair in neutral_pairs(side) for text in pair if len(text.split()) > 2}
        for side in SIDES
    ]
    assert not every[0] & every[1]


def test_words_and_values_of_the_two_sides_are_disjoint():
    for name, pool in pools().items():
        assert not {normal(w) for w in pool.train} & {normal(w) for w in pool.held_out}, name
    used = {pool for a in attributes() for _, pool in a.subjects} | {"first_name"}
    for name in used:
        drawn = [_sample(name, side) for side in SIDES]
        assert not drawn[0] & drawn[1], (name, drawn[0] & drawn[1])


def _sample(pool: str, side: Side) -> set[str]:
    source = Source(random.Random(f"{pool} {side}"), side, datetime.date(2025, 3, 1))
    return {normal(draw(pool, source)) for _ in range(400)}


def test_values_are_many():
    source = Source(random.Random(1), "train", datetime.date(2025, 3, 1))
    values = {draw(a.pool(s), source) for a in attributes() for s, _ in a.subjects for _ in range(30)}
    assert len(values) > 8000


def test_recall_is_grounded_in_memories_that_hold_and_in_the_reply(talks):
    for talk in talks:
        shown = [m.text for m in talk.memories if holds(m, talk.now)]
        for exchange in talk.exchanges:
            for group in exchange.recall:
                assert any(contains(text, form) for text in shown for form in group), (talk, exchange)
                assert any(contains(exchange.reply, form) for form in group), exchange
                assert not any(contains(exchange.user, form) for form in group), exchange
                assert not any(
                    contains(form, bad) or contains(bad, form) for form in group for bad in exchange.forbid
                )
            assert not any(contains(exchange.reply, bad) for bad in exchange.forbid), exchange
            assert not any(contains(exchange.user, bad) for bad in exchange.forbid), exchange


def test_a_reply_that_abstains_or_needs_no_memory_names_no_value_of_the_block(talks):
    for talk in talks:
        values = {form for e in talk.exchanges for form in (*e.forbid, *(f for g in e.recall for f in g))}
        for exchange in talk.exchanges:
            if not exchange.use_memory:
                assert not [v for v in values if contains(exchange.reply, v)], exchange


def test_no_answer_is_given_away_by_another_exchange(talks):
    for talk in talks:
        for exchange in talk.exchanges:
            others = " ".join(f"{e.user} {e.reply}" for e in talk.exchanges if e is not exchange)
            assert not any(contains(others, group[0]) for group in exchange.recall), (talk.id, exchange)


def test_conversations_have_the_shape_that_was_promised(talks):
    for talk in talks:
        assert 2 <= len(talk.exchanges) <= 7
        assert len(talk.memories) <= 9
        dates = [parse_time(m.said_at) for m in talk.memories]
        assert dates == sorted(dates)
        assert all(date < parse_time(talk.now) for date in dates)
        assert all(1 <= m.importance <= 5 and m.kind in KINDS and m.text[:1] for m in talk.memories)
        assert 12 <= len(talk.persona.split()) <= 32
        for exchange in talk.exchanges:
            assert exchange.case in CASES
            assert len(exchange.reply.split()) <= 45
            assert not re.search(r"[{}]|  |\bNone\b", exchange.user + exchange.reply + talk.persona), exchange
            assert not (exchange.abstain and exchange.use_memory)
    characters = [
        len(t.persona)
        + sum(len(m.text) + 45 for m in t.memories)
        + sum(len(e.user) + len(e.reply) for e in t.exchanges)
        for t in talks
    ]
    assert 800 < sum(characters) / len(characters) < 1300


def test_all_acts_categories_and_attributes_are_reached(talks):
    exchanges = [e for t in talks for e in t.exchanges]
    assert Counter(t.category for t in talks) == dict.fromkeys(CATEGORIES, 100)
    assert {e.case for e in exchanges} == set(CASES)
    assert {name for e in exchanges for name in e.attribute.split("+") if name} == {
        a.id for a in attributes()
    }
    using = [e for e in exchanges if e.use_memory]
    abstaining = [e for e in exchanges if e.abstain]
    assert 0.45 < len(using) / len(exchanges) < 0.65
    assert 0.25 < len(abstaining) / len(exchanges) < 0.40
    assert sum(bool(REFERENCE.search(e.reply)) for e in using) / len(using) > 0.85
    goals = [
        e for t in talks for e in t.exchanges if e.recall and _category(e.attribute) == "goal_continuity"
    ]
    assert sum(bool(re.search("goal|target|objective", e.reply)) for e in goals) / len(goals) > 0.75
    assert not any(REFERENCE.search(e.reply) for e in exchanges if not (e.use_memory or e.abstain))


def _category(name: str) -> str:
    return next(a.category for a in attributes() if a.id == name.split("+", maxsplit=1)[0])


def test_the_same_question_occurs_with_and_without_its_answer():
    answered: set[str] = set()
    refused: set[str] = set()
    for talk in conversations(900, seed=8):
        for exchange in talk.exchanges:
            words = normal(exchange.user)
            if exchange.recall and exchange.case != "several":
                answered.add(words)
            elif exchange.case == "unanswerable":
                refused.add(words)
    assert len(answered & refused) > 25


def test_cases_follow_the_schema_and_their_shares(probes):
    keys = ["id", "category", "case", "twin", "persona", "memories", "now", "messages", "expect"]
    assert len({p["id"] for p in probes}) == len(probes)
    for probe in probes:
        assert list(probe) == keys
        assert list(probe["expect"]) == ["recall", "forbid", "abstain", "use_memory"]
        assert [m["role"] for m in probe["messages"]] == ["user", "assistant"] * (
            len(probe["messages"]) // 2
        ) + ["user"]
        assert all(
            list(m) == ["text", "kind", "importance", "said_at", "valid_until"] for m in probe["memories"]
        )
    share = {kind: n / len(probes) for kind, n in Counter(p["case"] for p in probes).items()}
    assert share == pytest.approx(
        {"answerable": 0.28, "distractors": 0.20, "several": 0.05, "superseded": 0.12, "unanswerable": 0.15,
         "false_premise": 0.07, "no_memory_needed": 0.08, "counterfactual": 0.05}, abs=0.02,
    )  # fmt: skip
    by_category = Counter(p["category"] for p in probes)
    assert min(by_category.values()) > 0.8 * max(by_category.values())
    assert 0.2 < sum(len(p["messages"]) > 1 for p in probes) / len(probes) < 0.45


def test_cases_hold_what_they_expect(probes):
    for probe in probes:
        now, expect, said = probe["now"], probe["expect"], probe["messages"][-1]["content"]
        shown = [m["text"] for m in probe["memories"] if not m["valid_until"] or m["valid_until"] > now]
        earlier = " ".join(m["content"] for m in probe["messages"][:-1])
        for group in expect["recall"]:
            assert any(contains(text, form) for text in shown for form in group), probe
            assert not any(contains(said, form) or contains(earlier, form) for form in group), probe
        assert not any(contains(said, form) for form in expect["forbid"]), probe
        assert not set(expect["forbid"]) & {form for group in expect["recall"] for form in group}
        assert bool(expect["recall"]) == expect["use_memory"]
        assert not (expect["abstain"] and expect["use_memory"])


def test_twins_differ_in_one_value_only(probes):
    found = {p["id"]: p for p in probes}
    pairs = [(p, found[p["twin"]]) for p in probes if p["twin"] in found]
    assert len(pairs) >= 12
    for one, other in pairs:
        assert other["twin"] == one["id"]
        assert one["messages"] == other["messages"]
        differing = [(a, b) for a, b in zip(one["memories"], other["memories"], strict=True) if a != b]
        assert len(differing) == 1
        assert other["expect"]["recall"][0][0] in one["expect"]["forbid"]


@given(st.integers(1, 99999))
def test_amounts_are_accepted_with_and_without_separator_and_sign(amount):
    forms = value_of(f"{amount:,} euros").forms
    assert {f"{amount:,} euros", f"€{amount:,}", f"{amount} euros"} <= set(forms)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Leeds half marathon", {"leeds half marathon", "leeds half-marathon"}),
        ("the bench by the canal", {"bench by the canal"}),
        ("12 May", {"12 may", "may 12", "12th of may", "12th may"}),
        ("12 lessons", {"12 lessons", "twelve lessons", "12"}),
        ("Tuesdays at 6:45", {"tuesdays at 6:45", "tuesdays at 6.45"}),
        ("4-7-8 breathing", {"4 7 8 breathing"}),
    ],
)
def test_values_are_accepted_in_their_usual_forms(text, accepted):
    assert accepted <= set(value_of(text).forms)


def test_a_number_inside_another_is_not_that_number():
    assert contains("I ran 12 km, you know", "12 km")
    assert not any(
        contains(text, "12") for text in ("12.5 km", "1,12 km", "at 12:30", "312 km", "12,000 words")
    )
    assert contains("Page 12, then 14.", "12")


def test_what_is_said_to_somebody_can_be_said_by_them():
    assert to_me("your dog is called Biscuit") == "my dog is called Biscuit"
    assert to_me("you are sad when you call") == "I am sad when I call"
    assert to_me("Torvik joins you for running") == "Torvik joins me for running"
    assert to_you("when I get up on my gym days") == "when you get up on your gym days"


def test_slots_take_articles_and_capitals():
    assert fill_in("{S} is {a_v}. {A_v}!", s="dad", v="archer") == "Dad is an archer. An archer!"


@given(st.text(min_size=1, max_size=20))
def test_a_word_has_one_side_whatever_its_case_and_spacing(word):
    assert side_of(word) == side_of(f"  {normal(word)} ") or not normal(word)
