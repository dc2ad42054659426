"""Does a clause approve of what the assistant said? Rules over its words, each with the reason it gives."""

import re
from dataclasses import dataclass

from byheart.capture.praise.asides import agrees, hypothetical, older
from byheart.capture.praise.phrases import (
    ACCEPTS,
    ARTICLES,
    BE,
    BEST_TEXT,
    DEGREES,
    FELT,
    GOOD,
    IDIOMS,
    JUDGES,
    LIKES,
    NEEDED,
    OWN_TEXT,
    SET_PHRASES,
    TAIL,
    TEXT_NOUN,
    WEAK_PHRASES,
    YOU_PHRASES,
)
from byheart.capture.praise.words import ACCEPTING, JUDGING, PERSON, one_of

_PERSON = one_of(PERSON)
_HOPED = one_of(f"{ACCEPTING}, {JUDGING}, helped, help, works, worked, love, loved")


@dataclass(frozen=True)
class Approval:
    """How a clause approves. `target`: text, you, this or bare; `accepting`: it may accept or agree."""

    target: str
    why: str
    weak: bool = False
    accepting: bool = False
    past: bool = False


_CLAUSE = tuple(
    (target, why, re.compile(pattern))
    for target, why, pattern in (
        (
            "text",
            "a set phrase of praise",
            rf"^(?:that (?:is|was) |this (?:is|was) )?{DEGREES}(?:{IDIOMS}|{SET_PHRASES}){TAIL}$",
        ),
        (
            "text",
            "praises the answer by name",
            rf"^(?:what |now |that is what i call |now that is what i call )?{ARTICLES}(?:{GOOD} )(?:and"
            rf" )?(?:(?:{DEGREES}{GOOD}|little|old|use of|bit of|piece of) )?{TEXT_NOUN}{TAIL}$",
        ),
        (
            "text",
            "praises the answer by name",
            rf"^{OWN_TEXT} (?:{BE}|really hits?|made) {ARTICLES}{GOOD}(?: and {DEGREES}{GOOD})?"
            rf"(?: {TEXT_NOUN})?{TAIL}$",
        ),
        (
            "text",
            "praises the answer by name",
            rf"^(?:(?:that|this|it|which) (?:is|was) )?{ARTICLES}(?:fine|solid|top|quality|proper|killer"
            rf"|strong|honest|decent|cute|fun|beauty of a|(?<=exactly the )right|(?<=just the )right"
            rf"|(?<=absolutely the )right|(?<=exactly the )correct) {TEXT_NOUN}{TAIL}$",
        ),
        (
            "text",
            "calls it the best",
            rf"^(?:(?:that|this|it) (?:is|was|has to be|might be|may be|must be) )?"
            rf"{DEGREES}{BEST_TEXT}{TAIL}$",
        ),
        (
            "text",
            "praises the answer by name",
            rf"^(?:now )?(?:that|this|it|those|these|which|now that)(?: one)?"
            rf" (?:really )?{BE} {ARTICLES}(?:{GOOD}"
            rf" ){{1,2}}{TEXT_NOUN}{TAIL}$",
        ),
        (
            "text",
            "it is what they wanted",
            rf"^(?:(?:that|this|it|which|those|your {TEXT_NOUN}) (?:is|was|are|were) )?{DEGREES}(?:exactly"
            rf"|just|precisely|literally|all|everything|the very thing|the {TEXT_NOUN}|perfect|spot on)"
            rf" (?:what |that |the (?:\w+ )?{TEXT_NOUN} |the (?:sort|kind) of (?:thing|\w+) )?i {NEEDED}(?:"
            rf" (?:to hear|to read|today|right now|tonight|this morning|just now))?$",
        ),
        (
            "text",
            "likes the answer",
            rf"^(?:i )?{DEGREES}{LIKES} (?!this (?:song|job|work|routine|workout|version|table|letter"
            rf"|email|time)\b)(?:{OWN_TEXT}|the (?:idea|plan|thought|detail|name|line|bit|part)(?: (?:about"
            rf"|of|with) (?:\w+ ){{0,4}}?\w+)?)(?: {DEGREES}(?:a lot|so much|very much))?{TAIL}$",
        ),
        (
            "text",
            "likes what the assistant did",
            rf"^(?:i )?{DEGREES}{LIKES} (?:how|that|the way|(?:it )?when(?= you (?:say|do|talk|tell"
            rf"|tease|joke|remember|bring|make|call))|what|the fact that) you (?!look"
            rf"|can|could|do not|would|have to|are not|did not)\w+(?: \w+){{0,10}}$",
        ),
        (
            "text",
            "others liked the answer",
            rf"^(?:my (?:\w+ )?\w+|everyone|everybody|they|he|she|we|people|the (?:kids|family|team"
            rf"|guests|whole \w+))(?: (?!not)\w+){{0,2}} (?:{LIKES}|laughed at|cracked up at|raved"
            rf" about|was impressed by|were impressed by|is obsessed with|are obsessed with|laughed"
            rf" out loud at|died laughing at|is in love with) (?:your|that|this) (?:\w+ )?{TEXT_NOUN}(?:"
            rf" \w+){{0,4}}$",
        ),
        (
            "text",
            "others liked the answer",
            rf"^(?:my (?:\w+ )?\w+|everyone|everybody|they|he|she|we|people)(?: \w+)? (?:says?|said"
            rf"|thinks?|thought|agrees?|agreed)(?: that)? (?:your|that) (?:\w+ )?{TEXT_NOUN}"
            rf" {BE} {ARTICLES}{GOOD}(?:"
            rf" \w+){{0,3}}$",
        ),
        (
            "text",
            "the answer did well",
            rf"^{OWN_TEXT} (?:really |actually |totally |just |absolutely )?(?:worked|works like a charm"
            rf"|works|helped|helps|solved it|fixed it|made me {FELT}|makes me {FELT}|cracked me up"
            rf"|made my \w+|nailed it|hits home|hit home|hit the spot|was a hit|went down a treat|saved"
            rf" (?:me|my \w+)|did the trick|gave me (?:chills|goosebumps|hope)|cheered me up|killed"
            rf" me|got me|is growing on me|slaps|rocks|rules)(?: \w+){{0,5}}$",
        ),
        ("you", "praises the assistant", rf"^(?:and )?{YOU_PHRASES}{TAIL}$"),
        (
            "you",
            "praises the assistant",
            rf"^you (?:are|were|really are|sure are|truly are|are really|have been|have always been)"
            rf" {ARTICLES}(?:my )?{DEGREES}{_PERSON}(?: (?:and )?{DEGREES}{_PERSON})?(?: {TEXT_NOUN})?(?:"
            rf" (?:bot|assistant|friend|coach|in the (?:whole )?world|ever|today|at (?:this|that|it"
            rf"|\w+ing)(?: \w+)?|with (?:words|names|that|this|\w+)|you know(?: that)?|thank you.*|thanks.*"
            rf"|(?:much )?appreciated|tonight|this morning|too|i have .*|as always|sometimes|when you"
            rf" .*))?$",
        ),
        (
            "you",
            "praises what the assistant did",
            rf"^you (?:have )?(?:just |really |always |do |did )?(?:did|done|do|made|make|wrote|gave"
            rf" me|told|came up with|write|tell|give|put together|have) {ARTICLES}{GOOD} (?:{TEXT_NOUN})(?:"
            rf" \w+){{0,4}}$",
        ),
        (
            "you",
            "praises what the assistant did",
            r"^you (?:have )?(?:just |really )?(?:did|done|do|put|said|say|explained|explain|phrased"
            r"|described|captured|summed|handled|understood|worded|nailed|got|told)(?: (?:it|that|this"
            r"|things|me|my \w+|up|that up|it up|everything|the \w+))? (?:(?:so|very|really|just|incredibly"
            r"|quite|rather|absolutely) )?(?:well|right|perfectly|correctly|beautifully|nicely|brilliantly"
            r"|wonderfully|clearly|exactly|exactly right|better than .*|great)(?: (?:there|again|thank"
            r" you.*|thanks.*|(?:much )?appreciated|i .*))?$",
        ),
        (
            "you",
            "the assistant moved them",
            rf"^you(?: (?:always|really|just|totally|actually|still|do|sure|never fail to))? (?:made"
            rf"|make|have made|got|had|have) me {FELT}(?: \w+){{0,6}}$",
        ),
        (
            "you",
            "glad that it was remembered",
            r"^(?:i (?:love|like|am (?:so )?(?:glad|touched|impressed)) (?:that )?)?you (?:actually"
            r" |even |really |still )?(?:remembered|remember)(?! me| when| if| how| what)(?: (?!wrong"
            r"|wrongly|incorrectly|nothing)\w+){0,8}$",
        ),
        (
            "you",
            "glad that it was remembered",
            r"^(?:i (?:can not|could not) believe|impressed(?: that)?|so sweet(?: that)?|nice of you"
            r"|kind of you|good of you|glad(?: that)?) you (?:actually |even |still )?(?:remembered"
            r"|to remember)(?: \w+){0,6}$|^(?:good|great|nice|excellent|impressive|what a|amazing)"
            r" memory$|^(?:it is )?(?:nice|good|great|kind|sweet|lovely) of you to remember(?: \w+){0,5}$",
        ),
        (
            "you",
            "kind of the assistant",
            rf"^(?:(?:that|this|it|how) (?:is|was) )?(?:how )?{DEGREES}(?:nice|kind|sweet|thoughtful|lovely"
            rf"|good|clever|smart) of you(?: to (?!not)\w+(?: \w+){{0,4}})?$",
        ),
        (
            "this",
            "it moved them",
            rf"^(?:that|this|it|which|that one|this one)(?: (?:really|just|actually|totally|genuinely"
            rf"|absolutely|always))? (?:made me {FELT}|makes me {FELT}|made my \w+|cracked me up|cracks"
            rf" me up|cheered me up|gave me (?:chills|goosebumps|hope|a laugh|a good laugh)|got me|killed"
            rf" me|hit (?:home|hard|the spot|different)|hits (?:home|hard|the spot|different)|nailed"
            rf" it|nails it|saved (?:me|my \w+)|helped(?: me)?(?: (?:a lot|so much|so well|more than"
            rf" you know))?|helps(?: me)? (?:a lot|so much|a ton|immensely|loads)|had me (?:laughing"
            rf"|in stitches|rolling|cackling|crying)|sent me|warmed my heart|touched me|blew (?:me away"
            rf"|my mind)|worked(?: (?:perfectly|great|wonders|like a charm|a treat|beautifully|really"
            rf" well|so well|very well|out great))?|works (?:perfectly|great|wonders|like a charm|a"
            rf" treat|beautifully|really well|so well|very well)|did the trick|lifted my (?:spirits"
            rf"|mood)|calmed me(?: down)?|put a smile on my face|means a lot(?: to me)?|slaps|is gold"
            rf"|was gold|solved (?:it|everything|my \w+)|fixed (?:it|everything|my \w+)|made (?:so much"
            rf"|perfect|total|a lot of) sense|cleared (?:it|that|things|everything) up)(?: \w+){{0,5}}$",
        ),
        (
            "text",
            "it moved them",
            r"^(?:(?:made me|makes me|still) (?:laugh(?:ing)?|smile|smiling|chuckle|snort|giggle)|laughed"
            r" out loud|i (?:literally |actually |just )?(?:laughed out loud|laughed so hard|snorted"
            r"|cackled|spat out my \w+|spit out my \w+|chuckled|burst out laughing)|cracked me up|had"
            r" me laughing|had me in stitches|i am (?:so |totally |definitely )?(?:going to steal|stealing"
            r"|keeping|quoting|framing) (?:that|this)(?: one| line| joke)?"
            r"|i am (?:literally |actually )?(?:in stitches|cackling"
            r"|howling|wheezing|crying laughing|crying with laughter|dying of laughter|dying laughing"
            r"|rolling on the floor|laughing so hard)|i needed that(?: laugh| one| today)?|needed that"
            r"|i needed to hear that|just what the doctor ordered|gave me (?:chills|goosebumps)|made"
            r" my (?:day|morning|evening|week)|(?:i am )?(?:so |very |really |truly |deeply |genuinely"
            r" )?(?:impressed|blown away)(?: (?:by|with) (?:that|this|you|your \w+|the answer)(?: \w+){0,3})?"
            r"|colou?r me impressed|i could not stop laughing|that is what i am talking about|that"
            r" is the spirit|i (?:am )?so happy with (?:that|this|it)|i am (?:very |really |so )?(?:happy"
            r"|pleased|thrilled|delighted) with (?:that|this|it|your \w+))(?: today| there| thanks"
            r"| again)?$",
        ),
        (
            "this",
            "praises the answer",
            rf"^(?:now )?(?P<it>that|this|it|those|these|that one|this one|which|all of (?:that|this)"
            rf"|that last one|that last bit)(?: really| truly| actually| just| honestly)? (?P<be>{BE})"
            rf" {ARTICLES}(?:(?P<accepts>{ACCEPTS})|{JUDGES})(?: and {DEGREES}{GOOD})?{TAIL}$",
        ),
        (
            "this",
            "likes it",
            rf"^(?:i )?{DEGREES}(?P<likes>love|loved|adore|adored|enjoyed|like|liked) (?P<it>it|that|this"
            rf"|that one|this one|those|these|them|all of (?:it|that|this)|every (?:word|line|bit) of"
            rf" (?:it|that|this))(?: {DEGREES}(?:a lot|so much|very much|already))?$",
        ),
    )
)
_BARE = re.compile(
    rf"^{ARTICLES}{GOOD}(?: (?:and )?{DEGREES}{GOOD}){{0,3}}(?: (?:indeed|again|as always|as ever"
    rf"|as usual|stuff|man|thank you.*|thanks.*))?$"
)
_NEGATED = re.compile(
    rf"\b(?:not|never|hardly|barely|no|nothing|neither|nor|without|far from|anything but|less"
    rf"|least|scarcely|almost|nearly|not exactly)\b(?: \w+){{0,3}}? {_HOPED}\b"
)


