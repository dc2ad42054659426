"""Dates as people say them, resolved against the day on which they were said.

A memory is read weeks later: `on Friday` is kept as `on Friday (2026-06-05)`, `in May` as `in May (2027-05)`.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_NUMBERS = [
    "a",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_MONTH = rf"(?P<month>{'|'.join([*_MONTHS, *(m[:3] for m in _MONTHS), 'sept'])})\b\.?"
_DAY = rf"(?P<day>{'|'.join(_DAYS)})"
_COUNT = rf"(?P<count>\d{{1,3}}|an|{'|'.join(_NUMBERS)})"
_UNIT = r"(?P<unit>day|week|month|year)s?"

_FORMS = [
    (
        "date",
        rf"(?:(?:{'|'.join(_DAYS)}),? )?(?:the )?(?P<number>\d{{1,2}})(?:st|nd|rd"
        rf"|th)?(?: of)? {_MONTH}(?:,? (?P<year>\d{{4}}))?",
    ),
    ("date", rf"{_MONTH} (?P<number>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.,]\d)(?:,? (?P<year>\d{{4}}))?"),
    ("near", r"(?P<near>today|tonight|tomorrow|yesterday|last night|this (?:morning|afternoon|evening))"),
    (
        "weekday",
        rf"(?P<which>next|last|this|on|until|by|since) {_DAY}(?!,? (?:the )?\d)(?P<after> next week)?",
    ),
    ("weekday", rf"{_DAY}(?P<after> next week)"),
    (
        "month",
        rf"(?P<which>in|by|until|till|since|before|of|next|last|this"
        rf"|from) {_MONTH}(?: (?P<year>\d{{4}}))?(?! \d)",
    ),
    ("period", r"(?P<which>next|last|this) (?P<period>week|weekend|month|year)"),
    ("ago", rf"{_COUNT} {_UNIT} ago"),
    ("ahead", rf"in {_COUNT} {_UNIT}"),
    ("ordinal", r"(?:on|by|until|till|before|to|for) the (?P<number>\d{1,2})(?:st|nd|rd|th)"),
]
_PATTERNS = [(name, re.compile(rf"\b{form}\b(?! \((?:week of )?\d)", re.IGNORECASE)) for name, form in _FORMS]
_REPEATED = re.compile(
    r"\b(?:every|each|most|all|any)(?: single| other)? $|\bevery .{0,40}\band $", re.IGNORECASE
)
_FUTURE = re.compile(
    r"\b(?:will|gonna|going to|wanna|want|hope|plan|due|next|until|by)\b|'ll\b|(?:\b(?:am|is|are)|'m|'s"
    r"|'re|\bim) \w+ing\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|went|saw|ran|got|came|took|made|met|bought|lost|left"
    r"|swam|slept|felt|found|broke|began"
    r"|ate|fell|won|wrote|drove|since|been|\w{3,}ed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dated:
    """A text with its dates in brackets, and those dates (the first day of a week, month or year)."""

    text: str
    dates: tuple[date, ...]


def resolve(text: str, said_on: date) -> Dated:
    """Put the absolute date in brackets behind every relative one that is certain enough."""
    past = bool(_PAST.search(text)) and not _FUTURE.search(text)
    found: list[tuple[int, int, date, str]] = []
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            overlaps = any(start < match.end() and match.start() < end for start, end, _, _ in found)
            if overlaps or _REPEATED.search(text[: match.start()]):
                continue
            meant = _meant(name, match, said_on, past)
            if meant is not None:
                found.append((match.start(), match.end(), *meant))
    for _, end, _, shown in sorted(found, reverse=True):
        text = f"{text[:end]} ({shown}){text[end:]}"
    return Dated(text, tuple(day for _, _, day, _ in sorted(found)))


def _meant(name: str, match: re.Match[str], said_on: date, past: bool) -> tuple[date, str] | None:
    """The day that a match means and how it is written; None where it cannot be told."""
    said = {key: value.lower() for key, value in match.groupdict().items() if value}
    try:
        if name in ("date", "ordinal"):
            day = _calendar_day(said, said_on, past)
        elif name == "near":
            day = said_on + timedelta({"tomorrow": 1, "yesterday": -1, "last night": -1}.get(said["near"], 0))
        elif name == "weekday":
            day = _weekday(said, said_on, past)
        elif name == "month":
            return _month(said, said_on, past)
        elif name == "period":
            return _period(said, said_on)
        elif name == "ahead" and past:
            return None  # "lost 5 kilos in three weeks" is a length of time
        else:
            return _distance(said, said_on, -1 if name == "ago" else 1)
    except (ValueError, OverflowError):
        return None
    return day, day.isoformat()


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name[:3]))


def _calendar_day(said: dict[str, str], said_on: date, past: bool) -> date:
    """`18 June` of the nearest year, `the 23rd` of the month that the tense points to."""
    number = int(said["number"])
    if "month" in said:
        month = _month_number(said["month"])
        if "year" in said:
            return date(int(said["year"]), month, number)
        days = [date(year, month, number) for year in range(said_on.year - 1, said_on.year + 2)]
        return min(days, key=lambda day: abs((day - said_on).days + (60 if past else -100)))
    day = said_on.replace(day=number)
    if past and day > said_on:
        return _shifted(day, -1)
    return _shifted(day, 1) if not past and day < said_on else day


def _shifted(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def _weekday(said: dict[str, str], said_on: date, past: bool) -> date:
    ahead = (_DAYS.index(said["day"]) - said_on.weekday()) % 7
    which = said.get("which")
    if "after" in said:
        return said_on - timedelta(said_on.weekday()) + timedelta(7 + _DAYS.index(said["day"]))
    if which in ("last", "since") or (which == "on" and past):
        return said_on - timedelta(7 - ahead if ahead else 7)
    return said_on + timedelta(ahead or (0 if which == "this" else 7))


def _month(said: dict[str, str], said_on: date, past: bool) -> tuple[date, str]:
    month = _month_number(said["month"])
    year = said_on.year
    if "year" in said:
        year = int(said["year"])
    elif past or said["which"] in ("since", "last"):
        year -= month > said_on.month
    else:
        year += month < said_on.month
    return date(year, month, 1), f"{year}-{month:02}"


def _period(said: dict[str, str], said_on: date) -> tuple[date, str]:
    step = {"next": 1, "last": -1, "this": 0}[said["which"]]
    if said["period"] == "year":
        return date(said_on.year + step, 1, 1), str(said_on.year + step)
    if said["period"] == "month":
        day = _shifted(said_on.replace(day=1), step)
        return day, f"{day:%Y-%m}"
    monday = said_on + timedelta(7 * step - said_on.weekday())
    if said["period"] == "weekend":
        return monday + timedelta(5), (monday + timedelta(5)).isoformat()
    return monday, f"week of {monday.isoformat()}"


def _distance(said: dict[str, str], said_on: date, sign: int) -> tuple[date, str]:
    count = said["count"]
    number = sign * (int(count) if count.isdigit() else 1 if count == "an" else _NUMBERS.index(count) or 1)
    if said["unit"] == "year":
        return date(said_on.year + number, 1, 1), str(said_on.year + number)
    if said["unit"] == "month":
        day = _shifted(said_on.replace(day=1), number)
        return day, f"{day:%Y-%m}"
    day = said_on + timedelta(number * (7 if said["unit"] == "week" else 1))
    return day, day.isoformat()
