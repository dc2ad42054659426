"""`byheart chat`: talk in the terminal, with memory."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from byheart.base.errors import ModelError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.chat.records import Message
from byheart.cli.output import complain, err, say
from byheart.experiment.registry import LIVE
from byheart.experiment.shelf import Shelf
from byheart.loop import Answer, Assistant, Request
from byheart.models.records import Sampling

SETTLE_SECONDS = 10.0
"""How long leaving waits for what was said to be remembered; what is left is taken up at the next start."""


def chat(
    person: Annotated[str, typer.Option(help="Who is talking; everyone has memories of their own.")] = "me",
    model: Annotated[str, typer.Option(help="The model: live, base, or a name.")] = LIVE,
    memory: Annotated[bool, typer.Option(help="Use memories, and make new ones.")] = True,
    max_tokens: Annotated[int | None, typer.Option(help="The longest reply, in tokens.")] = None,
) -> None:
    """Talk to a model. One message a line; /quit, Ctrl-D or Ctrl-C leave.

    Example: byheart chat --person maya
    """
    settings = Settings.load(max_tokens=max_tokens)
    with Store.open(settings.store_url) as store:
        shelf = Shelf(settings, store)
        opened = shelf.open(model)
        assistant = Assistant(settings, store, shelf)
        try:
            if sys.stdin.isatty():
                say(f"{opened.name} listens to {person}. /quit leaves.")
            _talk(assistant, settings, Request(person, (), memory=memory, model=model))
        except KeyboardInterrupt:
            err.print()
        finally:
            assistant.listener.settle(SETTLE_SECONDS)
            assistant.close()
            shelf.close()


def _talk(assistant: Assistant, settings: Settings, start: Request) -> None:
    history: list[Message] = []
    conversation = ""
    sampling = Sampling(max_tokens=settings.max_tokens, seed=settings.seed)
    for line in _lines():
        messages = [*history, Message("user", line)]
        answer = assistant.take_turn(
            Request(start.person, messages, conversation, sampling, start.memory, model=start.model)
        )
        conversation = answer.conversation
        try:
            reply = _say(answer)
        except ModelError as error:
            if not sys.stdin.isatty():
                raise
            complain(error.message, error.remedy)
            continue
        history = [*messages, Message("assistant", reply)]


def _lines() -> Iterator[str]:
    """What is typed or piped, a message a line, up to /quit or the end."""
    while True:
        try:
            line = input("> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            if sys.stdin.isatty():
                err.print()
            return
        except UnicodeDecodeError:
            complain("That line is not UTF-8 text.", "It was passed over.")
            continue
        if line == "/quit":
            return
        if line:
            yield line


def _say(answer: Answer) -> str:
    """Show an answer as it comes, and then which memories it had."""
    reply = ""
    for piece in answer:
        sys.stdout.write(piece.text)
        sys.stdout.flush()
        reply += piece.text
    sys.stdout.write("\n")
    sys.stdout.flush()
    for memory in answer.memories:
        err.print(Text(f"  remembered [{memory.kind}] {memory.text}", style="dim"))
    return reply
