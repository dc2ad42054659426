"""What is private in the captures themselves: secrets, which should not be there, and personal data."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from byheart.capture.private import SECRETS, find_private, secrets
from byheart.insight.answers import Praised

LOOKED_AT = 200
NAMED = 3
"""As many captures a command names; the next status names the next ones."""


@dataclass(frozen=True)
class Privacy:
    """How often which kind was found, in which of the captures looked at, and advice that ends in commands."""

    looked_at: int
    secrets: Mapping[str, int]
    personal: Mapping[str, int]
    secret_captures: tuple[str, ...]
    personal_captures: tuple[str, ...]
    advice: tuple[str, ...]


def privacy(held: Sequence[Praised]) -> Privacy:
    """Look through the newest captures; a prompt's history is searched for secrets only, its own words for both."""
    hidden: Counter[str] = Counter()
    own: Counter[str] = Counter()
    with_secret, with_own = [], []
    newest = held[-LOOKED_AT:]
    for one in newest:
        answer = one.answer
        said = "\n".join([answer.question, answer.reply, one.trigger, *(m["text"] for m in answer.memories)])
        kinds = {(found.kind, said[found.start : found.end]) for found in find_private(said)}
        prompt = "\n".join(_text(message) for message in answer.messages)
        found = {pair for pair in kinds if pair[0] in SECRETS}
        found |= {(s.kind, prompt[s.start : s.end]) for s in secrets(prompt)}
        personal = {pair for pair in kinds if pair[0] not in SECRETS}
        hidden.update(kind for kind, _ in found)
        own.update(kind for kind, _ in personal)
        if found:
            with_secret.append(one.id)
        if personal:
            with_own.append(one.id)
    advice = tuple(_advice(with_secret, hidden, with_own, own))
    return Privacy(len(newest), dict(hidden), dict(own), tuple(with_secret), tuple(with_own), advice)


def _text(message: Mapping[str, object]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _advice(
    with_secret: list[str], hidden: Mapping[str, int], with_own: list[str], own: Mapping[str, int]
) -> list[str]:
    advice = []
    if with_secret:
        ids = " ".join(with_secret[:NAMED])
        advice.append(
            f"{_count(with_secret)} a secret ({_kinds(hidden)}). Change it where it is used, and leave them out: "
            f"byheart captures reject {ids}"
        )
    if with_own:
        advice.append(
            f"{_count(with_own)} personal data ({_kinds(own)}). Look whether that may be learned: "
            f"byheart captures show {with_own[0]}"
        )
    return advice


def _count(found: list[str]) -> str:
    return "1 capture holds" if len(found) == 1 else f"{len(found)} captures hold"


def _kinds(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in sorted(counted.items()))
