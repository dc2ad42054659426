"""Words as recall and deduplication compare them: lower case, no accents, no endings."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?")
_STEMMER = snowballstemmer.stemmer("english")
_SMALL_WORDS = """
a about after again all also am an and any are aren't as at be because been before being but by can
can't cannot could couldn't did didn't do does doesn't doing don't down for from get got had has
have haven't having he he's her here hers him his how i i'd i'll i'm i've if im in into is isn't it
it's its ive just let's like me more my no nor not now of off oh ok on once one only or other our
out over own same she she's should so some such than that that's the their them then there these
they they're this those through to too under until up us very was we we're were what what's when
where which while who why will with would you you're your yours bit cant didnt dont going go hello
hes hey hi know lot many much please really remember shes still tell thanks thats thing things think
today told went whats yes youre
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_FILLERS = frozenset(
    ("a", "an", "and", "also", "but", "just", "oh", "really", "so", "the", "very", "well", "yes")
)


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    stem: str = _STEMMER.stemWord(word.removesuffix("'s"))
    return stem


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words in order, numbers without their thousands' commas."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return tuple(re.sub(r"[,.](?=\d{3}\b)", "", word) for word in _WORD.findall(plain))


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    """The stems without small words: `I've been running, 5,000 steps` gives `run`, `5000`, `step`."""
    return tuple(_stem(word) for word in words(text) if word not in _SMALL)


def gist(text: str) -> frozenset[str]:
    """What two wordings of one statement share: the stems of all words, `not` and `was` too, but fillers."""
    return frozenset(_stem(word) for word in words(text) if word not in _FILLERS)
