"""Small scorers of one reply. Each says what it found; none trusts the word "remember".

A fact counts as recalled when one of its accepted forms stands in the reply as whole words. An abstention is a
plain statement of not having been told. A memory reference is one of the guide's keywords as a whole word or an
inflection, unless it is negated ("I don't remember" refers to nothing).

A false memory is a reply to something that was never told (an unanswerable question, a false premise) which
neither abstains nor only asks back, or which states a forbidden value. Two neighbours are counted apart, on the
cases that do have an answer: a wrong fact (a forbidden value: superseded, or of another thing) and an empty claim
("I remember our talk!" without the fact).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from byheart.chat.keywords import mentions_goal, normalise, references_memory
from byheart.evaluation.cases import Case

_TOLD = (
    r"(?:told|tell|mention(?:ed)?|sa(?:id|y)|shared?|given?|gave|discussed|talked|spoken?|"
    r"brought (?:it|that|this|them|him|her) up)"
)
_KNOWN = (
    r"(?:know(?! about you)|recall|remember|catch|say for sure|tell you|find|"
    r"have (?:that|any|a|your|the|enough|it|this|his|her|their|anything|access|one|information|details?|"
    r"records?|memory|notes?|specific))"
)
_NOTHING_ON = (
    r"(?:memory|memories|records?|notes?|idea|clue|mention|trace|details?|information|written|stored|for|"
    r"about|on (?:that|this|file|record|it)|of (?:that|this|it|the kind|the sort)|like that|way)"
)
_ABSTENTION = re.compile(
    "|".join(
        [
            rf"\b(?:you|we|he|she|they)(?:'ve| have)? (?:never|not)(?: once| actually| yet| really)* {_TOLD}\b",
            rf"\b(?:you|we)(?:'ve)? ?(?:haven't|have not|hadn't|didn't|did not|don't|never)(?: \w+)? {_TOLD}\b",
            r"\b(?:was|were|wasn't|weren't|been|am|i'm) (?:never|not )?(?:been )?told\b",
            r"\bi(?:'ve| have) (?:never|not) (?:been told|heard|had)\b",
            r"\b(?:i|we) (?:really |honestly |truly |genuinely )*(?:don't|do not|can't|cannot|couldn't|didn't)"
            rf"(?: \w+)? {_KNOWN}\b",
            r"\bdon't think you(?:'ve| have)?(?: ever)? (?:told|mentioned|said|shared)\b",
            r"\b(?:i|there)(?:'ve| have|'s| is| was)? (?:got )?(?:no|nothing|not anything|zero)(?: \w+)? ?"
            rf"{_NOTHING_ON}\b",
            r"\b(?:not|nothing|isn't|wasn't|none|neither)(?: \w+){0,3} (?:in|on|among) (?:my|what i|the) "
            r"(?:memory|memories|notes?|records?|list|books?|files?|know|remember|things)\b",
            r"\b(?:isn't|is not|wasn't|was not|not) (?:something|a thing|anything|one)(?: that)? "
            r"(?:you|i)(?:'ve| have)?\b",
            r"\bnot sure (?:what|which|who|where|when|how|if|about|i)\b|\bno idea\b|\bunaware\b|\bnews to me\b",
            r"\bfirst (?:i've|i have|i'm|time i've|time i'm)(?: \w+)? (?:heard|hearing)\b|\bnever heard (?:of|about)\b",
            r"\b(?:that|this|it|one)(?:'s| is| was)? (?:new|unknown) to me\b|\bi wouldn't know\b|\bbeats me\b",
            r"\bi(?:'m| am) (?:not aware|not certain|drawing a blank)\b|\bdrawing a blank\b",
            r"\byou(?:'ll| will)? (?:have|need) to (?:tell|remind) me\b",
            r"\byou(?:'ve| have)? (?:left|skipped) (?:that|this|it)(?: \w+)? (?:out|part|bit)\b",
            r"\byou(?:'ve| have)? kept (?:\w+ ){0,2}to yourself\b",
            r"\b(?:you|we)(?:'ve| have)? (?:only|just) (?:told|mentioned|talked|spoken|said|discussed)\b",
        ]
    )
)
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")


@lru_cache(maxsize=16384)
def _phrase(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(normalise(form))}(?!\w)")


def says(reply: str, form: str) -> bool:
    """Whether the reply holds the form as whole words."""
    return _phrase(form).search(normalise(reply)) is not None


def recalled(reply: str, facts: tuple[tuple[str, ...], ...]) -> int:
    """How many of the facts the reply names."""
    return sum(any(says(reply, form) for form in forms) for forms in facts)


def abstains(reply: str) -> bool:
    """Whether the reply plainly says that it was not told."""
    return _ABSTENTION.search(normalise(reply)) is not None


def only_asks(reply: str) -> bool:
    """Whether every sentence of the reply is a question."""
    sentences = [s.strip() for s in _SENTENCE.findall(reply) if s.strip()]
    return bool(sentences) and all(s.endswith("?") for s in sentences)


def degenerate(reply: str) -> bool:
    """Empty, or one run of four words said three times, or one sentence said three times."""
    words = re.findall(r"\w+", reply.lower())
    if not words:
        return True
    runs = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    return any(runs.count(run) >= 3 for run in set(runs))


@dataclass(frozen=True)
class Score:
    """What one reply did; None where the case does not ask."""

    recalled: bool | None
    referenced: bool | None
    goal: bool | None
    abstained: bool | None
    wrongly_abstained: bool | None
    false_memory: bool | None
    wrong_fact: bool | None
    empty_claim: bool | None
    overused: bool | None
    degenerate: bool
    words: int
    why: str


def score(case: Case, reply: str) -> Score:
    """Score one reply to one case."""
    expect = case.expect
    stated = [v for v in expect.forbid if says(reply, v)]
    named = recalled(reply, expect.recall)
    complete = bool(expect.recall) and named == len(expect.recall) and not stated
    refers, refuses = references_memory(reply), abstains(reply)
    needed, neutral = expect.use_memory, not expect.use_memory and not expect.abstain
    false = expect.abstain and (bool(stated) or not (refuses or only_asks(reply)))
    empty = needed and refers and named == 0 and not refuses
    return Score(
        recalled=complete if expect.recall else None,
        referenced=refers if needed else None,
        goal=mentions_goal(reply) or named > 0 if needed and case.category == "goal_continuity" else None,
        abstained=refuses and not stated if expect.abstain else None,
        wrongly_abstained=refuses and named == 0 if needed else None,
        false_memory=false if expect.abstain else None,
        wrong_fact=bool(stated) if needed and expect.forbid else None,
        empty_claim=empty if needed and expect.recall else None,
        overused=bool(stated) or refers if neutral else None,
        degenerate=degenerate(reply),
        words=len(reply.split()),
        why=_why(stated, false, empty),
    )


def _why(stated: list[str], false: bool, empty: bool) -> str:
    if stated:
        return f"states {stated[0]!r}"
    if false:
        return "answers what it was never told"
    return "refers to a memory without the fact" if empty else ""
