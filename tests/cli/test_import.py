import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byheart.base.store import Store
from byheart.chat.turns import recent_turns

from ..capture.test_foreign import block
from .conftest import Ran

TIMMY = Path(__file__).parents[2] / "examples" / "timmy"
PROGRAM = [sys.executable, "-c", "from byheart.cli.app import main; main()"]


def line(conversation: str = "c1", person: str = "maya", **changes: Any) -> str:
    said = [
        ("user", "I want to run a half marathon in May.", "2026-03-02T18:20:00Z"),
        ("assistant", "Then start on Tuesday, slowly.", "2026-03-02T18:20:04Z"),
        ("user", "Good one, Timmy!", "2026-03-02T18:21:00Z"),
    ]
    messages = [{"role": role, "content": content, "at": at} for role, content, at in said]
    return json.dumps(
        {"conversation": conversation, "person": person, "persona": "Timmy", "messages": messages, **changes}
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_text(line() + "\n" + line("c2", "jonas") + "\n")
    return path


def counts(byheart: Callable[..., Ran]) -> tuple[int, int, int]:
    found = byheart("status", "--json").json
    return found["counts"]["turns"], found["counts"]["memories"], found["captured"]


def test_a_log_becomes_turns_memories_and_captures(byheart: Callable[..., Ran], log: Path) -> None:
    ran = byheart("import", str(log), "--json")
    assert ran.code == 0
    (came,) = ran.json
    assert came["labels"] == {"praise": 2, "criticism": 0, "correction": 0}
    assert (came["turns"], came["conversations"], came["captured"], came["memories"]) == (2, 2, 2, 2)
    assert came["people"] == ["jonas", "maya"]
    assert counts(byheart) == (2, 2, 2)


def test_the_words_for_people(byheart: Callable[..., Ran], log: Path) -> None:
    ran = byheart("import", str(log))
    assert f"✓ {log}: 2 conversations with 2 people" in ran.out
    assert "2 answers captured" in ran.out
    assert ran.err == "Next: byheart status\n"


def test_importing_again_changes_nothing(byheart: Callable[..., Ran], log: Path) -> None:
    byheart("import", str(log))
    before = counts(byheart)
    (came,) = byheart("import", str(log), "--json").json
    assert (came["turns"], came["known"], came["memories"], came["labels"]["praise"]) == (0, 2, 0, 0)
    assert counts(byheart) == before


def test_a_dry_run_says_it_all_and_stores_nothing(byheart: Callable[..., Ran], log: Path) -> None:
    ran = byheart("import", str(log), "--dry-run", "--json")
    assert ran.json[0]["captured"] == 2
    assert ran.json[0]["stored"] is False
    assert counts(byheart) == (0, 0, 0)


def test_the_persona_file_stands_before_every_prompt(
    byheart: Callable[..., Ran], log: Path, home: Path
) -> None:
    (log.parent / "persona.md").write_text("You are Timmy, and dry.\n")
    assert byheart("import", str(log), "--persona", str(log.parent / "persona.md")).code == 0
    with Store.open(home / "byheart.db") as store, store.reading() as connection:
        (turn,) = recent_turns(connection, "maya", 5)
    assert turn.messages[0].content.startswith("You are Timmy, and dry.\n\n")
    assert turn.prompt_source == "replayed"


BAD = {
    "missing": (None, "cannot be read: No such file or directory."),
    "empty": (b"", "is empty."),
    "blank": (b"\n \n", "is empty."),
    "truncated": (line().encode() + b"\n" + line("c2").encode()[:-40], "line 2: the file ends in the middle"),
    "not UTF-8": (line().encode() + b"\n\xff\xfe\xfa\n", "is not UTF-8"),
    "UTF-16": (line().encode("utf-16"), "UTF-16"),
    "compressed": (b"\x1f\x8b\x08\x00abc", "is compressed"),
    "a list": (b"[" + line().encode() + b"]", "one JSON list"),
    "not JSON": (line().encode() + b"\nhello\n", "line 2: it is not JSON"),
    "another format": (b'{"prompt": "a", "completion": "b"}\n', "line 1: conversation: field required"),
    "a wrong time": (line().replace("2026-03-02T18:21:00Z", "soon").encode(), "is not a time"),
    "a wrong role": (line().replace('"user"', '"tool"').encode(), "line 1: messages[0].role"),
    "the same twice": (f"{line()}\n{line()}\n".encode(), "stands on line 1 already"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_log_is_one_sentence_and_stores_nothing(
    byheart: Callable[..., Ran], log: Path, tmp_path: Path, fault: str
) -> None:
    content, words = BAD[fault]
    bad = tmp_path / "bad.jsonl"
    if content is not None:
        bad.write_bytes(content)
    ran = byheart("import", str(log), str(bad))
    assert (ran.code, ran.out) == (2, "")
    message, remedy = ran.err.splitlines()
    assert str(bad) in message
    assert words in message
    assert remedy
    assert counts(byheart) == (0, 0, 0)  # nothing of the good one before it either


def test_a_folder_is_no_log(byheart: Callable[..., Ran], tmp_path: Path) -> None:
    ran = byheart("import", str(tmp_path))
    assert ran.code == 2
    assert "cannot be read: Is a directory." in ran.err


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No such file"), (b"\xff", "not UTF-8"), (b" ", "is empty")]
)
def test_a_bad_persona_file_is_named(
    byheart: Callable[..., Ran], log: Path, tmp_path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "p.md").write_bytes(content)
    ran = byheart("import", str(log), "--persona", str(tmp_path / "p.md"))
    assert ran.code == 2
    assert words in ran.err


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, resource.RLIM_INFINITY))


