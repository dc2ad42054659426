"""A message as a row of clauses: who is addressed, what is asked, where a `but` turns it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from byheart.capture.praise.normalise import words
from byheart.capture.praise.words import (
    ACKNOWLEDGING,
    DICTATES,
    GENERIC_NAMES,
    JUDGING_WORDS,
    LAUGH,
    LEAD,
    LEAD_PHRASE_LIST,
    LEAD_PHRASES,
    OTHER_NAMES,
    TASKS,
    listed,
)

LONGEST = 30
"""Words of a clause that are read."""

HEAD, HEAD_OF_LONG = 6, 3
"""Stretches of a message that are read, and the last one besides."""

_LONG = 300

_PIECE = re.compile(r"[^.!?;,:\n()…—]+(?:[.,:](?=\d)[^.!?;,:\n()…—]+)*|[.!?;,:\n()…—]+")
_DASH = re.compile(r"\s[-–]+\s")
_LEAD_PHRASE = re.compile(rf"{LEAD_PHRASES}\b ?")
_LEAD_FIRST = frozenset(phrase.split()[0] for phrase in LEAD_PHRASE_LIST)
_TURNS = frozenset(["but", "however", "although", "except", "yet", "though"])
_JOINS = frozenset(["because", "since", "so", "which", "while"])
_CUTS = _TURNS | _JOINS | LAUGH | {"and"}
_NEW_SUBJECT = frozenset(
    [
        "i",
        "you",
        "that",
        "it",
        "this",
        "now",
        "can",
        "could",
        "please",
        "what",
        "how",
        "thanks",
        "thank",
        "we",
        "he",
        "she",
        "they",
        "my",
        "the",
    ]
)
_OFTEN_CAPITAL = frozenset(
    [
        "i",
        "ok",
        "yes",
        "no",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
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
)


_NOT_LEAD = [
    ["well", w]
    for w in (
        "done",
        "put",
        "said",
        "played",
        "written",
        "explained",
        "thought",
        "deserved",
        "phrased",
        "handled",
    )
] + [
    ["no", "notes"],
    ["no", "complaints"],
    ["no", "good"],
    ["no", "help"],
    ["no", "use"],
    ["yeah", "right"],
    ["true", "genius"],
]


_NO_NAMES = _OFTEN_CAPITAL | JUDGING_WORDS
_BEFORE_NAMES = (JUDGING_WORDS - {"for", "of", "to", "a", "i", "is", "the"}) | {"done", "put"}


class Clause(NamedTuple):
    """One clause: `words` as the rules read it (interjections and names taken off), `raw` as written."""

    words: str
    raw: str
    sentence: int
    asks: bool = False
    turned: bool = False
    joined: bool = False
    named: bool = False
    other: bool = False
    acknowledges: bool = False
    laughs: bool = False
    cheers: str = ""
    dictated: bool = False

    @property
    def task(self) -> bool:
        """Whether it asks for something instead of judging."""
        first = self.words.split(" ", 1)[0]
        return (
            self.asks or first in TASKS or self.words.startswith(("now ", "on to ", "one more", "once more"))
        )


def split(text: str, persona: str = "") -> list[Clause]:
    """The clauses of a cleaned text in order: of a long one the first and the last."""
    names = {w for w in words(persona) if len(w) >= 2} - {"the", "dr", "mr", "ms", "mrs"}
    found: list[Clause] = []
    pieces = list(stretches(text))
    head = HEAD if len(text) <= _LONG else HEAD_OF_LONG
    for raw, sentence, asks in pieces if len(pieces) <= head + 1 else [*pieces[:head], pieces[-1]]:
        for part in _parts(raw, sentence, asks):
            clause = _address(part, names, known=bool(persona))
            if clause.words or clause.cheers or clause.laughs:
                found.append(clause)
            elif found and (clause.named or clause.other) and found[-1].sentence == clause.sentence:
                found[-1] = found[-1]._replace(
                    named=found[-1].named or clause.named, other=found[-1].other or clause.other
                )
            elif clause.named or clause.other or clause.acknowledges:
                found.append(clause)
    return _dictation(_called(found))


def _called(found: list[Clause]) -> list[Clause]:
    """Hand a name or an `ok` that stood alone on to the clause after it."""
    joined: list[Clause] = []
    for clause in found:
        before = joined[-1] if joined else None
        if before and not before.words and not before.cheers and before.sentence == clause.sentence:
            joined[-1] = clause._replace(
                named=clause.named or before.named,
                other=clause.other or before.other,
                acknowledges=clause.acknowledges or before.acknowledges,
                raw=f"{before.raw}, {clause.raw}",
            )
        else:
            joined.append(clause)
    return joined


def _dictation(found: list[Clause]) -> list[Clause]:
    """Mark what follows `write:`, `reply with`, `he said:` in a sentence: material, not a judgement."""
    sentence, dictating, marked = -1, False, []
    for clause in found:
        if clause.sentence != sentence:
            sentence, dictating = clause.sentence, False
        marked.append(clause._replace(dictated=True) if dictating else clause)
        body = clause.words.removeprefix("please ").removeprefix("can you ").removeprefix("could you ")
        first = body.split(" ", 1)[0]
        dictating = dictating or first in DICTATES or bool(_REPORTS.search(clause.words))
    return marked


_REPORTS = re.compile(
    r"\b(?:he|she|they|boss|teacher|review|reviews|customer|client|mum|mom|dad|wife|husband"
    r"|sister|brother|friend)"
    r" (?:just )?(?:said|says|say|wrote|writes|told me|replied|goes|was like|is like)$"
    r"|^(?:my|the|this|here is)(?: \w+){0,3} (?:review|comment|feedback|text|message|email|sentence|title)$"
)


def stretches(text: str) -> Iterator[tuple[str, int, bool]]:
    """Stretches between punctuation: text, sentence number, whether a question mark ends it."""
    sentence, held = 0, ""
    for token in _PIECE.findall(_DASH.sub(" — ", text)):
        if token[0] not in ".!?;,:\n()…—":
            held = token
            continue
        if held.strip():
            yield held.strip(), sentence, "?" in token
        held = ""
        # A colon does not end a sentence: what follows `reply with:` belongs to it, across a line break too.
        if token[0] not in ",:()—" and not set(token) <= {"…"}:
            sentence += 1
    if held.strip():
        yield held.strip(), sentence, False


def _parts(raw: str, sentence: int, asks: bool) -> Iterator[Clause]:
    """Split a stretch at `but`, at `because`, and at `and` before a new subject; only the last part asks."""
    tokens = words(raw[: 12 * LONGEST])[:LONGEST]
    if tokens and _CUTS.isdisjoint(tokens):
        yield Clause(" ".join(tokens), raw, sentence, asks=asks)
        return
    start, turned, joined, cuts = 0, False, False, []
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        if token in _TURNS and not _no_turn(tokens, place):
            cuts.append((start, place, turned, joined))
            start, turned, joined = place + 1, True, False
        elif place > start and (
            (token in _JOINS and place > 1 and (token in {"because", "which"} or after in _NEW_SUBJECT))
            or ((token == "and" or token in LAUGH) and after in _NEW_SUBJECT)
        ):
            cuts.append((start, place, turned, joined))
            start, turned, joined = place + 1, False, token != "and"
    cuts.append((start, len(tokens), turned, joined))
    for number, (begin, end, turn, join) in enumerate(cuts):
        if begin < end or (turn and number == len(cuts) - 1 and end == len(tokens)):
            body = " ".join(tokens[begin:end]) or "qqq"
            last = number == len(cuts) - 1
            yield Clause(body, raw, sentence, asks=asks and last, turned=turn, joined=join)


def _no_turn(tokens: list[str], place: int) -> bool:
    """Whether a turning word turns nothing: `anything but`, `the best yet`, `funny though`."""
    before = tokens[place - 1] if place else ""
    if tokens[place] == "but":
        return before in {"anything", "nothing", "all"}
    return tokens[place] in {"yet", "though"} and (place > 0 or len(tokens) == 1)


def _address(clause: Clause, names: set[str], known: bool) -> Clause:
    """Take names, interjections and set phrases off a clause and note them."""
    tokens = clause.words.split()
    marks: set[str] = set()
    while tokens and (taken := _lead(tokens, names, marks)):
        tokens = tokens[taken:]
    while tokens and (taken := _trail(clause, tokens, names, known, marks)):
        tokens = tokens[:-taken]
    return clause._replace(
        words=" ".join(tokens),
        named="named" in marks,
        other="other" in marks,
        acknowledges=bool(marks & ACKNOWLEDGING),
        laughs=bool(marks & LAUGH),
        cheers=next((sign for sign in ("thumbsup", "thumbsdown", "heart") if sign in marks), ""),
    )


def _lead(tokens: list[str], names: set[str], marks: set[str]) -> int:
    """How many words to take off the front; what they were goes into `marks`."""
    phrase = _LEAD_PHRASE.match(" ".join(tokens[:9])) if tokens[0] in _LEAD_FIRST else None
    taken = len(phrase[0].split()) if phrase else 0
    if phrase and len(tokens) > taken and not (phrase[0] == "you know " and tokens[2] in _KNOWN_BY_YOU):
        return taken
    if (tokens[0] in LEAD and tokens[:2] not in _NOT_LEAD) or tokens[0] in names:
        marks.add("named" if tokens[0] in names else tokens[0])
        return 1
    return 0


_KNOWN_BY_YOU = listed("me us her him them how what when just exactly my that i")


def _trail(clause: Clause, tokens: list[str], names: set[str], known: bool, marks: set[str]) -> int:
    """How many words to take off the end; what they were goes into `marks`."""
    last, size = tokens[-1], len(tokens)
    if last == "though":
        return 1 if size > 1 else 0
    if last in names:
        marks.add("named")
    elif last in GENERIC_NAMES and size <= 6:
        marks.update({"named"} if size <= 3 else ())
        return 2 if tokens[-2:-1] == ["my"] else 1
    elif last in OTHER_NAMES and size <= 4 and tokens[0] not in _SUBJECTS and tokens[-2:-1] not in _FOR:
        marks.add("other")
    elif last in LAUGH or last in {"thumbsup", "heart"}:
        marks.add(last)
    elif _stranger(clause, tokens):
        marks.add("other" if known else "named")
    else:
        return 0
    return 1


_SUBJECTS = frozenset(["you", "that", "it", "this", "i"])
_FOR = (["to"], ["for"], ["made"], ["of"], ["at"], ["above"], ["after"])


def _stranger(clause: Clause, tokens: list[str]) -> bool:
    """Whether a capitalised word ends a short clause the way a name does: `Good one Ada`, or a lone `Ada`."""
    raw = clause.raw.split()
    if not raw or clause.turned or clause.joined or tokens[-1] in _NO_NAMES or len(tokens) > 4:
        return False
    written = raw[-1].strip("'\"")
    if not (written[:1].isupper() and written[1:].islower() and written.lower() == tokens[-1]):
        return False
    if len(tokens) > 1 and tokens[-2] not in _BEFORE_NAMES:
        return False
    return (len(tokens) > 1 and len(raw) > 1) or (
        len(tokens) == 1 and clause.sentence == 0 and written.lower() not in TASKS
    )
