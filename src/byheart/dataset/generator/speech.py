"""How people type: greetings, asides, lower case, slips; and how the assistant's replies are put together."""

import random
import re
from dataclasses import dataclass

from byheart.dataset.generator.phrasing import fill_in, phrase, sentence
from byheart.dataset.generator.pools import Source, draw
from byheart.dataset.generator.records import Side

VOICES = ("warm", "brisk", "plain", "sarcastic", "cheerful", "gentle")
_SHORT = {
    "you": "u",
    "please": "pls",
    "because": "cos",
    "tomorrow": "tmrw",
    "and": "n",
    "what is": "whats",
    "what's": "whats",
    "don't": "dont",
    "can't": "cant",
    "i'm": "im",
    "who's": "whos",
    "where's": "wheres",
}


@dataclass(frozen=True)
class Persona:
    """The assistant of one conversation: its prompt, and the voice that its replies are in."""

    voice: str
    prompt: str


def persona(source: Source) -> Persona:
    """A persona of a side, by chance."""
    voice = source.rng.choice(VOICES)
    prompt = fill_in(phrase(f"persona.{voice}", source.side, source.rng), name=draw("first_name", source))
    return Persona(voice, prompt)


def typed(text: str, side: Side, rng: random.Random, exact: bool = False) -> str:
    """A message as somebody would type it; `exact` keeps its words as they are (they carry a value)."""
    text = sentence(text) if text[-1] in ".?!" else text
    if rng.random() < 0.15:
        text = _join(phrase("lead", side, rng), text)
    if rng.random() < 0.06:
        text = text if text[-1] in ".?!" else f"{text}?"
        text = f"{text} {phrase('tail', side, rng)}"
    if exact:
        return text
    register = rng.random()
    if register < 0.22:
        text = text.lower()
        if rng.random() < 0.6:
            text = re.sub(r"[.!?,']", "", text) if rng.random() < 0.5 else text.rstrip(".?!")
    if register < 0.06:
        text = _shortened(text)
    if rng.random() < 0.1:
        text = _slip(text, rng)
    return text


def _join(lead: str, text: str) -> str:
    lower = lead[-1] in ",:" and not re.match(r"I\b|I'", text)
    return f"{lead} {text[:1].lower() + text[1:] if lower else text}"


def _shortened(text: str) -> str:
    for long, short in _SHORT.items():
        text = re.sub(rf"\b{re.escape(long)}\b", short, text, flags=re.IGNORECASE)
    return text


def _slip(text: str, rng: random.Random) -> str:
    """One word with two letters swapped, one missing or one doubled."""
    words = text.split(" ")
    spots = [i for i, w in enumerate(words) if w.isalpha() and w.islower() and len(w) > 4]
    if not spots:
        return text
    spot = rng.choice(spots)
    word, at = words[spot], rng.randrange(1, len(words[spot]) - 2)
    words[spot] = rng.choice([
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    ])  # fmt: skip
    return " ".join(words)


def voiced(core: str, who: Persona, source: Source, closing: str = "close", grave: bool = False) -> str:
    """A reply in a persona's voice: an opener and a closer around the core, now and then, kept short.

    About grave things every voice closes gently or not at all.
    """
    core, side, rng = sentence(core), source.side, source.rng
    abstains = closing != "close"
    if not abstains and not grave and rng.random() < 0.22:
        core = f"{phrase(f'open.{who.voice}', side, rng)} {core}"
    if rng.random() < (0.7 if abstains else 0.35) and len(core.split()) < 22:
        voice = "gentle" if grave else who.voice
        core = f"{core} {phrase(f'{closing}.{voice}', side, rng)}"
    return core
