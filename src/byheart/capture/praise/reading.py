"""What is found in each clause, and which clauses may judge."""

from dataclasses import dataclass
from functools import cached_property

from byheart.capture.praise.approval import Approval, approval
from byheart.capture.praise.asides import agrees, thanks
from byheart.capture.praise.clauses import Clause
from byheart.capture.praise.correction import made_right
from byheart.capture.praise.fault import Fault, complaint, fault


@dataclass(eq=False)
class Read:
    """A clause with what was found in it."""

    clause: Clause
    approval: Approval | None
    fault: Fault | None
    right: str

    @cached_property
    def filler(self) -> bool:
        """Whether it adds nothing: thanks, a name, a laugh, agreement."""
        c = self.clause
        return (
            not self.approval
            and not self.fault
            and (not c.words or (c.words == "qqq" and not c.turned) or thanks(c.words) or agrees(c.words))
        )

    @cached_property
    def states(self) -> bool:
        """Whether it tells something that is no judgement."""
        return not (self.approval or self.fault or self.filler or self.clause.task)


def read_clause(clause: Clause) -> Read:
    """What a clause says of the answer; a question and dictated text say nothing."""
    if clause.dictated:
        return Read(clause, None, None, "")
    if clause.asks:
        return Read(clause, None, complaint(clause.words), "")
    bad = (fault(clause.words) or complaint(clause.words)) if clause.words else _down(clause)
    good = None if bad and not _wins(clause.words) else approval(clause.words)
    if not clause.words and clause.cheers == "thumbsup":
        good = Approval("bare", "an approving emoji alone", weak=True, accepting=True)
    return Read(clause, good, None if good else bad, made_right(clause.words) if clause.words else "")


def _down(clause: Clause) -> Fault | None:
    return Fault("bare", "a disapproving emoji alone", weak=True) if clause.cheers == "thumbsdown" else None


def _wins(text: str) -> bool:
    """Idioms whose words look like blame: `not half bad`, `couldn't be better`, `wickedly good`."""
    good = approval(text)
    return good is not None and good.target == "text" and "set phrase" in good.why


def head_of(read: list[Read]) -> list[Read]:
    """The clauses that may judge: the first four, in long messages two, and a short last one."""
    own = [r for r in read if not r.filler]
    size = sum(len(r.clause.words.split()) for r in read)
    head = own[: 2 if size > 60 else 4]
    if own and own[-1] not in head and len(own[-1].clause.words.split()) <= 8:
        head = [*head, own[-1]]
    return head
