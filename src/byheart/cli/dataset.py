"""`byheart dataset`: build, list and show dataset versions."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from byheart.base import tables
from byheart.base.clock import utcnow
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.cli.output import Json, done, out, print_json, print_table
from byheart.dataset import versions
from byheart.dataset.export import export
from byheart.dataset.sources import REVIEWED, Sources, gather

dataset_app = typer.Typer(no_args_is_help=True, help="Build, list and show dataset versions.")


@dataset_app.command()
def build(
    conversations: Annotated[
        int, typer.Option(min=0, help="How many conversations to generate.")
    ] = Sources.conversations,
    seed: Annotated[int, typer.Option(help="The generator's seed.")] = Sources.seed,
    captures: Annotated[
        str, typer.Option(help="reviewed, or strong: also the pending ones praised strongly.")
    ] = REVIEWED,
    name: Annotated[str, typer.Option(help="A name for the list.")] = "memory",
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Also write the files that the fine-tuning protocol uploads.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Freeze a dataset of praised answers and generated conversations in six categories of memory.

    Example: byheart dataset build --conversations 400 --out training-data
    """
    settings = Settings.load()
    sources = Sources(conversations=conversations, seed=seed, captures=captures)
    with Store.open(settings.store_url) as store, store.transaction() as connection:
        dataset = versions.freeze(gather(connection, sources), sources.wire())
        folder = versions.save(connection, settings.home, dataset, name)
    files = export(dataset, out_folder, utcnow(), settings.base_model) if out_folder else []
    if as_json:
        print_json({"id": dataset.id, "path": str(folder), "files": list(map(str, files)), **dataset.summary})
        return
    done(f"Dataset {dataset.id} is in {folder}")
    for file in files:
        done(f"Wrote {file}")
    _summary(dataset.summary)


@dataset_app.command("list")
def list_datasets(as_json: Json = False) -> None:
    """List the dataset versions, newest first.

    Example: byheart dataset list
    """
    table = tables.datasets
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        found = [
            dict(r) for r in connection.execute(select(table).order_by(table.c.created_at.desc())).mappings()
        ]
    if as_json:
        print_json(found)
        return
    rows = [(d["id"], d["name"], d["created_at"], str(d["summary"]["conversations"])) for d in found]
    print_table(("Id", "Name", "Made", "Conversations #"), rows)


@dataset_app.command()
def show(
    dataset: Annotated[str, typer.Argument(help="A dataset's id.")],
    examples: Annotated[int, typer.Option(min=0, help="How many examples to print.")] = 3,
    as_json: Json = False,
) -> None:
    """Show a dataset: its summary and some of its examples.

    Example: byheart dataset show DATASET --examples 5
    """
    settings = Settings.load()
    found = versions.find(settings.home, dataset)
    if as_json:
        print_json({"id": found.id, "recipe": found.recipe, "summary": found.summary})
        return
    _summary(found.summary)
    for example in found.train[:examples]:
        out.rule(f"{example.id}, {example.category}, {example.source}")
        for index, message in enumerate(example.messages):
            mark = "→ " if index in example.trained else "  "
            out.print(f"{mark}{message.role}: {message.content}", markup=False, soft_wrap=True)


def _summary(summary: dict[str, object]) -> None:
    print_table(("", ""), [(k.replace("_", " "), _shown(v)) for k, v in summary.items()], widest="")


def _shown(value: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
