"""`byheart demo`: the whole loop on the packaged model, from a conversation log to a better model."""

import os
import shlex
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from byheart.base.errors import NotFoundError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.capture.importer import read_log
from byheart.capture.interchange import interchanges, write_interchanges
from byheart.capture.replay import Prompting, Replayed, replay
from byheart.chat.records import Persona
from byheart.cli.output import done, out, print_json, say
from byheart.cli.screen import TerminalScreen
from byheart.cli.status import LOG_NAME
from byheart.cli.tables import before_after
from byheart.dataset.sources import STRONG, Sources
from byheart.evaluation.report import brief
from byheart.experiment import registry
from byheart.improve import Plan, improve


def demo(
    log: Annotated[Path, typer.Option(help="A folder with log.jsonl and persona.md.")] = Path(
        "examples/timmy"
    ),
    page: Annotated[Path, typer.Option(help="Where the report's page goes.")] = Path("report.html"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Run the whole loop: import a log, remember, capture praise, build a dataset, train, prove.

    It takes about ten minutes on two cores, two more with the installation. Stop it with Ctrl-C, and the same
    command goes on where it stopped.

    Example: byheart demo --log examples/timmy
    """
    started = time.monotonic()
    settings = Settings.load(persona_name="Timmy", persona_prompt=_persona(log))
    plan = Plan(sources=Sources(captures=STRONG), command="byheart demo")
    with Store.open(settings.store_url) as store, TerminalScreen() as screen:
        screen.stage("Talk, remember, praise")
        _import(settings, store, log / "log.jsonl", screen)
        outcome = improve(settings, store, plan, screen, page)
        with store.transaction() as connection:
            reason = registry.Reason(
                "byheart demo", "the demo's newest model", {"report": outcome.report["id"]}
            )
            registry.set_live(connection, outcome.model, reason)
    if as_json:
        print_json(brief(outcome.report))
        return
    out.print(before_after(outcome.report))
    done(f"The report is {page.resolve()}")
    done(f"The tuned model is registered as {outcome.model}, and live")
    done(f"For an app's environment: {outcome.folder / 'update.env'}")
    done(f"All in {time.monotonic() - started:.0f} seconds, {outcome.run.state.seconds:.0f} of them training")
    program = shlex.quote(os.path.relpath(sys.argv[0])) if os.sep in sys.argv[0] else "byheart"
    say("Talk to it:")
    out.print(
        f"  BYHEART_HOME={shlex.quote(str(settings.home))} {program} chat --person maya", soft_wrap=True
    )


def _persona(log: Path) -> str:
    file = log / "persona.md"
    if not file.exists():
        raise NotFoundError(
            f"There is no {file}.", "Run the demo in byheart's own folder, or name a log with --log FOLDER."
        )
    return file.read_text("utf-8").strip()


def _import(settings: Settings, store: Store, log: Path, screen: TerminalScreen) -> None:
    prompting = Prompting(
        Persona(settings.persona_name, settings.persona_prompt), settings.memory_limit, settings.memory_tokens
    )
    conversations = list(read_log(log))
    sums = Replayed()
    with store.transaction() as connection:
        for sums in replay(connection, conversations, prompting):
            screen.progress("reading the log", sums.conversations, len(conversations))
        captured = interchanges(connection)
    write_interchanges(settings.home / LOG_NAME, captured)
    new = f"{sums.turns} new" if sums.turns else "all known already"
    screen.say(
        f"{len(sums.people)} people, {sums.conversations} conversations, {sums.turns + sums.known} answers ({new}), "
        f"{sums.memories} new memories, {len(captured)} praised exchanges captured"
    )
