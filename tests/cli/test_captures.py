import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from byheart.base.store import Store
from byheart.base.tables import turns

from .conftest import Ran

FAULTS = {
    "not JSON": ("hello\n", "line 1 is not"),
    "a key is missing": ('{"previous_assistant": "a", "user": "b"}\n{"user": "b"}\n', "line 2 is not"),
    "no object": ("[1]\n", "line 1 is not"),
}


@pytest.fixture(autouse=True)
def imported(byheart: Callable[..., Ran], tmp_path: Path) -> None:
    def said(person: str, praise: str) -> str:
        texts = ("What shall I play?", f"Play the [b]whistle[/b], {person}.", praise)
        messages = [
            {"role": "assistant" if n == 1 else "user", "content": text, "at": f"2026-03-02T18:2{n}:00Z"}
            for n, text in enumerate(texts)
        ]
        return json.dumps(
            {"conversation": person, "person": person, "persona": "Timmy", "messages": messages}
        )

    log = "\n".join([said("maya", "Good one, Timmy!"), said("jonas", "That was excellent, Timmy.")])
    (tmp_path / "log.jsonl").write_text(log + "\n")
    assert byheart("import", str(tmp_path / "log.jsonl")).code == 0


def first(byheart: Callable[..., Ran], person: str = "maya") -> str:
    (row,) = byheart("captures", "list", "--person", person, "--json").json
    return str(row["id"])


def test_the_list_shows_praise_and_what_it_praises(byheart: Callable[..., Ran]) -> None:
    ran = byheart("captures", "list")
    assert "“Good one, Timmy!”" in ran.out
    assert "Play the [b]whistle[/b], maya." in ran.out  # what was written is never read as markup
    rows = byheart("captures", "list", "--json").json
    assert [row["state"] for row in rows] == ["pending", "pending"]
    assert {row["question"] for row in rows} == {"What shall I play?"}


def test_a_capture_is_shown_as_it_was_seen(byheart: Callable[..., Ran]) -> None:
    ran = byheart("captures", "show", first(byheart)[:17])
    for words in (
        "What shall I play?",
        "You remember nothing about this person yet.",
        "“Good one, Timmy!” (praise",
    ):
        assert words in ran.out
    shown = byheart("captures", "show", first(byheart), "--json").json
    assert shown["turn"]["reply"] == "Play the [b]whistle[/b], maya."
    assert [f["label"] for f in shown["feedback"]] == ["praise"]


def test_captures_are_accepted_rejected_and_undone(byheart: Callable[..., Ran]) -> None:
    maya, jonas = first(byheart), first(byheart, "jonas")
    assert byheart("captures", "accept", maya, jonas).code == 0
    assert byheart("captures", "reject", jonas).code == 0
    assert [row["id"] for row in byheart("captures", "list", "--state", "accepted", "--json").json] == [maya]
    assert byheart("captures", "undo", jonas).out.endswith("is pending\n")
    assert [row["id"] for row in byheart("captures", "list", "--state", "pending", "--json").json] == [jonas]


def test_of_several_all_or_none(byheart: Callable[..., Ran]) -> None:
    ran = byheart("captures", "accept", first(byheart), "ffff")
    assert (ran.code, ran.out) == (2, "")
    assert "There is no capture 'ffff'." in ran.err
    assert byheart("captures", "list", "--state", "accepted", "--json").json == []


def test_a_state_that_does_not_exist_is_named(byheart: Callable[..., Ran]) -> None:
    ran = byheart("captures", "list", "--state", "good")
    assert ran.code == 2
    assert "'good' is no state" in ran.err


def test_verify_finds_a_turn_that_was_changed(byheart: Callable[..., Ran], home: Path) -> None:
    assert byheart("captures", "verify").out == "✓ All 2 captures are as they were seen.\n"
    with Store.open(home / "byheart.db") as store, store.transaction() as connection:
        connection.execute(update(turns).where(turns.c.person == "maya").values(reply="Something else."))
    ran = byheart("captures", "verify", "--json")
    assert ran.code == 4
    assert list(ran.json["broken"]) == [first(byheart)]
    assert "was changed after it was captured" in byheart("captures", "verify").out.replace("\n", " ")


def test_the_interchange_log_goes_out_and_in(
    byheart: Callable[..., Ran], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert byheart("captures", "export-md").code == 0
    log = home / "fine_tuning_best_case_interchanges.md"
    assert "Play the [b]whistle[/b], maya." in log.read_text()
    assert "0 captures stored, 2 known already" in byheart("captures", "import-md").out
    monkeypatch.setenv("BYHEART_HOME", str(tmp_path / "other"))
    assert "2 captures stored, 0 known already" in byheart("captures", "import-md", str(log)).out
    assert byheart("captures", "export-md", "copy.md").code == 0
    assert Path("copy.md").read_text() == log.read_text()


@pytest.mark.parametrize("content", [None, b"", b"# Something else\n", b"\xff"])
def test_what_is_no_interchange_log_is_named(byheart: Callable[..., Ran], content: bytes | None) -> None:
    if content is not None:
        Path("log.md").write_bytes(content)
    ran = byheart("captures", "import-md", "log.md")
    assert (ran.code, ran.out) == (2, "")
    assert "log.md" in ran.err


def test_classify_prints_a_judgement_for_each_line(
    byheart: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (("It is 5.", "Good one, Timmy!"), ("It is 5.", "No, it is 6."), ("It is 5.", "Where is Ghent?"))
    lines = "\n\n".join(json.dumps({"previous_assistant": a, "user": u}) for a, u in said)
    Path("m.jsonl").write_text(lines)
    ran = byheart("captures", "classify", "m.jsonl", "--name", "Timmy")
    judged = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["label"] for one in judged] == ["praise", "correction", "none"]
    assert all(set(one) == {"label", "strength", "span", "why"} for one in judged)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert byheart("captures", "classify", "-", "--name", "Timmy").out == ran.out


@pytest.mark.parametrize("fault", FAULTS)
def test_classify_names_a_bad_line(byheart: Callable[..., Ran], fault: str) -> None:
    content, words = FAULTS[fault]
    Path("m.jsonl").write_text(content)
    ran = byheart("captures", "classify", "m.jsonl")
    assert ran.code == 2
    assert words in ran.err


def test_classify_names_a_file_that_is_not_there(byheart: Callable[..., Ran]) -> None:
    ran = byheart("captures", "classify", "nowhere.jsonl")
    assert ran.code == 2
    assert "nowhere.jsonl cannot be read: No such file or directory." in ran.err
