import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byheart.base.store import Store
from byheart.cli import app as border
from byheart.cli.app import COMMANDS

from .conftest import Ran

HEAVY = (
    "torch",
    "transformers",
    "peft",
    "fastapi",
    "xllamacpp",
    "uvicorn",
    "numpy",
    "sqlalchemy",
    "pydantic",
)
PROGRAM = [sys.executable, "-c", "from byheart.cli.app import main; main()"]


def test_help_names_every_command_and_shows_an_example(byheart: Callable[..., Ran]) -> None:
    ran = byheart("--help")
    assert ran.code == 0
    assert "Example: byheart demo" in ran.out
    for command in COMMANDS:
        assert command.name in ran.out
        assert command.summary.split()[0] in ran.out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_teaches_with_an_example(
    byheart: Callable[..., Ran], command: border.LazyCommand
) -> None:
    inner = getattr(command.load(), "commands", {"": None})
    for name in inner:
        words = [command.name, name] if name else [command.name]
        ran = byheart(*words, "--help")
        assert ran.code == 0
        assert "Example: byheart " + " ".join(words) in ran.out, ran.out


def test_help_is_light_and_fast() -> None:
    code = (
        "import sys; from byheart.cli.app import run; run(['--help']);"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    began = time.perf_counter()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    assert ran.stderr.strip() == "[]"
    assert seconds < 2  # 0.2 s on an idle machine; the bound leaves room for a busy one


def test_commands_about_the_store_load_no_model() -> None:
    heavy = ("torch", "transformers", "peft", "fastapi", "xllamacpp")
    commands = ("memory", "captures", "import", "status", "doctor", "init")
    code = (
        f"import sys; from byheart.cli.app import run; [run([name, '--help']) for name in {commands!r}];"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


def test_version(byheart: Callable[..., Ran]) -> None:
    assert byheart("--version").out == "byheart 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("memry",), "No such command 'memry'. Did you mean 'memory'?"),
        (("--nonsense",), "No such option: --nonsense"),
        (("memory", "list", "--nonsense"), "No such option: --nonsense"),
        (("memory", "show", "maya"), "Missing argument"),
    ],
)
def test_a_wrong_word_is_named_on_stderr(
    byheart: Callable[..., Ran], arguments: tuple[str, ...], message: str
) -> None:
    ran = byheart(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "--help`." in ran.err


def test_a_wrong_setting_is_two_lines_and_its_exit_code(byheart: Callable[..., Ran]) -> None:
    Path("byheart.toml").write_text("prot = 1")
    ran = byheart("memory", "list")
    assert (ran.code, ran.out) == (2, "")
    message, remedy = ran.err.splitlines()
    assert "there is no setting 'prot'" in message
    assert remedy == "Did you mean port?"


def test_a_traceback_is_printed_only_when_asked_for(
    byheart: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("byheart.toml").write_text("prot = 1")
    assert "Traceback" not in byheart("status").err
    monkeypatch.setenv("BYHEART_DEBUG", "1")
    ran = byheart("status")
    assert ran.code == 2
    assert "Traceback" in ran.err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(28, "No space left on device", "/x/y"), 4, "/x/y: No space left on device."),
        (PermissionError(13, "Permission denied", "/x"), 4, "/x: Permission denied."),
        (KeyError("a"), 1, "by a fault of its own: KeyError: 'a'"),
        (KeyboardInterrupt(), 130, "Stopped. What was stored is safe."),
    ],
)
def test_whatever_goes_wrong_ends_in_words(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert border.explain(error) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert len(printed.err.splitlines()) == 2


def test_the_home_flag_goes_before_the_environment(
    byheart: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYHEART_HOME", str(tmp_path / "home"))  # so that it is put back
    assert byheart("--home", str(tmp_path / "other"), "memory", "list").code == 0
    assert (tmp_path / "other" / "byheart.db").exists()
    assert not (tmp_path / "home").exists()


def test_a_reader_that_leaves_early_is_no_error(home: Path) -> None:
    with Store.open(home / "byheart.db"):
        pass
    command = f"{sys.executable} -c 'from byheart.cli.app import main; main()' status --json | head -c 1"
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("{", "")


def test_ctrl_c_stops_with_130_and_one_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log.jsonl")
    command = [*PROGRAM, "import", str(tmp_path / "log.jsonl")]  # waits for the pipe's other end
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines()[-2:] == [
        "Stopped. What was stored is safe.",
        "Run the same command again to go on.",
    ]
    assert "Traceback" not in err


def test_a_home_that_may_not_be_written_is_named(
    byheart: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYHEART_HOME", "/proc/byheart")  # where even root can make nothing
    ran = byheart("memory", "list")
    assert (ran.code, ran.out) == (4, "")
    message, remedy = ran.err.splitlines()
    assert "/proc/byheart" in message
    assert "BYHEART_HOME" in remedy
