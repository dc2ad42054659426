"""Other languages on the same clauses: a phrase pack says in data what the English rules say in code."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from byheart.capture.praise.clauses import stretches
from byheart.capture.praise.normalise import QUOTED, plain
from byheart.capture.praise.rules import Rules

PACKS = ("de", "es", "fr")
_LISTS = ("good", "bad", "too", "text", "degree", "that", "be", "object")
_WORD = re.compile(r"[^\W_]+|" + QUOTED)
_LONGEST = 30


@dataclass(frozen=True)
class Pack:
    """A language's phrases, ready to be matched: the lists of words, and the rules of each label."""

    name: str
    words: dict[str, frozenset[str]]
    rules: dict[str, Rules] = field(repr=False)


@dataclass(frozen=True)
class Heard:
    """What a pack's rules find in a message: a label, whether it is strong, the words, and the reason."""

    label: str
    strength: str
    span: str
    why: str


@lru_cache(maxsize=len(PACKS))
def pack(code: str) -> Pack:
    """The phrase pack of a language; `code` is one of PACKS."""
    file = resources.files("byheart.capture.praise").joinpath("packs", f"{code}.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    lists = {key: data[key] for key in _LISTS}
    rules = {
        label: Rules((phrase, _pattern(phrase, lists)) for phrase in data[label])
        for label in ("praise", "criticism", "correction", "own")
    }
    degree, good = f"(?:{_any(lists['degree'])} ){{0,4}}", _any(lists["good"])
    alone = f"{degree}{good} (?:(?:und|y|e|et) {degree}{good} )?$"
    rules["bare"] = Rules(
        [*((phrase, degree + _pattern(phrase, lists)) for phrase in data["bare"]), ("{good}", alone)]
    )
    plain_lists = ("but", "no", "not", "negated", "filler", "lead", "days", "numbers")
    return Pack(data["name"], {key: frozenset(data[key]) for key in plain_lists}, rules)


def _any(words: list[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)).replace("\\ ", " ") + ")"


def _pattern(phrase: str, lists: dict[str, list[str]]) -> str:
    """A phrase of a pack as a regex over words that each end in a space."""
    made, words = [], phrase.split()
    open_end = words[-1] == "*"
    for word in words[:-1] if open_end else words:
        if word == "*":
            made.append(r"(?:\w+ ){0,5}?")
        elif word == "{degree}":
            made.append(f"(?:{_any(lists['degree'])} ){{0,4}}")
        elif word.startswith("{"):
            name, _, ending = word[1:].partition("}")
            made.append(f"{_any(lists[name])}{ending} ")
        else:
            ahead = r"(?:\w+ ){0,4}?" if word.startswith("*") else ""
            made.append(ahead + re.escape(word.strip("*")) + (r"\w*" if word.endswith("*") else "") + " ")
    return "".join(made) + ("" if open_end else "$")


def judge(code: str, text: str, previous: str, *, asked: bool) -> Heard:
    """Judge a cleaned message by the pack of its language. `asked`: the answer before ended in a question."""
    known = pack(code)
    read = [(raw, *_clause(raw, known), asks) for raw, _, asks in stretches(text)]
    read = [(raw, words, turned, asks) for raw, words, turned, asks in read if words or turned]
    if known.rules["own"].match("".join(words for _, words, _, _ in read[:2])):
        return Heard("none", "", "", "the person corrects their own words")
    return (
        _put_right(known, read, set(plain(previous[:1200]).split()), asked)
        or _judged(known, read, asked)
        or Heard("none", "", "", "no judgement of the answer")
    )


def _clause(raw: str, known: Pack) -> tuple[str, bool]:
    """A stretch in lower case without its interjections, each word with a space after it; whether a `but` opens it."""
    tokens = _WORD.findall(raw[: 12 * _LONGEST].lower())[:_LONGEST]
    turned = False
    if " ".join(tokens) in known.words["filler"]:
        return "", False
    while tokens:
        two = " ".join(tokens[:2])
        if tokens[0] in known.words["but"] or two in known.words["but"]:
            turned = True
        elif not (len(tokens) > 1 and (tokens[0] in known.words["lead"] or two in known.words["lead"])):
            break
        tokens = tokens[2 if two in known.words["but"] | known.words["lead"] else 1 :]
    return "".join(f"{token} " for token in tokens), turned


Clauses = list[tuple[str, str, bool, bool]]


def _put_right(known: Pack, read: Clauses, said: set[str], asked: bool) -> Heard | None:
    for place, (raw, words, _, asks) in enumerate(read[:5]):
        tokens = words.split()
        if asks or not tokens:
            continue
        if known.rules["correction"].match(words) and not asked:
            return Heard("correction", "strong", raw, "says what was meant or asked for")
        if tokens[0] in known.words["not"] and place and len(tokens) <= 5 and tokens[-1] in said:
            return Heard(
                "correction", "strong", f"{read[place - 1][0]}, {raw}", "says what is right and what was not"
            )
        after = read[place + 1] if place + 1 < len(read) else None
        if (
            len(tokens) == 1
            and tokens[0] in known.words["no"]
            and after
            and not asked
            and _states(known, after)
        ):
            return Heard("correction", "strong", f"{raw}, {after[0]}", "denies and states")
    return None


def _states(known: Pack, clause: tuple[str, str, bool, bool]) -> bool:
    _, words, _, asks = clause
    told = bool(words) and not asks and words.strip() not in known.words["filler"]
    return told and not (known.rules["criticism"].match(words) or known.rules["bare"].match(words))


def _judged(known: Pack, read: Clauses, asked: bool) -> Heard | None:
    praised: Heard | None = None
    own = [clause for clause in read if clause[1].strip() not in known.words["filler"]]
    for place, (raw, words, turned, asks) in enumerate(own[:5]):
        if asks or not words:
            continue
        blame = known.rules["criticism"].match(words)
        if blame and not (asked and "{" in blame[0] and not praised) and not _idiom(known, words):
            return Heard(
                "criticism",
                "strong",
                raw,
                "finds fault with the answer" if not praised else "praise, and then a fault",
            )
        if praised and turned:
            return Heard("criticism", "strong", raw, "praise, but")
        if praised:
            continue
        if _approves(known, "praise", words) and not (asked and words.count(" ") <= 4):
            praised = Heard("praise", "strong", raw, "praises the answer")
        elif (
            _approves(known, "bare", words)
            and not asked
            and (place or len(own) == 1 or _all_judge(known, own))
        ):
            praised = Heard("praise", "weak", raw, "approving words alone") if not place else None
    return praised


def _all_judge(known: Pack, own: Clauses) -> bool:
    """Whether every clause approves or a `but` follows: nothing that a bare word only leads over to."""
    rest = own[1:]
    return all(
        turned or _approves(known, "praise", words) or _approves(known, "bare", words)
        for _, words, turned, _ in rest
    )


def _approves(known: Pack, rules: str, words: str) -> bool:
    found = known.rules[rules].match(words)
    if found is None:
        return False
    denies = known.words["negated"]
    return not (denies & set(words.split())) or bool(denies & set(found[0].split()))


def _idiom(known: Pack, words: str) -> bool:
    """`gar nicht schlecht`: praise in words of blame."""
    return _approves(known, "bare", words) and bool(known.words["negated"] & set(words.split()))
