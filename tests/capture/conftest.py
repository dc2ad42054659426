from collections.abc import Iterator
from pathlib import Path

import pytest

from byheart.base.store import Store
from byheart.chat.records import MemoryLine, Message, Turn

PRAISE = "Good one, Timmy."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "byheart.db") as opened:
        yield opened


def make_turn(number: int, **fields: object) -> Turn:
    """A turn whose every part names its number, so that a mix-up shows."""
    memory = MemoryLine(
        f"I like soup {number}.", "preference", 3, "2026-06-01T08:00:00Z", id=f"memory_{number}"
    )
    values = {
        "id": f"turn_{number:04}",
        "person": "maya",
        "conversation": "maya-01",
        "messages": (
            Message("system", f"You are Timmy.\n\nWhat you remember: I like soup {number}."),
            Message("user", f"Which soup today? ({number})"),
        ),
        "reply": f"Soup {number}, obviously.",
        "persona": "Timmy",
        "model": "scripted",
        "created_at": "2026-06-02T18:20:00Z",
        "memories": (memory,),
        "parameters": {"temperature": 0.0},
    }
    return Turn(**{**values, **fields})  # type: ignore[arg-type]


__all__ = ["PRAISE", "make_turn"]
