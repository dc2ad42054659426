import io
from collections.abc import Callable
from pathlib import Path

import pytest

from byheart.base.store import Store
from byheart.memory import bank
from byheart.memory.records import Memory

from .conftest import Ran

NIGHTS = "I work nights [on the children's ward]."


@pytest.fixture(autouse=True)
def known(home: Path) -> None:
    def said(person: str, text: str, at: str, kind: str, slot: str = "") -> Memory:
        return Memory.said(person, text, at, kind=kind, importance=4, slot=slot)

    with Store.open(home / "byheart.db") as store, store.transaction() as connection:
        bank.remember(
            connection,
            [
                said("maya", NIGHTS, "2026-06-02T18:20:00Z", "personal", "job"),
                said("maya", "I work days now.", "2026-08-02T18:20:00Z", "personal", "job"),
                said(
                    "maya", "I want to run a 10k in September.", "2026-06-02T18:20:00Z", "goal", "goal:race"
                ),
                said("jonas", "I play the bass.", "2026-06-02T18:20:00Z", "personal"),
            ],
        )


def ids(byheart: Callable[..., Ran]) -> dict[str, str]:
    return {row["text"]: row["id"] for row in byheart("memory", "list", "maya", "--all", "--json").json}


def test_everyone_is_listed_without_a_name(byheart: Callable[..., Ran]) -> None:
    assert byheart("memory", "list", "--json").json == [
        {"person": "jonas", "memories": 1},
        {"person": "maya", "memories": 3},
    ]
    assert "maya" in byheart("memory", "list").out


def test_what_holds_is_listed_and_all_on_demand(byheart: Callable[..., Ran]) -> None:
    holding = byheart("memory", "list", "maya").out
    assert "I work days now." in holding
    assert NIGHTS not in holding
    assert f"{NIGHTS} (until 2026-08-02)" in byheart("memory", "list", "maya", "--all").out
    assert "bass" not in holding


def test_a_memory_is_shown_by_the_start_of_its_id(byheart: Callable[..., Ran]) -> None:
    memory = ids(byheart)[NIGHTS]
    ran = byheart("memory", "show", "maya", memory.removeprefix("memory_")[:8])
    assert NIGHTS in ran.out
    assert "superseded by" in ran.out
    assert byheart("memory", "show", "maya", memory, "--json").json["text"] == NIGHTS


def test_an_edit_supersedes(byheart: Callable[..., Ran]) -> None:
    ran = byheart(
        "memory", "edit", "maya", ids(byheart)["I want to run a 10k in September."], "I want to rest."
    )
    assert "now says: I want to rest." in ran.out
    assert {"I want to rest.", "I work days now."} == {
        row["text"] for row in byheart("memory", "list", "maya", "--json").json
    }


def test_delete_and_forget_ask_first(byheart: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ran = byheart("memory", "delete", "maya", ids(byheart)[NIGHTS])
    assert (ran.code, ran.out.strip()) == (1, "")
    assert "Nothing was changed." in ran.err
    assert len(ids(byheart)) == 3
    assert byheart("memory", "delete", "maya", ids(byheart)[NIGHTS], "--yes").code == 0
    assert len(ids(byheart)) == 2
    assert "Forgot 2 memories of maya." in byheart("memory", "forget", "maya", "--yes").out
    assert byheart("memory", "list", "--json").json == [{"person": "jonas", "memories": 1}]


def test_nobody_reaches_into_another_ones_memory(byheart: Callable[..., Ran]) -> None:
    ran = byheart("memory", "delete", "jonas", ids(byheart)[NIGHTS], "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert len(ids(byheart)) == 3


@pytest.mark.parametrize("written", ["", "memory_", "zzz"])
def test_an_id_that_is_not_there_is_named(byheart: Callable[..., Ran], written: str) -> None:
    ran = byheart("memory", "show", "maya", written)
    assert ran.code == 2
    assert f"maya has no memory {written!r}." in ran.err


def test_someone_unknown_is_named(byheart: Callable[..., Ran]) -> None:
    ran = byheart("memory", "forget", "bob", "--yes")
    assert ran.code == 2
    assert "Nothing is remembered of bob." in ran.err
    assert byheart("memory", "list", "bob", "--json").json == []
