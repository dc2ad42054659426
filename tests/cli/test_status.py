from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Ran

TIMMY = Path(__file__).parents[2] / "examples" / "timmy" / "log.jsonl"
TITLES = (
    "Milestones",
    "Captured by day",
    "Recent captures",
    "What the examples include",
    "What praised answers have in common",
    "Memories that led to them",
    "Quality check",
    "Interchange log",
    "Privacy",
    "In the store",
    "Next",
)


def test_with_nothing_captured_it_says_how_to_begin(byheart: Callable[..., Ran]) -> None:
    ran = byheart("status")
    assert ran.code == 0
    assert "0 of 100 examples" in ran.out
    assert "no forecast, nothing has been captured yet" in ran.out
    assert "byheart import LOG" in ran.out.replace("\n", "")


def test_the_report_fits_the_terminal(byheart: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    byheart("import", str(TIMMY))
    found = byheart("status", "--json").json
    for columns in (80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        ran = byheart("status")
        lines = ran.out.splitlines()
        assert all(title in lines for title in TITLES)
        assert max(map(len, lines)) <= columns
        assert ran.err == ""
        assert f"{found['captured']} of 100 examples" in ran.out
    assert sum(day["captured"] for day in found["timeline"]) == found["captured"] >= 40
    assert len(found["recent"]) == 5
    assert found["log"]["exists"]
    assert found["log"]["current"]
    assert found["log"]["lines"] > 1000
