"""From clauses to one judgement of the assistant's previous message.

Order of the rules: praise taken back, the person's own slip, what would have been right, faults, praise.
Praise that is followed by a fault is never positive, nor is praise that could be an answer to the assistant.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from byheart.capture.praise.aim import about_elsewhere, refusal
from byheart.capture.praise.asides import agrees, hypothetical, thanks
from byheart.capture.praise.beside import compared
from byheart.capture.praise.clauses import split
from byheart.capture.praise.compare import Heard
from byheart.capture.praise.correction import contrast, denial, own_slip, taken_back
from byheart.capture.praise.fault import disfavours
from byheart.capture.praise.languages import language
from byheart.capture.praise.normalise import clean, words
from byheart.capture.praise.own import Phrases, original
from byheart.capture.praise.packs import PACKS, judge
from byheart.capture.praise.reading import Read, head_of, read_clause
from byheart.capture.praise.setting import Setting

LABELS = ("praise", "criticism", "correction", "none")


@dataclass(frozen=True)
class Judgement:
    """What a user message says of the assistant message before it.

    `label` is one of LABELS; `strength` is strong (it names its target, or what is right), weak, or empty;
    `span` holds the words that decided, `why` the reason. `asks` tells whether the message also asks for
    something new, `alone` whether it holds nothing but the judgement, `takes_back` whether it takes earlier
    praise back.
    """

    label: str
    strength: str = ""
    span: str = ""
    why: str = ""
    asks: bool = False
    alone: bool = False
    takes_back: bool = False


MODES = ("clauses", "original")


def classify(
    previous_assistant: str,
    user: str,
    persona_name: str = "",
    *,
    phrases: Phrases | None = None,
    mode: str = "clauses",
) -> Judgement:
    """Judge `user`, the message right after `previous_assistant` (empty: not known).

    `phrases` are the owner's own and go before every rule; `mode` is one of MODES: `original` only looks for
    the phrases that praise was first told by.
    """
    if mode == "original":
        found = original(user, persona_name)
        return (
            Judgement("praise", "strong", found, "a phrase of the original list")
            if found
            else Judgement("none", why="no phrase of the original list")
        )
    text = clean(user, previous_assistant)
    if phrases is not None and (own := phrases.find(text)):
        return Judgement(own[1], "" if own[1] == "none" else "strong", own[0], "a phrase of the owner's own")
    return _judge(text, previous_assistant, user, persona_name)


def _judge(text: str, previous_assistant: str, user: str, persona_name: str) -> Judgement:
    code = language(text, previous_assistant)
    if code != "en":
        return _foreign(code, text, previous_assistant)
    read = [read_clause(clause) for clause in split(text, persona_name)]
    if not read:
        return _wordless(user, text, previous_assistant)
    setting = Setting(previous_assistant)
    asks = any(r.clause.task and not r.approval for r in read)
    found = (
        _taken_back(read)
        or _corrected(text, read, setting, previous_assistant)
        or _faulted(read, setting)
        or _praised(read, setting)
    )
    alone = not asks and not any(r.states for r in read)
    return Judgement(found.label, found.strength, found.span, found.why, asks, alone, found.takes_back)


def _foreign(code: str, text: str, previous: str) -> Judgement:
    """A message in another language, judged by its phrase pack; without a pack it is not judged."""
    if code not in PACKS:
        return Judgement("none", why="not judged: no phrase pack for this language")
    found = judge(code, text, previous, asked=Setting(previous).asks)
    return Judgement(found.label, found.strength, found.span, found.why)


_PASTED_ERROR = re.compile(r"\s*(?:```\w*\s*)?(?:Traceback|\w{0,40}(?:Error|Exception)\b|error:|fatal:)")
_CODE = re.compile(r"`|\w\(|[=;{}<>]")
_REFUSES = re.compile(r"\W*(?:(?:um+|uh+|er+|hm+|well|oh) ?\W*)?(?:no+pe|no+|nah|wrong)\W*$", re.IGNORECASE)


def _wordless(user: str, text: str, previous: str) -> Judgement:
    """A message without words of its own: an error that the answer's code raised, a bare `no`, or just paste."""
    if _PASTED_ERROR.match(user) and _CODE.search(previous):
        return Judgement("criticism", "weak", user.strip()[:80], "reports an error", alone=True)
    if previous and _REFUSES.match(text) and not Setting(previous).open:
        return Judgement("criticism", "weak", text.strip(), "only says no", alone=True)
    return Judgement("none", why="nothing but pasted or quoted text")


def _taken_back(read: list[Read]) -> Judgement | None:
    for r in read[:3]:
        if r.clause.words and taken_back(r.clause.words) and not r.clause.asks:
            return Judgement("criticism", "strong", r.clause.raw, "takes the praise back", takes_back=True)
    return None


