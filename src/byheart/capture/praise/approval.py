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
from byheart.capture.praise.rules import Rules
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


_CLAUSE = Rules(
    (
        ((target, why), pattern)
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
                r"^(?:that|this|it) (?:is|was) (?:what|the (?:one|answer|\w+)) i (?:was looking for"
                r"|was after|wanted|needed)(?: to \w+)?$|^(?:(?:that|this|it|which|those"
                rf"|your {TEXT_NOUN}) (?:is|was|are|were) )?{DEGREES}(?:exactly"
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
                "others liked the answer",
                r"^(?:my (?:\w+ )?\w+|our \w+|everyone|everybody|they|he|she|we|the (?:kids|family"
                r"|team|guests|whole \w+|\w+))(?: \w+)? (?:(?:loved|adored|enjoyed|devoured"
                r"|demolished|ate|finished) (?:it|them|every \w+|all of it)|(?:squealed|giggled"
                r"|cackled"
                r"|laughed|beamed|cheered|howled|roared)|(?:is|was|are|were) (?:so )?(?:thrilled"
                r"|delighted|impressed|over the moon|in stitches|asleep already)|(?:is"
                r"|are) going to (?:love|howl|laugh|adore|cry)(?: \w+){0,3}|(?:understood"
                r"|got) everything|licked (?:the|their) \w+(?: \w+)?)(?: (?:at|when|by"
                r"|with) (?:\w+ ?){1,5})?$",
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
                r"^you (?:absolute|total|utter|little|beautiful|complete|real|clever|wonderful|bloody"
                rf"|brilliant) (?:\w+ )?{_PERSON}$"
                r"|^you (?:really |always |just |sure |certainly |do |truly )*(?:know|get|understand"
                r"|read) (?:me|us|her|him|them|my \w+) (?:so |too |really |very |pretty )?"
                r"(?:well|like a book|perfectly|better than \w+(?: \w+)?)$|^you (?:always|really|just"
                r"|sure|certainly|clearly) know (?:how to|what to|when to|exactly|just"
                rf"|your) (?:\w+ ?){{1,7}}$"
                r"|^you (?:are|were) (?:so|absolutely|totally|spot on"
                rf"|completely) right about(?: \w+){{1,5}}$|^you have (?:the|a|an|such|such a|such an"
                rf"|quite a|a real|the best) (?:\w+ ){{0,2}}(?:patience|gift|talent"
                r"|knack|heart|memory|imagination|sense of humou?r|taste|eye|ear"
                rf"|way with)\b(?: \w+){{0,4}}$|^you (?:always|really|just|do)? ?(?:tell|explain|say"
                r"|write|put|make|phrase|describe|word)(?: it| that| this"
                r"| things| everything| me)? (?:so|such|very|really|always so) (?!badly|poorly|slow"
                rf"|long|much)\w+(?: \w+){{0,3}}$",
            ),
            (
                "text",
                "it turned out well",
                r"^(?:and )?(?:it |they |this |that |everything |(?:the|my"
                rf"|our) \w+ )?(?:all )?(?:came|turned|worked) out {ARTICLES}(?:{GOOD}|well|fine"
                rf"|beautifully|perfectly|better than \w+(?: \w+)?)\b(?: \w+){{0,3}}$"
                r"|^(?:(?:it |that |this |everything |the (?:code|script|query|formula|command) "
                r"|your \w+ )(?:just |now |finally |actually |all )*(?:works|worked|runs|ran|compiles"
                r"|compiled)|(?:works|worked|runs|ran|compiles"
                r"|compiled))(?: (?:now|perfectly|fine|first time|first try|on the first try"
                r"|the first time|like a charm|great|straight away|right away|beautifully|again"
                r"|flawlessly|out of the box|at last|for me|as expected"
                r"|nicely|well|on first try|just fine|exactly as i wanted|at once"
                rf"|immediately)){{1,2}}{TAIL}$|^(?:it|that|the code|the script) (?:runs|compiles"
                r"|worked|works)$|^(?:works|worked)$|^(?:that |it |this )?(?:fixed|solved|cured"
                r"|sorted)(?: it| that| my \w+| the \w+)?(?: for me)?$",
            ),
            (
                "text",
                "calls it the best",
                r"^(?:(?:that|this|it|these|yours) (?:is|was|are) )?(?:honestly |easily |by far "
                r"|simply )?(?:the )?(?:best|nicest|clearest|loveliest|kindest|funniest|tastiest"
                rf"|finest|sweetest|most \w+) (?:\w+ ){{1,3}}?"
                r"(?:(?:i|we) (?:have |ever )*(?:ever )?\w+|ever|anyone has .*|anybody has .*|so far"
                rf"|yet)(?: \w+){{0,4}}$|^(?:and )?yours (?:is|was) (?:by far "
                r"|easily )?(?:the )?(?:best|clearest|\w+est|better|so much better"
                rf"|{GOOD})\b(?: \w+){{0,3}}$|^(?:it|that|this) (?:is|was) the (?:first"
                r"|only) \w+(?: \w+)? (?:that|which|to|i) (?:\w+ )?(?:works?|worked|helps?|helped"
                r"|makes? sense|made sense|gets?|understand|stuck|sticks)\b.*$"
                r"|^(?:that is |this is |it is )?(?:so much |way |far "
                r"|a lot )?better than (?:anything|everything|mine|all|what (?:i|we)|any|i)\b.*$"
                r"|^finally (?:somebody|someone|an? \w+|a \w+ answer)\b.*$|^(?:so )?much (?:better"
                r"|clearer|nicer|tighter|funnier)(?: (?:now|than \w+|than \w+ \w+|like this|already"
                r"|that way))?$",
            ),
            (
                "text",
                "praises a part of the answer",
                rf"^(?:(?:and|especially|but) )?the (?:\w+ ){{1,2}}(?:thing|bit|part|line|trick|tip"
                r"|idea|image|joke|detail|twist|example|analogy|comparison|ending) (?:is|was|are"
                r"|really is|had me|made me|got me|killed me|cracked)"
                rf" (?:{ARTICLES}{GOOD}|{FELT}|up|me)\b(?: \w+){{0,3}}$|^the \w+(?: \w+)? (?:is|was"
                rf"|are) an? {GOOD} (?:idea|touch|choice|suggestion|pick|call|shout|tip|thought|detail"
                r"|addition)$"
                r"|^what (?:a|an) (?!day|week|night|game|time|year|morning|mess|shame|pity|surprise"
                rf"|coincidence|joke)(?:{GOOD} )?{TEXT_NOUN}\b(?: \w+){{0,3}}$|^(?:just |exactly "
                r"|precisely )?the right (?:balance|tone|words|mix"
                rf"|note|length|amount|size|word|level|advice|answer|thing)\b(?: \w+){{0,5}}$"
                r"|^(?:just |exactly |precisely )(?:how|the way|my (?:kind|sort|cup|taste"
                rf"|style)) ?(?:i|of|it)?(?: \w+){{0,4}}$|^(?:that |it |this )?(?:sounds "
                r"|is )?right up my \w+$",
            ),
            (
                "text",
                "the answer did well",
                rf"^(?:that|this|it|which|your {TEXT_NOUN}) (?:really |just |actually )?(?:reads|flows"
                r"|sounds|looks|scans|runs"
                r"|came out) (?:really |so |very |quite |pretty |absolutely |much )*(?:well|beautifully|nicely|better"
                r"|lovely|natural|naturally|brilliantly|perfectly|smoothly|wonderful)(?: now| like this| as it is)?$"
                r"|^(?:that|this|it) finally (?:clicked|makes sense|made sense)\b(?: \w+){0,3}$"
                r"|^(?:finally )?(?:somebody|someone) (?:who )?(?:explains|gets|understands"
                r"|remembers) (?:it|this|that|me)\b"
                r"(?: \w+){0,4}$|^you (?:always |really )?think of everything$|^you are (?:pure "
                r"|real |absolute )?magic$"
                r"|^i wish i could (?:write|explain|say (?:it|things)|put (?:it|things)"
                r"|think) (?:\w+ )?like (?:you|that)$"
                r"|^(?:totally |really )?saved (?:me|my (?!breath|money)\w+)(?: \w+){0,3}$",
            ),
            (
                "text",
                "glad of the answer",
                r"^(?:that|this|it) (?:really |truly |honestly |genuinely )?means (?:a lot|so much"
                r"|the world|everything)(?: to me| to us)?$|^(?:i am )?(?:so |really |very "
                r"|extremely |super |absolutely )*(?:pleased|happy|delighted|thrilled"
                r"|chuffed|impressed|amazed|blown away|over the moon|in love) (?:with|by"
                r"|at) (?:how (?:it|this|that|you)|it|this|that|the \w+|your \w+"
                r"|what you)\b(?: \w+){0,5}$|^i (?:have |had )?(?:really |finally |honestly "
                r"|totally )?(?:laughed|cried|smiled|chuckled|giggled|groaned|grinned) (?:so |a lot"
                r"|out loud|loudly|hard|real|lots|something|way)(?: \w+){0,3}$|^i (?:could"
                r"|can) not have (?:said|put|found|done|written|asked|hoped|wished|expressed|phrased"
                r"|come)"
                r" (?:\w+ ?){1,6}$|^(?:i )?(?:would|will|could) (?:be|have been) (?:lost|late|stuck"
                r"|screwed) without you$|^i (?:would|will) have (?:forgotten|been|missed"
                r"|got) (?:\w+ )*without you$|^(?:i am )?(?:tearing up|welling up|in tears)(?: here"
                r"| now| reading (?:this|that))?$"
                r"|^(?:that|this|it|you) (?:saved|spared) me (?:\w+ ?){1,5}$|^(?:that|this|it) (?:got"
                r"|gave me|earned) a (?:\w+ ){0,2}(?:laugh|smile|chuckle|giggle)(?: \w+){0,4}$"
                r"|^(?:chapeau|respect|mad respect|big up|shoutout to you|gold star for you"
                r"|you deserve a \w+)$",
            ),
            (
                "you",
                "praises the assistant",
                rf"^you (?:are|were|really are|sure are|truly are|are really|have been|have always been)"
                rf" {ARTICLES}(?:my )?{DEGREES}(?:(?!not|never|no"
                rf"|hardly)\w+ )?{_PERSON}(?: (?:and )?{DEGREES}{_PERSON})?(?: {TEXT_NOUN})?(?:"
                rf" (?:bot|assistant|friend|coach|in the (?:whole )?world|ever|today|at (?:this|that|it"
                rf"|\w+ing)(?: \w+)?|with (?:words|names|that|this|\w+)|you know(?: that)?|thank you.*|thanks.*"
                rf"|(?:much )?appreciated|tonight|this morning|too|i have .*|as always|sometimes|when you"
                rf" .*))?$",
            ),
            (
                "you",
                "praises what the assistant did",
                r"^(?!you have a good (?:one|day|time))you (?:have )?(?:just |really |always |do "
                r"|did )?(?:did|done|do|made|make|wrote|gave"
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
                r"|kind of you|good of you|glad(?: that)?) you (?:actually |even "
                r"|still )?(?:remembered|know|knew|thought of|managed"
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
    ),
)
_OWED = re.compile(r"\w thanks to (?:you|your \w+)(?: \w+)?$")
_HARMED = re.compile(r"\b(?:not|never|lost|late|broken?|fired|failed|worse|wrong|ruined|sick|missed)\b")
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
    for (target, why), match in _CLAUSE.matches(words):
        if _meant(words, why):
            return _measured(target, why, match)
    if "thanks to you" in words and _OWED.search(words) and not _HARMED.search(words):
        return Approval("text", "owes it to the answer")
    if _BARE.match(words) and _meant(words, ""):
        return Approval("bare", "one approving word alone", weak=True, accepting=True)
    return None


def _meant(words: str, why: str) -> bool:
    """Whether the words mean it: no negation in front of them, no wish, not an older answer."""
    if re.search(IDIOMS, words) or why.startswith(
        ("glad", "it turned out", "calls it the best", "the answer did well")
    ):
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
