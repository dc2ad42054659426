"""Where examples come from: praised exchanges in the store, and the generator."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select

from byheart.base import tables
from byheart.base.errors import InputError
from byheart.capture.exchange import Exchange, exchange_turn, exchanges
from byheart.chat.records import Turn
from byheart.dataset.examples import Example, distinct, from_turn, generated, ordinary

REVIEWED, STRONG = "reviewed", "strong"


@dataclass(frozen=True)
class Sources:
    """What a dataset is made of.

    `captures`: "reviewed" takes the exchanges that the owner accepted; "strong" also the pending ones whose
    praise was judged strong. Weak praise is never trained on unreviewed. `conversations` are generated, from `seed`;
    `ordinary` is how many ordinary ones are mixed in.
    """

    conversations: int = 200
    ordinary: int = 24
    seed: int = 11
    captures: str = REVIEWED

    def __post_init__(self) -> None:
        if self.captures not in (REVIEWED, STRONG):
            raise InputError(f"captures is {self.captures!r}.", f"Choose {REVIEWED} or {STRONG}.")

    def wire(self) -> dict[str, Any]:
        """The sources as a record keeps them."""
        return asdict(self)


def praised(connection: Connection, captures: str) -> list[Example]:
    """Examples from the captured exchanges, oldest first, each exactly as it was seen.

    Those whose prompt a log had cut off, or that hold more than text (tools, pictures), are left out.
    """
    chosen = exchanges(connection, ("accepted", "pending") if captures == STRONG else ("accepted",))
    taken = [e for e in chosen if e.state == "accepted" or _strongly(connection, e)]
    seen = [(e, exchange_turn(connection, e)) for e in taken]
    return [from_turn(turn, e.id, e.preferred) for e, turn in seen if _trainable(turn)]


def _trainable(turn: Turn) -> bool:
    plain = all(m.role != "tool" and not m.rest for m in turn.messages)
    return plain and not turn.choices and turn.prompt_source != "truncated"


def _strongly(connection: Connection, exchange: Exchange) -> bool:
    table = tables.feedback
    strengths = connection.execute(select(table.c.strength).where(table.c.id.in_(exchange.praise))).scalars()
    return "strong" in set(strengths)


def gather(connection: Connection, sources: Sources) -> list[Example]:
    """All examples of the sources, without repetitions."""
    made = [*generated(sources.conversations, sources.seed), *ordinary(sources.ordinary, sources.seed)]
    return distinct([*praised(connection, sources.captures), *made])
