"""Small conversations to train on."""

from typing import Any

from byheart.chat.records import Message
from byheart.models.template import ChatTemplate
from byheart.training.recipe import Recipe
from byheart.training.render import Tokens, every_reply, tokenize

RECIPE = Recipe(
    epochs=2, batch_tokens=220, rank=4, alpha=8, evaluate_every=5, patience=50, threads=1, learning_rate=3e-3
)
NAMES = ("Bo", "Ines", "Tariq", "Mei", "Old Tom", "Yara", "Piet", "Zoë", "Ada", "Luc")
THINGS = ("the oboe", "rye bread", "long runs", "chess", "night shifts", "sea swimming")


def made(template: ChatTemplate, tokenizer: Any, count: int = 30) -> list[Tokens]:
    """Conversations of one to three exchanges, every reply trained."""
    talks = []
    for i in range(count):
        name, thing = NAMES[i % 10], THINGS[i % 6]
        talk = [Message("system", f"You remember: I am {name} and I like {thing}.")]
        for _ in range(1 + i % 3):
            talk += [Message("user", "What do I like?"), Message("assistant", f"You like {thing}, {name}.")]
        talks.append(tokenize(every_reply(f"talk-{i}", talk), template, tokenizer, 500))
    return talks
