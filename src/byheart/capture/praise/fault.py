"""Does a clause find fault with what the assistant said?"""

import re
from dataclasses import dataclass

from byheart.capture.praise.blame import BLAME, asked
from byheart.capture.praise.rules import Rules
from byheart.capture.praise.words import ACCEPTING, BAD, DEGREE, JUDGING, TEXT, TEXT_THE, TOO, listed, one_of

_BAD = one_of(BAD)
_TEXT = one_of(TEXT)
_DEGREE = (
    DEGREE
    + """, a, an, the, a bit, a little, a tad, way, far, still, sort of, somewhat, plain, complete, total,
    historically, factually, technically, blatantly, outright, clearly, obviously, hopelessly, terribly, awfully,
    mathematically, grammatically, medically, legally, embarrassingly, painfully, kind of"""
)
_INT = (
    rf"(?:{one_of(_DEGREE)}"
    rf" ){{0,4}}"
)
_OWN = (
    rf"(?:(?:that|this|your|those|these) (?:(?!is|was|are|were)\w+ ){{0,2}}?{_TEXT}|the (?:\w+"
    rf" )?{one_of(TEXT_THE)}"
    r"|the (?:ending|beginning|first line|last line|tone|second \w+|third \w+|rhyme|rhythm"
    r"|figures?|numbers?|dates?|spelling|code|link)"
    r"|what you (?:said|wrote|did|suggested)|half of (?:it|that|this))"
)
_BE = (
    "(?:is|was|are|were|sounds|sounded|looks|looked|reads|feels|felt|seems|seemed|has been"
    "|came across|comes across)"
)
_NO = "(?:not|never|hardly|barely|far from|anything but|less than|nowhere near|scarcely)"
_GOOD = one_of(
    ACCEPTING
    + ","
    + JUDGING
    + ", right, correct, true, accurate, enough, good enough, okay, ok, fine, what i, real,"
    " ready, appropriate, fair, nice of you"
)


@dataclass(frozen=True)
class Fault:
    """A fault found. `target`: text, you, this or bare."""

    target: str
    why: str
    weak: bool = False


