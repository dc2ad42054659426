"""The chat template: the one text that a prompt becomes, for training, serving and evaluation alike."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from byheart.base.errors import ModelError
from byheart.chat.records import Message


def _raise(message: str) -> None:
    raise TemplateError(message)


@dataclass(frozen=True)
class ChatTemplate:
    """A model's Jinja chat template with its begin and end-of-turn tokens."""

    source: str
    bos: str
    eos: str

    @classmethod
    def read(cls, folder: Path) -> "ChatTemplate":
        """Read `chat_template.jinja` and `tokenizer_config.json` of a Hugging Face folder. Raises ModelError."""
        config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        file = folder / "chat_template.jinja"
        source = file.read_text("utf-8") if file.exists() else config.get("chat_template")
        if not isinstance(source, str):
            raise ModelError(
                f"{folder} has no chat template.", "Use an instruct model, or add a chat_template.jinja."
            )
        return cls(source, _token(config.get("bos_token")), _token(config.get("eos_token")))

    def render(self, messages: Sequence[Message], answer: bool = False) -> str:
        """The prompt as text; with `answer`, opened for the assistant's reply.

        A conversation without a system message gets an empty one: some templates (SmolLM2's) would otherwise
        slip in a system prompt of their own.
        """
        if not messages or messages[0].role != "system":
            messages = [Message("system", ""), *messages]
        try:
            return _compiled(self.source).render(
                messages=[m.wire() for m in messages],
                add_generation_prompt=answer,
                bos_token=self.bos,
                eos_token=self.eos,
            )
        except TemplateError as error:
            raise ModelError(
                f"The model's chat template cannot render this conversation: {error}."
            ) from error


@lru_cache(maxsize=16)
def _compiled(source: str) -> Template:
    """Kept, because compiling takes far longer than rendering, and training renders thousands of times."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = _raise
    return environment.from_string(source)


def _token(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("content", ""))
    return str(value) if value else ""
