"""What praised answers have in common, each time against the answers that were not praised.

A difference is only called one where its 99.67 % interval (Newcombe 1998, from Wilson's) leaves out zero: fifteen
traits are looked at, so that chance alone names one in 1 of 20 reports at most. The commonest openings are chosen by
the praised answers themselves, and answers to the same few people are alike: it is a hint, no proof.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from byheart.chat.keywords import references_memory
from byheart.insight.answers import Answer
from byheart.memory.words import stems

FEWEST = 10
"""With fewer answers on either side nothing is said of a difference."""
_Z = 2.936
_OPENINGS = 3
_REQUEST = re.compile(
    r"\W*(?:please|can you|could you|would you|will you|tell|give|write|make|help|show|explain|list|suggest|remind|find"
    r"|calculate|convert|translate|describe|summari[sz]e|plan|draft|compare|name|put|set|sing|let's)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Trait:
    """How many praised answers, and how many others, are so. `verdict` says what that comes to."""

    group: str
    name: str
    praised: int
    of_praised: int
    others: int
    of_others: int
    verdict: str


@dataclass(frozen=True)
class Led:
    """A memory that stood in the prompts of so many praised answers, and of others.

    `used` praised answers took it up: a word of it that the question did not have came back in the reply.
    """

    text: str
    kind: str
    person: str
    used: int
    praised: int
    others: int


def traits(praised: Sequence[Answer], rest: Sequence[Answer], names: Mapping[str, str]) -> list[Trait]:
    """The traits of the praised answers; `names` are those of the personas by version."""
    if not praised:
        return []
    lengths = [len(answer.reply.split()) for answer in (*praised, *rest)]
    usual = int(median(lengths))

    def trait(group: str, name: str, holds: Callable[[Answer], bool]) -> Trait:
        sides = sum(map(holds, praised)), len(praised), sum(map(holds, rest)), len(rest)
        return Trait(group, name, *sides, verdict(*sides))

    firsts = Counter(map(_first, praised))
    openings = [word for word, count in firsts.most_common(_OPENINGS) if word and count > 1]
    kinds = [
        kind for kind, _ in Counter(kind for answer in praised for kind in _kinds(answer)).most_common(3)
    ]
    persona = Counter(answer.persona for answer in praised).most_common(1)[0][0]
    return [
        trait("length", f"at most {usual} words", lambda a: len(a.reply.split()) <= usual),
        *(trait("opening", f"begins with “{word}”", _is(_first, word)) for word in openings),
        trait("form", "ends with a question", lambda a: a.reply.rstrip(" \n\"'”’*)").endswith("?")),
        trait("form", "calls them by name", _by_name),
        trait("memory", "memories in its prompt", lambda a: bool(a.memories)),
        *(trait("memory", f"a {kind} memory in its prompt", _has(kind)) for kind in kinds),
        trait("memory", "refers to what was said before", lambda a: references_memory(a.reply)),
        trait(
            "persona",
            f"spoken as {names.get(persona) or 'the same persona'}",
            _is(lambda a: a.persona, persona),
        ),
        *(trait("asked", f"answers {kind}", _is(lambda a: asked(a.question), kind)) for kind in ASKED),
    ]


ASKED = ("a question", "a request", "something told")


def asked(question: str) -> str:
    """What kind of message that is, one of ASKED."""
    if _REQUEST.match(question):
        return ASKED[1]
    return ASKED[0] if "?" in question else ASKED[2]


def led(praised: Sequence[Answer], rest: Sequence[Answer], limit: int = 5) -> list[Led]:
    """The memories behind praised answers: those most often taken up, then those rarer in other prompts."""
    known = {_key(m): (m["text"], m["kind"], a.person) for a in (*rest, *praised) for m in a.memories}
    words = {key: frozenset(stems(text)) for key, (text, _, _) in known.items()}
    with_praise: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for answer in praised:
        keys = {_key(memory) for memory in answer.memories}
        new = set(stems(answer.reply)) - set(stems(answer.question))
        with_praise.update(keys)
        used.update(key for key in keys if words[key] & new)
    without = Counter(key for answer in rest for key in {_key(memory) for memory in answer.memories})

    def order(key: str) -> tuple[float, float, str]:
        there = with_praise[key]
        return -used[key], -_wilson(there, there + without[key], _Z)[0], key

    return [
        Led(*known[key], used[key], with_praise[key], without[key])
        for key in sorted(with_praise, key=order)[:limit]
    ]


def verdict(praised: int, of_praised: int, others: int, of_others: int) -> str:
    """In words what two shares come to: more often, less often, no clear difference, too few to say."""
    if min(of_praised, of_others) < FEWEST:
        return "too few to say"
    low, high = difference(praised, of_praised, others, of_others)
    if low > 0:
        return "more often"
    return "less often" if high < 0 else "no clear difference"


def difference(first: int, of_first: int, second: int, of_second: int, z: float = _Z) -> tuple[float, float]:
    """The interval of the first share minus the second, by Newcombe's hybrid score method."""
    p, q = first / of_first, second / of_second
    low_p, high_p = _wilson(first, of_first, z)
    low_q, high_q = _wilson(second, of_second, z)
    return p - q - math.hypot(p - low_p, high_q - q), p - q + math.hypot(high_p - p, q - low_q)


def _wilson(count: int, total: int, z: float) -> tuple[float, float]:
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return middle - half, middle + half


def _is(read: Callable[[Answer], str], value: str) -> Callable[[Answer], bool]:
    return lambda answer: read(answer) == value


def _has(kind: str) -> Callable[[Answer], bool]:
    return lambda answer: kind in _kinds(answer)


def _first(answer: Answer) -> str:
    found = re.match(r"\W*([\w'’]+)", answer.reply)
    return found[1].lower().replace("’", "'") if found else ""


def _by_name(answer: Answer) -> bool:
    return (
        len(answer.person) > 1
        and re.search(rf"\b{re.escape(answer.person)}\b", answer.reply, re.IGNORECASE) is not None
    )


def _kinds(answer: Answer) -> set[str]:
    return {memory["kind"] for memory in answer.memories}


def _key(memory: Mapping[str, str]) -> str:
    return memory.get("id") or memory["text"]
