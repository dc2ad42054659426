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
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from byheart.chat.keywords import mentions_goal, normalise, references_memory
from byheart.evaluation.cases import Case

_TOLD = (
    r"(?:t(?:old|ell)(?! (?:your|him|her|them|my|anyone|anybody|everyone|people|the)\b)|mention(?:ed)?|"
    r"sa(?:id|y)|shared?|let (?:me|us) (?:know|in)|(?:given?|gave)(?! up| in)|discuss(?:ed)?|"
    r"(?:talk(?:ed)?|sp(?:eak|oken?))(?! (?:to|with) (?!me\b))|brought (?:it|that|this|them|him|her) up)"
)
_KNOWN = (
    r"(?:know(?! (?:about you|how you do|what to say|anyone|anybody|why you|if (?:this|that|it) helps))|"
    r"recall|remember|catch|say for sure|tell you(?! (?:(?:what|how|not) )?to\b)|"
    r"find (?:any|a|that|it|out|your|his|her|their|one)|see (?:anything|any (?:mention|record|note))|"
    r"have (?:that|any(?! (?:doubt|problem|objection))|a|your|the|enough|it|this|his|her|their|anything|access|"
    r"one|information|details?|records?|memory|notes?|specific))"
)
_NOTHING_ON = (
    r"(?:memory|memories|records?|notes?|idea|clue|mention|trace|details?|information|written|stored|for|"
    r"about|on (?:that|this|file|record|it)|of (?:that|this|it|the kind|the sort)|like that|way)"
)
_LEFT_OUT = (
    r"(?:its|his|her|their|which|what|when|where|who|whose|how|about|the (?:name|date|day|time|place|number|title|"
    r"colou?r|city|age|score|price|amount|reason|details?|rest))"
)
_ABSTENTION = re.compile(
    "|".join(
        [
            rf"\b(?:you|we)(?:'ve| have)? (?:never|not)(?: once| actually| yet| really)* {_TOLD}\b",
            rf"\b(?:you|we)(?:'ve)? ?(?:haven't|have not|hadn't|didn't|did not|never)(?: \w+)? {_TOLD}\b",
            r"\b(?:wasn't|weren't|(?:was|were|been|am|i'm) (?:never|not)|(?:never|not|haven't|hasn't) been)"
            r"(?: \w+)? told\b",
            r"\bi(?:'ve (?:never|not)| have (?:never|not)| haven't)(?: \w+)? "
            r"(?:heard(?! (?:a|such|anyone)\b)|been told)\b",
            r"\b(?:i|we) (?:really |honestly |truly |genuinely )*(?:don't|do not|can't|cannot|couldn't|didn't)"
            rf"(?: \w+)? {_KNOWN}\b",
            r"\b(?:don't (?:think|believe)|not (?:sure|certain))(?: that)? (?:you|we)(?:'ve| have)?(?: \w+)? "
            rf"{_TOLD}\b",
            r"\b(?:i|there)(?:'ve| have|'s| is| was)? (?:got )?(?:no|nothing|not anything|zero)(?: \w+)? ?"
            rf"{_NOTHING_ON}\b",
            r"\bi(?:'ve| have)(?: got)? nothing on\b",
            r"\b(?:not|nothing|isn't|wasn't|none|neither)(?: \w+){0,3} (?:in|on|among) (?:my|what i|the) "
            r"(?:memory|memories|notes?|records?|list|books?|files?|know|remember|things)\b",
            r"\b(?:isn't|is not|wasn't|was not|not) (?:something|a thing|anything|one)(?: that)? "
            rf"(?:you|i)(?:'ve| have)?(?: \w+)? (?:{_TOLD}|know|remember|recall|on|heard|noted)\b",
            r"\bnot sure (?:what(?! to)|which|who|where|when|how(?! you)|if (?:you|i|we)|about|i)\b",
            r"(?<!you have )(?<!you've )\bno idea\b|\bunaware\b|\bnews to me\b",
            r"\bnot that i(?:'m)? (?:know|aware|recall|can)\b",
            r"\bfirst (?:i hear|i've|i have|i'm|time i've|time i'm)(?: \w+)? ?(?:heard|hearing|of|about)\b",
            r"\bnever heard (?:of|about)\b|\b(?:not|never|hasn't)(?: \w+)? c[oa]me up\b|n't ring (?:a|any) bell",
            r"\b(?:that|this|it|one)(?:'s| is| was)? (?:new|unknown) to me\b|\bi wouldn't know\b|\bbeats me\b",
            r"\bi(?:'m| am) (?:not aware|not certain|drawing a blank)\b|\bdrawing a blank\b",
            r"\byou(?:'ll|'d| will| would)? (?:have|need) to (?:tell|remind) me\b(?! (?:how|all|everything|more))",
            r"\byou(?:'ve| have)? (?:left|skipped) (?:that|this|it)(?: \w+)? (?:out|part|bit)\b",
            r"\byou(?:'ve| have)? kept (?:\w+ ){0,2}to yourself\b",
            r"\b(?:you|we)(?:'ve| have)? only (?:told|mentioned|talked|spoken|said|discussed)\b",
            r"\byou(?:'ve| have)? (?:told me|mentioned|said|shared)\b[^.!?]{1,120}"
            rf"\b(?:not {_LEFT_OUT}|never (?:your|{_LEFT_OUT})|but never the)\b",
            r"(?:\b(?:was|were|been) |[.!?] )never (?:mentioned|discussed|said|shared)\b",
        ]
    )
)
_PLURAL = r"(?:e?s)?"
_GAP = re.compile(r"[ -]")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_STUTTER = re.compile(r"([^\W\d_]{2,12}?)\1{7,}")  # in a script without blanks


@lru_cache(maxsize=16384)
def _phrase(form: str) -> re.Pattern[str]:
    """The form as whole words: `8 km` is also 8km and 8-km, a noun may stand in the plural, 5 is not in 9.5."""
    text = re.sub(r"(?<=\d)(?=[^\W\d])", " ", normalise(form))
    between = [
        r"[ -]?" if a[-1:].isdigit() != b[:1].isdigit() else "[ -]" for a, b in pairwise(_GAP.split(text))
    ]
    parts = [re.escape(part) for part in _GAP.split(text)]
    whole = parts[0] + "".join(gap + part for gap, part in zip(between, parts[1:], strict=True))
    before = r"(?<!\w)" + (r"(?<!\d[.,:])" if text[:1].isdigit() else "")
    after = r"(?![.,:]\d)(?!\w)" if text[-1:].isdigit() else rf"{_PLURAL}(?!\w)"
    return re.compile(before + whole + after)


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
    text = re.sub(r"\.{2,}|…|[^\w\s.!?]", " ", reply)
    sentences = [s for s in _SENTENCE.findall(text) if re.search(r"\w", s)]
    return bool(sentences) and all("?" in s for s in sentences)


def degenerate(reply: str) -> bool:
    """Empty, or stuck: four words or a sentence of three said three times, or a word five times on end."""
    text = reply.lower()
    words = re.findall(r"\w+", text)
    if not words:
        return True
    runs = Counter(tuple(words[i : i + 4]) for i in range(len(words) - 3))
    sentences = Counter(tuple(re.findall(r"\w+", s)) for s in _SENTENCE.findall(text))
    return (
        any(count >= 3 for count in runs.values())
        or any(count >= 3 and len(sentence) >= 3 for sentence, count in sentences.items())
        or any(len(set(words[i : i + 5])) == 1 for i in range(len(words) - 4))
        or _STUTTER.search(text) is not None
    )


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
