"""Rules kept by what their clause can begin with: a clause tries the few that could match it, not all of them."""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any

_parser: Any = importlib.import_module("re._parser")
_LENGTH = 4
_ANY = "\0"


class Rules:
    """Rules in their order: what each says, and the pattern that a clause must match from its start."""

    def __init__(self, rules: Iterable[tuple[Any, str]]) -> None:
        self._rules = list(rules)
        self._for = lru_cache(maxsize=4096)(self._beginning)

    @cached_property
    def _all(self) -> list[tuple[Any, re.Pattern[str]]]:
        """Compiled when the first message is judged, so that an import stays cheap."""
        return [(says, re.compile(part)) for says, pattern in self._rules for part in _alternatives(pattern)]

    @cached_property
    def _index(self) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
        """Rules by the whole beginning that they need; and by one that is shorter or holds any character."""
        whole: dict[str, set[int]] = defaultdict(set)
        loose: dict[str, set[int]] = defaultdict(set)
        for number, (_, pattern) in enumerate(self._all):
            for head in _beginnings(pattern.pattern):
                fixed = len(head) == _LENGTH and _ANY not in head
                (whole if fixed else loose)[head].add(number)
        return whole, loose

    def match(self, words: str) -> tuple[Any, re.Match[str]] | None:
        """What the first rule that matches says, and its match."""
        for says, pattern in self._for(words[:_LENGTH]):
            if match := pattern.match(words):
                return says, match
        return None

    def matches(self, words: str) -> Iterable[tuple[Any, re.Match[str]]]:
        """Every rule that matches, in order."""
        for says, pattern in self._for(words[:_LENGTH]):
            if match := pattern.match(words):
                yield says, match

    def _beginning(self, start: str) -> tuple[tuple[Any, re.Pattern[str]], ...]:
        whole, loose = self._index
        found = set(whole.get(start, ())).union(
            *(rules for head, rules in loose.items() if _fits(head, start))
        )
        if len(start) < _LENGTH:
            found.update(*(rules for head, rules in whole.items() if head.startswith(start)))
        return tuple(self._all[number] for number in sorted(found))


def _alternatives(pattern: str) -> list[str]:
    """A pattern taken apart at every `|` that stands in no group: each part has beginnings of its own."""
    parts, depth, start, place = [], 0, 0, 0
    while place < len(pattern):
        char = pattern[place]
        if char == "\\":
            place += 1
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]


def _fits(head: str, start: str) -> bool:
    return all(a in (_ANY, b) for a, b in zip(head, start, strict=False))


def _beginnings(pattern: str) -> set[str]:
    """The first characters that a match can have; it may name some that no match has, never too few."""
    return _row(_parser.parse(pattern), _LENGTH)


def _row(parts: Iterable[Any], length: int) -> set[str]:
    found = {""}
    for part in parts:
        if all(len(head) >= length for head in found):
            break
        ends = _one(part, length)
        found = {(head + end)[:length] for head in found for end in ends}
    return found


def _one(part: tuple[Any, Any], length: int) -> set[str]:
    kind, value = str(part[0]), part[1]
    if kind == "LITERAL":
        return {chr(value)}
    if kind == "BRANCH":
        return set().union(*(_row(branch, length) for branch in value[1]))
    if kind == "SUBPATTERN":
        return _row(value[3], length)
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        return _repeated(value, length)
    if kind in {"AT", "ASSERT", "ASSERT_NOT"}:
        return {""}
    # A character of a class; of anything else (a group again) not even the length is known.
    return _characters(value) if kind == "IN" else {"", _ANY * length}


def _characters(value: Iterable[tuple[Any, Any]]) -> set[str]:
    if all(str(kind) == "LITERAL" for kind, _ in value):
        return {chr(code) for _, code in value}
    return set("0123456789") if [str(what) for _, what in value] == ["CATEGORY_DIGIT"] else {_ANY}


def _repeated(value: Sequence[Any], length: int) -> set[str]:
    least, most, body = int(value[0]), int(value[1]), value[2]
    once = _row(body, length)
    found = {""} if least == 0 else set()
    heads = {""}
    for number in range(1, min(most, length) + 1):
        heads = {(head + end)[:length] for head in heads for end in once}
        if number >= least:
            found |= heads
        if all(len(head) >= length for head in heads):
            break
    return found or heads
