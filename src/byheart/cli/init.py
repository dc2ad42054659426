"""`byheart init`: the settings and the store."""

from pathlib import Path
from typing import Annotated

import typer

from byheart.base.errors import InputError
from byheart.base.settings import FILE, Settings, write_default
from byheart.base.store import Store
from byheart.cli.output import done, say


def init(
    force: Annotated[
        bool, typer.Option(help="Replace byheart.toml; the old one is kept as byheart.toml.old.")
    ] = False,
) -> None:
    """Write byheart.toml, which explains every setting, into this folder, and make the store.

    Example: byheart init
    """
    path = Path.cwd() / FILE
    if path.exists() and not force:
        raise InputError(f"{path} is already there.", "Edit it, or start afresh with `byheart init --force`.")
    if path.exists():
        path.replace(path.with_suffix(".toml.old"))
    write_default(path)
    done(f"Wrote {path}")
    settings = Settings.load()
    with Store.open(settings.store_url) as store:
        done(f"The store is {store.where}")
    say("Next: read a conversation log with `byheart import LOG`.")
