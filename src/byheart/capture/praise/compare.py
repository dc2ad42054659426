"""A message beside the answer before it: another value of the same kind, an echo denied, another name for it."""

import re
from functools import cached_property

from byheart.capture.praise.normalise import plain
from byheart.capture.praise.words import listed

_LOOKED_AT = 350
"""Characters of the previous answer that are compared, from its start and from its end."""

_COUNTED = """zero;;two;three third;four fourth;five fifth;six sixth;seven seventh;eight eighth;nine ninth;ten tenth;
eleven eleventh;twelve twelfth;thirteen;fourteen;fifteen;sixteen;seventeen;eighteen;nineteen;twenty twentieth"""
_TENS = {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80",
         "ninety": "90", "hundred": "100", "thousand": "1000"}  # fmt: skip
_NUMBERS = {w: str(n) for n, names in enumerate(_COUNTED.split(";")) for w in names.split()} | _TENS
_KINDS = {
    word: kind
    for kind, names in (
        (
            "day",
            "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight weekend",
        ),
        (
            "month",
            "january february march april june july august september october november december",
        ),
        ("colour", "red green blue yellow orange black white brown pink purple grey gray silver gold"),
        ("time of day", "morning noon afternoon evening night midnight"),
    )
    for word in names.split()
}
_NAMED = frozenset(_KINDS) | frozenset(_NUMBERS)
_NUMBER = re.compile(r"(\d+)(?:st|nd|rd|th|am|pm|h|k|kg|km|m|g|cm|mm|ml|l|s|min)?$")
_AROUND = listed(
    """in on at the a it is was that of by under over about around only exactly make no for to half past quarter
    actually then instead mate please am pm oclock percent euros euro dollars pounds metres meters km kg
    years year old hours hour minutes days weeks seconds people degrees and not"""
)
_NO_VALUE = listed(
    "more other another again each per times extra next ago later least most any some better if"
)
_SMALL = listed(
    """the a an my your is was it in on at to of and or for you that this do did me i we they them be been out up so
    any with by about what when as like have has can will would should there here not if but than then very too
    more are am were had no one all get got go just really now today time day way thing things good bad sure"""
)
_SUBJECT = re.compile(
    r"^(?P<subject>it|that|this|they|those|these|he|she|there|(?:the|her|his|its|their|our|my) (?:\w+ ){0,2}?\w+|\w+)"
    r" (?P<verb>is|was|are|were|has|have|had|starts?|started|leaves?|left|departs?|costs?|cost|opens?|closes?|goes"
    r"|went|arrives?|ends?|ended|begins?|began|takes?|took|happened|died|lives?|lived|moved|came|comes|weighs?"
    r"|adds|sums|turns|turned|met|works?|worked|needs?|plays?|played|won|lost|wrote|reads|will|should) (?P<rest>.+)$"
)
_RELATION = re.compile(
    r"^(?:actually |really |now |supposed to be |called |named |spelled |meant to be )*(?:a|an|my|our"
    r"|his|her|their|called|named|spelled"
    r"|about|in|on|at|under|from|with|by) (?!bit\b|lot\b|little\b|favou?rite|shame\b|pity\b|great\b"
    r"|good\b|nice\b|bad\b|fault"
    r"|turn\b|fire\b|time\b|least\b|problem|mind\b|danger|trouble|love\b|pain\b|nightmare|joke\b"
    r"|genius|wonderful|lovely|sale\b"
    r"|mess\b|relief|stock\b|point\b|favou?rite|first\b|last\b|best\b|dream|idea\b|long\b|shape\b)\w+"
)
_DENIES_SELF = re.compile(
    r"^(?:but |and |well |actually |sorry )*(?:i|we) (?:(?:am|are|was|were) (?:not|no longer"
    r"|never) (?:a |an |the |in |from |on |at |so |very |your )?"
    r"|(?:do|does|did) not (?:really |even |actually )?(?:have|eat|drink|live|work|own|speak|drive"
    r"|play|take|like|do|use|need|smoke|run|want|celebrate"
    r"|know) (?:a |an |any |the |in |at )?|can not (?!find|see|open|get|read|wait|believe|tell"
    r"|remember|think|sleep|help|decide|complain)(?:really |even )?(?:have |eat |drink |use |do "
    r"|stand |afford )?(?:a |an |any |the )?"
    r"|(?:am|are) allergic to (?:the )?|have (?:no|never had an?|never been to|never played"
    r"|never owned an?) |never (?!heard|been|seen|tried|thought|done|understood|liked|known"
    r"|knew)\w+ (?:a |an |in |at |the |my |to )?"
    r"|hate |am (?:vegan|vegetarian|allergic|diabetic|lactose|coeliac|celiac"
    r"|pregnant)(?: \w+)? ?)(?P<what>\w+(?: \w+)?)?"
)
_OTHER_DENIED = re.compile(
    r"^(?:but |and |well |actually )*(?P<who>he|she|they|my \w+|(?!i\b|we\b|you\b|it\b|that\b|this\b"
    r"|there\b)\w+) (?:(?:is|are|was|were) not|is no longer|(?:does|do|did) not (?:have|live|work|eat"
    r"|like|play|speak|own|go|come|get)"
    r"|(?:can|could) not|has no|never (?:had|was|lived|worked)) (?:a |an |the |my |in |at |called "
    r"|from |your )?(?P<what>\w+(?: \w+)?)"
)
_ABSENT = re.compile(
    r"^(?:but |and |well |sorry |um )*(?:there (?:is|are) (?:no|not any|not an?) |i (?:can"
    r"|do) not (?:find|see|have) (?:any |a |the |an )?|no |they do not (?:have|offer|sell|serve"
    r"|accept) (?:a |an |any )?"
    r"|(?:the |your )(?=\w+(?: \w+){0,2} (?:never|does not|do not|did not|is not|closed|shut"
    r"|is closed) ))(?P<what>\w+(?: \w+)?)"
)
_NEVER_SO = re.compile(
    r"^(?:the |your |that |this )?(?P<what>\w+)(?: \w+){0,2} (?:never \w+|(?:does|do|did|is|are|was"
    r"|has) not (?:even )?(?!bad|open yet)\w+|(?:has |have )?(?:closed|shut|been closed|burned|gone"
    r"|expired|moved away)|is (?:closed|gone|dead|shut))\b"
)
_AGREED = re.compile(
    r"\b(?:(?:as|like|exactly as) i(?: have)?(?: already| just)? (?:said|told|asked|mentioned"
    r"|explained|wrote|specified|wanted|requested)|i(?: have)?(?: already| just| specifically"
    r"| clearly)?"
    r" (?:told|reminded) you(?! that$| this$| it$| a joke| so\b| about)|as (?:requested|agreed"
    r"|discussed|promised|stated)|^we (?:said|agreed)|i (?:have )?said so|(?<=\w )i said$"
    r"|you know (?:that )?i (?:can not|do not|am|have|hate))\b"
)
_WARNED = re.compile(r"\bnot to\b|\bto stop\b|\b(?:twice|before|times)$")
_INSTEAD = re.compile(r"\b(?:rather than|instead of|as opposed to) (?:a |an |the |in |on |my )?(?P<what>\w+)")
_OPPOSITE = re.compile(
    r"\b(?:other way (?:a)?round|wrong way (?:a)?round|the (?:exact |very )?opposite|vice versa"
    r"|back to front|the reverse)\b"
)

