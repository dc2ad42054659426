"""The guide's keywords: what counts as referring to a memory or to a goal.

A memory reference is a keyword as a whole word or an inflection, unless it is negated: "I don't remember" refers
to nothing.
"""

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "‐": "-"})

# The guide's keywords (remember, discussed, talked about, mentioned) with their inflections and near synonyms.
REFERENCE = re.compile(
    r"\b(?:remember(?:s|ed|ing)?|recall(?:s|ed|ing)?|discuss(?:ed|ing|ion)?|talk(?:ed|ing) (?:about|of)|"
    r"spoke about|mention(?:ed|ing)?|t(?:old|elling) me|"
    r"you(?:'ve|'d| have| had)?(?: also| once| already| just| always| even)? (?:said|shared|told)|"
    r"last time (?:we|you)|we spoke|our (?:last )?(?:talk|chat|conversation)s?)\b"
)
GOAL = re.compile(r"\b(?:goals?|objectives?|targets?|aim(?:s|ed|ing)?)\b")
# A negation reaches up to the next comma: "No, you told me Tuesday" refers, "I don't think you told me" does not.
_NEGATED = re.compile(r"(?:\b(?:not|never|no|cannot|nothing|without)\b|n't\b)(?! forg[eo]t)[^.!?;:,]{0,40}$")


def normalise(text: str) -> str:
    """Text for comparison: NFKC, straight quotes, lower case, single spaces, no thousands commas."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return " ".join(text.split())


def references_memory(reply: str) -> bool:
    """Whether the reply refers to what was said before, by the guide's keywords and without a negation."""
    text = normalise(reply)
    return any(not _NEGATED.search(text[: m.start()][-60:]) for m in REFERENCE.finditer(text))


def mentions_goal(reply: str) -> bool:
    """Whether the reply speaks of a goal by one of the guide's keywords."""
    return GOAL.search(normalise(reply)) is not None
