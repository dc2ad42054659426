"""Evaluation cases: one decision each, in the documented schema, balanced over categories and kinds."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count as naturals
from typing import Any

from byheart.base.ids import content_id
from byheart.dataset.generator import acts
from byheart.dataset.generator.block import Block, Fact, Wish, build, new_value
from byheart.dataset.generator.conversations import make, weighted
from byheart.dataset.generator.forms import contains
from byheart.dataset.generator.records import CATEGORIES, Exchange, Side
from byheart.dataset.generator.speech import Persona, persona

SHARES = {
    "answerable": 28,
    "distractors": 20,
    "several": 5,
    "superseded": 12,
    "unanswerable": 15,
    "false_premise": 7,
    "no_memory_needed": 8,
    "counterfactual": 5,
}
_EARLIER = {"neutral": 40, "small_talk": 20, "ask": 40}


@dataclass(frozen=True)
class _Draft:
    block: Block
    who: Persona
    earlier: tuple[Exchange, ...]
    exchange: Exchange
    category: str


def cases(count: int, seed: int, side: Side = "held_out") -> Iterator[dict[str, Any]]:
    """`count` cases, the same for the same seed.

    Kinds of case have their shares in every stretch of some hundred cases and categories take turns. The two
    twins of a counterfactual pair come one after the other, unless the count ends between them.
    """
    made = 0
    for number, (kind, category) in enumerate(_plan(seed, side)):
        rng = random.Random(f"case {seed} {side} {number}")
        for case in _cases_of(rng, side, kind, category):
            if made == count:
                return
            made += 1
            yield case


def _plan(seed: int, side: Side) -> Iterator[tuple[str, str]]:
    """Kinds spread evenly by their shares (each time the one furthest behind), categories in turn."""
    rng = random.Random(f"plan {seed} {side}")
    owed = {kind: rng.random() for kind in SHARES}
    turns = {kind: rng.randrange(len(CATEGORIES)) for kind in SHARES}
    for _ in naturals():
        for kind, share in SHARES.items():
            owed[kind] += share / 100 / (2 if kind == "counterfactual" else 1)
        kind = max(owed, key=lambda k: owed[k])
        owed[kind] -= 1
        turns[kind] += 1
        yield kind, CATEGORIES[turns[kind] % len(CATEGORIES)]


def _cases_of(rng: random.Random, side: Side, kind: str, category: str) -> list[dict[str, Any]]:
    while True:
        draft = _draft(rng, side, kind, category)
        if draft is None:
            continue
        if kind != "counterfactual":
            return [_wire(draft, kind)]
        twin = _swapped(draft)
        if twin:
            return _twins(_wire(draft, kind), _wire(twin, kind))


def _wish(rng: random.Random, kind: str, category: str) -> Wish:
    if kind == "answerable":
        return Wish(category, rng.choice((1, 1, 2)), near=0, replaced=0, noise=0.3)
    if kind == "superseded":
        return Wish(category, rng.randint(2, 6), first_replaced=True, replaced=0.1)
    low = {"distractors": 3, "several": 2, "false_premise": 1, "counterfactual": 1}.get(kind, 0)
    return Wish(category, max(low, rng.choice((1, 2, 3, 4, 5, 6, 8)) if rng.random() < 0.9 else 0), near=0.4)


def _draft(rng: random.Random, side: Side, kind: str, category: str) -> _Draft | None:
    block = build(rng, side, _wish(rng, kind, category))
    who = persona(block.source)
    fact = block.facts[0] if block.facts else None
    exchange = _decision(block, who, kind, category, fact)
    if exchange is None or acts.faults(block, exchange) or kind not in {exchange.case, "counterfactual"}:
        return None
    earlier = _earlier(block, who, exchange) if rng.random() < 0.36 else ()
    return _Draft(block, who, earlier, exchange, category)


def _decision(block: Block, who: Persona, kind: str, category: str, fact: Fact | None) -> Exchange | None:
    chance = block.rng.random()
    if kind in {"unanswerable", "no_memory_needed"}:
        name = "unknown" if kind == "unanswerable" else "neutral" if chance < 0.75 else "small_talk"
        return getattr(acts, name)(block, who, category)  # type: ignore[no-any-return]
    if kind == "false_premise" and (chance < 0.4 or fact is None):
        return acts.never_said(block, who, category)
    if fact is None:
        return None
    name = {"several": "several", "false_premise": "correct", "counterfactual": "ask"}.get(
        kind, "ask" if chance < 0.72 else "tell"
    )
    return make(name, block, who, fact, category)


def _earlier(block: Block, who: Persona, last: Exchange) -> tuple[Exchange, ...]:
    """One or two exchanges before the one that counts, which give nothing of it away."""
    made: list[Exchange] = []
    for _ in range(block.rng.choice((1, 1, 2))):
        others = [f for f in block.facts if f.attribute.id not in last.attribute]
        name = weighted(block.rng, _EARLIER)
        exchange = make(name, block, who, block.rng.choice(others) if others else None, "")
        if exchange and not acts.faults(block, exchange) and not _gives_away(exchange, last, made):
            made.append(exchange)
    return tuple(made)


def _gives_away(exchange: Exchange, last: Exchange, made: list[Exchange]) -> bool:
    said = f"{exchange.user} {exchange.reply}"
    forms = [*last.forbid, *(form for group in last.recall for form in group)]
    asked = [*made, last]
    return any(contains(said, form) for form in forms) or any(
        exchange.attribute == e.attribute or exchange.user == e.user for e in asked
    )


def _swapped(draft: _Draft) -> _Draft | None:
    """The same case with another value in the first fact's memory and nothing else changed."""
    fact = draft.block.facts[0]
    value = new_value(draft.block, fact.attribute, fact.subject)
    if value is None or fact.older:
        return None
    line = replace(fact.line, text=_replaced(fact.line.text, fact.value.text, value.text))
    rest = [replace(f, line=line) if f.line is fact.line else f for f in draft.block.facts[1:]]
    block = replace(draft.block, facts=[replace(fact, value=value, line=line), *rest])
    exchange = replace(
        draft.exchange,
        reply=_replaced(draft.exchange.reply, fact.value.text, value.text),
        recall=(value.forms,),
    )
    unsound = acts.faults(block, exchange) or line.text == fact.line.text
    return None if unsound else replace(draft, block=block, exchange=exchange)


