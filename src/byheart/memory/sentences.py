"""What a person states of their own accord, without questions, requests, quotations, code and pasted text."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
# Documents that an application puts into a person's message, as Open WebUI and others mark them.
_DOCUMENT = re.compile(
    r"<(context|sources?|documents?|files?|attachments?)\b[^<>]{0,300}>.*?(?:</\1>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")
_MOST = 20_000  # characters of a message that are read: nobody tells of themselves at greater length
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_SPEAKER_LINE = re.compile(r"^[ \t]*(?:\*\*)?[A-Za-z]\w{1,15}(?:\*\*)?:\s.*$", re.MULTILINE)
_HIDDEN = re.compile(r"`[^`]*`|https?://\S+|\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']{8,}'(?!\w)")
_END = re.compile(r"(?<=[.!?…])[)\"”'\]]*\s+|\s*\n+\s*|(?<=\w)\s*(?=[\U0001F300-\U0001FAFF]\s+\w)")
_ABBREVIATED = re.compile(
    r"\b(?:mr|mrs|ms|dr|st|prof|e\.g|i\.e|vs|approx|no|a\.m|p\.m|[a-hj-z])\.$", re.IGNORECASE
)
_SELF = (
    r"(?:i|i'm|im|i've|ive|i'd|my|we|we're|we've|our)\b(?! (?:think|guess|mean"
    r"|suppose|believe|know|swear|hope so)\b)"
)
_CLAUSE = re.compile(
    rf"\s*(?:[,;:]|\s[-–—]|[,;]?\s(?:and|but))\s+(?:and |but |also )?(?={_SELF})", re.IGNORECASE
)
_TAG = re.compile(
    r",\s+(?:is|are|should|do|does|can|could|what|how|any|which|right"
    r"|you know)\b[^,]*\?$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:\([^)]*\)\s*|(?:ha(?:ha)*|yes|yeah|yep|no|nope|nah|oh(?: no)?|ok|okay"
    r"|well|also|and|but|so|hi|hey|hello|lol|wow"
    r"|ugh|hmm|huh|anyway|btw|by the way|honestly|actually|plus|news|update|thanks|thank you|morning|true"
    r"|good (?:morning|evening|afternoon)|guess what)\b[\s,!.:;…-]+)+",
)
_CONTRACTIONS = {
    "im": "i'm",
    "ive": "i've",
    "dont": "don't",
    "cant": "can't",
    "wont": "won't",
    "didnt": "didn't",
    "doesnt": "doesn't",
    "isnt": "isn't",
    "wasnt": "wasn't",
    "havent": "haven't",
    "hasnt": "hasn't",
    "hadnt": "hadn't",
    "couldnt": "couldn't",
    "wouldnt": "wouldn't",
    "shouldnt": "shouldn't",
    "whats": "what's",
    "hows": "how's",
    "thats": "that's",
    "shes": "she's",
    "hes": "he's",
    "theyre": "they're",
    "youre": "you're",
    "gonna": "going to",
    "wanna": "want to",
    "cannot": "can't",
}
_CONTRACTED = re.compile(rf"\b(?:{'|'.join(_CONTRACTIONS)})\b")
_LONGER = (
    ("i am ", "i'm "),
    ("i have been ", "i've been "),
    ("do not ", "don't "),
    ("did not ", "didn't "),
    ("it is ", "it's "),
)

_ASKS = re.compile(
    r"\?\W*$"
    r"|^(?:(?:what|how|where|who|why|which)(?:'s|'re|'d)?\b(?! (?:(?:always "
    r"|really |usually )?(?:helps|helped|works|worked|calms"
    r"|keeps)|i (?:like|love|hate|need|want|miss|do|fear)|a |an )))"
    r"|^(?:can|could|would|will|do|does|did|is|are|am|was|were|should|shall|has"
    r"|have|may|might) (?:i|you|we|it|he|she|they|there|my|the|this|that)\b"
    r"|^when(?:'s| is| are| do| does| did| was| were| will| can| should)\b"
    r"|\b(?:what|how|where|which|who|when) (?:should|can|could|do|would|much|many) (?:i|we)\b"
    r"|^any (?:idea|advice|tips|thoughts)|\bremind me\b"
)
_VERBS = (
    "write|draft|compose|create|generate|tell|give|help|explain|show|list"
    "|translate|proofread|rewrite|rephrase|summari[sz]e"
    "|edit|fix|correct|improve|shorten|continue|reply|respond|analy[sz]e|review"
    "|make|suggest|recommend|find|calculate|convert"
    "|define|describe|compare|imagine|pretend|suppose|remember to|remind|name"
    "|pick|choose|ask|say|sing|read|check|look|let"
    "|let's|guess|stop|don't|do not|never mind|forget|try|act|play|be|come|go"
    "|think|solve|plan|call(?! me )|email|mail|post|tweet|text|send|delete"
    "|erase|cancel|schedule|set|add|turn|book|order|search|google|put|remove"
    "|mute|dim|switch|increase|decrease|get|use|answer|repeat|wake|open|start"
    "|change|bring|share|upload|download|record"
)
_MANNERS = (
    r"(?:don't|never|stop) (?:ever )?(?:joke|joking|mention|bring up|make jokes"
    r"|making jokes|call me)\b"
)
_ORDERS = re.compile(
    rf"^(?:please |now |then |just |kindly )*(?!{_MANNERS})(?:{_VERBS})\b"
    r"|\b(?:want|need|like|wanted|asking|love) you to\b|^i(?:'d like| want| need"
    r"| would like)(?: some| a bit of)? (?:help|advice|tips|ideas"
    r"|information|an explanation|to know|to hear|to ask|to understand|to see (?:the|a|an|some))\b"
    r"|^i(?:'m| was) (?:looking for|asking|wondering|curious)\b|^(?:if|imagine"
    r"|suppose|hypothetically|for example|let's say|as a|as an)\b"
)
_VOCATIVE = re.compile(rf"^[a-z]+, (?=(?:i|i'm|i've|my|we)\b|(?:{_VERBS})\b)")
_HANDS_OVER = re.compile(rf"^(?:please )?(?:can you |could you )?(?:{_VERBS}|here(?:'s| is| are))\b.*:")
_OTHERWISE = re.compile(
    r"^(?:you|your|you're|you've)\b"
    r"|^i (?:just |already |never |clearly )?(?:said|told you|meant|mean|mentioned|asked|typed|wrote that)\b"
    r"|^i (?:didn't|never) (?:say|said|mean|meant|tell|told|ask|mention|mentioned)\b"
    r"|\b(?:my|the|this|main) (?:character|protagonist)\b|\b(?:the|this|that"
    r"|your) (?:story|poem|code|script|function|query|prompt|error)\b"
    r"|\bin (?:my|a|the) (?:game|dream|book|story|film|movie|show)\b|[{}=<>]{2}|\w\(\)|</|;$"
)
_REPORTED = re.compile(
    r"\b(?P<who>\w+) (?:says?|said|thinks?|thought|claims?|reckons?|told \w+"
    r"|jokes?|joked)(?: that)? (?=(?:i|i'm|i've|my)\b)"
)
_TRUSTED = re.compile(
    r"\b(?:doctor|therapist|gp|physio|physiotherapist|dentist|counsellor"
    r"|counselor|psychologist|surgeon)\b"
)


@dataclass(frozen=True)
class Statement:
    """A clause that states something: `text` verbatim, `plain` for matching (see `plain`)."""

    text: str
    plain: str


@dataclass(frozen=True)
class Sentence:
    """A sentence and its statements; `whole` when nothing in it was a question, a request or the like."""

    text: str
    statements: tuple[Statement, ...]
    whole: bool


def sentences(message: str) -> list[Sentence]:
    """The sentences of a message with what each states, up to where it hands over material to work on."""
    read: list[Sentence] = []
    for text in split(message):
        if _HANDS_OVER.search(plain(text)):
            break
        parts = [part.strip() for part in _CLAUSE.split(_TAG.sub("", text))]
        stated = tuple(Statement(part, plain(part)) for part in parts if _states(part))
        read.append(Sentence(text, stated, len(stated) == len(parts) and not text.rstrip().endswith("?")))
    return read


def own_words(message: str) -> str:
    """A message without the documents that an application put into it."""
    return _DOCUMENT.sub("\n", message)


def _narrowed(blanks: re.Match[str]) -> str:
    return "\n" if "\n" in blanks[0] else " "


def split(message: str) -> list[str]:
    """The sentences of a message, without code, quotations and pasted dialogue."""
    text = _BLANKS.sub(_narrowed, own_words(message[:_MOST].replace("\x00", " ")))
    text = _QUOTED_LINE.sub("", _FENCE.sub("\n", text))
    if len(_SPEAKER_LINE.findall(text)) > 1:
        text = _SPEAKER_LINE.sub("", text)
    pieces: list[str] = []
    for piece in _END.split(text):
        if pieces and _ABBREVIATED.search(pieces[-1]):
            pieces[-1] += " " + piece.strip()
        elif piece.strip():
            pieces.append(piece.strip())
    return pieces


def plain(text: str) -> str:
    """A statement as the patterns read it: lower case, contractions restored, others' words blanked out."""
    words = " ".join(_HIDDEN.sub(" … ", text.replace("’", "'")).lower().split())
    words = _VOCATIVE.sub("", _OPENING.sub("", words))
    words = _CONTRACTED.sub(lambda match: _CONTRACTIONS[match.group()], words)
    for long, short in _LONGER:
        words = re.sub(rf"\b{long}", short, words)
    reported = _REPORTED.search(words)
    if reported and not _TRUSTED.search(words) and not _own(reported):
        rest = re.split(r"(?=[,;])", words[reported.end() :], maxsplit=1)
        words = words[: reported.end()] + "…" + "".join(rest[1:])
    return words


def _own(reported: re.Match[str]) -> bool:
    """`I think I'm ...` is the person's own view; `I told them I'm ...` is only told."""
    return reported["who"] == "i" and " think" in reported.group()


def _states(text: str) -> bool:
    words = plain(text)
    if not 2 <= len(words.split()) <= 50:
        return False
    return not any(pattern.search(words) for pattern in (_ASKS, _ORDERS, _OTHERWISE))