_CLAUSE = Rules(
    (
        ((target, why), pattern)
        for target, why, pattern in (
            ("text", "faults the answer", rf"^(?:but )?{_OWN} {_BE} {_INT}(?:{_BAD}|too {one_of(TOO)})\b"),
            (
                "text",
                "faults the answer",
                rf"^{_OWN} {_BE} (?:really |just |still )?{_NO} (?:\w+ ){{0,2}}?{_GOOD}\b",
            ),
            (
                "text",
                "faults the answer",
                rf"^{_OWN} (?:still )?(?:does|do|did|has|have|makes|made|is|was|fails?|failed|miss(?:es"
                rf"|ed)|ignores?|lacks?|needs|drags|rambles|contradicts|falls|fell)(?: not| no| never"
                rf"| nothing)?(?:"
                rf" (?:work|help|rhyme|make sense|fit|answer|sense|sound|compile|run|land|the point|flat"
                rf"|short|any sense|my question|half|what|ending))",
            ),
            (
                "text",
                "names a bad answer",
                rf"^(?:what )?(?:a |an |such a |that is a |another |pretty |rather |really |very |quite"
                rf" ){{0,3}}{_BAD} {_TEXT}$",
            ),
            (
                "you",
                "faults the assistant",
                rf"^you (?:are|were|sound|are being|are just|are still|sounded) {_INT}{_BAD}\b",
            ),
            (
                "you",
                "faults the assistant",
                rf"^you (?:are|were) (?:really |just |still )?{_NO} (?:\w+ ){{0,2}}?(?:{_GOOD}|helping|listening"
                rf"|making|getting|paying|answering|reading|understanding)\b",
            ),
            (
                "you",
                "faults what the assistant did",
                r"^you (?:(?:just|completely|totally|clearly|really|still|also|always|even|simply|obviously"
                r"|have|only) ){0,3}(?:missed|misunderstood|misread|misheard|misinterpreted|misinterpret"
                r"|misunderstand|ignored|forgot|forget|invented|hallucinated|made (?:that|it|this|something"
                r"|things|all of that) up|made up|make (?:that|it|this|stuff|things) up|keep (?!me|it|up"
                r"|them|going|your|my)\w+|repeated|repeat yourself|mixed|confused|confuse|skipped|dodged"
                r"|contradicted|lied|messed|screwed|suck|got (?:it|that|this|me|my \w+|her \w+|his \w+"
                r"|the \w+)(?: \w+){0,2}? (?:wrong|backwards|mixed up)|left out|omitted|lost the plot|botched"
                r"|overdid|have no idea|do not know anything|do not know what|know nothing|are supposed"
                r" to)\b",
            ),
            (
                "you",
                "faults what the assistant did",
                r"^(?:i (?:think|feel like) )?you (?:did not|do not|have not|never|are not|can not|could"
                r" not|will not)(?: (?:even|really|actually|quite|seem to|get to))? (?:answer|understand"
                r"|understood|listen|listening|read|get|got|remember|help|follow|include|use|do what|address"
                r"|mention|know what|pay|care|make|include|included|answered|finish|check|take|hear)\b",
            ),
            (
                "this",
                "faults the answer",
                rf"^(?:that|this|it|which|those|these|that one|this one|it all)(?: just| really| still|"
                rf" also| simply| all| now)? {_BE} {_INT}(?:{_BAD}|too {one_of(TOO)})(?: (?:for|and|in|at"
                rf"|to|of|on|as|again|today|now|even|than|from|by|here|there|this time|honestly|advice"
                rf"|answer)\b(?:"
                rf" \w+){{0,6}})?$",
            ),
            (
                "this",
                "faults the answer",
                rf"^(?:that|this|it|which|those|that one|this one)(?: just| really| still| also| simply)?"
                rf" {_BE} (?:really |just |still |even |so |a |at all |quite )?{_NO} (?:(?!yet|me\b|my\b)\w+"
                rf" ){{0,2}}?{_GOOD}\b",
            ),
            (
                "text",
                "it is not what they asked",
                r"^(?:(?:that|this|it|which) (?:is|was) )?(?:really |just |still )?not (?:quite |really"
                r" |at all |exactly |even (?:close to )?)?(?:what|the \w+|how) i (?:asked|wanted|meant"
                r"|said|was (?:looking|asking|hoping|after)|had in mind|need|needed|told|requested)\b",
            ),
            (
                "text",
                "denies what was said",
                r"^(?:that|this|it) (?:never happened|is not (?:my|her|his|their|the right|how|where|when"
                r"|who|even)\b.*|was not (?:my|her|his|their)\b.*|is not (?:true|right|correct|it)|did"
                r" not happen.*|was not (?:me|right|true|correct))$",
            ),
            (
                "you",
                "had to say it twice",
                r"^i (?:have )?(?:already |just )?(?:told you|said|told) (?:that|this|it)"
                r"(?: (?:to you|twice|already|before|many times|three times"
                r"|a (?:hundred|thousand|million) times))?$",
            ),
            (
                "you",
                "denies having said it",
                r"^(?:but )?(?:i|we) (?:have )?(?:never|did not)(?: ever)? (?:said|say|told|tell|mention"
                r"|mentioned|mean|ask|asked)(?: \w+){0,8}$",
            ),
            (
                "this",
                "it does not work",
                r"^(?:that|this|it|which|the code|the script|the link|the recipe|the formula)(?: just|"
                r" really| still| also| simply| all)? (?:does not|did not|do not|is not|makes no|made no"
                r"|will not|misses|missed|fails|failed|crashes|crashed|breaks|broke|gives|throws|contradicts"
                r"|lacks|ignores|has no|falls)(?: \w+){0,2}? (?:work|working|help|helping|make sense|sense"
                r"|answer|compile|run|fit|rhyme|the point|the mark|again|flat|the same|an error|errors?"
                r"|on the|add up|match|loading|apply|sound|land|really|my question|short|what i|ending"
                r"|at all)\b(?: \w+){0,6}$",
            ),
            (
                "this",
                "it does not work",
                r"^(?:that|this|it|which|the code|the script|the link|the formula)(?: just| really| still"
                r"| also| simply)? (?:misses|missed|fails|failed|crashes|crashed|does not|did not)$",
            ),
            (
                "this",
                "it still fails",
                r"^(?:it |that |this )?still (?:fails?|wrong|broken|not|does not|the same (?:error|problem"
                r"|mistake)|crashes|failing|an error|getting (?:the same|an) \w+|too \w+|no\b.*)(?: \w+){0,6}$",
            ),
            (
                "text",
                "dislikes it",
                rf"^i (?:(?:really|just|honestly|absolutely|do|also) ){{0,2}}(?:hate|hated|dislike|disliked"
                rf"|(?:do|did|could|can) not (?:(?:really|much|particularly|at all) )?(?:like|love|enjoy|buy"
                rf"|appreciate|care for|follow any of|stand|agree with))"
                rf" (?:(?:it|that|this)(?: one| at all| much| either| today)?$|{_OWN}"
                rf"|(?:how|the way|(?:it )?when|where) you(?: \w+){{0,6}}$|your \w+(?: \w+){{0,4}}$)",
            ),
            (
                "you",
                "faults what the assistant did",
                r"^you (?:are|keep) (?:just |only |always )?(?:fussing|nagging|rambling|lecturing|preaching"
                r"|repeating|patroni[sz]ing|guessing|inventing|making|dodging|overreacting|mocking|ignoring"
                r"|talking too much|confusing|mixing|missing|being (?:rude|mean|preachy|silly|unfair|harsh"
                r"|too \w+))\b|^you (?:talk|say|joke|write|assume) (?:too|far too|way too) much|^you always"
                r" (?:make a joke|joke|have to joke|say that|do that|get that wrong|forget)\b|^i would"
                r" (?:ask you (?:to mind|not)|prefer (?:it )?(?:if you|you)|rather you)\b".replace(
                    "\\\\", "\\"
                ),
            ),
            (
                "you",
                "disappointed",
                r"^(?:i am |i was |that is |a bit |pretty |very |really |so ){0,3}(?:disappointed(?: (?:in"
                r"|by|with) (?:you|that|this|your .*))?|not impressed|unimpressed|not amused|not buying"
                r" it|not convinced|let down by (?:you|that|this))$",
            ),
            (
                "text",
                "tells it to stop",
                r"^(?:please )?(?:please |can you |and )?(?:stop|quit|enough with|enough of|spare me|cut"
                r" out|no more|no|skip|drop|less of) (?:(?:with )?(?:the|your|that|those) (?:\w+ )?(?:jokes?"
                r"|lectures?|lecturing|puns?|nonsense|act|cliches?|platitudes|sarcasm|advice|pep talks?"
                r"|maths?|stuff)(?: (?:about|today|tonight|please|now|on|for)\b.*)?$|(?:the )?\w+(?: \w+)?"
                r" (?:stuff|jokes)$|lecturing|patroni[sz]ing|repeating|joking about|making (?:jokes|fun)"
                r"|making (?:things|stuff|it|that) up|saying that|saying|being so|apologi[sz]ing"
                r"|preaching|guessing|inventing|ignoring"
                r"|calling me)\b",
            ),
            (
                "text",
                "a set phrase of blame",
                r"^(?:anything but (?:clear|helpful|funny|useful)|thumbs down|thumbsdown|try again|do better"
                r"|you can do better(?: than that)?|thanks for nothing|big help|some help you are|a lot"
                r" of help you are|fat lot of good that (?:does|did|is).*|way off|not even close|wide of"
                r" the mark|missed the mark|misses the mark|misses the point|missed the point|swing and"
                r" a miss|hard pass|nice try|good try|yeah right|as if|good effort i suppose|nice effort"
                r" i suppose|(?:great|nice|good|fantastic|brilliant|excellent) job (?:breaking|ruining"
                r"|forgetting|losing|missing|ignoring)\b.*|could be (?:better|funnier|shorter|clearer|warmer)"
                r"|could have been (?:better|funnier|shorter|clearer|warmer|kinder)|no help at all|what"
                r" a (?:load of .*|joke|mess|letdown|let down|disappointment|waste.*)|not (?:(?:cool|funny)(?:"
                r" (?:today|right now|anymore|at all))?|helpful|good|great|good enough|very (?:good|helpful"
                r"|funny)|really(?: (?:good|helpful|funny))?|so (?:good|funny|helpful|great)|too (?:good"
                r"|helpful|great)|correct|right|true|true at all|even funny|helping|helpful at all|impressed"
                r"|amused|a good (?:one|answer|joke)|your best(?: \w+)?|the point|nice|okay|quite right"
                r"|quite|that one|clever)|(?:hardly|barely|far from|anything but|less than|nowhere near)"
                r" (?:useful|helpful|funny|perfect|clear|good|ideal|convincing|great|original|accurate"
                r"|it)|no good|not a fan(?: of .*)?|seriously lame|ouch that hurt|that hurts?|that hurt"
                r" my feelings|that was uncalled for|learn to (?:read|listen|count).*|this ai sucks|this"
                r" sucks|that sucks|that (?:joke|answer|reply) sucks|sucks)$",
            ),
            (
                "bare",
                "one word of blame alone",
                rf"^{_INT}(?:{_BAD}|too {one_of(TOO)}|thumbsdown)(?: (?:\w+ )?(?:before|after|at) \w+| \w+"
                rf" (?:before|after|at) \w+| (?:maths?|detail|text|talk|advice|information|fluff|sarcasm"
                rf"|sugar|drama))?(?: (?:and )?{_INT}{_BAD})?(?: (?:for (?:a|an|my|the|me) (?:\w+ ?){{1,4}}"
                rf"|again|though|honestly|answer|at the end|in places|i am afraid))?$",
            ),
            *BLAME,
        )
    ),
)


