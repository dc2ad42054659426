"""Whether approval is meant for the answer, or accepts, answers a question, greets news, is for others."""

import re

from byheart.capture.praise.approval import Approval, approval
from byheart.capture.praise.asides import older
from byheart.capture.praise.reading import Read
from byheart.capture.praise.setting import Setting


def refusal(head: list[Read], place: int, read: list[Read], setting: Setting) -> str:
    """Why an approving clause is not praise of the answer; empty when it is (or approves of nothing)."""
    r = head[place]
    if r.approval is None:
        return ""
    if meant := _for_others(r, head, read):
        return meant
    if r.approval.target in {"text", "you"}:
        return ""
    if r.clause.named and _alone(r, read) and any(o.states for o in head[:place]) and not setting.offers:
        return ""  # the question was answered before: `Only Joan. Ha! Excellent, Timmy.`
    return _answers(r.approval, setting) or _elsewhere(r, head, place, read)


def _for_others(r: Read, head: list[Read], read: list[Read]) -> str:
    sentence = r.clause.sentence
    if any(o.clause.other for o in read if o.clause.sentence == sentence):
        return "meant for somebody else"
    if any(
        older(o.clause.words)
        for o in head
        if o.clause.sentence == sentence and not o.clause.task and o is not r
    ):
        return "about an earlier answer"
    return ""


def _answers(good: Approval, setting: Setting) -> str:
    if setting.asks and good.accepting and (good.target == "bare" or not good.past or setting.about_them):
        return "answers the assistant's question"
    if setting.offers and good.accepting:
        return "answers the assistant's offer"
    if setting.asks and good.target == "this" and setting.about_them:
        return "answers the assistant's question"
    return "approves of the news, not of the answer" if setting.news and good.accepting else ""


def _elsewhere(r: Read, head: list[Read], place: int, read: list[Read]) -> str:
    if (about_elsewhere(head, place) and not r.clause.named) or _named_later(head, place):
        return "about something else in the message"
    if r.approval is None or r.approval.target != "bare":
        return ""
    if r.clause.acknowledges:
        return "an acknowledgement"
    after = [o for o in head[place + 1 :] if not o.approval]
    if after and not (r.clause.named and _alone(r, read) and after[0].states):
        return "a hinge to what follows"
    told = any(o.states and " " in o.clause.words for o in head[:place]) and not r.clause.named
    return "about something else in the message" if told else ""


def _alone(r: Read, read: list[Read]) -> bool:
    """Whether a clause is a sentence of its own."""
    return all(o is r or o.filler for o in read if o.clause.sentence == r.clause.sentence)


_USED = re.compile(
    r"\b(?:your|you|tried|ran|pasted|typed|clicked|installed|checked|looked|used|sent|showed|shown"
    r"|followed|made it|read it|read that|told (?:him"
    r"|her|them)|shared)\b"
)


def about_elsewhere(head: list[Read], place: int) -> bool:
    """Whether the clauses before tell of something that `it` or `that` then means."""
    return any(o.states and " " in o.clause.words and not _USED.search(o.clause.words) for o in head[:place])


_LATER = re.compile(
    r"^(?:the|my|our|his|her|their) (?!way\b)\w+(?: \w+){0,3}$|^(?:i mean|i meant|not you|not"
    r" the|not your|i am talking|talking about|about (?:the|my))\b"
)


def _named_later(head: list[Read], place: int) -> bool:
    """Whether the next clause names another target: `that was great, the concert`."""
    after = head[place + 1].clause if place + 1 < len(head) else None
    return after is not None and bool(_LATER.match(after.words)) and not approval(after.words)
