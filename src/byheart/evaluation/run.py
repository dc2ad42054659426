"""Running a suite: every reply is kept as soon as it is made, so an interrupted evaluation goes on."""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from byheart.base.ids import content_id
from byheart.evaluation.cases import Case
from byheart.evaluation.metrics import breakdown, figures
from byheart.evaluation.scorers import Score, score
from byheart.models.records import ChatModel, Progress, Sampling

SAMPLING = Sampling(max_tokens=48, temperature=0.0, seed=7)
"""Greedy, so that the same model gives the same replies."""
_CHUNK = 64


@dataclass(frozen=True)
class Result:
    """One model on one suite: replies and scores by case id, and all figures."""

    cases: tuple[Case, ...]
    replies: dict[str, str]
    scores: dict[str, Score]

    def wire(self) -> dict[str, Any]:
        """The figures as JSON, with the breakdown by category and by situation."""
        return {
            **figures(self.cases, self.scores),
            "cases": len(self.cases),
            "by_category": breakdown(self.cases, self.scores, lambda c: c.category),
            "by_situation": breakdown(self.cases, self.scores, lambda c: c.situation),
        }


class ReplyCache:
    """Replies on disk, one JSON line each, keyed by the prompt and the sampling; one file for each model.

    With `fresh` earlier replies are not read; later ones take their place.
    """

    def __init__(self, home: Path, model: str, fresh: bool = False) -> None:
        self.path = home / "replies" / f"{content_id('replies', model)}.jsonl"
        self.known: dict[str, str] = {}
        self.torn = False  # whether an interrupt cut the last line off
        if self.path.exists():
            lines = self.path.read_text("utf-8", errors="replace").split("\n")
            self.torn = lines.pop() != ""
            for line in lines:
                with contextlib.suppress(json.JSONDecodeError):  # what an earlier interrupt left
                    record = json.loads(line)
                    self.known[record["key"]] = record["reply"]
        if fresh:
            self.known.clear()

    def add(self, replies: dict[str, str]) -> None:
        """Keep more replies, by key."""
        self.known |= replies
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps({"key": key, "reply": r}, ensure_ascii=False) + "\n" for key, r in replies.items()
        ]
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" * self.torn + "".join(lines))
        self.torn = False


def key(case: Case, sampling: Sampling) -> str:
    """What a reply depends on, besides the model."""
    return content_id("prompt", {"messages": [m.wire() for m in case.prompt()], "sampling": sampling.wire()})


def pending(cases: Sequence[Case], cache: ReplyCache, sampling: Sampling = SAMPLING) -> list[Case]:
    """The cases that the cache holds no reply to yet."""
    return [c for c in cases if key(c, sampling) not in cache.known]


def answer(
    model: ChatModel,
    cases: Sequence[Case],
    cache: ReplyCache,
    progress: Progress,
    sampling: Sampling = SAMPLING,
) -> None:
    """Let the model answer all cases that are not in the cache, prompts of like length together."""
    missing = sorted(pending(cases, cache, sampling), key=lambda c: sum(len(m.content) for m in c.prompt()))
    done = len(cases) - len(missing)
    progress(done, len(cases))
    for start in range(0, len(missing), _CHUNK):
        chunk = missing[start : start + _CHUNK]
        replies = model.reply_all([c.prompt() for c in chunk], sampling)
        cache.add({key(c, sampling): r.text for c, r in zip(chunk, replies, strict=True)})
        done += len(chunk)
        progress(done, len(cases))


def collect(cases: Sequence[Case], cache: ReplyCache, sampling: Sampling = SAMPLING) -> Result:
    """Score the replies in the cache. All cases must have been answered."""
    replies = {c.id: cache.known[key(c, sampling)] for c in cases}
    return Result(tuple(cases), replies, {c.id: score(c, replies[c.id]) for c in cases})
