"""`byheart improve`: curate, train, prove and register in one resumable command."""

from pathlib import Path
from typing import Annotated

import typer

from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.cli.output import Json, done, out, print_json, say
from byheart.cli.screen import TerminalScreen
from byheart.cli.tables import before_after
from byheart.dataset.sources import REVIEWED, Sources
from byheart.evaluation.report import brief
from byheart.improve import Plan
from byheart.improve import improve as run
from byheart.training.recipe import Recipe


def improve(
    conversations: Annotated[
        int, typer.Option(min=0, help="How many conversations to generate.")
    ] = Sources.conversations,
    captures: Annotated[
        str, typer.Option(help="reviewed, or strong: also the pending ones praised strongly.")
    ] = REVIEWED,
    epochs: Annotated[int, typer.Option(help="How often each example is seen.")] = Recipe.epochs,
    page: Annotated[Path | None, typer.Option(help="Also write the report's page here.")] = None,
    as_json: Json = False,
) -> None:
    """Build a dataset from accepted captures and generated conversations, train, measure and register.

    Nothing goes live by itself: promote the model with `byheart models promote`. Ctrl-C loses no finished stage.

    Example: byheart improve --captures strong --page report.html
    """
    settings = Settings.load()
    plan = Plan(
        Sources(conversations=conversations, captures=captures),
        Recipe(epochs=epochs, seed=settings.seed, threads=settings.threads),
    )
    with Store.open(settings.store_url) as store, TerminalScreen() as screen:
        outcome = run(settings, store, plan, screen, page)
    if as_json:
        print_json({"model": outcome.model, "report": brief(outcome.report)})
        return
    out.print(before_after(outcome.report))
    done(f"Registered as {outcome.model}; the report is {outcome.folder / 'report.html'}")
    done(f"For an app's environment: {outcome.folder / 'update.env'}")
    say(f"Next: byheart models promote {outcome.model}")
