"""What would have been right: corrections of the answer, slips of the person's own, praise taken back."""

import re

from byheart.capture.praise.compare import Heard
from byheart.capture.praise.fault import fault
from byheart.capture.praise.normalise import words as words_of
from byheart.capture.praise.rules import Rules
from byheart.capture.praise.words import listed

_TAKEN_BACK = re.compile(
    r"^(?:i (?:will |would like to )?take back(?: \w+){0,4}|scratch that|on second"
    r" thoughts? .*|i spoke too soon|spoke too soon|i take it all back|forget what i said about"
    r" .*)"
)
_BACK = re.compile(
    r"^i (?:will |would like to )?take (?:that|it|it all|everything|all that|what i said|my"
    r" \w+) back|^i take back\b|spoke too soon"
)
_SLIP = re.compile(
    r"^(?:sorry i |oops i |my bad i )?i (?:typed|wrote|gave you|said|told you) the wrong\b"
    r"|^i (?:got|mixed) (?:it|that|them) (?:wrong|up)(?: myself)?$|^(?:oops |whoops |sorry |my bad "
    r"|ah )*i (?:attached|sent|pasted|uploaded|gave you|copied|linked|mixed up|posted|read|misread"
    r"|forgot to (?:say|mention|add|tell))\b(?: \w+){0,4} (?:wrong|old|other|mistake|instead"
    r"|wrongly)\b|^(?:oops |whoops )?(?:sorry )?(?:my (?:fault|mistake|bad|error)|that was me"
    r"|i was wrong)\b|^(?:sorry|oops|whoops|my"
    r" bad|my mistake|typo|my apologies|pardon|correction)\b(?: \w+)?$|^(?:sorry|oops|whoops"
    r"|my bad|typo|pardon)\b.*\b(?:i mean|i meant|meant to)\b|^i (?:meant to (?:say|ask|type"
    r"|write)|misspoke|mistyped|typed .*)"
)

