"""A model that says what a function says: for tests, demonstrations, and replaying a log through the loop."""

from collections.abc import Callable, Iterator, Sequence

from byheart.chat.records import Message
from byheart.models.records import Piece, Progress, Reply, Sampling, one_by_one


class ScriptedModel:
    """Answers with `script(messages)`, streamed word by word."""

    def __init__(self, script: Callable[[Sequence[Message]], str], name: str = "scripted") -> None:
        self.script = script
        self.name = name
        self.adapter = ""

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """Answer one prompt, piece by piece."""
        text = self.script(messages)
        words = text.split(" ")
        for number, word in enumerate(words):
            yield Piece(word if number == 0 else f" {word}")
        prompt_words = sum(len(m.content.split()) for m in messages)
        yield Piece("", Reply(text, "stop", prompt_words, len(words), 0.0))

    def reply_all(
        self, prompts: Sequence[Sequence[Message]], sampling: Sampling, progress: Progress | None = None
    ) -> list[Reply]:
        """Answer many prompts, in their order."""
        return one_by_one(self, prompts, sampling, progress)
