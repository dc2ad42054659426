"""`byheart models`: which models there are, and which one is live."""

import getpass
from typing import Annotated

import typer

from byheart.base.clock import age, utcnow
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.cli.output import Json, done, print_json, print_table, say
from byheart.experiment import registry
from byheart.experiment.registry import Reason

models_app = typer.Typer(no_args_is_help=True, help="List, promote and roll back models.")
Name = Annotated[str, typer.Argument(help="The model's name; `byheart models list` shows it.")]
Why = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@models_app.command("list")
def list_models(as_json: Json = False) -> None:
    """List the models; the live one is marked.

    Example: byheart models list
    """
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        known = registry.list_models(connection)
        live, previous = registry.live_model(connection), registry.previous_model(connection)
    states = {model.id: "previous" for model in known if model == previous}
    states |= {model.id: "live" for model in known if model == live}
    if as_json:
        print_json([{**model.wire(), "state": states.get(model.id, "")} for model in known])
        return
    if not known:
        say("No model has been trained yet; the base answers. Train one: byheart improve")
        return
    now = utcnow()
    rows = [(m.name, states.get(m.id, ""), m.base, m.run or "", age(m.created_at, now)) for m in known]
    print_table(("name", "state", "base", "run", "made"), rows, widest="base")


@models_app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show one model, where it comes from, and what was decided about it.

    Example: byheart models show live
    """
    with Store.open(Settings.load().store_url) as store, store.reading() as connection:
        model = registry.find(connection, name)
        made = registry.decisions(connection, model.id)
    if as_json:
        print_json({**model.wire(), "decisions": [vars(decision) for decision in made]})
        return
    print_table(("", ""), [(key, str(value or "")) for key, value in model.wire().items()])
    for decision in made:
        say(f"{decision.created_at} {decision.kind} by {decision.who}: {decision.why or 'no reason given'}")


@models_app.command()
def promote(name: Name, why: Why = "", as_json: Json = False) -> None:
    """Put a model live. A running server answers with it from the next message on.

    Example: byheart models promote timmy-1 --why "recalls more"
    """
    with Store.open(Settings.load().store_url) as store, store.transaction() as connection:
        model = registry.set_live(connection, name, Reason(_who(), why, {}))
    if as_json:
        print_json(model.wire() if model else {"name": registry.BASE})
    else:
        done(f"{model.name if model else 'The base'} is live.")
        say("Talk to it: byheart chat · take it back: byheart models rollback")


@models_app.command()
def rollback(why: Why = "", as_json: Json = False) -> None:
    """Put the model before the live one live again; before the first, the base was.

    Example: byheart models rollback --why "too chatty"
    """
    with Store.open(Settings.load().store_url) as store, store.transaction() as connection:
        model = registry.rollback(connection, Reason(_who(), why, {}))
    if as_json:
        print_json(model.wire() if model else {"name": registry.BASE})
    else:
        done(f"{model.name if model else 'The base'} is live.")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        return "unknown"