_MADE_RIGHT = Rules(
    (
        (
            "says what they had asked for",
            r"^(?:no |but |wait |actually |and |well )?i (?:had |have |specifically |clearly |actually |already"
            r" |explicitly |did )?(?:said|asked for|asked about|told you|asked you|mentioned|ask for|tell you|say"
            r"|requested|specified|was asking (?:for|about)|was talking about|am talking about"
            r"|was looking for|was after"
            r"|was referring to) (?!it\b|this\b|that (?:twice|already|before)\b|that$|twice\b|no$|yes\b|not to\b"
            r"|to (?:my|him|her|them|myself)\b|hi\b|hello\b|that i would|i not\b|already\b"
            r"|a (?:minute|moment|second) ago"
            r"|i would|good\b|thank|so$|so many)\w+",
        ),
        (
            "says what they had meant",
            r"^(?:no |but |wait |actually |and |well )?i (?:meant|mean) (?:the|my|a|an|in|on|for|your"
            r"|from|with|\d+|next|last) ?\w+",
        ),
        (
            "says what they had wanted",
            r"^(?:no |but |wait |actually )?i (?:wanted|meant|needed|need(?= (?:it|them|this"
            r"|that) (?:in|as|for|with|without|to be|by|on))) (?:it|this|them|that|one|them|something"
            r"|a |an |the |my |in |for )(?:.*)(?:without|with|not|in|for|about|as|instead|shorter|longer"
            r"|under|less|more|the|a|an|my)\b|^(?:no |but |wait |actually |well )?i (?:just |only "
            r"|really |actually )?wanted (?!to\b|it to\b|that to\b|them to\b|you to know\b)\w+",
        ),
        (
            "says what it should be",
            r"^(?:that |this |it |the \w+(?: \w+)? |her \w+ |his \w+ |my \w+ |which |they |(?!i |we "
            r"|you |he |she |what |who |when |there )\w+ (?=should be))?(?:should|was supposed"
            r" to|is supposed to|was meant to|is meant to|were supposed to|ought to|needs to|has to"
            r"|must)(?: actually| rather| really)? (?:be|read|say|have been|have"
            r" said|start|end|go|rhyme|use|have|contain|mention|stay|come|point|return"
            r"|include)\b(?! (?:have been|be|feel|possible|easy|careful|noted|said|done|up|a (?:good"
            r"|problem|way)|good|fine|okay|ok|fun|great|able|here|there|home|back|nice"
            r"|easy|interesting|enough|doing|more careful)\b) \w+",
        ),
        (
            "says what to put instead",
            r"^make (?:that|it) (?!a (?:bit|little|tad)\b)(?:a |an |the |on |at )?(?!work|happen|bit"
            r"|little|tad|lot|clear|better|\w+er\b|shorter|longer"
            r"|simpler|funnier|so|up|sound|look|rhyme|more|less|into|easier|any|stop|through|to|home)\w+(?:"
            r" \w+){0,4}$",
        ),
        (
            "names the right one",
            r"^(?:the )?(?:correct|right|actual|real|proper) (?:\w+ )?(?:answer|name|date|spelling"
            r"|word|number|figure|year|time|day|order|amount|price|one|title|term|age) (?:is|was|would"
            r" be|should be)\b",
        ),
        (
            "names the right one",
            r"^(?:it is|she is|he is|that is) (?:spelled|spelt|pronounced|called) \w+(?: \w+){0,6}$",
        ),
        (
            "says what they had asked for",
            r"^(?!.*\bnot\b)(?:\w+ ){1,5}(?:is|was) (?:what|the one) i (?:asked|wanted|meant|said"
            r"|needed|ordered)(?: for)?$",
        ),
        (
            "names the right one",
            r"^(?:no |but |actually )?(?:her|his|its|their|(?:my|the) \w+s) name is \w+",
        ),
        (
            "says what was meant",
            r"^you (?:probably |surely |must )?(?:mean|meant)(?: to say)? (?!to\b|like\b|it\b|that\b"
            r"|the (?:world|most)\b|so\b|a lot\b|maybe\b|when\b|if\b|by\b|well\b)\w+|^(?!i |we |do "
            r"|is |what |if |know |see |get )(?:the |on |in |at )?\w+(?: \w+){0,3} you (?:surely "
            r"|probably )?meant?$",
        ),
    )
)
_CONTRAST = re.compile(
    r"\bnot (?:a |an |the |in |on |at |my |for |from |her |his |to |because of |of |about "
    r"|with |by |even )?(?P<not>\w+(?: \w+)?)$"
)
_REVERSED = re.compile(
    r"\b(?:is|was|are|were|am|do|does|did|has|have|lives?|works?) not (?:a |an |the |in |on"
    r" |at |my |for |from |her |his |called |named |to )?(?P<not>\w+(?: \w+)?)(?: \w+){0,3}$"
)
_STATES = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|lives?|lived|works?|worked|starts?|started|moved"
    r"|means|said|wanted|asked|meant|comes?|came|goes|went|happened|called|named|likes?|loves?"
    r"|hates?|plays?|died|left|got|quit|stopped|never|does|did|do|calls?|wrote|eats?|runs?"
    r"|ran|takes?|took|costs?|need|needs)\b"
)
_DENIAL = re.compile(
    r"(?i)\s*(?:(?:um|uh|er|hm+|wait|well|oh|ah|sorry)[ ,.]+)?(?:no+|nope|nah|wrong|incorrect"
    r"|not quite|that's wrong|that is wrong|not true|not right)\b[ ,.!:;—-]*"
)
_DECLINES = re.compile(
    r"^(?:thanks?|thank you|worries|problem|problems|need|way|idea|that is (?:all|it|okay|ok"
    r"|fine|enough)|it is (?:okay|ok|fine|all right|alright|nothing|good)|i (?:do not|did not"
    r"|am|have|will|can|think|just|would|want(?! (?:the|a|an|it|one|them|my)\b)|need(?! (?:the|a|an"
    r"|it|one|them|my)\b)|could|should|was|feel|guess|mean)|not (?:really"
    r"|yet|now|today)|one|more|doubt|matter|wonder|kidding|joke|offence|offense|rush|hurry"
    r"|please|seriously|really|let us|but|nothing|do not|stop|you are right|we|because|just"
    r"|never|longer)\b"
)
# A short naming: `No, in Linz.`
_NAMES = re.compile(
    r"^(?:no )?(?:(?:in|on|at|with|for|from|about|to|next|last|half|my|her|his|their|the|our|by|under"
    r"|near|i want|i need) )?"
    r"(?!(?:not|yet|because|never|but|that|this|let|stop|you|i|we|what|how|why|it|moment|least|all"
    r"|rush|other|rest|same"
    r"|point|use|good|luck|change|effect|joy|clue|answer|help|thanks|chance)\b)\w+(?: \w+){0,4}$"
)
_SUBJECT = re.compile(r"(?:it|he|she|they|my|the|that|her|his|their|we) ")
_OWN_DOING = re.compile(
    r"^(?:why not|or not|if |we (?:wanted|had|got|were|went|took|chose) |i (?:am|feel|do|did|have|had"
    r"|was|can|could|would|will|ran|did"
    r"|want to|need to|like|slept|walked) "
    r"|you (?:did|do|are|have|were|can|could) |(?:it|that|this|which) (?:does|is|was|did) not"
    r" |let us |please |do not )"
)
_SAYS_I = re.compile(
    r"\b(?:i|we) (?:am|are|do|did|have|was|were|can|could|will|would) not\b|\bnot (?:that|just|only|even|as|going)\b"
)
_TYPED = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th|am|pm|h|k|kg|km)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january"
    r"|february|march|april|june|july"
    r"|august|september|october|november|december|he|she|him|her|his|hers)\b"
)
_SMALL = listed(
    """the a an my your is was it in on at to of and or for you that this do did me i we they them be
    been out up so any with by about what when as like have has can will would should there here
    not if but than then very too more"""
)
_NOT_CONTRAST = listed(
    """yet really sure all bad now today anymore much so well either enough one sorry it that there
    why funny good great"""
)


