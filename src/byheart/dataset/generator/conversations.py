"""Training conversations: two to seven exchanges about one block of memories."""

import random
from collections.abc import Iterator

from byheart.base.ids import content_id
from byheart.dataset.generator import acts
from byheart.dataset.generator.block import Block, Fact, Wish, build
from byheart.dataset.generator.forms import contains
from byheart.dataset.generator.records import CATEGORIES, Conversation, Exchange, Side
from byheart.dataset.generator.speech import Persona, persona

# How often each act occurs where the block allows it.
ABOUT_FACT = {"ask": 37, "tell": 15, "several": 8, "correct": 8, "confirm": 3}
WITHOUT = {"unknown": 29, "never_said": 5, "small_talk": 5, "neutral": 9}
_LINES = {0: 2, 1: 6, 2: 12, 3: 20, 4: 22, 5: 16, 6: 10, 7: 7, 8: 5}


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
        block = build(
            rng, side, Wish(category, lines, near=0.3, replaced=0.22, first_replaced=rng.random() < 0.3)
        )
        who = persona(block.source)
        exchanges = _exchanges(block, who, category, _how_many(block))
        if len(exchanges) > 1:
            break
    texts = [m.text for m in block.lines], [(e.user, e.reply) for e in exchanges]
    name = content_id("conversation", [who.prompt, block.today, *texts])
    return Conversation(name, category, who.prompt, block.lines, block.today, tuple(exchanges))


def _how_many(block: Block) -> int:
    """How many exchanges a block carries: the fewer facts, the fewer, or nearly all of them would abstain."""
    return min(block.rng.choices((3, 4, 5, 6, 7), (10, 20, 30, 25, 15))[0], 2 + 2 * len(block.facts))


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
        name, block.asked = weighted(rng, _open_acts(made, bool(free))), len(made)
        exchange = make(name, block, who, free[0] if free else None, category)
        if exchange is None or not _fresh(exchange, made, block, free):
            continue
        made.append(exchange)
        if name in ABOUT_FACT:
            free = [f for f in free[1:] if not any(f.value.forms == group for group in exchange.recall)]
    return made


def _open_acts(made: list[Exchange], free: bool) -> dict[str, int]:
    """The acts to choose from: abstentions never outrun the facts that are left to tell."""
    if not free:
        return WITHOUT
    return ABOUT_FACT if sum(e.abstain for e in made) > 1 else ABOUT_FACT | WITHOUT


def _fresh(exchange: Exchange, made: list[Exchange], block: Block, free: list[Fact]) -> bool:
    """Whether it is sound and asks nothing that was asked or answered before."""
    answered = {group for e in made for group in e.recall}
    said = " ".join(f"{e.user} {e.reply}" for e in made)
    says = f"{exchange.user} {exchange.reply}"
    return (
        not acts.faults(block, exchange)
        and exchange.user not in {e.user for e in made}
        and not any(group in answered for group in exchange.recall)
        and not any(contains(said, form) for group in exchange.recall for form in group)
        and not any(contains(says, form) for group in answered for form in group)
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
