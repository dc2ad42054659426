"""A killed server has lost nothing that it acknowledged, and a broken store fails no reply."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "crash.py"


def crash(*options: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, BENCHMARK, *options], capture_output=True, text=True, check=False, timeout=280
    )
    assert run.returncode == 0, run.stderr
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return figures


def nothing_lost(figures: dict[str, Any], least: int) -> None:
    assert figures["acknowledged"] >= least, figures
    wrong = (
        "lost",
        "failed_otherwise",
        "memories_missing",
        "memories_too_many",
        "waiting_still",
        "put_aside",
    )
    assert {key: figures[key] for key in wrong} == dict.fromkeys(wrong, 0), figures


def test_what_was_acknowledged_outlives_kills_and_is_remembered_once() -> None:
    nothing_lost(crash("--kills", "3", "--parts", "kills", "--longest", "1")["kills"], 3)


@pytest.mark.slow
def test_what_was_acknowledged_outlives_many_kills() -> None:
    nothing_lost(crash("--kills", "15", "--parts", "kills", "--seed", "2")["kills"], 100)


@pytest.mark.slow
def test_no_reply_fails_because_the_store_is_full_locked_or_damaged() -> None:
    for name, figures in crash("--parts", "full,locked,damaged").items():
        assert figures["replies"] > 0, name
        assert figures["failed"] == 0, (name, figures)
        if name.startswith("full"):
            assert figures["unkept_in_the_last_second"] == 0, figures
