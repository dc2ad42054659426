"""`byheart serve`: answer over OpenAI's protocol."""

from typing import Annotated

import typer

from byheart.base.settings import Settings
from byheart.cli.output import say
from byheart.server.run import run


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to serve on; 0.0.0.0 opens it to the network.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port to serve on.")] = None,
    upstream: Annotated[
        str | None, typer.Option(help="An OpenAI-compatible server to answer instead of the local model.")
    ] = None,
) -> None:
    """Serve the live model with everyone's memories over OpenAI's protocol, until Ctrl-C.

    Example: byheart serve --port 3001
    """
    run(Settings.load(host=host, port=port, upstream_url=upstream), say)