def taken_back(words: str) -> bool:
    """Whether a clause takes earlier praise back."""
    return bool(_BACK.match(words) or _TAKEN_BACK.match(words))


def own_slip(words: str) -> bool:
    """Whether the person corrects their own question."""
    return bool(_SLIP.match(words))


def made_right(words: str) -> str:
    """Why a clause says what the answer should have been; empty when it does not."""
    found = _MADE_RIGHT.match(words)
    return str(found[0]) if found else ""


def contrast(piece: str, heard: Heard) -> bool:
    """Whether words set `X, not Y` against what the assistant said: a Y of its, or a date or number
    of any kind."""
    match = _CONTRAST.search(piece) or _REVERSED.search(piece)
    if (
        not match
        or len(piece.split()) > 16
        or match["not"].split()[0] in _NOT_CONTRAST
        or _OWN_DOING.match(piece)
        or (match.re is _REVERSED and _SAYS_I.search(piece))
    ):
        return False
    if piece.startswith("not ") and not _TYPED.match(match["not"]):
        return False
    if _TYPED.match(match["not"]) and _TYPED.search(piece[: match.start()] or match["not"]):
        return True
    if not heard.text:
        return match.re is _CONTRAST and bool(_STATES.search(piece))
    denied = [w for w in match["not"].split() if len(w) >= 2 and w not in _SMALL]
    known = any(heard.has(w) for w in denied)
    return known and (bool(_STATES.search(piece)) or len(piece.split()) <= 8)


def denial(sentence: str) -> str:
    """What a sentence that opens with `No, ...` states after it; empty when it declines or only denies."""
    match = _DENIAL.match(sentence)
    rest = " ".join(words_of(sentence[match.end() :])).removeprefix("no ") if match else ""
    apart = match is not None and (match[0].rstrip()[-1:] in set(",.!:;—-") or _SUBJECT.match(rest))
    if (
        not apart
        or not rest
        or len(rest.split()) > 24
        or _DECLINES.match(rest)
        or not (_STATES.search(rest) or made_right(rest) or _NAMES.match(rest))
    ):
        return ""
    return "" if fault(rest) else rest
