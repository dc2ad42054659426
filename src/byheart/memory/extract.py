"""Extraction: from what a person says, the statements worth remembering. Rules only: no model, no network.

Only the person's own statements count, never what the assistant said, and `ignore` is the default. A memory
that should not be there costs more trust than one that is missing.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from byheart.base.clock import parse_time
from byheart.memory.dates import resolve
from byheart.memory.facts import DATED_RULES, INTRODUCED, NAMED, RULES
from byheart.memory.records import Memory
from byheart.memory.sentences import Sentence, Statement, sentences
from byheart.memory.vocabulary import EVENT, PET, RELATION

# What a goal is about, so that a new goal of the same kind takes the old one's place.
_TOPICS = (
    ("savings", r"\b(?:sav(?:e|ing)|savings)\b"),
    ("race", r"\b(?:marathon|triathlon|race|\d+ ?k)\b"),
    ("weight", r"\b(?:weight|kilos?|kg|lbs|stone)\b"),
    ("smoking", r"\b(?:smok\w+|cigarettes?|vap\w+|nicotine)\b"),
    ("alcohol", r"\b(?:alcohol|drinking|sober)\b"),
    ("steps", r"\bsteps\b"),
    (
        "business",
        r"\b(?:(?:open|start|launch)\w* .*|second |own )(?:shop|business|bakery"
        r"|caf[eé]|stall|company|restaurant|studio)\b",
    ),
    (
        "learn:{}",
        r"\blearn(?:ing)? (?:to (?!do|be|use)|how to )?(?!from|more|about|some|this"
        r"|that|them|what)(\w{4,})",
    ),
    ("thesis", r"\b(?:thesis|dissertation|phd)\b"),
    ("novel", r"\b(?:novel|book)\b"),
    ("sleep", r"\b(?:sleep|go to bed)\b"),
    ("swimming", r"\bswim"),
    ("running", r"\b(?:run|running|jog|jogging)\b"),
)
_ABOUT = re.compile(rf"\b(?:{RELATION}|{PET})\b")
_GOES_ON = re.compile(
    r"^(?:she|he|they)(?:'s|'re| is| are| has| have| lives?| works?| plays?"
    r"| loves?| likes?| hates?| studies| turns?"
    r"| was| had| got| moved| started| gets?) (?!right\b|wrong\b|saying\b|asking\b|so funny\b)\w+ ?\w*"
)
_TO_YOU = re.compile(r"\b(?:you|your|u)\b(?! know| believe)")
_OF_THEM = re.compile(r"^(?:she|he|they|her|his|their)\b")
_EVENT = re.compile(rf"\b(?:(?P<what>[\w']+) )?(?P<event>{EVENT}|due)\b")
_SINGLE = {
    "operation": "operation",
    "surgery": "operation",
    "deadline": "deadline",
    "due": "deadline",
    "wedding": "wedding",
}
_OWNERS = re.compile(r"^(?:a|an|the|my|our|his|her|their|is|are|was|\w+'s|big|first|next|new|another)$")
_PLACES = re.compile(r"\b(vet|dentist|doctor|hospital|driving|gp)\b")


@dataclass(frozen=True)
class _Finding:
    """What the rules make of a statement; `about` is true when it is about someone other than the speaker."""

    statement: Statement
    kind: str
    importance: int
    slot: str
    about: bool


def extract(person: str, text: str, said_at: str, source_turn: str | None = None) -> list[Memory]:
    """The memories in one message of a person, in its order.

    Each memory's text is the sentence (or the clause of it) as it was said, with relative dates resolved in
    brackets against `said_at`. Raises InputError when `said_at` is not a time.
    """
    said_on = parse_time(said_at).date()
    memories: list[Memory] = []
    about = False
    for sentence in sentences(text):
        findings = _distinct([found for s in sentence.statements if (found := _find(s, said_on))])
        if about and sentence.whole and _goes_on(sentence, findings):
            memories[-1] = _continued(memories[-1], sentence.text, said_on)
            continue
        about = bool(findings) and findings[-1].about
        for finding in findings:
            words = sentence.text if sentence.whole and len(findings) == 1 else finding.statement.text
            memory = _memory(person, words, said_at, finding)
            memories.append(replace(memory, source_turn=source_turn, source_sentence=sentence.text))
    return memories


def _goes_on(sentence: Sentence, findings: list[_Finding]) -> bool:
    """Whether a sentence goes on about whom the one before spoke of, and says something."""
    if any(finding.kind != "personal" for finding in findings):
        return False
    words = sentence.statements[0].plain
    return bool(_GOES_ON.search(words)) or bool(findings and _OF_THEM.search(words))


def _memory(person: str, words: str, said_at: str, finding: _Finding) -> Memory:
    dated = resolve(" ".join(words.split()), parse_time(said_at).date()).text
    return Memory.said(
        person, dated, said_at, kind=finding.kind, importance=finding.importance, slot=finding.slot
    )


def _continued(memory: Memory, sentence: str, said_on: date) -> Memory:
    """The memory with the next sentence, which is about the same: "My mum fell. She lives in Erfurt."."""
    text = f"{memory.text} {resolve(' '.join(sentence.split()), said_on).text}"
    fresh = Memory.said(
        memory.person, text, memory.said_at, kind=memory.kind, importance=memory.importance, slot=memory.slot
    )
    source = f"{memory.source_sentence} {sentence}"
    return replace(fresh, source_turn=memory.source_turn, source_sentence=source)


def _distinct(findings: list[_Finding]) -> list[_Finding]:
    """One finding for each kind and slot; the most important one speaks for the rest."""
    best: dict[tuple[str, str], _Finding] = {}
    for finding in findings:
        key = (finding.kind, finding.slot)
        if key not in best or finding.importance > best[key].importance:
            best[key] = finding
    return list(best.values())


def _find(statement: Statement, said_on: date) -> _Finding | None:
    """What the first rule that matches makes of a statement."""
    dates = resolve(statement.text, said_on).dates
    named = NAMED.search(statement.text)
    for rule in RULES:
        match = rule.pattern.search(statement.plain)
        if match and (rule.kind == "personal" or not _TO_YOU.search(statement.plain)):
            slot = rule.slot.format(**match.groupdict()) if rule.slot else ""
            about = rule.kind == "personal" and bool(_ABOUT.search(statement.plain))
            if rule.kind == "goal":
                dated = bool(dates) or any(character.isdigit() for character in statement.plain)
                return _Finding(
                    statement, "goal", 5 if dated else rule.importance, _topic(statement.plain), False
                )
            if rule.kind == "personal" and not slot and dates:
                slot = _event(statement.plain)
            return _Finding(statement, rule.kind, rule.importance, slot, about)
    if named and (named["fact"] or dates):
        return _Finding(statement, "personal", 3, _event(statement.plain) if dates else "", True)
    if INTRODUCED.search(statement.text):
        return _Finding(statement, "personal", 5, "name", False)
    last = next((r for r in DATED_RULES if dates and r.pattern.search(statement.plain)), None)
    return _Finding(statement, last.kind, last.importance, _event(statement.plain), False) if last else None


def _topic(words: str) -> str:
    """The slot of a goal, or "" where its topic is unknown."""
    for name, pattern in _TOPICS:
        match = re.search(pattern, words)
        if match:
            return "goal:" + name.format(*match.groups())
    return ""


def _event(words: str) -> str:
    """The slot of a dated event, by which "they moved it" finds it; "" where it could be several."""
    match = next((m for m in _EVENT.finditer(words) if m["event"] in _SINGLE), None) or _EVENT.search(words)
    if match is None:
        return ""
    if match["event"] in _SINGLE:
        return "event:" + _SINGLE[match["event"]]
    place = _PLACES.search(words)
    what = place.group() if place else match["what"] or ""
    return "" if not what or _OWNERS.search(what) else f"event:{what} {match['event']}"
