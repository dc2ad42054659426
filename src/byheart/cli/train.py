"""`byheart train`: LoRA on a dataset version."""

from typing import Annotated

import typer
from sqlalchemy import select

from byheart.base import tables
from byheart.base.errors import NotFoundError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.cli.output import Json, done, print_json, say
from byheart.cli.screen import TerminalScreen
from byheart.dataset import versions
from byheart.improve import registered
from byheart.models.bases import find_base
from byheart.training import runs
from byheart.training.recipe import Recipe

_DEFAULT = Recipe()


def train(
    dataset: Annotated[str, typer.Argument(help="A dataset's id, or `last`.")] = "last",
    base: Annotated[
        str | None, typer.Option(help="The base: the packaged one, a Hugging Face name, a folder.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="How often each example is seen.")] = _DEFAULT.epochs,
    learning_rate_multiplier: Annotated[
        float, typer.Option(help="Scales the learning rate.")
    ] = _DEFAULT.learning_rate_multiplier,
    rank: Annotated[int, typer.Option(help="The rank of the adapter.")] = _DEFAULT.rank,
    max_length: Annotated[
        int, typer.Option(help="The longest example in tokens; longer is refused.")
    ] = _DEFAULT.max_length,
    as_json: Json = False,
) -> None:
    """Train an adapter, live: loss, tokens a second, time left. Ctrl-C keeps a checkpoint; run again to go on.

    Example: byheart train last --epochs 2
    """
    settings = Settings.load(base_model=base)
    recipe = Recipe(
        epochs=epochs,
        learning_rate_multiplier=learning_rate_multiplier,
        rank=rank,
        alpha=2 * rank,
        max_length=max_length,
        seed=settings.seed,
        threads=settings.threads,
    )
    with Store.open(settings.store_url) as store:
        chosen = versions.find(settings.home, _last(store) if dataset == "last" else dataset)
        with TerminalScreen() as screen:
            screen.stage("Train")
            run = runs.train(
                store,
                settings.home,
                chosen,
                find_base(settings.base_model, settings.home),
                recipe,
                screen.training,
                screen.say,
            )
        model = registered(store, run)
    result = {"run": run.id, "model": model, "adapter": str(run.adapter), "steps": run.state.step}
    if as_json:
        losses = {
            "train_loss": run.state.loss,
            "validation_loss": run.state.best_loss,
            "seconds": run.state.seconds,
        }
        print_json({**result, **losses})
        return
    done(
        f"Trained {run.state.step} steps in {run.state.seconds:.0f} seconds; the adapter is in {run.adapter}"
    )
    done(f"Registered as {model}")
    say(f"Next: byheart eval base {model}")


def _last(store: Store) -> str:
    table = tables.datasets
    with store.reading() as connection:
        found = connection.execute(select(table.c.id).order_by(table.c.created_at.desc())).scalar()
    if found is None:
        raise NotFoundError("There is no dataset yet.", "Make one with: byheart dataset build")
    return str(found)
