import os
import subprocess
from pathlib import Path

import pytest

from byheart.insight.mirror import look_at

NAME = "fine_tuning_best_case_interchanges.md"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An interchange log in a git repository whose folder's name has a blank in it."""
    folder = tmp_path / "my repo"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / NAME).write_text("line\n" * 100)
    (folder / NAME).chmod(0o600)
    return folder / NAME


def git(log: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, "-C", str(log.parent), *words], check=True, capture_output=True)


def follow(advice: str) -> None:
    """Do as the advice says: what stands after its last colon and blank is a command."""
    subprocess.run(
        advice.rpartition(": ")[2],
        shell=True,
        check=True,
        capture_output=True,
        env={**os.environ, "FILTER_BRANCH_SQUELCH_WARNING": "1"},
    )


def test_no_file(tmp_path: Path) -> None:
    found = look_at(tmp_path / NAME, 3)
    assert (found.exists, found.bytes, found.advice) == (False, 0, ())


def test_it_is_measured(log: Path) -> None:
    found = look_at(log, 10)
    assert (found.bytes, found.lines, found.average_bytes, found.average_lines) == (500, 100, 50.0, 10.0)
    assert look_at(log, 0).average_bytes is None


def test_outside_git_there_is_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("x")
    (tmp_path / NAME).chmod(0o600)
    found = look_at(tmp_path / NAME, 1)
    assert (found.tracked, found.ignored, found.advice) == (None, None, ())


def test_what_others_can_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("x")
    (tmp_path / NAME).chmod(0o644)
    found = look_at(tmp_path / NAME, 1)
    assert not found.private
    (advice,) = found.advice
    follow(advice)
    assert look_at(tmp_path / NAME, 1).private


def test_the_advice_keeps_it_out_of_git(log: Path) -> None:
    found = look_at(log, 10)
    assert (found.tracked, found.ignored) == (False, False)
    (advice,) = found.advice
    follow(advice)
    found = look_at(log, 10)
    assert (found.tracked, found.ignored, found.advice) == (False, True, ())


@pytest.mark.parametrize(
    ("size", "words"), [(500, "It is tracked by git"), (1_000_001, "It is over 1 MB, tracked by git")]
)
def test_the_advice_takes_it_out_of_git(log: Path, size: int, words: str) -> None:
    log.write_text("x" * size)
    git(log, "add", NAME)
    found = look_at(log, 10)
    assert (found.tracked, bool(found.committed)) == (True, False)
    (advice,) = found.advice
    assert advice.startswith(words)
    follow(advice)
    found = look_at(log, 10)
    assert (found.tracked, found.ignored) == (False, True)
    assert log.exists()


def test_the_advice_takes_it_out_of_older_commits(log: Path) -> None:
    (log.parent / "sub").mkdir()
    log = log.rename(log.parent / "sub" / NAME)
    git(log, "add", NAME)
    git(log, "commit", "-q", "-m", "a")
    (log.parent / "other").write_text("x")
    git(log, "add", "other")
    git(log, "commit", "-q", "-m", "b")
    take_out, rewrite = look_at(log, 10).advice
    follow(take_out)
    git(log, "add", ".gitignore")
    git(log, "commit", "-q", "-m", "c")
    follow(rewrite)
    listed = subprocess.run(
        ["git", "-C", str(log.parent), "log", "--format=%h", "HEAD", "--", NAME],
        check=True,
        capture_output=True,
    )
    assert listed.stdout == b""
    assert log.exists()


def test_a_large_one_outside_git_is_kept_out_of_it(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("x" * 1_000_001)
    (tmp_path / NAME).chmod(0o600)
    (advice,) = look_at(tmp_path / NAME, 1).advice
    assert "over 1 MB" in advice
    follow(advice)
    assert (tmp_path / ".gitignore").read_text() == NAME + "\n"
