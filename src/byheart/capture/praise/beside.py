"""The clauses of a message beside the answer before it: does one put something else in its place?"""

import re

from byheart.capture.praise.compare import Heard, denied, replaced
from byheart.capture.praise.reading import Read
from byheart.capture.praise.setting import Setting

_REMINDS = re.compile(
    r"^(?:remember|(?:as|like) i(?: have)?(?: already| just)? (?:said|told|asked|mentioned|explained"
    r"|wrote|requested)\b.*|i(?: have)?(?: already| just)?"
    r" (?:told you(?: about\b.*| that\b.*| last\b.*)?|said so|mentioned (?:it|that)|told you (?:so"
    r"|that|before|already)|said (?:that|it"
    r"|so)(?: before| already)?))$"
)
_SUGGESTS = re.compile(
    r"^(?:but |and )?(?:is not it|isn't (?:it|that|he|she)|wasn't (?:it|that|he|she)|don't you mean"
    r"|shouldn't (?:it|that) be)(?: actually)? (?:the |a |an |in |on )?[\w']+",
    re.IGNORECASE,
)
_ACTUALLY = re.compile(
    r"\bactually\b(?! (?:pretty|very|quite|really|so|not bad|good|great|nice|fun|easy|made|said"
    r"|helps?|helped|works?|worked|like|love|think|true|right|funny|useful))|\bin (?:actual )?fact\b"
    r"|\bin reality\b"
)
_CLAIMS = re.compile(
    r"^(?:it|that|this|he|she|they|the \w+|my \w+|her \w+|his \w+|there|we(?= met| live| moved"
    r"| booked| agreed| said| leave| arrive)|i(?= live\b| work\b| meant| asked| said| moved| grew"
    r"| was born))(?: \w+)?"
    r" (?:is|was|are|were|has|have|had|lives?|works?|starts?|comes?|came|happened|goes|went|met|moved"
    r"|booked|live|work|would be|will be)?\b"
)
_IS_NAME = re.compile(
    r"\b(?:[Ii]t'?s|[Ii]t is|[Ii]t was|[Tt]hat'?s|[Tt]hat would be|[Ii]t would be"
    r"|[Tt]hat was) (?:the )?[A-Z][a-z]\w+(?: [A-Z]\w+)?[.!]?$"
)
_IS_NOT = re.compile(r"^(?!i |we |you )(?:\w+ ){1,3}(?:is|are|was|were|does|did) not\b")
_BUT_IS = re.compile(r"^(?:it|that|he|she|they) (?:is|was|are|were)\b|\b(?:is|was|are|were|does|did)$")
_NOT_THE = re.compile(
    r"^not (?:the |a |an |my |in |on |at |for |from |her |his |with |to )?(?P<what>\w+(?: \w+)?)$"
)
_SAME_FRAME = re.compile(r"^(?P<how>in|on|at|for|from|with|by|to|the|a|an|my|her|his) .*\bnot (?P=how) \w+$")


def compared(read: list[Read], setting: Setting, heard: Heard) -> tuple[str, str, str]:
    """A label (correction, criticism or none), the words that decided, and why."""
    echoed, objection = False, ("", "", "")
    for place, r in enumerate(read[:5]):
        text = r.clause.words
        if not text or r.clause.dictated:
            continue
        if place and _REMINDS.match(text) and _tells(read[place - 1]) and not read[place - 1].fault:
            return "correction", read[place - 1].clause.raw, "reminds of what was said"
        if r.clause.asks and _SUGGESTS.search(r.clause.raw) and setting.stated:
            return "correction", r.clause.raw, "asks whether it is not another"
        if r.clause.asks:
            echoed = echoed or (text.count(" ") < 3 and all(heard.has(w) for w in text.split()))
            continue
        if r.approval or (place and read[place - 1].approval and not r.clause.turned) or r.clause.joined:
            break
        if found := _clause(r, place, read, setting, heard, echoed):
            if found[0] == "correction":
                return found
            objection = objection if objection[0] else found
        if r.states and text.count(" ") > 4:
            break
    return objection


def _clause(
    r: Read, place: int, read: list[Read], setting: Setting, heard: Heard, echoed: bool
) -> tuple[str, str, str] | None:
    text, raw = r.clause.words, r.clause.raw
    after = read[place + 1] if place + 1 < len(read) else None
    others = [o for o in read if o is not r and not o.clause.asks]
    alone = all(o.filler or o.fault for o in others)
    if why := _stated(r, heard, alone=alone, echoed=echoed):
        return ("correction", raw, why) if echoed or setting.stated else None
    if after and _both(text, after, heard) and (_NOT_THE.match(text) or setting.stated):
        return "correction", f"{raw}, {after.clause.raw}", "says what is right and what was not"
    label, why = ("", "") if r.fault else denied(text, heard)
    return (label, raw, why) if label and not setting.only_asks else None


def _stated(r: Read, heard: Heard, *, alone: bool, echoed: bool) -> str:
    """Why a clause says otherwise than the answer, whatever it denies; empty when it does not."""
    text, raw = r.clause.words, r.clause.raw
    if _SAME_FRAME.match(text):
        return "says what is right and what was not"
    if r.fault:
        return ""
    why = replaced(text, heard, alone=alone, echoed=echoed)
    if why and not (r.clause.task and "agreed" not in why):
        return why
    if not r.clause.task and _ACTUALLY.search(raw.lower()) and _CLAIMS.match(text):
        return "says how it actually is"
    named = text.startswith(("it ", "that ")) and _IS_NAME.search(raw) and not heard.says(text)
    return "another name for it than the answer's" if named else ""


def _both(text: str, after: Read, heard: Heard) -> bool:
    """Whether two clauses set `not X` and `Y` side by side, X being of the answer."""
    if match := _NOT_THE.match(text):
        return heard.says(match["what"]) and _tells(after)
    return bool(_IS_NOT.match(text) and _BUT_IS.search(after.clause.words)) and heard.says(text)


def _tells(r: Read) -> bool:
    return bool(r.clause.words) and not (r.clause.asks or r.approval or r.clause.task)
