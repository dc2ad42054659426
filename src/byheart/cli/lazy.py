"""Commands that are imported only when they run, so that `byheart --help` answers at once."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


@dataclass(frozen=True)
class LazyCommand:
    """What the list of commands shows of one, and where it stands: `package.module:attribute`.

    The attribute is a Typer app (a group of commands) or a function (one command).
    """

    name: str
    place: str
    summary: str
    panel: str

    def shown(self) -> TyperCommand:
        """A stand-in for the list of commands; it cannot run."""
        return TyperCommand(self.name, help=self.summary, rich_help_panel=self.panel)

    def load(self) -> Any:
        """Import the command itself."""
        module, attribute = self.place.split(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            return get_group(found)
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(found)
        return get_command(alone)


def lazy_group(commands: tuple[LazyCommand, ...]) -> type[TyperGroup]:
    """A class for `typer.Typer(cls=…)`: a group that holds these commands, in this order."""

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self.commands = {command.name: command.shown() for command in commands}

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            name, shown, rest = super().resolve_command(ctx, args)
            return name, next((c.load() for c in commands if c.name == name), shown), rest

    return LazyGroup