def _corrected(text: str, read: list[Read], setting: Setting, previous: str) -> Judgement | None:
    if any(own_slip(r.clause.words) for r in read[:5]):
        return Judgement("none", why="the person corrects their own words")
    heard = Heard(previous)
    for sentence in _SENTENCE.findall(text[:_READ])[:4]:
        refuses = _NO.match(sentence)
        if sentence.rstrip().endswith("?") or not (refuses or _NOT.search(sentence)):
            continue
        pieces = [r.clause.words for r in read if r.clause.raw in sentence]
        if "," in sentence or len(pieces) != 1:
            pieces.insert(0, " ".join(words(sentence[:_LONGEST])))
        if any(" not " in f" {piece} " and contrast(piece, heard) for piece in pieces) and not (
            setting.asks and not setting.offers and _DENIES.match(sentence)
        ):
            return Judgement("correction", "strong", sentence.strip(), "says what is right and what was not")
        if refuses and (stated := denial(sentence)) and setting.stated:
            strength = "strong" if setting.known else "weak"
            return Judgement("correction", strength, sentence.strip(), f"denies and states: {stated}"[:80])
    label, span, why = compared(read, setting, heard) if setting.known else ("", "", "")
    if label and not setting.void:
        return Judgement(label, "strong" if label == "correction" else "weak", span, why)
    return _made_right(read, setting)


_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]*(?:(?=\d)[^.!?;\n]+[.!?;]*)?")
_READ, _LONGEST = 400, 200
"""Characters of a sentence in which a contrast is looked for."""
_NOT = re.compile(r"(?i)not\b|n't\b|\b(?:isnt|wasnt|doesnt|didnt|dont|arent|cant)\b")
_NO = re.compile(
    r"(?i)\s*(?:(?:um|uh|er|hm+|wait|well|oh|ah|sorry)[ ,.]+)?(?:no|nope|nah|wrong|incorrect|not|that)\b"
)
_DENIES = re.compile(r"(?i)\s*(?:no|nope|nah)\b")


def _made_right(read: list[Read], setting: Setting) -> Judgement | None:
    """A fault followed by a fact, or a phrase that says what the answer should have been."""
    for place, r in enumerate(read[:5]):
        first = not r.clause.joined and not any(_long(o) for o in read[:place])
        if r.right and first and not (r.clause.asks or r.clause.dictated or setting.asks):
            return Judgement("correction", "strong", r.clause.raw, r.right)
        answering = setting.asks and r.fault is not None and r.fault.target in {"this", "bare"}
        if r.fault is None or answering or not _UNTRUE.search(r.clause.words):
            continue
        fact = next((o for o in read[place + 1 : place + 3] if _tells(o)), None)
        if fact:
            span = f"{r.clause.raw}, {fact.clause.raw}"
            return Judgement("correction", "strong", span, f"{r.fault.why}, and says what is right")
    return None


def _long(r: Read) -> bool:
    return r.states and r.clause.words.count(" ") > 1


def _tells(r: Read) -> bool:
    return bool(_FACT.match(r.clause.words)) and not (r.clause.asks or r.approval or r.fault)


_UNTRUE = re.compile(
    r"\b(?:wrong|incorrect|inaccurate|false|untrue|mixed up|backwards|confused?|misheard|misread"
    r"|misunderstood|forgot|invented|made"
    r"|never|not (?:true|right|correct|my|her|his|their|the|it|how|when|where|who|what))\b|^not "
)
_FACT = re.compile(
    r"^(?:we|it|they|he|she) (?:travel|leave|live|meet|work|start|open|close|play|fly|arrive|stay)\b"
    r"|^(?:it|he|she|they|his|her|their|the \w+|my \w+|her \w+|his \w+|my name|that|there|we"
    r"|i)(?: \w+)?"
    r" (?:is|was|are|were|has|have|had|lives?|works?|starts?|said|asked|wanted|called|moved"
    r"|comes?|happened|goes)\b(?! (?:not|so|too|to be)\b)"
)


def _faulted(read: list[Read], setting: Setting) -> Judgement | None:
    head = head_of(read)
    praise = any(r.approval and not refusal(head, n, read, setting) for n, r in enumerate(head))
    for place, r in enumerate(head):
        if r.fault and _meant(head, place, read, setting, praise):
            strength = "weak" if r.fault.weak and not praise else "strong"
            why = f"praise, and then {r.fault.why}" if praise else r.fault.why
            return Judgement("criticism", strength, r.clause.raw, why)
    if praise:
        return _cancelled(head)
    found = _ironic(head) or _disfavoured(head, setting)
    return None if found is None or setting.open else found


