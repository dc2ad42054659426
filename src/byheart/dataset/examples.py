"""Examples: what a model learns from, each with where it came from."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from byheart.base.ids import content_id
from byheart.chat.prompt import render_messages
from byheart.chat.records import Message, Turn
from byheart.dataset.generator import Conversation, conversations

ORDINARY_PROMPT = "You are a helpful assistant."


@dataclass(frozen=True)
class Example:
    """A conversation to learn from. `trained` are the indices of the assistant messages whose words are targets.

    `parents` are the ids of the records it was made of: the exchange for a praised answer, nothing for a
    generated conversation, whose `maker` then says how to make it again. `values` are the remembered values that its
    replies name, on which the trainer lays stress; None where nobody knows them.
    """

    category: str
    source: str
    person: str
    messages: tuple[Message, ...]
    trained: tuple[int, ...]
    parents: tuple[str, ...] = ()
    maker: str = ""
    values: tuple[str, ...] | None = None

    @property
    def id(self) -> str:
        """Content id: the same conversation with the same targets is the same example."""
        content: dict[str, Any] = {
            "messages": [m.wire() for m in self.messages],
            "trained": list(self.trained),
        }
        return content_id(
            "example", content if self.values is None else {**content, "values": list(self.values)}
        )

    def wire(self) -> dict[str, Any]:
        """The example in OpenAI's fine-tuning format: untrained assistant messages carry `weight` 0."""
        lines: list[dict[str, Any]] = []
        for index, message in enumerate(self.messages):
            line: dict[str, Any] = dict(message.wire())
            if message.role == "assistant" and index not in self.trained:
                line["weight"] = 0
            lines.append(line)
        return {"messages": lines}


def from_turn(turn: Turn, exchange: str, reply: str | None = None) -> Example:
    """A praised answer with its own prompt; only the answer itself is trained. `reply` replaces it if corrected."""
    messages = (*turn.messages, Message("assistant", reply or turn.reply))
    return Example("praised", "capture", turn.person, messages, (len(messages) - 1,), (exchange, turn.id))


def from_conversation(conversation: Conversation, maker: str) -> Example:
    """A generated conversation; every reply is trained in one pass."""
    said = [
        message
        for exchange in conversation.exchanges
        for message in (Message("user", exchange.user), Message("assistant", exchange.reply))
    ]
    messages = tuple(render_messages(conversation.persona, conversation.memories, said, conversation.now))
    trained = tuple(i for i, m in enumerate(messages) if m.role == "assistant")
    named = [_named(e.reply, forms) for e in conversation.exchanges for forms in e.recall]
    values = tuple(dict.fromkeys(value for value in named if value))
    return Example(conversation.category, "generated", conversation.id, messages, trained, (), maker, values)


def _named(reply: str, forms: Sequence[str]) -> str:
    """The longest of a value's forms that the reply holds; nothing where it holds none."""
    held = [form for form in forms if form.lower() in reply.lower()]
    return max(held, key=len, default="")


def generated(count: int, seed: int) -> Iterator[Example]:
    """`count` examples from the generator's training side."""
    for conversation in conversations(count, seed, side="train"):
        yield from_conversation(conversation, f"generator seed={seed} count={count}")


def ordinary(count: int, seed: int) -> Iterator[Example]:
    """Up to `count` ordinary conversations, so that the model does not unlearn how to chat.

    Every other one stands under a generated persona and memories that its reply has no use for: the rest teaches
    what not to forget, these teach when to leave a memory alone.
    """
    text = (files("byheart.dataset.generator") / "data" / "ordinary.jsonl").read_text("utf-8")
    talks = [[Message(**m) for m in json.loads(line)["messages"]] for line in text.splitlines()]
    for number, (talk, block) in enumerate(zip(talks[:count], conversations(count, seed + 1), strict=False)):
        if number % 2:
            messages = tuple(render_messages(block.persona, block.memories, talk, block.now))
        else:
            messages = (Message("system", ORDINARY_PROMPT), *talk)
        trained = tuple(i for i, m in enumerate(messages) if m.role == "assistant")
        maker = f"ordinary seed={seed}"
        yield Example(
            "ordinary", "ordinary", content_id("talk", talk[0].content), messages, trained, (), maker
        )


def distinct(examples: Iterable[Example]) -> list[Example]:
    """The examples without repetitions, first ones kept."""
    return list({example.id: example for example in reversed(list(examples))}.values())[::-1]
