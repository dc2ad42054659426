"""Values drawn from word pools, each word, number and date belonging to one side only.

A pool file holds sections: `# name` and then entries between semicolons. A literal entry belongs to the side
that its own hash names, so train and held-out can never share it. An entry with placeholders is a shape that
both sides fill from their own words:

    {town}             an entry of another pool
    {+a+b}             one new word of a part from `a` and one from `b` (sections marked `#!` are shared)
    {n:20-900:5}       a whole number, {x:2-40} one with a decimal
    {time:5-7}         a clock time, {date} a date to come, {day} any date
"""

import hashlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

from byheart.dataset.generator.records import Side

_HOLE = re.compile(r"\{([^{}]+)\}")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Pool:
    """The literal entries of each side, and the shapes that both fill."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]
    shapes: tuple[str, ...]
    parts: tuple[str, ...]

    def words(self, side: Side) -> tuple[str, ...]:
        """The literal entries of one side."""
        return self.train if side == "train" else self.held_out


@dataclass(frozen=True)
class Source:
    """What a draw depends on: chance, the side, and the day it is."""

    rng: random.Random
    side: Side
    today: date


def normal(text: str) -> str:
    """Lower case letters and digits with single spaces: what counts as the same text."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def side_of(text: str) -> Side:
    """The side a word, number or date belongs to, by its hash: about a third is held out."""
    return "held_out" if hashlib.sha256(normal(text).encode()).digest()[0] % 3 == 0 else "train"


def data_files(folder: str) -> list[tuple[str, str]]:
    """Name and text of every packaged data file of a folder, by name."""
    root = resources.files("byheart.dataset.generator") / "data" / folder
    files = sorted((f for f in root.iterdir() if f.name.endswith(".txt")), key=lambda f: f.name)
    return [(f.name, f.read_text(encoding="utf-8")) for f in files]


@cache
def pools() -> dict[str, Pool]:
    """Every pool by name."""
    found: dict[str, Pool] = {}
    for _, text in data_files("pools"):
        for section in re.split(r"^#", text, flags=re.MULTILINE)[1:]:
            head, _, body = section.partition("\n")
            entries = tuple(dict.fromkeys(e.strip() for e in re.split(r"[;\n]", body) if e.strip()))
            found[head.strip("! \t")] = _pool(entries, shared=head.startswith("!"))
    return found


def _pool(entries: tuple[str, ...], shared: bool) -> Pool:
    if shared:
        return Pool((), (), (), entries)
    literal = [e for e in entries if "{" not in e]
    return Pool(
        tuple(e for e in literal if side_of(e) == "train"),
        tuple(e for e in literal if side_of(e) == "held_out"),
        tuple(e for e in entries if "{" in e),
        (),
    )


def draw(pool: str, source: Source) -> str:
    """A value of a pool for the source's side."""
    chosen = pools()[pool]
    words = chosen.parts or chosen.words(source.side)
    if chosen.shapes and (not words or source.rng.random() < 0.6):
        return fill(source.rng.choice(chosen.shapes), source)
    return source.rng.choice(words)


def fill(shape: str, source: Source) -> str:
    """A shape with each placeholder drawn."""
    return _HOLE.sub(lambda hole: _hole(hole.group(1), source), shape)


def _hole(name: str, source: Source) -> str:
    if name.startswith("+"):
        return _new_word(name, source)
    kind, _, argument = name.partition(":")
    builtin = _BUILTINS.get(kind)
    return builtin(argument, source) if builtin else draw(name, source)


def _new_word(name: str, source: Source) -> str:
    lists = [pools()[part].parts for part in name.strip("+").split("+")]
    while True:
        word = "".join(source.rng.choice(parts) for parts in lists).capitalize()
        if side_of(word) == source.side:
            return word


@cache
def numbers(low: int, high: int, step: int, side: Side) -> tuple[int, ...]:
    """The whole numbers of a range that belong to a side."""
    return tuple(n for n in range(low, high + 1, step) if side_of(str(n)) == side)


def _number(argument: str, source: Source) -> str:
    span, _, step = argument.partition(":")
    low, _, high = span.partition("-")
    return f"{source.rng.choice(numbers(int(low), int(high), int(step or 1), source.side)):,}"


def _decimal(argument: str, source: Source) -> str:
    low, _, high = argument.partition("-")
    while True:
        text = f"{source.rng.randint(int(low), int(high))}.{source.rng.randint(1, 9)}"
        if side_of(text) == source.side:
            return text


def _time(argument: str, source: Source) -> str:
    low, _, high = argument.partition("-")
    while True:
        minute = source.rng.randrange(0, 60, 5 if source.rng.random() < 0.85 else 1)
        text = f"{source.rng.randint(int(low), int(high))}:{minute:02d}"
        if side_of(text) == source.side:
            return text


def _date(span: tuple[int, int]) -> Callable[[str, Source], str]:
    def pick(_: str, source: Source) -> str:
        while True:
            day = source.today + timedelta(days=source.rng.randint(*span))
            text = f"{day.day} {MONTHS[day.month - 1]}"
            if side_of(text) == source.side:
                return text

    return pick


_BUILTINS: dict[str, Callable[[str, Source], str]] = {
    "n": _number,
    "x": _decimal,
    "time": _time,
    "date": _date((8, 150)),
    "day": _date((-170, 190)),
}
