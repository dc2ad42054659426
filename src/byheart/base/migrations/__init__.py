"""The store's schema, revision by revision.

`REVISIONS` repeats the order of the files in `versions/`, so that opening a store that is up to date compares
one word and never loads alembic, which takes half a second.
"""

from pathlib import Path

from sqlalchemy import Connection

REVISIONS = ("0001", "0002")
HEAD = REVISIONS[-1]


def upgrade(connection: Connection) -> None:
    """Bring the schema to `HEAD` inside the caller's transaction: all of it or nothing."""
    from alembic import command  # noqa: PLC0415  see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
