"""Recall: of all that is known of a person, the few lines that the next reply needs.

BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over stems, exact and in process.
How important and how recent a memory is only breaks ties: ranking by age harms recall wherever it has been
measured. What the question leaves free is filled with the profile: what is always good to know.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from byheart.base.clock import format_time, parse_time
from byheart.chat.prompt import render_line
from byheart.chat.records import MemoryLine
from byheart.memory.records import Memory
from byheart.memory.words import stems

K1 = 1.2
B = 0.75
CHARACTERS_PER_TOKEN = 3.5  # English text in small vocabularies; errs towards too many tokens
TIE = 0.05  # at most this much for importance, and as much for recency
KIND_CUE = 0.5  # a question about one's goals is about one's goals, whatever their words

# Stems that ask for a kind of memory rather than for a word in it.
_CUES = {
    kind: frozenset(stem for word in words.split() for stem in stems(word))
    for kind, words in {
        "goal": "goal goals plan plans target aim progress",
        "emotion": "feel feeling feelings felt mood emotion",
        "progress": "progress achieved improved improvement achievement",
        "habit": "habit habits routine routines usually",
        "stress": "stress stressed stressful cope coping overwhelmed calm relax",
        "preference": "favourite favorite prefer preference",
        "personal": "family myself",
    }.items()
}


def recall(
    memories: Sequence[Memory], query: str, now: str, limit: int = 8, token_budget: int = 400
) -> list[MemoryLine]:
    """The best lines for a query, best first, at most `limit` and about `token_budget` tokens once rendered.

    `memories` are one person's; those that do not hold at `now` are left out. A line's score is 0 when it is
    there for the profile alone. The same input gives the same lines.
    """
    moment = format_time(parse_time(now))
    current = [m for m in memories if m.holds(moment)]
    scores = _scores(current, query)
    order = sorted(
        (i for i, memory in enumerate(current) if scores[i] > 0 or _profile(memory)),
        key=lambda i: (scores[i] > 0, scores[i] + _tie(current[i], moment), current[i].id),
        reverse=True,
    )
    lines: list[MemoryLine] = []
    for index in order:
        if len(lines) == limit:
            break
        line = current[index].line(round(scores[index], 4))
        cost = math.ceil(len(render_line(line, now)) / CHARACTERS_PER_TOKEN)
        if cost <= token_budget:
            lines.append(line)
            token_budget -= cost
    return lines


def _scores(memories: Sequence[Memory], query: str) -> list[float]:
    """BM25 of each memory for the query's stems, and the cue of its kind."""
    asked = frozenset(stems(query))
    documents = [stems(m.text) for m in memories]
    mean = sum(map(len, documents)) / len(documents) if documents else 1.0
    holding = Counter(stem for document in documents for stem in asked.intersection(document))
    weights = {
        stem: math.log(1 + (len(documents) - count + 0.5) / (count + 0.5)) for stem, count in holding.items()
    }
    cued = {kind for kind, cues in _CUES.items() if cues & asked}
    scores = []
    for memory, document in zip(memories, documents, strict=True):
        norm = K1 * (1 - B + B * len(document) / (mean or 1.0))
        score = KIND_CUE if memory.kind in cued else 0.0
        for stem in asked.intersection(document):
            frequency = document.count(stem)
            score += weights[stem] * frequency * (K1 + 1) / (frequency + norm)
        scores.append(score)
    return scores


def _tie(memory: Memory, now: str) -> float:
    days = max(0.0, _day(now) - _day(memory.said_at))
    return TIE * memory.importance / 5 + TIE / (1 + days / 30)


@lru_cache(maxsize=8192)
def _day(moment: str) -> float:
    return parse_time(moment).timestamp() / 86400


def _profile(memory: Memory) -> bool:
    return memory.importance == 5 or memory.kind == "personal"
