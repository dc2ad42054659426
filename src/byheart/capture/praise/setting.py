"""What the assistant had just said: approval after a question, an offer or news means something else."""

import re
from functools import cached_property

from byheart.capture.praise.normalise import plain

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
    r" which|please rate |you rate |out of (?:ten|five|10|5))\b"
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
    r"|i have (?:moved|changed|updated|deleted|removed|cancelled|created|told|booked|set|added|sent"
    r"|saved|ordered|scheduled"
    r"|noted|turned|switched))\b"
)


_UNMARKED = re.compile(
    r"(?:so |and |but |well )?(?:(?:do|did|have|are|were|can|could|would|will) you\b"
    r"|(?:how|what|why|where|when|who|which) (?:is|are|was|were|do|does|did|have|has|about|long|many"
    r"|much|kind|else)\b)"
)
_TOLD = 40
"""Characters before a closing question from which on something else was said that may be judged."""


class Setting:
    """The previous assistant message in what matters: does approval answer it?

    Its end decides about questions, its start about refusals; each is read when it is first asked for.
    """

    def __init__(self, previous: str) -> None:
        self._text = previous.strip()
        self.known = bool(self._text)

    @cached_property
    def _last(self) -> str:
        """The last sentence, as written."""
        tail = self._text[-300:].rstrip(_AFTER_END)
        ends = [match.end() for match in _ENDS.finditer(tail, 0, max(0, len(tail.rstrip(".!?… "))))]
        return tail[ends[-1] :] if ends else tail

    @cached_property
    def _start(self) -> str:
        return plain(self._text[:200])

    @cached_property
    def _question(self) -> str:
        return plain(self._last)

    @cached_property
    def asks(self) -> bool:
        """Whether it ends in a question."""
        return "?" in self._last or bool(_UNMARKED.match(self._last.strip().lower()))

    @cached_property
    def offers(self) -> bool:
        """Whether it ends in an offer."""
        if self.asks and _OFFER.search(self._question):
            return True
        return bool(_OFFERED.search(plain(self._text[-200:]) if self.asks else self._question))

    @cached_property
    def about_them(self) -> bool:
        """Whether it asks how the person is, was or did."""
        return self.asks and bool(_ABOUT_THEM.search(self._question))

    @cached_property
    def news(self) -> bool:
        """Whether it tells news that may be greeted."""
        return bool(_NEWS.search(self._start if len(self._text) < 200 else self._start[:140]))

    @cached_property
    def void(self) -> str:
        """Why there is nothing in it to praise; empty when there is."""
        if _REFUSAL.match(self._start):
            return "the assistant had refused or failed"
        short = len(self._text) < 200 and not any(c.isdigit() for c in self._text)
        return "the assistant had only greeted" if short and _GREETING.match(self._start) else ""

    @property
    def open(self) -> bool:
        """Whether short approvals answer it."""
        return self.asks or self.offers

    @property
    def only_asks(self) -> bool:
        """Whether a judgement can hardly be of anything but what was asked."""
        return self.open and (self.about_them or len(self._text) - len(self._last) <= _TOLD)

    @property
    def stated(self) -> bool:
        """Whether it states what the next message may put right, though an offer may end it."""
        return not self.open or (self.offers and not self.only_asks)
