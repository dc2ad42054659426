"""`byheart captures`: the answers that people praised, looked through before anything learns from them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from byheart.base.errors import InputError, StoreError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.capture.exchange import STATES, Exchange, exchange_turn, exchanges, read_exchange, set_state
from byheart.capture.feedback import Feedback, feedback_of
from byheart.capture.interchange import FILE, interchanges, read_interchanges, refresh_log, write_interchanges
from byheart.capture.praise import MODES, Judgement, read_phrases
from byheart.capture.praise import classify as judge
from byheart.capture.replay import restore
from byheart.capture.verify import checked, stored
from byheart.chat.turns import read_turn
from byheart.cli.ids import pick, short
from byheart.cli.output import Json, cut, done, out, print_json, print_json_lines, print_table, say, track

app = typer.Typer(no_args_is_help=True, help="Look through the answers that people praised.")
CaptureId = Annotated[str, typer.Argument(help="The capture's id, or as much of it as the list shows.")]
CaptureIds = Annotated[
    list[str], typer.Argument(help="Ids of captures, or as much of them as the list shows.")
]
LogFile = Annotated[
    Path | None, typer.Argument(help="The interchange log; by default the one in byheart's home.")
]


@app.command("list")
def list_captures(
    state: Annotated[str | None, typer.Option(help=f"Only those that are {', '.join(STATES)}.")] = None,
    person: Annotated[str | None, typer.Option(help="Only those of this person.")] = None,
    as_json: Json = False,
) -> None:
    """List the captures, the oldest first: the answer, and the praise that it got.

    Example: byheart captures list --state pending
    """
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        found = exchanges(connection, STATES if state is None else (state,), person)
        rows = [_row(connection, exchange) for exchange in found]
    if as_json:
        print_json(rows)
    elif rows:
        out.print(_table(rows))
    else:
        say("No captures. They are made when someone praises an answer: talk, or byheart import LOG")


@app.command()
def show(capture: CaptureId, as_json: Json = False) -> None:
    """Show one capture as it was seen: the question, the prompt with its memories, the answer, the praise.

    Example: byheart captures show 3f2a91c0
    """
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        exchange = read_exchange(connection, _pick(connection, capture))
        turn = exchange_turn(connection, exchange)
        said = feedback_of(connection, turn.id)
    system = "\n".join(m.content for m in turn.messages if m.role == "system")
    if as_json:
        messages = [m.wire() for m in turn.messages]
        seen = {
            "messages": messages,
            "reply": turn.reply,
            "model": turn.model,
            "prompt_source": turn.prompt_source,
        }
        print_json({**vars(exchange), "turn": {"id": turn.id, **seen}, "feedback": [vars(f) for f in said]})
        return
    about = f"{exchange.id}, {exchange.state}, {turn.person} in {turn.conversation}, {turn.created_at}"
    out.print(Text(about, style="dim"))
    for title, text in (
        ("Question (n-3)", turn.question),
        ("System prompt (n-2)", system),
        ("Answer (n-1)", turn.reply),
        ("Better answer", exchange.preferred or ""),
        ("What was said of it", "\n".join(map(_told, said))),
    ):
        if text:
            out.print(Text(f"\n{title}", style="bold"), Text(text), sep="\n")


@app.command()
def accept(captures: CaptureIds) -> None:
    """Accept captures: they may be learned from.

    Example: byheart captures accept 3f2a91c0 81b0c7de
    """
    _move(captures, "accepted")


@app.command()
def reject(captures: CaptureIds) -> None:
    """Reject captures: nothing learns from them.

    Example: byheart captures reject 3f2a91c0
    """
    _move(captures, "rejected")


@app.command()
def undo(captures: CaptureIds) -> None:
    """Take back an acceptance, a rejection or a revocation: the capture is pending again.

    Example: byheart captures undo 3f2a91c0
    """
    _move(captures, "pending")


@app.command()
def verify(as_json: Json = False) -> None:
    """Re-derive the hash of every stored turn and every capture. Exit code 4 when one does not agree.

    Example: byheart captures verify
    """
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        turns, captures = stored(connection)
        bar = track(checked(connection), turns + captures, "Checking hashes")
        broken = [one for one in bar if one.wrong]
    if as_json:
        print_json({"turns": turns, "captures": captures, "broken": [vars(one) for one in broken]})
    elif broken:
        rows = [(one.kind, one.id, one.wrong) for one in broken]
        print_table(("what", "id", "what is wrong"), rows, widest="what is wrong")
    else:
        done(f"All {turns:,} turns and {captures:,} captures are as they were seen.")
    if broken:
        raise typer.Exit(StoreError.exit_code)


@app.command()
def classify(
    file: Annotated[
        Path, typer.Argument(help='JSON lines: {"previous_assistant": …, "user": …}; - reads stdin.')
    ],
    name: Annotated[str, typer.Option(help="What the assistant is called.")] = "",
    phrases: Annotated[
        Path | None,
        typer.Option(help="Your own phrases per label: a TOML file, or lines `praise: top drawer`."),
    ] = None,
    mode: Annotated[str, typer.Option(help="clauses, or original: only the phrases it began with.")] = MODES[
        0
    ],
) -> None:
    """Tell praise, criticism and correction apart, and say which words decided: a JSON line for each line.

    Other fields of a line, such as an id, are kept.

    Example: byheart captures classify messages.jsonl --name Timmy
    """
    if mode not in MODES:
        raise InputError(f"{mode!r} is no mode.", f"Take one of {', '.join(MODES)}.")
    own = read_phrases(phrases) if phrases else None
    print_json_lines(
        {**rest, **_shown(judge(said["previous_assistant"], said["user"], name, phrases=own, mode=mode))}
        for said, rest in _messages(file)
    )


@app.command("export-md")
def export_md(file: LogFile = None) -> None:
    """Write the pending and accepted captures as the interchange log, for people to read.

    Example: byheart captures export-md
    """
    settings = Settings.load()
    path = file or settings.home / FILE
    with Store.open(settings.store_url) as store, store.reading() as connection:
        items = interchanges(connection)
    write_interchanges(path, items)
    done(f"Wrote {len(items)} captures to {path}")


@app.command("import-md")
def import_md(file: LogFile = None) -> None:
    """Read an interchange log back into the store. Captures that are there already stay as they are.

    Example: byheart captures import-md fine_tuning_best_case_interchanges.md
    """
    settings = Settings.load()
    path = file or settings.home / FILE
    items = read_interchanges(path)
    with Store.open(settings.store_url) as store, store.transaction() as connection:
        came = restore(connection, items)
    done(f"{path}: {len(came.new)} captures stored, {len(came.known)} known already")
    for identity in came.edited:
        say(f"{identity} was edited, so it is not what was seen: left out.")


def _table(rows: list[dict[str, Any]]) -> Table:
    """A capture takes two cells' height: the praise, and below it the answer that got it."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("id", "state", "person", "when"):
        table.add_column(column, no_wrap=True)
    table.add_column("praise, and what it praises", overflow="fold")
    for row in rows:
        words = Text.assemble((f"“{cut(row['praise'], 100)}”", "green"), "\n", cut(row["reply"], 160))
        table.add_row(short(row["id"]), row["state"], Text(row["person"]), row["at"][:10], words)
    return table


