"""The hand-written wordings: what can be remembered, and how people and the assistant put it.

An attribute file holds blocks. The head names the attribute, its category, the memory's kind, its importance
and how it changes (fixed, plan, progress or fact); then come the pool, the subjects and the group within
which values are mistaken for each other. A wording's tag is lower case on the train side and upper case on
the held-out side. The mood of a statement follows its tag (+ glad, - troubled, ~ a setback, = none of them);
a reply to statements carries a mood where it fits no other:

    m memory   q question   s statement   c clause   r reply to a question   p reply to a statement   l label

`{s}` is the subject, `{v}` the value; `[dog]` before a wording keeps it to one subject, for hints that do
not name it, and `~ attribute` heads more wordings of an attribute. A clause speaks to the user ("your dog is
called Biscuit") and can be turned round by `to_me`; a label is the user's name for the fact ("my dog's name").
"""

import random
import re
from dataclasses import dataclass
from functools import cache

from byheart.dataset.generator.pools import data_files
from byheart.dataset.generator.records import Side

TAGS = "mqscrpl"
Lines = dict[tuple[str, Side], tuple[str, ...]]
Hints = dict[tuple[str, Side, str], tuple[str, ...]]


@dataclass(frozen=True)
class Attribute:
    """One kind of thing to remember, with its wordings by tag and side; each subject has its pool."""

    id: str
    category: str
    kind: str
    importance: tuple[int, int]
    changes: str
    group: str
    subjects: tuple[tuple[str, str], ...]
    lines: Lines
    hints: Hints
    moods: dict[str, str]

    def wordings(self, tag: str, side: Side) -> tuple[str, ...]:
        """The wordings of one tag on one side."""
        return self.lines[tag, side]

    def about(self, tag: str, side: Side, subject: str) -> tuple[str, ...]:
        """The wordings of one tag that suit a subject: the general ones and those that hint at it alone."""
        return self.lines[tag, side] + self.hints.get((tag, side, subject), ())

    def replies_to(self, statement: str, side: Side) -> tuple[str, ...]:
        """The replies that fit the mood of one of its statements."""
        fitting = {"", self.moods[statement]}
        return tuple(r for r in self.lines["p", side] if self.moods[r] in fitting)

    def pool(self, subject: str) -> str:
        """The pool that a subject's values come from."""
        return dict(self.subjects)[subject]


@cache
def attributes() -> tuple[Attribute, ...]:
    """Every attribute, in the order of the files."""
    texts = "\n".join(text for _, text in data_files("attributes"))
    blocks = re.split(r"^(?=[=~] )", texts, flags=re.MULTILINE)[1:]
    more = dict(block[2:].split("\n", 1) for block in blocks if block[0] == "~")
    return tuple(_attribute(block[2:], more) for block in blocks if block[0] == "=")


def _attribute(block: str, more: dict[str, str]) -> Attribute:
    head, *rows = [row.strip() for row in block.splitlines() if row.strip()]
    name, category, kind, importance, changes = (part.strip() for part in head.split(";"))
    settings = {row[0]: row[2:].strip() for row in rows if row[1] == ":"}
    rows = [row for row in (*rows, *more.get(name, "").splitlines()) if row and row[1] != ":"]
    lines, hints, moods = _wordings(rows)
    subjects = []
    for entry in settings.get("s", "").split(","):
        subject, _, pool = entry.strip().partition("=")
        subjects.append((subject.strip(), pool.strip() or settings["v"]))
    low, _, high = importance.partition("-")
    return Attribute(
        name, category, kind, (int(low), int(high)), changes, settings.get("g", name), tuple(subjects),
        lines, hints, moods,
    )  # fmt: skip


def _wordings(rows: list[str]) -> tuple[Lines, Hints, dict[str, str]]:
    lines: Lines = {}
    hints: Hints = {}
    moods: dict[str, str] = {}
    for mark, text in (row.strip().split(" ", 1) for row in rows):
        tag, side = mark[0].lower(), _side(mark[0])
        hint = re.match(r"\[(.+?)\] ", text)
        wording = text[hint.end() :] if hint else text
        moods[wording] = mark[1:]
        if hint:
            hints[tag, side, hint[1]] = (*hints.get((tag, side, hint[1]), ()), wording)
        else:
            lines[tag, side] = (*lines.get((tag, side), ()), wording)
    return lines, hints, moods


def _side(tag: str) -> Side:
    return "train" if tag.islower() else "held_out"


@cache
def phrases() -> dict[tuple[str, Side], tuple[str, ...]]:
    """The wordings of no one attribute, by section and side: `# section`, then `+` train, `-` held out."""
    found: dict[tuple[str, Side], list[str]] = {}
    for _, text in data_files("voices"):
        section = ""
        for row in text.splitlines():
            if row.startswith("# "):
                section = row[2:].strip()
            elif row[:2] in {"+ ", "- "}:
                side: Side = "train" if row[0] == "+" else "held_out"
                found.setdefault((section, side), []).append(row[2:].strip())
    return {key: tuple(value) for key, value in found.items()}


def phrase(section: str, side: Side, rng: random.Random) -> str:
    """One wording of a section."""
    return rng.choice(phrases()[section, side])


@cache
def neutral_pairs(side: Side) -> tuple[tuple[str, str], ...]:
    """Requests that need no memory, each with its right and short answer."""
    mark = "+" if side == "train" else "-"
    rows = [row for _, text in data_files("neutral") for row in text.splitlines()]
    pairs = [row[2:].split(" => ") for row in rows if row.startswith(mark + " ")]
    return tuple((request.strip(), answer.strip()) for request, answer in pairs)


_TO_YOU = {
    "i am": "you are", "am i": "are you", "i was": "you were", "was i": "were you", "i'm": "you're",
    "i've": "you've", "i'd": "you'd", "i'll": "you'll", "my": "your", "mine": "yours", "myself": "yourself",
    "i": "you", "me": "you",
}  # fmt: skip
_TO_ME = {
    "you are": "I am", "you were": "I was", "you're": "I'm", "you've": "I've", "you'd": "I'd",
    "you'll": "I'll", "your": "my", "yours": "mine", "yourself": "myself", "you": "I",
}  # fmt: skip

_OBJECT = re.compile(r"\b(helps|makes?|joins|keeps|leaves?|stresses|lifts|calms|gets|with|behind|for) you\b")


def _turned(text: str, table: dict[str, str]) -> str:
    words = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
    return re.sub(rf"(?<![\w'])({words})(?![\w'])", lambda m: table[m[0].lower()], text, flags=re.IGNORECASE)


def to_you(text: str) -> str:
    """What the user says of themselves, said to them: `my dog's name` becomes `your dog's name`."""
    return _turned(text, _TO_YOU)


def to_me(text: str) -> str:
    """What is said to the user, said by them: `you want to run` becomes `I want to run`."""
    return _turned(_OBJECT.sub(r"\1 me", text), _TO_ME)


def fill_in(template: str, **slots: str) -> str:
    """A template with its slots filled; `{V}` capitalises the value, `{a_v}` puts an article before it."""

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name in slots:
            return slots[name]
        plain = name.lower().removeprefix("a_")
        word = slots[plain]
        if name.lower() != plain:
            word = f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"
        return word if name.islower() else sentence(word)

    return re.sub(r"\{(\w+)\}", put, template)


def sentence(text: str) -> str:
    """A text with its first letter capitalised."""
    return text[:1].upper() + text[1:]
