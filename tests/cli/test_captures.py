import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from byheart.base.store import Store
from byheart.base.tables import turns
from byheart.chat.turns import turn_of

from .conftest import Ran

FAULTS = {
    "not JSON": ("hello\n", "line 1 is not", "no JSON"),
    "a key is missing": (
        '{"previous_assistant": "a", "user": "b"}\n{"user": "b"}\n',
        "line 2 is not",
        '"previous_assistant" is missing',
    ),
    "no object": ("[1]\n", "line 1 is not", "no object"),
    "no text": ('{"previous_assistant": "a", "user": 5}\n', "line 1 is not", '"user" is no text'),
    "no number": ('{"previous_assistant": "a", "user": "b", "id": NaN}\n', "line 1 is not", "NaN is no JSON"),
    "far too deep": ("[" * 100_000, "line 1 is not", "no JSON"),
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
    sound = byheart("captures", "verify", "--json").json
    assert (sound["captures"], sound["broken"]) == (2, [])
    assert sound["turns"] >= 2
    assert "and 2 captures are as they were seen." in byheart("captures", "verify").out
    with Store.open(home / "byheart.db") as store, store.transaction() as connection:
        connection.execute(update(turns).where(turns.c.person == "maya").values(reply="Something else."))
    ran = byheart("captures", "verify", "--json")
    assert ran.code == 4
    kinds = {one["kind"] for one in ran.json["broken"]}
    assert kinds == {"turn", "capture"}
    assert first(byheart) in [one["id"] for one in ran.json["broken"]]
    assert "after it was captured" in " ".join(byheart("captures", "verify").out.split())


def test_verify_finds_a_turn_whose_hash_was_changed_too(byheart: Callable[..., Ran], home: Path) -> None:
    """A forger who mends the turn's own hash is still told by the capture's."""
    with Store.open(home / "byheart.db") as store, store.transaction() as connection:
        seen = connection.execute(select(turns).where(turns.c.person == "maya")).mappings().first()
        assert seen is not None
        forged = replace(turn_of(seen), reply="Something else.")
        changed = update(turns).where(turns.c.id == forged.id)
        connection.execute(changed.values(reply=forged.reply, hash=forged.hash))
    broken = byheart("captures", "verify", "--json").json["broken"]
    assert [one["kind"] for one in broken] == ["capture"]


def test_verify_finds_a_capture_whose_turn_is_gone(byheart: Callable[..., Ran], home: Path) -> None:
    with Store.open(home / "byheart.db") as store, store.transaction() as connection:
        connection.execute(delete(turns).where(turns.c.person == "maya"))
    ran = byheart("captures", "verify")
    assert ran.code == 4
    assert "is gone" in ran.out


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
    content, where, why = FAULTS[fault]
    Path("m.jsonl").write_text(content)
    ran = byheart("captures", "classify", "m.jsonl")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert where in said
    assert why in said


def test_classify_names_a_file_that_is_not_there(byheart: Callable[..., Ran]) -> None:
    ran = byheart("captures", "classify", "nowhere.jsonl")
    assert ran.code == 2
    assert "nowhere.jsonl cannot be read: No such file or directory." in ran.err


def lines(*rows: dict[str, object]) -> str:
    return "\n".join(json.dumps({"previous_assistant": "It is 5.", **row}) for row in rows)


def test_classify_keeps_other_fields(byheart: Callable[..., Ran]) -> None:
    Path("m.jsonl").write_text(lines({"id": 7, "user": "Great answer!", "tags": ["a"]}))
    (judged,) = [json.loads(line) for line in byheart("captures", "classify", "m.jsonl").out.splitlines()]
    assert (judged["id"], judged["tags"], judged["label"]) == (7, ["a"], "praise")
    assert "user" not in judged


def test_classify_by_the_original_phrases(byheart: Callable[..., Ran]) -> None:
    said = ({"user": "Good one Timmy"}, {"user": "You cracked me up!"}, {"user": "Perfect. Now the salad?"})
    Path("m.jsonl").write_text(lines(*said))
    ran = byheart("captures", "classify", "m.jsonl", "--name", "Timmy", "--mode", "original")
    assert [json.loads(line)["label"] for line in ran.out.splitlines()] == ["praise", "none", "praise"]
    ran = byheart("captures", "classify", "m.jsonl", "--mode", "newest")
    assert ran.code == 2
    assert "'newest' is no mode" in ran.err


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("own.toml", 'praise = ["top drawer"]\ncriticism = ["pants"]\n'),
        ("own.txt", "# mine\npraise: Top drawer!\n\ncriticism: pants\n"),
    ],
)
def test_classify_with_the_owners_phrases(byheart: Callable[..., Ran], file: str, text: str) -> None:
    Path(file).write_text(text)
    said = ({"user": "Top drawer, that."}, {"user": "this is pants"}, {"user": "This is not top drawer"})
    Path("m.jsonl").write_text(lines(*said))
    ran = byheart("captures", "classify", "m.jsonl", "--phrases", file)
    assert [json.loads(line)["label"] for line in ran.out.splitlines()] == [
        "praise",
        "criticism",
        "criticism",
    ]


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("own.txt", "praise: fine\nlovely stuff\n", "line 2 is not"),
        ("own.toml", "praise = [", "is not TOML"),
        ("own.toml", 'applause = ["x"]', "'applause' is no label"),
        ("own.toml", 'praise = "x"', "holds a list"),
        ("own.toml", 'praise = ["!?"]', "is no phrase"),
    ],
)
def test_a_bad_phrase_file_is_named(byheart: Callable[..., Ran], file: str, text: str, words: str) -> None:
    Path(file).write_text(text)
    Path("m.jsonl").write_text(lines({"user": "hi"}))
    ran = byheart("captures", "classify", "m.jsonl", "--phrases", file)
    assert ran.code == 2
    assert file in ran.err
    assert words in " ".join(ran.err.split())
