"""What a model is asked for and what it gives."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from byheart.chat.records import Message


@dataclass(frozen=True)
class Sampling:
    """How a reply is drawn. Temperature 0 is greedy; `max_tokens` bounds the reply, not the prompt."""

    max_tokens: int = 120
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 7
    stop: tuple[str, ...] = ()

    def wire(self) -> dict[str, Any]:
        """The parameters as a record keeps them."""
        return {**asdict(self), "stop": list(self.stop)}


@dataclass(frozen=True)
class Reply:
    """A finished answer: `finish_reason` is `stop` or `length`, `seconds` the time the model took."""

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float


@dataclass(frozen=True)
class Piece:
    """A part of a streamed answer; the last one carries the whole Reply and an empty text."""

    text: str
    reply: Reply | None = None


Progress = Callable[[int, int], None]
"""Called with (done, of how many)."""


class ChatModel(Protocol):
    """Anything that answers a rendered prompt. Raises ModelError when it cannot."""

    name: str
    adapter: str

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """Answer one prompt, piece by piece."""
        ...

    def reply_all(
        self, prompts: Sequence[Sequence[Message]], sampling: Sampling, progress: Progress | None = None
    ) -> list[Reply]:
        """Answer many prompts, in their order."""
        ...


def whole_reply(model: ChatModel, messages: Sequence[Message], sampling: Sampling) -> Reply:
    """Answer one prompt at once."""
    for piece in model.stream(messages, sampling):
        if piece.reply is not None:
            return piece.reply
    raise AssertionError("a model's stream ended without its reply")


def one_by_one(
    model: ChatModel,
    prompts: Sequence[Sequence[Message]],
    sampling: Sampling,
    progress: Progress | None = None,
) -> list[Reply]:
    """`reply_all` for models that answer one prompt at a time."""
    replies = []
    for prompt in prompts:
        replies.append(whole_reply(model, prompt, sampling))
        if progress:
            progress(len(replies), len(prompts))
    return replies
