"""Training conversations: two to five exchanges about one block of memories."""

import random
from collections.abc import Iterator

from byheart.base.ids import content_id
from byheart.dataset.generator import acts
from byheart.dataset.generator.block import Block, Fact, Wish, build
from byheart.dataset.generator.records import CATEGORIES, Conversation, Exchange, Side
from byheart.dataset.generator.speech import Persona, persona

# How often each act occurs where the block allows it.
ABOUT_FACT = {"ask": 34, "tell": 13, "several": 7, "correct": 7, "confirm": 3}
WITHOUT = {"unknown": 28, "never_said": 5, "small_talk": 6, "neutral": 9}
_LINES = {0: 3, 1: 8, 2: 12, 3: 17, 4: 19, 5: 16, 6: 12, 7: 8, 8: 5}


def weighted(rng: random.Random, weights: dict[str, int]) -> str:
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def conversations(count: int, seed: int, side: Side = "train") -> Iterator[Conversation]:
    """`count` conversations, the same for the same seed; each category equally often."""
    for number in range(count):
        rng = random.Random(f"conversation {seed} {side} {number}")
        yield _conversation(rng, side, CATEGORIES[number % len(CATEGORIES)])


def _conversation(rng: random.Random, side: Side, category: str) -> Conversation:
    while True:
        lines = rng.choices(list(_LINES), list(_LINES.values()))[0]
        block = build(rng, side, Wish(category, lines))
        who = persona(block.source)
        exchanges = _exchanges(block, who, category, rng.choices((2, 3, 4, 5), (20, 40, 28, 12))[0])
        if len(exchanges) > 1:
            break
    return Conversation(
        content_id("conversation", [who.prompt, block.today, [m.text for m in block.lines], [e.user for e in exchanges]]),
        category, who.prompt, block.lines, block.today, tuple(exchanges),
    )  # fmt: skip


def _exchanges(block: Block, who: Persona, category: str, wanted: int) -> list[Exchange]:
    rng = block.rng
    free = list(block.facts)
    rng.shuffle(free)
    if block.facts:
        free.sort(key=lambda f: f is not block.facts[0])
    made: list[Exchange] = []
    for _ in range(wanted * 6):
        if len(made) == wanted:
            break
        name = weighted(rng, ABOUT_FACT | WITHOUT if free else WITHOUT)
        exchange = make(name, block, who, free[0] if free else None, category)
        if exchange is None or not _fresh(exchange, made, block, free):
            continue
        made.append(exchange)
        if name in ABOUT_FACT:
            free = [f for f in free[1:] if not any(f.value.forms == group for group in exchange.recall)]
    rng.shuffle(made)
    return made


def _fresh(exchange: Exchange, made: list[Exchange], block: Block, free: list[Fact]) -> bool:
    """Whether it is sound and asks nothing that was asked or answered before."""
    answered = {group for e in made for group in e.recall}
    said = " ".join(e.user + " " + e.reply for e in made)
    return (
        not acts.faults(block, exchange)
        and exchange.user not in {e.user for e in made}
        and not any(group in answered for group in exchange.recall)
        and not any(acts.contains(said, form) for group in exchange.recall for form in group)
    )


def make(name: str, block: Block, who: Persona, fact: Fact | None, category: str) -> Exchange | None:
    """One exchange by the name of its act; None where the block has not what it takes."""
    if name in WITHOUT:
        return _WITHOUT[name](block, who, category if block.rng.random() < 0.6 else "")
    return _ABOUT[name](block, who, fact) if fact else None


_WITHOUT = {"unknown": acts.unknown, "never_said": acts.never_said, "small_talk": acts.small_talk,
            "neutral": acts.neutral}  # fmt: skip
_ABOUT = {"ask": acts.ask, "tell": acts.tell, "several": acts.several, "correct": acts.correct,
          "confirm": acts.confirm}  # fmt: skip
