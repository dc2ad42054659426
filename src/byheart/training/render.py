"""From an example to tokens and the mask of those that are trained: the assistant's words and its end of turn.

The mask comes from rendering turn by turn: the text up to a reply is rendered, then the text with it, and what
lies between is the reply. Each rendering must be a prefix of the next, which is checked. Nothing is ever masked
by token id: SmolLM2 pads with its end-of-turn token, so that would delete every stop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from byheart.base.errors import TrainingError
from byheart.chat.records import Message
from byheart.models.template import ChatTemplate

PLAIN, OPENING, VALUE = 0, 1, 2
_OPENING_CHARACTERS = 12


@dataclass(frozen=True)
class Tokens:
    """One example: `ids` and `trained` have equal length; `trained[i]` says whether token i is a target.

    `stress` is empty, or says of each token whether it is PLAIN, in the OPENING of a reply, or in a VALUE.
    """

    name: str
    ids: tuple[int, ...]
    trained: tuple[bool, ...]
    stress: tuple[int, ...] = ()


@dataclass(frozen=True)
class TrainingExample:
    """A conversation to learn from. `trained` names the assistant messages (by index) whose words are targets.

    `values` are the remembered values that the replies name; None where they are not known.
    """

    name: str
    messages: tuple[Message, ...]
    trained: tuple[int, ...]
    values: tuple[str, ...] | None = None


def every_reply(name: str, messages: Sequence[Message]) -> TrainingExample:
    """An example that trains all assistant messages."""
    return TrainingExample(
        name, tuple(messages), tuple(i for i, m in enumerate(messages) if m.role == "assistant")
    )


def tokenize(example: TrainingExample, template: ChatTemplate, tokenizer: Any, max_length: int) -> Tokens:
    """Tokens and mask of an example. Raises TrainingError, naming it, when nothing is trained or it is too long."""
    text = template.render(example.messages)
    spans = [_span(example, i, template, text) for i in example.trained]
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    if len(ids) > max_length:
        raise TrainingError(
            f"Example {example.name} has {len(ids)} tokens, more than max_length {max_length}.",
            "Shorten it, leave it out, or raise max_length; byheart never cuts silently.",
        )
    trained = [False] * len(ids)
    for start, end in spans:
        for position in _positions(example, offsets, start, end):
            trained[position] = True
    if not any(trained):
        raise TrainingError(
            f"Example {example.name} has no token to learn from.",
            "It needs an assistant message with text that is not weighted 0.",
        )
    stress = () if example.values is None else _stress(text, spans, example.values, offsets)
    return Tokens(example.name, tuple(ids), tuple(trained), stress)


def _stress(
    text: str, spans: Sequence[tuple[int, int]], values: Sequence[str], offsets: Sequence[tuple[int, int]]
) -> tuple[int, ...]:
    """Of each token, whether it is in the opening of a reply or in a value that a reply names."""
    marks = [(start, start + _OPENING_CHARACTERS, OPENING) for start, _ in spans]
    for start, end in spans:
        reply = text[start:end].lower()
        for value in values:
            place = reply.find(value.lower())
            if place >= 0:
                marks.append((start + place, start + place + len(value), VALUE))
    return tuple(
        max(
            (mark for start, end, mark in marks if left < end and right > start and left < right),
            default=PLAIN,
        )
        for left, right in offsets
    )


def _positions(
    example: TrainingExample, offsets: Sequence[tuple[int, int]], start: int, end: int
) -> list[int]:
    """The tokens that make up the text from `start` to `end`, neither less nor more."""
    reached, found = start, []
    for position, (left, right) in enumerate(offsets):
        if left < start < right or left < end < right:
            raise TrainingError(
                f"In example {example.name} a token lies half inside a reply and half outside.",
                "Remove the blank at the reply's beginning.",
            )
        if start <= left < right <= end:
            if left > reached:
                break
            reached = max(reached, right)
            found.append(position)
    if reached < end:
        raise TrainingError(
            f"In example {example.name} the tokenizer leaves out part of a reply.",
            "Use the base's fast tokenizer, or leave the example out.",
        )
    return found


def _span(example: TrainingExample, index: int, template: ChatTemplate, text: str) -> tuple[int, int]:
    """Character span [start, end) of reply `index` in the rendered text, through its end-of-turn token."""
    before = template.render(example.messages[:index], answer=True)
    after = template.render(example.messages[: index + 1])
    said = example.messages[index].content
    if not said.strip():
        raise TrainingError(
            f"Example {example.name} has no token to learn from in message {index + 1}, which is empty.",
            "Give the message weight 0, or leave the example out.",
        )
    if not (after.startswith(before) and text.startswith(after)):
        raise TrainingError(
            f"In example {example.name} the chat template renders message {index + 1} differently on its own.",
            "byheart cannot tell which tokens are the reply; use a template that only appends.",
        )
    # Some templates trim a reply. An end of turn that is written inside it is the reply's own text.
    shown = said if after.startswith(said, len(before)) else said.strip()
    stop = after.find(template.eos, len(before) + len(shown)) if template.eos else -1
    return len(before), stop + len(template.eos) if stop >= 0 else len(after)
