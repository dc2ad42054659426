"""Phrases beside the rules: the owner's own, and the original list that praise was first told by."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from byheart.base.errors import InputError
from byheart.capture.praise.normalise import QUOTED, plain

OWN_LABELS = ("praise", "criticism", "correction", "none")

# The list that the idea began with held 24 phrases; the document that it came with names these four.
ORIGINAL = ("good one {name}", "great response", "that was excellent", "perfect")

_NOT = frozenset(
    ["not", "never", "no", "hardly", "nicht", "kein", "keine", "nie", "no", "nunca", "pas", "jamais"]
)


@dataclass(frozen=True)
class Phrases:
    """An owner's own phrases: (words, label), the longest first."""

    rows: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, phrases: Mapping[str, Iterable[str]]) -> "Phrases":
        """Phrases by their label. Raises InputError for a label that does not exist, or a phrase without words."""
        rows = []
        for label, texts in phrases.items():
            if label not in OWN_LABELS:
                raise InputError(f"{label!r} is no label.", f"Take one of {', '.join(OWN_LABELS)}.")
            for text in texts:
                if not isinstance(text, str) or not plain(text):
                    raise InputError(f"{text!r} is no phrase ({label}).", "Write a few words in quotes.")
                rows.append((plain(text), label))
        return cls(tuple(sorted(rows, key=lambda row: (-len(row[0]), row))))

    def find(self, text: str) -> tuple[str, str] | None:
        """The first own phrase in a cleaned text as (words, label); a phrase that is denied does not count."""
        said = f" {plain(text.replace(QUOTED, ' '))} "
        for words, label in self.rows:
            place = said.find(f" {words} ")
            if place >= 0 and not _NOT & set(said[:place].split()[-3:]):
                return words, label
        return None


def read_phrases(path: Path) -> Phrases:
    """Own phrases from a TOML file (`praise = ["top drawer"]`) or a text file (`praise: top drawer`, one a line).

    Raises InputError that names the file, and the line of a text file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check its name.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from None
    if path.suffix != ".toml":
        return _from_lines(path, text)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not TOML: {error}.", 'Write praise = ["top drawer"].') from None
    if not all(isinstance(texts, list) for texts in found.values()):
        raise InputError(f"{path}: every label holds a list of phrases.", 'Write praise = ["top drawer"].')
    try:
        return Phrases.of(found)
    except InputError as error:
        raise InputError(f"{path}: {error}", error.remedy) from None


def _from_lines(path: Path, text: str) -> Phrases:
    rows: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        label, colon, words = line.partition(":")
        if not colon or label.strip() not in OWN_LABELS or not plain(words):
            raise InputError(f"{path}: line {number} is not `label: words`.", "Write praise: top drawer")
        rows.setdefault(label.strip(), []).append(words)
    return Phrases.of(rows)


def original(user: str, persona_name: str = "") -> str:
    """The original phrase that a message holds, whatever stands around it; empty for none."""
    said = re.sub(r"\s+", " ", plain(user))
    name = plain(persona_name)
    for phrase in ORIGINAL:
        words = phrase.format(name=name).strip()
        if words in said:
            return words
    return ""