def complaint(words: str) -> Fault | None:
    """The fault that a question finds, or None."""
    why = asked(words)
    return Fault("you", why) if why else None


def fault(words: str) -> Fault | None:
    """The fault that a clause finds, or None."""
    if words in {"that is too bad", "too bad", "not too bad"}:
        return None
    if not (found := _CLAUSE.match(words)):
        return None
    target, why = found[0]
    target = "bare" if words.startswith("not ") and "set phrase" in why else target
    return Fault(target, why, weak=target == "bare" or (target == "this" and words.startswith("it ")))


_TOWARDS = re.compile(
    r"^(?:and |but |so |well |still |now )*(?:(?:that|this|these|those|which) (?:is|was|are|were|does"
    r"|did|has|had|will|can"
    r"|took|takes|made|makes|says|said|just|still|only|really|never|looks?|sounds?|reads?|feels?"
    r"|seems?|leaves?|ignores?"
    r"|needs?|goes|gets|got|misses|tells|ended|ends|came|shows) |you (?!too\b|are (?:not"
    r"|never) (?:alone|wrong|bad)\b|will\b)"
    r"|your \w+ |half of \w+ |the whole \w+ |all of (?:it|this|that) |(?:did|does|was|is) not "
    r"|there (?:is|are|was) (?:way |far |no |not ))"
)
_HARMLESS = re.compile(
    r"\b(?:matter|bother|necessary|problem|mind|worry|hurry|surprised?|hard|difficult|easy|yet|hungry"
    r"|sleep|welcome|alone|until|unless|if|would"
    r"|could|might|may|wish|hope|know what|sure|happen|all day|for everyone|have to|need to|want to"
    r"|wonder|why|because|anymore|any more|not (?:a |so |that |too |half )?bad|too bad|not (?:too"
    r"|that|so) far|no doubt"
    r"|no matter|only fair|not only|not just|go wrong|wrong with (?:me|him|her|my)|i|my|me|he|she|we"
    r"|they|him|her|people|someone|everyone)\b"
)
_AGAINST = listed(
    """not never no nothing none nobody hardly barely without worse worst ruined forever wrong
    missing broken failed fake skipped restated ignored nonsense rubbish garbage useless pointless
    boring lame awful terrible horrible bad dull stale tale lie lies lied mess joke waste wasted
    disaster fail failure error errors mistake mistakes incorrect false untrue backwards upside
    irrelevant unrelated contradicts contradict sloppy lazy weird strange odd confusing confused
    misleading pretentious flowery circular overkill disappointing disappointed useless trash stupid
    dumb silly ridiculous"""
)


def disfavours(words: str) -> bool:
    """Whether a short clause about the answer, or the one who gave it, is negative without a known turn of phrase."""
    tokens = words.split()
    return (
        1 < len(tokens) <= 14
        and not _AGAINST.isdisjoint(tokens)
        and bool(_TOWARDS.match(words))
        and not _HARMLESS.search(words)
    )
