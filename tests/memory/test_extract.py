import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.base.errors import InputError
from byheart.base.store import Store
from byheart.memory.bank import memories_of, remember
from byheart.memory.extract import extract
from byheart.memory.records import KINDS, Memory

AT = "2026-06-03T10:00:00Z"

POSITIVE = [
    ("goal", "I want to lose ten kilos before the wedding."),
    ("goal", "i wanna learn italian this year"),
    ("goal", "My goal is to read one book a month."),
    ("goal", "I'm training for a half marathon."),
    ("goal", "I'm trying to cut down on sugar."),
    ("goal", "I've signed up for a pottery course."),
    ("goal", "I'd like to become a midwife one day."),
    ("goal", "I’m saving up for a trip to Japan."),
    ("goal", "I've decided to go back to school."),
    ("goal", "im gonna quit smoking"),
    ("goal", "I hope to run 5k without stopping by July."),
    ("goal", "I don't want the van anymore."),
    ("goal", "I want to help people who went through the same."),
    ("emotion", "I'm so worried about my mum."),
    ("emotion", "I felt really lonely at the party."),
    ("emotion", "i feel kinda down, i miss my dog"),
    ("emotion", "I was proud of my son today."),
    ("emotion", "I cried in the car after work."),
    ("emotion", "Honestly I'm a bit nervous."),
    ("progress", "I ran five kilometres yesterday without stopping!"),
    ("progress", "I've finally finished the first draft."),
    ("progress", "I lost two kilos this month."),
    ("progress", "down to 6 a day"),
    ("progress", "I'm at 53,000 words by the way."),
    ("progress", "I passed my driving test on the second try."),
    ("progress", "I slept seven hours."),
    ("progress", "I no longer need the stick."),
    ("progress", "I did 30 push-ups this morning."),
    ("habit", "I go swimming every Wednesday."),
    ("habit", "I drink five cups of coffee a day."),
    ("habit", "I've been meditating before bed every night."),
    ("habit", "i usually skip breakfast"),
    ("habit", "Every morning I walk the dog round the lake."),
    ("habit", "I never drink coffee, it makes my hands shake."),
    ("stress", "I'm completely overwhelmed at work."),
    ("stress", "cant sleep, my brain just does formulas"),
    ("stress", "I get migraines when I'm under pressure."),
    ("stress", "What helps me is a hot shower and no phone."),
    ("stress", "Walking by the river helps."),
    ("stress", "The deadline is stressing me out."),
    ("stress", "I've hardly slept this week."),
    ("preference", "I love thunderstorms."),
    ("preference", "I can't stand coriander."),
    ("preference", "My favourite colour is dark green."),
    ("preference", "I'm vegetarian."),
    ("preference", "I'm allergic to peanuts."),
    ("preference", "I do not like talking machines."),
    ("preference", "Please no jokes about the crying."),
    ("preference", "I prefer short answers in the morning, I'm slow then."),
    ("personal", "My name is Walter."),
    ("personal", "Hi, I'm Maya."),
    ("personal", "I am 71 and retired."),
    ("personal", "I'm a paediatric nurse in Ghent."),
    ("personal", "I work as a welder."),
    ("personal", "I live in a small town near Cork."),
    ("personal", "I have two cats and a very old parrot."),
    ("personal", "My sister Ines lives in Porto."),
    ("personal", "pia is my flatmate"),
    ("personal", "My wife Joan died two years ago."),
    ("personal", "I have type 1 diabetes."),
    ("personal", "Nell is 15 and Finn is 8."),
    ("personal", "Ines is moving on 22 August."),
    ("personal", "I have a statistics exam on 17 July."),
    ("personal", "I grew up on a farm."),
    ("personal", "I collect railway whistles."),
    ("personal", "We got married last year."),
    ("personal", "I quit my job."),
]