_LIMIT = re.compile(
    r"^(?:(?:it|that|this|they) (?:should|must|has to|have to) be )?(?:under|below|at most|max"
    r"|maximum|no more than|less than|within|up to"
    r"|at least|over|only|my (?:budget|limit|maximum) is|the (?:budget|limit) (?:is|was))(?: \w+)? \w+(?: \w+){0,2}$"
)


class Heard:
    """The previous answer, made ready to be compared with; nothing is read before it is needed."""

    def __init__(self, previous: str) -> None:
        self.text = (
            previous
            if len(previous) <= 2 * _LOOKED_AT
            else previous[:_LOOKED_AT] + " " + previous[-_LOOKED_AT:]
        )

    @cached_property
    def order(self) -> list[str]:
        """Its words as they follow each other."""
        return plain(self.text).split()

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Its words."""
        return frozenset(self.order)

    @cached_property
    def values(self) -> dict[str, set[str]]:
        """Its numbers, days, months and colours by their kind."""
        found: dict[str, set[str]] = {}
        for token in (self.tokens & _NAMED) | {t for t in self.tokens if t[0].isdigit()}:
            if pair := value(token):
                found.setdefault(pair[0], set()).add(pair[1])
        return found

    def has(self, word: str) -> bool:
        """Whether a word was said, in the singular or the plural."""
        return word in self.tokens or word.rstrip("s") in self.tokens or word + "s" in self.tokens

    def says(self, phrase: str | None) -> bool:
        """Whether any telling word of a phrase was said."""
        return any(len(w) > 2 and w not in _SMALL and self.has(w) for w in (phrase or "").split())

    def other(self, tokens: list[str]) -> int:
        """The place of a value that stands against one of the same kind; -1 where there is none."""
        for place, token in enumerate(tokens):
            pair = value(token)
            if pair and pair[0] in self.values and pair[1] not in self.values[pair[0]]:
                return place
        return -1


def value(token: str) -> tuple[str, str] | None:
    """The kind and the value of a word that is a number, a day, a month or a colour."""
    if token in _KINDS:
        return _KINDS[token], token
    if token in _NUMBERS:
        return "number", _NUMBERS[token]
    match = _NUMBER.match(token) if token[:1].isdigit() else None
    return ("number", match[1].lstrip("0")) if match else None


def replaced(text: str, heard: Heard, *, alone: bool, echoed: bool) -> str:
    """Why a clause puts something else where the answer had something; empty when it does not.

    `alone`: nothing but this clause judges or tells; `echoed`: a word of the answer was just questioned.
    """
    tokens = text.split()
    if not tokens or len(tokens) > _LONGEST:
        return ""
    return (
        _said_before(text, tokens, heard)
        or _revalued(text, tokens, heard, alone=alone, echoed=echoed)
        or _another(text, heard)
    )


_LONGEST = 18
_SAYING = listed(
    """said told asked mentioned explained wrote specified requested agreed discussed promised stated wanted reminded
    know round around opposite versa front reverse than instead opposed under below most max maximum less within over
    only budget limit least to"""
)


def _said_before(text: str, tokens: list[str], heard: Heard) -> str:
    """Why a clause holds to what had been said before the answer."""
    if _SAYING.isdisjoint(tokens):
        return ""
    instead = _INSTEAD.search(text)
    if instead and heard.says(instead["what"]):
        return "says what was meant instead"
    if _OPPOSITE.search(text):
        return "it is the other way round"
    if len(tokens) > 3 and _AGREED.search(text) and not _WARNED.search(text):
        return "says what was agreed"
    limit = _LIMIT.match(text) and any(value(w) and heard.has(w) for w in tokens)
    return "repeats the limit" if limit else ""


def _revalued(text: str, tokens: list[str], heard: Heard, *, alone: bool, echoed: bool) -> str:
    """Why a clause gives another number, day or doing than the answer."""
    place = heard.other(tokens)
    if place >= 0 and _NO_VALUE.isdisjoint(tokens):
        same = echoed or _of_the_same(text, place, heard) or _same_noun(tokens, place, heard)
        if same or (alone and _bare(tokens, place, heard)):
            return "another value than the answer's"
    return "tells it otherwise than the answer" if _same_doing(tokens, heard) else ""


def _bare(tokens: list[str], place: int, heard: Heard) -> bool:
    """Whether a value stands alone, or with the words that the answer's value had: `level 2`."""
    rest = tokens[:place] + tokens[place + 1 :]
    return len(tokens) <= 6 and place <= 3 and all(w in _AROUND or heard.has(w) or value(w) for w in rest)