def approval(words: str) -> Approval | None:
    """The approval in a clause's words, or None. Whether it is meant for the previous answer is
    judge.py's to say."""
    if not words or agrees(words):
        return None
    for target, why, pattern in _CLAUSE:
        match = pattern.match(words)
        if match and _meant(words, why):
            return _measured(target, why, match)
    if _BARE.match(words) and _meant(words, ""):
        return Approval("bare", "one approving word alone", weak=True, accepting=True)
    return None


def _meant(words: str, why: str) -> bool:
    """Whether the words mean it: no negation in front of them, no wish, not an older answer."""
    if re.search(IDIOMS, words) or why.startswith("glad"):
        return True
    return not (hypothetical(words) and "what i" not in words and "i was hoping" not in words) and not (
        _NEGATED.search(words) or older(words)
    )


def _measured(target: str, why: str, match: re.Match[str]) -> Approval:
    groups = match.groupdict()
    be, it = groups.get("be") or "", groups.get("it") or ""
    weak = why == "likes it" and match["likes"] in {"like", "liked"}
    weak = (
        weak or (target == "this" and it == "it" and bool(be)) or bool(re.fullmatch(WEAK_PHRASES, match[0]))
    )
    return Approval(
        target,
        why,
        weak=weak,
        accepting=bool(groups.get("accepts")) or why == "likes it",
        past=be in {"was", "were", "has been", "felt", "came out", "turned out"}
        or match.groupdict().get("likes") in {"loved", "liked"},
    )