def _row(connection: Connection, exchange: Exchange) -> dict[str, Any]:
    """A capture with the words that a list shows."""
    praise = [f for f in feedback_of(connection, exchange.turn) if f.id in exchange.praise]
    turn = read_turn(connection, exchange.turn)
    return {
        "id": exchange.id,
        "state": exchange.state,
        "person": exchange.person,
        "at": exchange.created_at,
        "praise": praise[0].text if praise else "",
        "strength": praise[0].strength if praise else "",
        "question": turn.question,
        "reply": turn.reply,
        "turn": turn.id,
        "prompt_source": turn.prompt_source,
    }


def _move(captures: list[str], state: str) -> None:
    """All of them or none."""
    settings = Settings.load()
    with Store.open(settings.store_url) as store:
        with store.transaction() as connection:
            moved = [set_state(connection, _pick(connection, one), state) for one in captures]
        with store.reading() as connection:
            refresh_log(connection, settings.home / FILE)
    for exchange in moved:
        done(f"{short(exchange.id)} is {exchange.state}")


def _pick(connection: Connection, written: str) -> str:
    known = (exchange.id for exchange in exchanges(connection))
    return pick(known, written, "There is no capture", "List them: byheart captures list")


def _shown(found: Judgement) -> dict[str, str]:
    return {"label": found.label, "strength": found.strength, "span": found.span, "why": found.why}


def _messages(file: Path) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Each line's two messages, and its other fields."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        lines = raw.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.", "Check its name.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            said, reason = _message(line)
            if reason:
                shape = '{"previous_assistant": …, "user": …}'
                raise InputError(f"{file}: line {number} is not {shape}: {reason}.", "Correct that line.")
            yield {key: said.pop(key) or "" for key in _FIELDS}, said


_FIELDS = ("previous_assistant", "user")


def _message(line: str) -> tuple[dict[str, Any], str]:
    """A line as an object, and why it is no message; empty when it is one."""
    try:
        said = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return {}, f"no JSON ({error})"
    if not isinstance(said, dict):
        return {}, "no object"
    for key in _FIELDS:
        if key not in said:
            return {}, f'"{key}" is missing'
        if not isinstance(said[key], str) and not (key == _FIELDS[0] and said[key] is None):
            return {}, f'"{key}" is no text'
    return said, ""


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _told(feedback: Feedback) -> str:
    return f"“{feedback.text}” ({feedback.label}, {feedback.strength or feedback.source}: {feedback.why})"