def _of_the_same(text: str, place: int, heard: Heard) -> bool:
    match = _SUBJECT.match(text)
    if not match or not _spoken_of(match["subject"], heard):
        return False
    before = match["subject"].count(" ") + 2
    return before <= place <= before + 4


def _same_noun(tokens: list[str], place: int, heard: Heard) -> bool:
    """Whether what is counted was counted by the answer: `three adults` after `two adults`."""
    noun = tokens[place + 1] if place + 1 < len(tokens) else ""
    if (
        len(noun) < 3
        or noun in _AROUND - {"hours", "days", "weeks", "minutes", "people"}
        or not heard.has(noun)
    ):
        return False
    own = tokens[0] in {"i", "my", "mine", "our"} or (tokens[0] == "we" and tokens[1] not in {"are", "have"})
    said = heard.order
    counted = any(value(said[n - 1]) for n in range(1, len(said)) if said[n].rstrip("s") == noun.rstrip("s"))
    as_drafted = tokens[:2] == ["i", "have"] and any(said[n : n + 2] == tokens[:2] for n in range(len(said)))
    return counted and (not own or as_drafted)


_FEELS = listed(
    """am are was were have had feel felt like want wanted need know think can will would do did get got love"""
)


def _same_doing(tokens: list[str], heard: Heard) -> bool:
    """`We met at university` after `you two met at her wedding`: the same verb of them, with something new."""
    if (
        tokens[0] not in {"i", "we"}
        or not 3 <= len(tokens) <= 7
        or tokens[1] in _FEELS
        or not heard.has(tokens[1])
    ):
        return False
    told = re.search(rf"\byou(?: two| both| all|\'ve| have)? {re.escape(tokens[1])}\b", heard.text.lower())
    return bool(told) and any(w not in _SMALL and not heard.has(w) for w in tokens[2:])