def _meant(head: list[Read], place: int, read: list[Read], setting: Setting, praise: bool) -> bool:
    """Whether a fault is found with the answer, not with the world that the person tells of."""
    r = head[place]
    if r.fault is None or ("denies" in r.fault.why and _concurs(read, r)):
        return False
    if r.fault.target not in {"this", "bare"}:
        return True
    greets = (
        setting.news
        and not r.clause.named
        and (r.fault.target == "bare" or r.fault.why == "faults the answer")
    )
    teasing = r.fault.target == "bare" and r.clause.laughs
    answering = setting.only_asks and not praise
    return not (teasing or answering or about_elsewhere(head, place) or greets)


def _concurs(read: list[Read], r: Read) -> bool:
    """Whether the person has just agreed: `Quite right, I never mentioned it.`"""
    return any(agrees(o.clause.words) or o.clause.acknowledges for o in read[: read.index(r)])


def _cancelled(head: list[Read]) -> Judgement | None:
    """Praise that a `but`, or a `great, now it is broken`, takes the worth from."""
    praised = False
    for r in head:
        text = r.clause.words
        if praised and r.clause.turned and not r.approval and text:
            if r.clause.task or hypothetical(text):
                return Judgement("none", "", r.clause.raw, "praise, but then a wish")
            if _ABOUT_SELF.match(text):
                return Judgement("none", "", r.clause.raw, "praise, but then something else")
            return Judgement("criticism", "strong", r.clause.raw, "praise, but")
        if praised and not r.approval and _TRAILING_FAULT.match(text):
            return Judgement("criticism", "strong", r.clause.raw, "praise with a reservation")
        praised = r.approval is not None or (praised and not r.states)
    return _ironic(head)


def _ironic(head: list[Read]) -> Judgement | None:
    """`Marvellous, now the printer is on fire.`"""
    for r, after in pairwise(head):
        if r.approval and r.clause.sentence == after.clause.sentence and _IRONIC.match(after.clause.words):
            return Judgement(
                "criticism", "weak", after.clause.raw, "ironic: praise, and then what went wrong"
            )
    return None


def _disfavoured(head: list[Read], setting: Setting) -> Judgement | None:
    """A clause that speaks of the answer or its maker in the negative, though no rule knows the fault: weak."""
    if not setting.known or setting.void or setting.news:
        return None
    for place, r in enumerate(head[:3]):
        if r.approval or (r.clause.task and not _SUBJECTLESS.match(r.clause.words)):
            return None
        if not r.clause.asks and not r.clause.joined and disfavours(r.clause.words):
            if about_elsewhere(head, place):
                return None
            return Judgement("criticism", "weak", r.clause.raw, "speaks of the answer in the negative")
    return None


_SUBJECTLESS = re.compile(r"(?:did|does|was|is) not\b")
_ABOUT_SELF = re.compile(
    r"^(?:i|we) (?!(?:asked|wanted|said|meant|told|did not|needed|was (?:asking"
    r"|looking))\b)(?!.*\b(?:you|your|that|this|it)\b)"
)
_TRAILING_FAULT = re.compile(
    r"^(?:only|just|except|apart from|aside from|other than|shame|pity|too bad|if only|(?:a"
    r" (?:bit|little|tad)|slightly|somewhat|rather|maybe)"
    r" (?:too )?\w+(?: (?:for|at|in|though)\b.*)?$|i suppose|i guess|not that it helps|still"
    r" wrong|for once$)\b(?! in time| the same|.* to (?:say|know))"
)
_IRONIC = re.compile(
    r"^(?:now (?:the|my|it|everything|nothing|we|i|there|another|yet another)|yet another|another"
    r"|(?:the|my) \w+ (?:is|just|has))\b(?=.*\b(?:not|no|error|errors|broken|broke|fire|crash(?:es"
    r"|ed)?|"
    r"fail(?:s|ed)?|wrong|worse|lost|stuck|gone|dead|burning|burned|ruined|nothing|locked|ticket|bug|bugs)\b)"
)


def _praised(read: list[Read], setting: Setting) -> Judgement:
    head = head_of(read)
    if setting.void and any(r.approval for r in head):
        return Judgement("none", why=f"approval, but {setting.void}")
    refused = ""
    for place, r in enumerate(head):
        if r.approval:
            reason = refusal(head, place, read, setting)
            if not reason:
                weak = r.approval.weak and not (
                    r.clause.named and r.approval.target == "bare" and len(head) == 1
                )
                return Judgement("praise", "weak" if weak else "strong", r.clause.raw, r.approval.why)
            refused = refused or reason
    if refused:
        return Judgement("none", why=refused)
    if any(thanks(r.clause.words) for r in read[:3]):
        return Judgement(
            "none", "weak", next(r.clause.raw for r in read if thanks(r.clause.words)), "thanks alone"
        )
    return Judgement("none", why="no judgement of the answer")
