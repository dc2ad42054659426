"""What the assistant had just said: approval after a question, an offer or news means something else."""

import re
from dataclasses import dataclass

from byheart.capture.praise.normalise import words

_ENDS = re.compile(r"[.!?…\n]+")
_AFTER_END = " \n\t\"'”’*_)]"
_OFFER = re.compile(
    r"\b(?:shall (?:i|we)|should (?:i|we)|want me to|would you like|do you want|can i|may i"
    r"|could i|ready (?:to|for)"
    r"|how about|what about|shall it be|sounds? good|does that (?:work|sound|suit|help|make"
    r" sense)|is that (?:ok|okay|right)"
    r"|or would you|would that|do i|am i right|did i get|have i got|care (?:to|for)|fancy)\b"
)
_OFFERED = re.compile(
    r"\b(?:i (?:can|could|will|would) (?:also |happily |gladly )?(?!not)(?:\w+ ){1,8}if you"
    r" (?:like|want|wish)|just say the word"
    r"|if you (?:like|want|wish)(?: me to)?,? i|say (?:yes|the word)|tell me which|let me know"
    r" which|rate |out of (?:ten|five|10|5))\b"
)
_ABOUT_THEM = re.compile(
    r"\b(?:how (?:is|was|are|were|did|do|does|has|have|s|about)|what (?:was|is|did|do|are|were"
    r"|have|has|would)|did you|have you"
    r"|were you|was it|was that|is it|is your|are you|was the|was your|when|where|which|who"
    r" (?:is|was|did|are))\b"
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|welcome|good (?:morning|afternoon|evening)|greetings)\b.{0,200}$", re.DOTALL
)
_REFUSAL = re.compile(
    r"(?:i am (?:sorry|afraid)|sorry|apologies|unfortunately|i apologi[sz]e)\b.{0,40}\b(?:can"
    r" not|could not|unable|not able|will not"
    r"|do not have|went wrong|error|fail(?:ed)?|not possible|try again)\b|(?:i can not|i am"
    r" unable to|i am not able to|as an ai\b)"
    r"|(?:error|internal server error|something went wrong|request timed out|rate limit)\b"
)
_NEWS = re.compile(
    r"\b(?:congratulations|congrats|good news|great news|results? (?:is|are) in|has (?:arrived"
    r"|landed|shipped|been (?:approved|accepted"
    r"|delivered|confirmed|booked|added|set|cancelled|saved|sent))|have (?:arrived|landed|been"
    r" (?:approved|accepted|delivered|confirmed"
    r"|booked|added|set|sent))|is (?:booked|confirmed|on its way|on the way|ready|set|scheduled"
    r"|approved|delivered|out for delivery)"
    r"|are (?:booked|confirmed|on their way|ready|set)|you (?:passed|have passed|won|have won"
    r"|got (?:in|the)|have been|scored)"
    r"|your (?:order|parcel|package|flight|train|application) (?:is|was|has|will)"
    r"|won the|sunny|on time|no delays|in stock|is free|is open|are open|is available|refund(?:ed)?"
    r"|i have (?:booked|set|added|sent|saved|ordered|scheduled"
    r"|noted|turned|switched))\b"
)


@dataclass(frozen=True)
class Setting:
    """The previous assistant message in what matters: does approval answer it?"""

    known: bool = False
    asks: bool = False
    offers: bool = False
    about_them: bool = False
    news: bool = False
    void: str = ""

    @property
    def open(self) -> bool:
        """Whether short approvals answer it."""
        return self.asks or self.offers


def read_setting(previous: str) -> Setting:
    """Read the previous assistant message. Its end decides about questions, its start about refusals."""
    text = previous.strip()
    if not text:
        return Setting()
    tail = text[-400:].rstrip(_AFTER_END)
    ends = [match.end() for match in _ENDS.finditer(tail, 0, max(0, len(tail.rstrip(".!?…"))))]
    last = tail[ends[-1] :] if ends else tail
    asks = "?" in last
    ending = " ".join(words(text[-300:])[-40:]) if asks else " ".join(words(last))
    question = " ".join(words(last))
    start = " ".join(words(text[:400]))
    void = ""
    if _REFUSAL.match(start):
        void = "the assistant had refused or failed"
    elif len(text) < 200 and _GREETING.match(start) and not re.search(r"\d", start):
        void = "the assistant had only greeted"
    return Setting(
        known=True,
        asks=asks,
        offers=(asks and bool(_OFFER.search(question))) or bool(_OFFERED.search(ending)),
        about_them=asks and bool(_ABOUT_THEM.search(question)),
        news=bool(_NEWS.search(start if len(text) < 240 else " ".join(words(text[:160])))),
        void=void,
    )
