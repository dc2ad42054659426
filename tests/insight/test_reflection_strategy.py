"""Which strategy a message calls for: the rules, and what bears their words without their meaning."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.insight.reflection.reading import mood, moods, said_back, themes
from byheart.insight.reflection.strategy import STRATEGIES, choose, in_danger

PLAUSIBLE = [
    ("guidance_request", "How can I fall asleep faster?"),
    ("guidance_request", "Any other suggestions?"),
    ("guidance_request", "Where should I start?"),
    ("guidance_request", "Would you recommend yoga for my back?"),
    ("goal_focused", "I hope to run 5k without stopping by July."),
    ("goal_focused", "My dream is to live by the sea."),
    ("goal_focused", "Can we look at my goals?"),
    ("fitness_context", "Did three sets of pull-ups and some planks."),
    ("fitness_context", "I went for a run by the canal."),
    ("emotional_support", "I haven't been happy in months."),
    ("emotional_support", "I lost my job and am worried about the rent."),
    ("emotional_support", "im ok kinda stressed"),
    ("emotional_support", "I'm dealing with some depression."),
    ("celebration", "We did it, the flat is ours, best day ever!"),
    ("celebration", "I haven't smoked, that's 20 days in a row!"),
    ("deep_reflection", "I sometimes wonder who I would be without the illness."),
    ("deep_reflection", "I've been thinking about what matters to me."),
    ("engagement_boost", "k"),
    ("engagement_boost", ""),
    ("pattern_recognition", "I always end up staying late."),
    ("pattern_recognition", "It keeps happening, the same fight."),
]
NEAR_MISSES = [
    # asked, told or offered, but not a wish for advice
    ("engagement_boost", "How are you?"),
    ("engagement_boost", "How do you do?"),
    ("engagement_boost", "Thank you for your advice, I will try that."),
    ("engagement_boost", "My boss gave me some advice about the printer."),
    ("emotional_support", "Please no advice, I'm just sad."),
    ("emotional_support", "How can I be so stupid? I feel awful."),
    # goals of others, and of the other kind
    ("engagement_boost", "He scored two goals in the match."),
    ("engagement_boost", "I want to go home."),
    ("engagement_boost", "The company's sales targets came by mail."),
    # no exercise
    ("engagement_boost", "I'm running late for the train."),
    ("engagement_boost", "I ran into my neighbour at the shop."),
    ("engagement_boost", "We ran out of milk."),
    ("engagement_boost", "I have a training course at work on Monday."),
    ("goal_focused", "I want to run a bakery one day."),
    ("engagement_boost", "Don't worry, it'll all work out."),
    # pain that is another's, is over, is denied, or is a phone's
    ("engagement_boost", "The film was sad."),
    ("engagement_boost", "My phone died."),
    ("engagement_boost", "I'm not sad."),
    ("engagement_boost", "I'm no longer anxious."),
    ("engagement_boost", "I relieve my stress with music."),
    ("celebration", "I was so scared, but I passed the exam!"),
    ("engagement_boost", "I could kill myself laughing."),
    ("celebration", "I cried laughing, I'm so happy, we won!"),
    # nothing won
    ("engagement_boost", "I finished my coffee."),
    ("engagement_boost", "I passed the bakery on the way."),
    ("engagement_boost", "I hope I passed."),
    ("engagement_boost", "I almost won."),
    ("emotional_support", "My brother got the job and I'm jealous."),
    ("engagement_boost", "I managed to lose my keys."),
    # no depth
    ("engagement_boost", "I realised I left my keys at home."),
    ("engagement_boost", "I wonder what's for dinner."),
    ("engagement_boost", "Looking back at the invoice, it was fine."),
    ("engagement_boost", "I've been thinking about pizza all day."),
    # no pattern
    ("engagement_boost", "The knitting pattern is lovely."),
    ("engagement_boost", "I keep the receipts in a drawer."),
    ("engagement_boost", "I'll be there as soon as possible."),
    ("celebration", "I keep getting better, new personal best!"),
]


@pytest.mark.parametrize(("wanted", "text"), PLAUSIBLE)
def test_a_message_calls_for_its_strategy(wanted: str, text: str) -> None:
    assert choose(text) == wanted


@pytest.mark.parametrize(("wanted", "text"), NEAR_MISSES)
def test_a_word_alone_does_not_make_a_strategy(wanted: str, text: str) -> None:
    assert choose(text) == wanted


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("I'm overwhelmed. What should I do?", "guidance_request"),  # advice before the feeling it comes with
        ("I passed, but I feel empty.", "emotional_support"),  # the last news counts
        ("I felt empty, but then I passed my exam!", "celebration"),
        ("I want to die. How do I do that?", "emotional_support"),  # danger before all
        ("I want to stop smoking and I went to the gym.", "goal_focused"),  # a goal before its exercise
    ],
)
def test_the_order_of_the_rules(first: str, then: str) -> None:
    assert choose(first) == then


def test_danger_is_told_from_a_manner_of_speaking() -> None:
    real = ["I want to kill myself", "sometimes i wish i could die", "they'd be better off without me",
            "I don't want to live anymore", "I've been hurting myself again"]  # fmt: skip
    not_meant = ["I nearly hurt myself at the gym", "I want to die of embarrassment", "I cut myself a slice",
                 "I cut myself shaving", "killing time", "dying to see you"]  # fmt: skip
    assert [text for text in real if not in_danger(text)] == []
    assert [text for text in not_meant if in_danger(text)] == []


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("I'm sad", -1), ("i'm not sad", 1), ("i'm happy", 1), ("i don't feel good", -1), ("the film was sad", 0),
        ("today was awful", -1), ("i'm no longer anxious", 1), ("exhausted", -1), ("my boss is angry", 0),
        ("it makes me anxious", -1), ("i haven't been happy", -1), ("work isn't stressful", 1),
    ],
)  # fmt: skip
def test_a_feeling_is_the_speakers_own_and_may_be_denied(text: str, felt: int) -> None:
    assert (moods(text) or (0,))[-1] == felt


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("I want to run a half marathon.", "that you want to run a half marathon"),
        ("I'm so stressed about my job!", "that you're so stressed about your job"),
        ("My goal is to read more, I was lazy.", "that your goal is to read more, you were lazy"),
        ("We've moved to Leuven with our cats.", "that you've moved to Leuven with your cats"),
        ("Walking helps me.", "“Walking helps me”"),
        ("I love you.", "“I love you”"),
        ("My mum fell. She lives in Erfurt.", "“My mum fell. She lives in Erfurt”"),
    ],
)
def test_a_statement_is_said_back(said: str, back: str) -> None:
    assert said_back(said) == back


def test_themes_are_those_that_are_meant() -> None:
    assert themes("I work out every day") == {"exercise"}
    assert themes("I'm stressed at work") == {"work"}
    assert themes("I run a small bakery") == set()
    assert themes("I can't sleep because of my exams") == {"sleep", "study"}


@given(st.text(max_size=300))
def test_every_text_has_a_strategy(text: str) -> None:
    assert choose(text) in STRATEGIES
    assert mood(text) in (-1, 0, 1)


def test_long_and_hostile_texts_do_not_hold_it_up() -> None:
    for text in (
        "I " * 50_000,
        "how should " * 20_000,
        "not " * 20_000 + "sad",
        "a" * 200_000,
        "?!" * 50_000,
    ):
        started = time.process_time()
        choose(text)
        moods(text)
        assert time.process_time() - started < 1, text[:20]
