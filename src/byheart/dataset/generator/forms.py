"""The ways in which a value may be written and still be the same value."""

import re

from byheart.dataset.generator.pools import MONTHS
from byheart.dataset.generator.records import Value

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    "twenty",
)
_CURRENCIES = {"euros": "€", "pounds": "£", "dollars": "$"}
_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS).lower()})\b")


def value_of(text: str) -> Value:
    """A value with its accepted forms, the text itself first."""
    whole = text.casefold()
    found = [whole]
    for change in (_article, _hyphens, _thousands, _currency, _digits, _words, _dates, _race, _clock):
        for form in list(found):
            found += [new for new in change(form) if new not in found]
    return Value(text, tuple(found[:12]))


def _article(text: str) -> list[str]:
    short = re.sub(r"^(the|an?) ", "", text)
    return [short] if short != text and len(short) > 3 else []


def _hyphens(text: str) -> list[str]:
    return [text.replace("-", " ")] if "-" in text else []


def _thousands(text: str) -> list[str]:
    return [re.sub(r"(?<=\d),(?=\d{3})", "", text)] if re.search(r"\d,\d{3}", text) else []


def _currency(text: str) -> list[str]:
    found = re.fullmatch(r"([\d,]+) (euros|pounds|dollars)", text)
    return [_CURRENCIES[found[2]] + found[1], f"{found[1]} {_CURRENCIES[found[2]]}"] if found else []


def _digits(text: str) -> list[str]:
    """The bare number of a quantity, where it is long enough not to turn up by chance."""
    found = re.match(r"(\d[\d,.]*) [a-z]", text)
    long_enough = found and len(found[1]) > 1 and not _DATE.search(text)
    return [found[1]] if found and long_enough else []


def _words(text: str) -> list[str]:
    found = re.match(r"(\d+) ", text)
    if not found or int(found[1]) > 20 or _DATE.search(text):
        return []
    return [_SMALL[int(found[1])] + text[found.end() - 1 :]]


def _dates(text: str) -> list[str]:
    found = _DATE.search(text)
    if not found:
        return []
    day, month = found[1], found[2]
    end = "th" if 10 < int(day) < 14 else {"1": "st", "2": "nd", "3": "rd"}.get(day[-1], "th")
    forms = (f"{month} {day}", f"{day}{end} of {month}", f"{day}{end} {month}", f"{month} {day}{end}")
    return [text.replace(found[0], form) for form in forms]


def _race(text: str) -> list[str]:
    return [text.replace(" marathon", "-marathon")] if "half marathon" in text else []


def _clock(text: str) -> list[str]:
    found = re.search(r"\b(\d{1,2}):(\d\d)\b", text)
    if not found:
        return []
    forms = [text.replace(found[0], f"{found[1]}.{found[2]}")]
    return [*forms, text.replace(found[0], found[1])] if found[2] == "00" and len(text) > 6 else forms


def contains(text: str, form: str) -> bool:
    """Whether a form stands in a text as whole words, whatever the case."""
    text = text.casefold()
    return (
        form in text and re.search(rf"(?<!\w)(?<!\d[.,:]){re.escape(form)}(?!\w|[.,:]\d)", text) is not None
    )


def names(text: str, value: Value) -> bool:
    """Whether a text names a value in any of its forms."""
    return any(contains(text, form) for form in value.forms)


def clash(one: Value, other: Value) -> bool:
    """Whether a text that names one value would seem to name the other."""
    return any(names(form, other) for form in one.forms) or any(names(form, one) for form in other.forms)
