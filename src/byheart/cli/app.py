"""`byheart`: the list of commands, and the one border where an error becomes words and an exit code."""

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from byheart import __version__
from byheart.base.errors import ByheartError, InputError, StoreError
from byheart.cli.lazy import LazyCommand, lazy_group
from byheart.cli.output import complain, out

INTERRUPTED = 130
_OF_THE_SYSTEM = {
    errno.ENOSPC: "The disk is full: free some space and run the same command again.",
    errno.EDQUOT: "Your share of the disk is full: free some space and run the same command again.",
    errno.EACCES: "Give your user access to it, or name another place.",
    errno.EROFS: "It can only be read: name another place.",
    errno.ENOENT: "Check the path.",
}
_START, _KNOW, _TEACH, _TALK, _WATCH = "Start", "Remember and capture", "Teach and prove", "Talk", "Watch"

COMMANDS = (
    LazyCommand("demo", "byheart.cli.demo:demo", "The whole loop, on the packaged model.", _START),
    LazyCommand("init", "byheart.cli.init:init", "Write the settings and make the store.", _START),
    LazyCommand("import", "byheart.cli.importing:import_logs", "Read conversation logs.", _START),
    LazyCommand("memory", "byheart.cli.memory:app", "What is remembered of a person.", _KNOW),
    LazyCommand("captures", "byheart.cli.captures:app", "The answers that people praised.", _KNOW),
    LazyCommand("dataset", "byheart.cli.dataset:dataset_app", "Build and show datasets.", _TEACH),
    LazyCommand("train", "byheart.cli.train:train", "Train an adapter on a dataset.", _TEACH),
    LazyCommand("eval", "byheart.cli.evaluate:evaluate", "Measure what models remember.", _TEACH),
    LazyCommand("report", "byheart.cli.evaluate:report", "The last before and after.", _TEACH),
    LazyCommand("improve", "byheart.cli.improve:improve", "Curate, train and prove in one go.", _TEACH),
    LazyCommand("models", "byheart.cli.models:models_app", "List, promote and roll back models.", _TEACH),
    LazyCommand("chat", "byheart.cli.chat:chat", "Talk in the terminal.", _TALK),
    LazyCommand("serve", "byheart.cli.serve:serve", "Answer over OpenAI's protocol.", _TALK),
    LazyCommand("status", "byheart.cli.status:status", "What has been captured, and what is next.", _WATCH),
    LazyCommand("doctor", "byheart.cli.doctor:doctor", "What this machine is missing.", _WATCH),
)

app = typer.Typer(
    name="byheart",
    cls=lazy_group(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"byheart {__version__}")
        raise typer.Exit


@app.callback()
def root(
    home: Annotated[
        Path | None, typer.Option(help="Where byheart keeps everything.", envvar="BYHEART_HOME")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Teach an assistant to remember the people it talks to.

    talk → remember → praise → curate → train → prove → promote

    Example: byheart demo
    """
    if home is not None:  # so that every command, and every process it starts, reads the same settings
        os.environ["BYHEART_HOME"] = str(home)


def main() -> None:
    """The program `byheart`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Unicode must not end a command
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; the one place where errors become words."""
    try:
        code = app(list(arguments), prog_name="byheart", standalone_mode=False)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the border: all ends here, in words
        return explain(error)
    if code == INTERRUPTED:  # Typer has caught it already
        return explain(KeyboardInterrupt())
    return code if isinstance(code, int) else 0


def explain(error: BaseException) -> int:
    """Say what went wrong and what to do; the exit code."""
    if isinstance(error, BrokenPipeError):  # whoever read along has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if os.environ.get("BYHEART_DEBUG") == "1":
        traceback.print_exception(error)
    message, remedy, code = _in_words(error)
    if message:
        complain(message, remedy)
    return code


def _in_words(error: BaseException) -> tuple[str, str, int]:
    """What was wrong, what to do about it, and the exit code."""
    if isinstance(error, ByheartError):
        return error.message, error.remedy, error.exit_code
    if isinstance(error, typer.Abort):
        return "Nothing was changed.", "", 1
    if isinstance(error, KeyboardInterrupt):
        return "Stopped. What was stored is safe.", "Run the same command again to go on.", INTERRUPTED
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        remedy = _OF_THE_SYSTEM.get(error.errno or 0, "If it does not pass, run `byheart doctor`.")
        return f"{place}{error.strerror or error}.", remedy, StoreError.exit_code
    if hasattr(error, "format_message"):  # Typer's word for a wrong flag or argument
        context = getattr(error, "ctx", None)
        remedy = f"See `{context.command_path} --help`." if context else ""
        return error.format_message(), remedy, getattr(error, "exit_code", InputError.exit_code)
    return (
        f"byheart failed by a fault of its own: {type(error).__name__}: {error}",
        "Run it again with BYHEART_DEBUG=1 to see where, and report that, please.",
        1,
    )
