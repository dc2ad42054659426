"""`byheart import`: conversation logs go through the loop as if they were held now."""

from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from byheart.base.errors import InputError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.capture.importer import LoggedConversation, read_log
from byheart.capture.replay import Prompting, Replayed, replay
from byheart.chat.records import Persona
from byheart.cli.output import Json, done, out, print_json, say, track


def import_logs(
    logs: Annotated[list[Path], typer.Argument(help="JSON lines, a conversation each: see below.")],
    persona: Annotated[
        Path | None, typer.Option(help="A text file: who the assistant is, as its prompt says it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would come of it, and store nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Read conversation logs: what people said is remembered, the answers they praised are captured.

    A line is {"conversation", "person", "persona", "messages": [{"role", "content", "at"}, …]}.

    A bad file is named with its lines, and nothing of it is stored. Reading a log again changes nothing.

    Example: byheart import examples/timmy/log.jsonl --persona examples/timmy/persona.md
    """
    settings = Settings.load()
    prompt = settings.persona_prompt if persona is None else _read_persona(persona)
    prompting = Prompting(
        Persona(settings.persona_name, prompt), settings.memory_limit, settings.memory_tokens
    )
    read = {log: list(read_log(log)) for log in logs}  # all of them, before the first one is stored
    results = []
    with Store.open(settings.store_url) as store:
        for log, conversations in read.items():
            came = _store(store, log, conversations, prompting, dry_run)
            results.append({"log": str(log), "stored": not dry_run, **_plain(came)})
            if not as_json:
                _print(log, came, dry_run)
    if as_json:
        print_json(results)
    elif not dry_run:
        say("Next: byheart status")


def _store(
    store: Store, log: Path, conversations: list[LoggedConversation], prompting: Prompting, dry_run: bool
) -> Replayed:
    """Replay one log in one transaction, which a dry run takes back."""
    with store.transaction() as connection:
        trial = connection.begin_nested()
        steps = track(replay(connection, conversations, prompting), len(conversations), log.name)
        came = deque(steps, maxlen=1).pop()
        if dry_run:
            trial.rollback()
        else:
            trial.commit()
    return came


def _read_persona(path: Path) -> str:
    try:
        prompt = path.read_text("utf-8").strip()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check its name.") from error
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    if not prompt:
        raise InputError(f"{path} is empty.", "Write who the assistant is, as its prompt should say it.")
    return prompt


def _plain(came: Replayed) -> dict[str, Any]:
    return {**asdict(came), "people": sorted(came.people)}


def _print(log: Path, came: Replayed, dry_run: bool) -> None:
    known = f", {came.known} known already" if came.known else ""
    done(f"{log}: {came.conversations} conversations with {len(came.people)} people{' (dry run)' * dry_run}")
    for name, count, note in (
        ("answers", came.turns, f"new{known}"),
        ("memories", came.memories, "new"),
        ("praise", came.labels["praise"], f"{came.captured} answers captured"),
        ("criticism", came.labels["criticism"], ""),
        ("corrections", came.labels["correction"], ""),
    ):
        out.print(Text.assemble(f"  {name:<12}{count:>5}  ", (note, "dim")))