NEGATIVE = [
    # questions
    "Do you think I want to run a marathon?",
    "What did I tell you my best distance was in May?",
    "how many smokes was i on when i started",
    "Should I tell my sister that I'm sad?",
    "is it bad that i drink coffee every day",
    "Can you remember where I live?",
    # requests
    "Write a poem about how I love my cat.",
    "I want you to remember my name.",
    "I'd like to know how far the moon is.",
    "I need help with my essay.",
    "Tell me a joke before my shift.",
    "Please translate: I live in Paris and I have two sisters.",
    "Imagine I have a dog.",
    "Remind me that I have an exam on Friday",
    "Pretend I'm a pirate who lives in Cork.",
    "If I lived in Rome I would eat ice cream every day.",
    "Post that I am happy.",
    "Set an alarm for my appointment on Friday.",
    # quotations, code, pasted text
    '"I live in Paris," she said.',
    "> I love jazz",
    "```\nI = 5\nI live in Paris\n```",
    "Proofread this:\nI want to apply for the job. I live in York. My name is Sue.",
    "Summarise the following: My brother is called Tom. I am 30 years old.",
    "Anna: I love jazz\nTom: I live in Rome",
    "Everybody says I'm crazy.",
    "She thinks I'm a nurse.",
    "I told them I'm allergic to my own data.",
    "In my story the hero says I live in a castle.",
    # to and about the assistant
    "I love that answer!",
    "I like you.",
    "I'm happy with that reply.",
    "I'm so excited to talk to you.",
    "You always make me feel better.",
    "I love your jokes.",
    "You said I live in York.",
    "I never said that.",
    "I said Porto, not Lisbon.",
    "That was excellent, Timmy.",
    "Good one.",
    "You nailed it!",
    "That helps, thanks.",
    "I really enjoyed it.",
    "I'm not sure.",
    "I think so too.",
    # small talk, fragments, the world
    "Hello!",
    "Thanks.",
    "ok",
    "lol",
    "I see.",
    "I know.",
    "I will.",
    "I did.",
    "I'm back.",
    "I'm fine.",
    "I have a question.",
    "I have two questions.",
    "I want to go to bed now.",
    "I'm going home.",
    "I lost you there.",
    "I got it.",
    "I missed the bus.",
    "I ran off in a hurry.",
    "We can move it up to 8,000 steps.",
    "I did a sync yesterday.",
    "I'm afraid not.",
    "I'm happy to help.",
    "I'm 5 minutes away.",
    "420",
    "Paris is the capital of France.",
    "Python is 30 years old.",
    "It's raining again.",
    "The train leaves every hour.",
    "The new part is coming on Friday, 19 June.",
    "Christmas is on 25 December.",
    "Germany won yesterday.",
    "My friend asks how tall the tower is.",
    "My mum says hi.",
    "",
    "   \n ",
    "?!",
]


def found(text: str) -> list[Memory]:
    return extract("maya", text, AT, "turn_1")


@pytest.mark.parametrize(("kind", "text"), POSITIVE)
def test_what_matters_is_kept_under_its_kind(kind: str, text: str) -> None:
    assert kind in [memory.kind for memory in found(text)]


@pytest.mark.parametrize("text", NEGATIVE)
def test_junk_is_ignored(text: str) -> None:
    assert found(text) == []


def test_a_memory_keeps_the_words_and_where_they_stood() -> None:
    (memory,) = found(
        "Ha, good one! I want to run a 10k in September, honestly. Anyway, what's 3 ounces in grams?"
    )
    assert memory.text == "I want to run a 10k in September (2026-09), honestly."
    assert memory.source_sentence == "I want to run a 10k in September, honestly."
    assert (memory.person, memory.role, memory.source_turn) == ("maya", "user", "turn_1")
    assert (memory.said_at, memory.valid_from, memory.valid_until) == (AT, AT, None)
    assert (memory.importance, memory.slot) == (5, "goal:race")


def test_a_sentence_that_says_two_things_gives_two_memories() -> None:
    goal, strain = found("I want to run a 10k in September, but I've hardly slept this week.")
    assert (goal.kind, goal.text) == ("goal", "I want to run a 10k in September (2026-09)")
    assert (strain.kind, strain.text) == ("stress", "I've hardly slept this week (week of 2026-06-01).")


def test_a_statement_is_kept_without_the_question_behind_it() -> None:
    (memory,) = found("I've been running every Tuesday, is that too much?")
    assert memory.text == "I've been running every Tuesday"


def test_what_goes_on_about_someone_is_kept_with_them() -> None:
    (memory,) = found("My mum had a fall last week. She lives in Erfurt.")
    assert memory.text == "My mum had a fall last week (week of 2026-05-25). She lives in Erfurt."
    assert memory.source_sentence == "My mum had a fall last week. She lives in Erfurt."


