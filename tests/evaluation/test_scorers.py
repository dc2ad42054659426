from dataclasses import replace

import pytest

from byheart.chat.keywords import mentions_goal, references_memory
from byheart.dataset.generator import conversations
from byheart.evaluation.cases import Case, Expectation
from byheart.evaluation.scorers import Score, abstains, degenerate, only_asks, recalled, says, score
from tests.evaluation import wording
from tests.evaluation.scripts import case, line, never_told, no_memory_needed


@pytest.mark.parametrize("reply", wording.ABSTAINS)
def test_it_says_that_it_was_not_told(reply: str) -> None:
    assert abstains(reply)


@pytest.mark.parametrize("reply", wording.ABSTAINS_NOT)
def test_a_negation_alone_is_no_abstention(reply: str) -> None:
    assert not abstains(reply)


@pytest.mark.parametrize("reply", wording.REFERS)
def test_it_refers_to_what_was_said(reply: str) -> None:
    assert references_memory(reply)


@pytest.mark.parametrize("reply", wording.REFERS_NOT)
def test_what_is_denied_is_no_reference(reply: str) -> None:
    assert not references_memory(reply)


@pytest.mark.parametrize(("forms", "reply"), wording.RECALLS)
def test_it_names_the_fact(forms: tuple[str, ...], reply: str) -> None:
    assert recalled(reply, (forms,)) == 1


@pytest.mark.parametrize(("forms", "reply"), wording.RECALLS_NOT)
def test_what_only_looks_like_the_fact_is_not_named(forms: tuple[str, ...], reply: str) -> None:
    assert recalled(reply, (forms,)) == 0


@pytest.mark.parametrize("reply", wording.ONLY_ASKS)
def test_it_only_asks_back(reply: str) -> None:
    assert only_asks(reply)


@pytest.mark.parametrize("reply", wording.ASKS_NOT_ONLY)
def test_it_also_states_something(reply: str) -> None:
    assert not only_asks(reply)


@pytest.mark.parametrize("reply", wording.DEGENERATE)
def test_it_is_empty_or_stuck(reply: str) -> None:
    assert degenerate(reply)


@pytest.mark.parametrize("reply", wording.DEGENERATE_NOT)
def test_short_and_rhythmic_is_not_stuck(reply: str) -> None:
    assert not degenerate(reply)


def test_every_list_is_long_enough_to_mean_something() -> None:
    lists = [v for k, v in vars(wording).items() if k.isupper()]
    assert len(lists) == 10
    assert all(len(set(map(str, v))) >= 12 for v in lists)


@pytest.mark.parametrize(
    ("reply", "speaks"),
    [
        ("Your goals first.", True),
        ("Aiming for May, are we?", True),
        ("The TARGET is 8 km.", True),
        ("The goalkeeper was claimed.", False),
        ("Run!", False),
    ],
)
def test_goal_words_are_whole_words(reply: str, speaks: bool) -> None:
    assert mentions_goal(reply) is speaks


def test_the_scorers_agree_with_the_generator_on_what_its_replies_do() -> None:
    """Replies of both sides, some three thousand, each with what it was written to do."""
    wrong = [
        (exchange.case, exchange.reply)
        for side in ("train", "held_out")
        for talk in conversations(150, 3, side=side)  # type: ignore[arg-type]
        for exchange in talk.exchanges
        if abstains(exchange.reply) != exchange.abstain
        or recalled(exchange.reply, exchange.recall) != len(exchange.recall)
        or any(says(exchange.reply, value) for value in exchange.forbid)
        or degenerate(exchange.reply)
    ]
    assert wrong == []


def asked(case: Case, reply: str) -> dict[str, bool | None]:
    """The score without what every reply has."""
    values = vars(score(case, reply))
    return {k: v for k, v in values.items() if k not in ("degenerate", "words", "why") and v is not None}


def test_what_is_scored_depends_on_what_is_asked() -> None:
    told = {"recalled", "referenced", "goal", "wrongly_abstained", "wrong_fact", "empty_claim"}
    assert set(asked(case(1), "Hm.")) == told
    assert set(asked(replace(case(1), category="habit_formation"), "Hm.")) == told - {"goal"}
    assert set(asked(never_told(1), "Hm.")) == {"abstained", "false_memory"}
    assert set(asked(no_memory_needed(1), "Hm.")) == {"overused"}


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("You told me: the half marathon.", {"recalled", "referenced", "goal"}),
        ("The half marathon!", {"recalled", "goal"}),
        ("The full marathon!", {"wrong_fact"}),
        (
            "You mentioned the half marathon, or was it the full marathon?",
            {"wrong_fact", "goal", "referenced"},
        ),
        ("I remember, you mentioned it!", {"referenced", "empty_claim"}),
        ("You never told me.", {"wrongly_abstained"}),
        ("I don't know the day, but it is the half-marathon.", {"recalled", "goal"}),
        ("Keep your goal in sight.", {"goal"}),
    ],
)
def test_a_reply_where_a_memory_is_needed(reply: str, found: set[str]) -> None:
    assert {k for k, v in asked(case(1), reply).items() if v} == found


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("You never told me its name.", {"abstained"}),
        ("Which cat do you mean?", set()),
        ("Miso!", {"false_memory"}),
        ("I remember, you told me: Miso.", {"false_memory"}),
        ("I don't know, but you want to run the half marathon.", {"false_memory"}),
        ("Is it the half marathon?", {"false_memory"}),
        ("", {"false_memory"}),
    ],
)
def test_a_reply_to_what_was_never_told(reply: str, found: set[str]) -> None:
    assert {k for k, v in asked(never_told(1), reply).items() if v} == found


@pytest.mark.parametrize(
    ("reply", "overused"),
    [
        ("56.", False),
        ("56, and how is the half marathon coming along?", True),
        ("As you mentioned, 56.", True),
    ],
)
def test_a_memory_where_none_is_needed(reply: str, overused: bool) -> None:
    assert asked(no_memory_needed(1), reply) == {"overused": overused}


def test_two_facts_are_recalled_only_together() -> None:
    both = case(1, expect=Expectation(recall=(("oboe",), ("8 km", "eight")), use_memory=True))
    assert score(both, "The oboe and 8 km.").recalled is True
    half: Score = score(both, "The oboe, as you mentioned.")
    assert (half.recalled, half.empty_claim) == (False, False)


def test_the_score_says_why() -> None:
    assert score(case(1), "The full marathon").why == "states 'full marathon'"
    assert score(never_told(1), "Miso").why == "answers what it was never told"
    assert score(case(1), "I remember!").why == "refers to a memory without the fact"
    assert score(case(1), "The half marathon").why == ""
    assert score(case(1), "One two").words == 2


def test_a_superseded_value_is_a_wrong_fact() -> None:
    moved = case(
        1,
        memories=(line("I live in Porto now"),),
        situation="superseded",
        expect=Expectation(recall=(("porto",),), forbid=("lisbon",), use_memory=True),
    )
    assert score(moved, "You live in Porto.").recalled is True
    assert score(moved, "You live in Lisbon.").wrong_fact is True
    assert score(moved, "First Lisbon, now Porto.").recalled is False