_AGE = re.compile(
    r"\b(?:years? old|aged?|turn\w*|is (?:one|two|three|four|five|six|seven|eight|nine|ten|\d+))\b"
)


def _spoken_of(subject: str, heard: Heard) -> bool:
    """Whether a clause's subject is what the answer spoke of."""
    if subject in {"it", "that", "this", "they", "those", "these", "there"}:
        return True
    if subject in {"he", "she"}:
        return bool(_AGE.search(heard.text))
    if (
        "favourite" in subject
        or "favorite" in subject
        or subject in {"i", "we", "you", "mine", "who", "what"}
    ):
        return False
    return heard.says(subject)


def _another(text: str, heard: Heard) -> str:
    """`Paula is my cousin`, `it's under Account`: another name, place or relation for what the answer named."""
    match = _SUBJECT.match(text)
    if not match or match["verb"] not in {"is", "was", "are", "were"}:
        return ""
    subject, rest = match["subject"], match["rest"].split()
    if (
        subject.split()[0] in {"the", "a", "an"}
        and not heard.says(subject)
        and re.match(r"(?:the|also the) \w+", match["rest"])
    ):
        return "says it of something else" if all(w in _SMALL or heard.has(w) for w in rest[:2]) else ""
    if (
        not (_RELATION.match(match["rest"]) or subject.startswith("the "))
        or len(rest) > 7
        or all(w in _SMALL or heard.has(w) for w in rest)
    ):
        return ""
    if subject in {"it", "they", "he", "she"}:
        fits = rest[0] in {"called", "named", "spelled", "actually"} or (
            subject in {"it", "they"}
            and (
                rest[0] in _PLACES & heard.tokens
                or rest[0] in {"her", "his", "their", "about"}
                or _whose(rest, heard)
            )
        )
    elif subject.split()[0] in {"the", "her", "his", "its", "their", "my"}:
        if rest[0] in {"called", "named", "spelled"}:
            return "another name for it than the answer's"
        half = any(heard.says(w) for w in rest) and rest[0] not in _SMALL
        told = (
            half
            or rest[0] in _PLACES
            or rest[0] in {"called", "named"}
            or (rest[0] in {"a", "an"} and len(rest) == 2)
        )
        fits = told and _spoken_of(subject, heard)
    else:
        fits = (
            subject not in {"that", "this", "there", "these", "those"}
            and _spoken_of(subject, heard)
            and f" {subject.title()}" in f" {heard.text}"
        )
    return "another name for it than the answer's" if fits else ""


_PLACES = frozenset(
    ["to", "for", "before", "after", "in", "on", "at", "under", "from", "by", "about", "with"]
)


def _whose(rest: list[str], heard: Heard) -> bool:
    """`my brother's interview`, `my dad who is ill`: somebody else's."""
    return (
        rest[0] in {"my", "our"}
        and (heard.has(rest[-1]) or "who" in rest or "that" in rest)
        and len(rest) > 2
    )


def denied(text: str, heard: Heard) -> tuple[str, str]:
    """What a clause denies of the answer: a label (correction, criticism or none) and the reason."""
    match = _DENIES_SELF.match(text)
    if match and (
        (
            heard.says(match["what"])
            and (" can not " in text or " can not" in text or heard.has("you") or heard.has("your"))
        )
        or (" allergic " in text + " " and heard.says(text))
    ):
        return "correction", "denies what was said of them"
    match = _ABSENT.match(text)
    if match and heard.says(match["what"]):
        return "criticism", "what the answer names is not there"
    match = _OTHER_DENIED.match(text)
    if match and heard.says(match["what"]) and (len(match["who"]) <= 4 or heard.says(match["who"])):
        return "correction", "denies what was said"
    match = _NEVER_SO.match(text)
    if match and heard.says(match["what"]):
        return "criticism", "it is not so"
    return "", ""
