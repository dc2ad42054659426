"""`byheart memory`: a person sees, edits and deletes what is remembered of them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from byheart.base.clock import age, utcnow
from byheart.base.errors import NotFoundError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.cli.ids import pick, short
from byheart.cli.output import Json, done, out, print_json, print_table, say
from byheart.insight.status import people
from byheart.memory import bank
from byheart.memory.records import Memory

app = typer.Typer(no_args_is_help=True, help="See, edit and delete what is remembered of a person.")
Person = Annotated[str, typer.Argument(help="Whose memories; `byheart memory list` names everyone.")]
MemoryId = Annotated[str, typer.Argument(help="The memory's id, or as much of it as the list shows.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("list")
def list_memories(
    person: Annotated[
        str | None, typer.Argument(help="Whose memories; without it, everyone is named.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what has been superseded.")] = False,
    as_json: Json = False,
) -> None:
    """List what is remembered of a person, or everyone of whom something is.

    Example: byheart memory list maya
    """
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        if person is None:
            _print_people(people(connection), as_json)
            return
        known = bank.memories_of(connection, person, current_only=not everything)
    if as_json:
        print_json([asdict(memory) for memory in known])
    elif known:
        now = utcnow()
        rows = [(short(m.id), m.kind, str(m.importance), age(m.said_at, now), _shown(m)) for m in known]
        print_table(("id", "kind", "#", "said", "memory"), rows, widest="memory")
    else:
        say(f"Nothing is remembered of {person}. `byheart memory list` names everyone.")


@app.command()
def show(person: Person, memory: MemoryId, as_json: Json = False) -> None:
    """Show one memory with where it comes from and what has superseded it.

    Example: byheart memory show maya 3f2a91c0
    """
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        found = _pick(bank.memories_of(connection, person, current_only=False), person, memory)
    if as_json:
        print_json(asdict(found))
        return
    for name, value in asdict(found).items():
        if value not in (None, ""):
            out.print(Text.assemble((f"{name.replace('_', ' '):<16}", "bold"), str(value)))


@app.command()
def edit(
    person: Person, memory: MemoryId, text: Annotated[str, typer.Argument(help="What it should say.")]
) -> None:
    """Put other words in a memory's place; the old ones are kept as superseded.

    Example: byheart memory edit maya 3f2a91c0 "I work days now."
    """
    with Store.open(Settings.load().store_url) as store, store.transaction() as connection:
        old = _pick(bank.memories_of(connection, person, current_only=False), person, memory)
        fresh = bank.edit(connection, person, old.id, text, utcnow())
    done(f"{short(fresh.id)} now says: {fresh.text}")


@app.command()
def delete(person: Person, memory: MemoryId, yes: Yes = False) -> None:
    """Delete one memory for good.

    Example: byheart memory delete maya 3f2a91c0
    """
    with Store.open(Settings.load().store_url) as store:
        with store.reading() as connection:
            found = _pick(bank.memories_of(connection, person, current_only=False), person, memory)
        if not yes:
            typer.confirm(f"Delete “{found.text}” for good?", abort=True, err=True)
        with store.transaction() as connection:
            bank.delete(connection, person, found.id)
    done(f"Deleted: {found.text}")


@app.command()
def forget(person: Person, yes: Yes = False) -> None:
    """Delete everything that is remembered of a person, superseded memories included.

    Conversations and captures are kept; they are no memories.

    Example: byheart memory forget maya
    """
    with Store.open(Settings.load().store_url) as store:
        with store.reading() as connection:
            known = len(bank.memories_of(connection, person, current_only=False))
        if not known:
            raise NotFoundError(
                f"Nothing is remembered of {person}.", "`byheart memory list` names everyone."
            )
        if not yes:
            typer.confirm(f"Delete all {known} memories of {person} for good?", abort=True, err=True)
        with store.transaction() as connection:
            known = bank.forget_person(connection, person)
    done(f"Forgot {known} memories of {person}. Their conversations and captures are kept.")


def _print_people(known: dict[str, int], as_json: bool) -> None:
    if as_json:
        print_json([{"person": person, "memories": count} for person, count in known.items()])
    elif known:
        print_table(("person", "memories #"), [(person, str(count)) for person, count in known.items()])
    else:
        say("Nothing is remembered yet. Read a conversation log: byheart import LOG")


def _shown(memory: Memory) -> str:
    return f"{memory.text} (until {memory.valid_until[:10]})" if memory.valid_until else memory.text


def _pick(known: Sequence[Memory], person: str, written: str) -> Memory:
    remedy = f"List them: byheart memory list {person} --all"
    wanted = pick((memory.id for memory in known), written, f"{person} has no memory", remedy)
    return next(memory for memory in known if memory.id == wanted)