def test_when_no_more_can_be_written_nothing_stored_is_lost(
    byheart: Callable[..., Ran], log: Path, tmp_path: Path
) -> None:
    """No file may grow beyond 250 kB: the nearest to a full disk that needs no rights."""
    assert byheart("import", str(log)).code == 0
    before = counts(byheart)
    (tmp_path / "large.jsonl").write_text("".join(line(f"l{n}", f"p{n}") + "\n" for n in range(120)))
    command = [*PROGRAM, "import", str(tmp_path / "large.jsonl")]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=_small_files, env=dict(os.environ)
    )
    assert (ran.returncode, ran.stdout) == (4, "")
    message, remedy = ran.stderr.splitlines()
    assert message.startswith("The store ")
    assert remedy
    assert counts(byheart) == before


def test_timmys_log_goes_in(byheart: Callable[..., Ran]) -> None:
    ran = byheart("import", str(TIMMY / "log.jsonl"), "--persona", str(TIMMY / "persona.md"), "--json")
    (came,) = ran.json
    assert (came["conversations"], came["turns"], len(came["people"])) == (31, 212, 5)
    assert came["captured"] >= 40
    assert came["memories"] >= 80


def test_an_interchange_log_goes_in_and_its_bad_blocks_are_named(
    byheart: Callable[..., Ran], home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "old.MD"
    path.write_text(block() + block(user=None) + block(user="2", praise="Great, but it was too long."))
    ran = byheart("import", str(path), "--person", "dan", "--dry-run", "--json")
    assert (ran.json[0]["captured"], counts(byheart)[2]) == (2, 0)
    ran = byheart("import", str(path), "--person", "dan")
    assert (ran.code, ran.out) == (0, f"✓ {path}: 2 captures\n")
    assert "1 revoked" in ran.err
    line_of_bad = block().count("\n") + 3
    assert f"line {line_of_bad}: the exchange is incomplete: it has no user message: skipped" in ran.err
    assert counts(byheart) == (2, 0, 1)
    (came,) = byheart("import", str(path), "--person", "dan", "--json").json
    assert (came["captured"], came["known"], len(came["bad"])) == (0, 2, 1)
    assert counts(byheart) == (2, 0, 1)
    mirror = home / "fine_tuning_best_case_interchanges.md"
    assert "Winston, who else." in mirror.read_text()
    assert byheart("import", str(mirror), "--json").json[0]["known"] == 1


def test_an_interchange_log_of_bad_blocks_only_is_refused(
    byheart: Callable[..., Ran], tmp_path: Path
) -> None:
    (tmp_path / "old.md").write_text(block(user=None))
    ran = byheart("import", str(tmp_path / "old.md"))
    assert ran.code == 2
    assert "line 3: the exchange is incomplete: it has no user message" in ran.err
    assert counts(byheart) == (0, 0, 0)