def _replaced(text: str, old: str, new: str) -> str:
    return text.replace(old, new).replace(old[:1].upper() + old[1:], new[:1].upper() + new[1:])


def _twins(one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    for mine, its in ((one, other), (other, one)):
        mine["twin"] = its["id"]
    forbids = one["expect"]["recall"][0][0], other["expect"]["recall"][0][0]
    one["expect"]["forbid"] = [*one["expect"]["forbid"], forbids[1]]
    other["expect"]["forbid"] = [*other["expect"]["forbid"], forbids[0]]
    return [one, other]


def _wire(draft: _Draft, kind: str) -> dict[str, Any]:
    exchange = draft.exchange
    messages = [m for e in draft.earlier for m in (_message("user", e.user), _message("assistant", e.reply))]
    body: dict[str, Any] = {
        "category": draft.category,
        "case": kind,
        "twin": None,
        "persona": draft.who.prompt,
        "memories": [
            {name: getattr(line, name) for name in ("text", "kind", "importance", "said_at", "valid_until")}
            for line in draft.block.lines
        ],
        "now": draft.block.today,
        "messages": [*messages, _message("user", exchange.user)],
        "expect": {
            "recall": [list(group) for group in exchange.recall],
            "forbid": list(exchange.forbid),
            "abstain": exchange.abstain,
            "use_memory": exchange.use_memory,
        },
    }
    return {"id": content_id("case", body), **body}


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
