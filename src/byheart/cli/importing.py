"""`byheart import`: conversation logs go through the loop as if they were held now, captures as they were made."""

from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from byheart.base.errors import InputError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.capture.foreign import TRUNCATED, Origin
from byheart.capture.importer import SHOWN, LoggedConversation, read_log
from byheart.capture.interchange import FILE, Scanned, refresh_log, scan_interchanges
from byheart.capture.replay import Prompting, Replayed, Restored, replay, restore
from byheart.chat.records import Persona
from byheart.cli.output import Json, done, out, print_json, say, track

MARKDOWN = (".md", ".markdown")


def import_logs(
    logs: Annotated[
        list[Path],
        typer.Argument(help="JSON lines, a conversation each (see below), or interchange logs (.md)."),
    ],
    persona: Annotated[
        Path | None, typer.Option(help="A text file: who the assistant is, as its prompt says it.")
    ] = None,
    person: Annotated[
        str, typer.Option(help="Whose captures an interchange log holds, where it does not say.")
    ] = Origin.person,
    dry_run: Annotated[bool, typer.Option(help="Say what would come of it, and store nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Read conversation logs: what people said is remembered, the answers they praised are captured.

    A line is {"conversation", "person", "persona", "messages": [{"role", "content", "at"}, …]}.

    A bad file is named with its lines, and nothing of it is stored. Of an interchange log, such as
    fine_tuning_best_case_interchanges.md, the blocks that can be read are stored. Reading a log again changes nothing.

    Example: byheart import examples/timmy/log.jsonl --persona examples/timmy/persona.md
    """
    settings = Settings.load()
    prompt = settings.persona_prompt if persona is None else _read_persona(persona)
    own = Persona(settings.persona_name, prompt)
    prompting = Prompting(own, settings.memory_limit, settings.memory_tokens)
    read = {
        log: _read(log, Origin(person, own)) for log in logs
    }  # all of them, before the first one is stored
    results = []
    with Store.open(settings.store_url) as store:
        for log, found in read.items():
            if isinstance(found, Scanned):
                restored = _restore(store, found, dry_run)
                results.append({"log": str(log), "stored": not dry_run, **_plain_captures(found, restored)})
                if not as_json:
                    _print_captures(log, results[-1], dry_run)
            else:
                came = _store(store, log, found, prompting, dry_run)
                results.append({"log": str(log), "stored": not dry_run, **_plain(came)})
                if not as_json:
                    _print(log, came, dry_run)
        if not dry_run:
            with store.reading() as connection:
                refresh_log(connection, settings.home / FILE)
    if as_json:
        print_json(results)
    elif not dry_run:
        say("Next: byheart status")


def _read(log: Path, origin: Origin) -> Scanned | list[LoggedConversation]:
    """A log by the ending of its name. Raises InputError, for an interchange log when no block can be read."""
    if log.suffix.lower() not in MARKDOWN:
        return list(read_log(log))
    found = scan_interchanges(log, origin)
    if found.bad and not found.items:
        reasons = "; ".join(f"line {bad.line}: {bad.why}" for bad in found.bad[:SHOWN])
        raise InputError(f"{log}: no block can be read: {reasons}.", "Nothing was imported.")
    return found


def _restore(store: Store, found: Scanned, dry_run: bool) -> Restored:
    """Store the captures of an interchange log in one transaction, which a dry run takes back."""
    with store.transaction() as connection:
        trial = connection.begin_nested()
        came = restore(connection, found.items)
        if dry_run:
            trial.rollback()
        else:
            trial.commit()
    return came


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


def _plain_captures(found: Scanned, came: Restored) -> dict[str, Any]:
    """What came of an interchange log; `revoked` and `truncated` are ids among the new ones."""
    new = [item for item in found.items if item.exchange.id in came.new]
    return {
        "captured": len(came.new),
        "known": len(came.known),
        "people": sorted({item.turn.person for item in new}),
        "edited": list(came.edited),
        "revoked": [item.exchange.id for item in new if item.exchange.state == "revoked"],
        "truncated": [item.exchange.id for item in new if item.turn.prompt_source == TRUNCATED],
        "bad": [asdict(bad) for bad in found.bad],
    }


def _print_captures(log: Path, came: dict[str, Any], dry_run: bool) -> None:
    known = f", {came['known']} known already" if came["known"] else ""
    captures = "1 capture" if came["captured"] == 1 else f"{came['captured']} captures"
    done(f"{log}: {captures}{known}{' (dry run)' * dry_run}")
    for ids, words in (
        (
            came["revoked"],
            "revoked: their praise is criticism as well (byheart captures list --state revoked)",
        ),
        (came["truncated"], "with a prompt that the log had cut off: not what the model saw in full"),
        (came["edited"], "left out: edited by hand, so not what was seen"),
    ):
        if ids:
            say(f"  {len(ids)} {words}")
    for bad in came["bad"]:
        say(f"  line {bad['line']}: {bad['why']}: skipped")


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
