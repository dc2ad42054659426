"""The interchange log as a file: what it is called, which captures it holds, and whether these are the store's."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

from byheart.base.ids import digest
from byheart.capture.exchange import Exchange, exchanges

FILE = "fine_tuning_best_case_interchanges.md"
SHOWN = ("pending", "accepted")
"""The states of the captures that stand in the log."""


def mark(held: Iterable[Exchange]) -> str:
    """A line by which a log is known: another one for other captures, or for other states of them."""
    return f"<!-- {digest([[e.id, e.state, list(e.praise), e.preferred, e.hash] for e in held])} -->"


def is_current(connection: Connection, path: str | Path) -> bool:
    """Whether the log holds the store's captures as they now are: its first lines say which it holds."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            top = file.read(200)
    except (OSError, UnicodeDecodeError):
        return False
    return mark(exchanges(connection, SHOWN)) in top.split("\n")[:4]