def test_every_message_of_a_long_text_is_read_up_to_what_it_hands_over() -> None:
    text = "I live in York. Rewrite this for me: I love golf. I have three sisters."
    assert [memory.text for memory in found(text)] == ["I live in York."]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("I live in Ghent.", "We moved to Porto last week."),
        ("I want to run a 10k in September.", "I want to run the half marathon on 11 October instead."),
        ("i want to save 3000 euros for a van", "im saving for a cargo bike now"),
        ("I work in a bar.", "I start as head nurse on 1 September."),
        ("My thesis is due on 15 August.", "My deadline moved to 31 August!"),
        ("I'm having a hip operation on 9 July.", "They moved the operation to 13 July."),
        ("Biscuit has a vet appointment on 18 June.", "The vet moved Biscuit's appointment to 25 June."),
        ("I'm 23.", "I'm 24 now."),
        ("My dog is called Rex.", "My dog is called Bo."),
    ],
)
def test_a_later_statement_takes_the_place_of_the_earlier(tmp_path: Path, earlier: str, later: str) -> None:
    with Store.open(tmp_path / "b.db") as store, store.transaction() as connection:
        remember(connection, extract("maya", earlier, AT))
        remember(connection, extract("maya", later, "2026-06-10T10:00:00Z"))
        (current,) = memories_of(connection, "maya", now="2026-06-11")
        assert current.source_sentence == later
        assert len(memories_of(connection, "maya", current_only=False)) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I'm a nurse in Ghent.", "I work nights."),
        ("I live in Ghent.", "I lived in Rome for six years."),
        ("I live in Ghent.", "I live with my sister."),
        ("I have a cat called Biscuit.", "I have a dog called Rex."),
        ("My sister Ines lives in Porto.", "My sister Ana is 28."),
        ("I have a statistics exam on 17 July.", "I have a French exam on 20 July."),
        ("I want to run a 10k.", "I want to learn Spanish."),
        ("My other sister is called Ana.", "My sister is called Ines."),
    ],
)
def test_different_things_stand_beside_each_other(tmp_path: Path, one: str, other: str) -> None:
    with Store.open(tmp_path / "b.db") as store, store.transaction() as connection:
        remember(connection, extract("maya", one, AT))
        remember(connection, extract("maya", other, "2026-06-10T10:00:00Z"))
        assert len(memories_of(connection, "maya", now="2026-06-11")) == 2


def test_the_same_message_gives_the_same_memories() -> None:
    text = "I live in York and I love trains. My wife Joan died two years ago."
    assert found(text) == found(text)
    assert [replace(m, source_turn=None) for m in found(text)] == extract("maya", text, AT)


def test_a_wrong_time_is_named() -> None:
    with pytest.raises(InputError, match="yesterday"):
        extract("maya", "I live in York.", "yesterday")


FRAGMENTS = (
    *(
        "i",
        "i'm",
        "my sister",
        "live in york",
        "want to run",
        "every day",
        "not",
        "because",
        "and",
        "but",
        "lost 5",
    ),
    *(",", ".", "!", "?", "\n", '"', "`", ":", "on friday", "she", "is called", "she lives"),
)


def test_a_document_in_a_message_is_not_the_persons_word() -> None:
    asked = (
        '### Task:\nAnswer from the context.\n<context>\n<source id="1" name="a.txt">I want to climb Mont Blanc. '
        "My wife is called Clara.</source>\n</context>\n\nMy brother is called Otto. What does she climb?"
    )
    assert [memory.text for memory in found(asked)] == ["My brother is called Otto."]
    assert found("<file>I live in Rome") == []


@given(st.text(max_size=200) | st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(" ".join))
def test_any_text_gives_memories_in_its_own_words(text: str) -> None:
    for memory in found(text):
        assert memory.kind in KINDS
        assert 1 <= memory.importance <= 5
        own = re.sub(r" \((?:week of )?\d{4}[-\d]*\)", "", memory.text)
        assert " ".join(own.split()) in " ".join(text.replace("\x00", " ").split())


@pytest.mark.parametrize(
    "piece",
    [
        "i ",
        "my sister ",
        "I want to ",
        "(",
        "a, ",
        "i'm so so ",
        "every day i ",
        "x: ",
        "'''",
        "<context",
        "<source>",
    ],
)
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    start = time.thread_time()
    found(piece * (20_000 // len(piece)))
    assert time.thread_time() - start < 1
