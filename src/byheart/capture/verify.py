"""Is everything still as it was seen? Every stored turn and every capture, by the hash that can be re-derived."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from byheart.base.tables import exchanges, turns
from byheart.chat.turns import turn_of

_AT_A_TIME = 500


@dataclass(frozen=True)
class Checked:
    """One turn or capture that was looked at. `kind` is turn or capture; `wrong` is empty where it agrees."""

    kind: str
    id: str
    wrong: str = ""


def stored(connection: Connection) -> tuple[int, int]:
    """How many turns and how many captures there are to check."""
    counts = [
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (turns, exchanges)
    ]
    return counts[0], counts[1]


def checked(connection: Connection) -> Iterator[Checked]:
    """Every turn with its own hash re-derived, then every capture beside the turn that it points at."""
    derived: dict[str, str] = {}
    captured = set(connection.execute(select(exchanges.c.turn)).scalars())
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(select(turns)).mappings()
    for row in rows:
        try:
            own = turn_of(row).hash
        except (TypeError, KeyError, AttributeError):
            yield Checked("turn", row["id"], "Its messages or memories cannot be read.")
            continue
        if row["id"] in captured:
            derived[row["id"]] = own
        wrong = "" if own == row["hash"] else "It was changed after it was stored."
        yield Checked("turn", row["id"], wrong)
    for row in connection.execute(select(exchanges.c.id, exchanges.c.turn, exchanges.c.hash)).mappings():
        yield Checked("capture", row["id"], _against(row["turn"], row["hash"], derived))


def _against(turn: str, seen: str, derived: dict[str, str]) -> str:
    if turn not in derived:
        return f"Its turn {turn} is gone, or cannot be read."
    if derived[turn] != seen:
        return f"Its turn {turn} was changed after it was captured."
    return ""
