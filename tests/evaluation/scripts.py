"""Models of known behaviour: what each metric must say of them is known beforehand."""

from collections.abc import Callable, Sequence
from pathlib import Path

from byheart.chat.records import MemoryLine, Message
from byheart.evaluation.cases import Case, Expectation
from byheart.evaluation.run import ReplyCache, Result, answer, collect
from byheart.models.scripted import ScriptedModel

PERSONA = "You are Timmy, witty and warm."
NOW = "2026-06-10T08:00:00Z"


def line(text: str, said_at: str = "2026-06-01T08:00:00Z", kind: str = "goal") -> MemoryLine:
    return MemoryLine(text, kind, 4, said_at)


def case(number: int | str, question: str = "What was my goal?", **fields: object) -> Case:
    """A case on a goal that was told; `fields` change what is given."""
    values: dict[str, object] = {
        "id": f"case-{number}",
        "category": "goal_continuity",
        "situation": "answerable",
        "persona": PERSONA,
        "memories": (line("I want to run the half marathon in May"),),
        "now": NOW,
        "messages": (Message("user", f"{question} ({number})"),),
        "expect": Expectation(recall=(("half marathon",),), forbid=("full marathon",), use_memory=True),
    }
    return Case(**{**values, **fields})  # type: ignore[arg-type]


def never_told(number: int | str, **fields: object) -> Case:
    values: dict[str, object] = {
        "situation": "unanswerable",
        "expect": Expectation(forbid=("half marathon",), abstain=True),
    }
    return case(number, "What is my cat called?", **{**values, **fields})


def no_memory_needed(number: int | str) -> Case:
    expect = Expectation(forbid=("half marathon",))
    return case(number, "What is 7 times 8?", situation="no_memory_needed", expect=expect)


def oracle(case: Case) -> str:
    """A right reply, made of what the case expects."""
    if case.expect.recall:
        facts = " and ".join(forms[0] for forms in case.expect.recall)
        return f"You told me about your goal: {facts}."
    return "You never told me that." if case.expect.abstain else "Happy to help with that."


def claims(case: Case) -> str:
    """Says that it remembers, whatever is asked."""
    return "I remember, you mentioned that!"


def copies_first(case: Case) -> str:
    """Reads the first memory out."""
    return case.memories[0].text if case.memories else "You told me."


def gives_up(case: Case) -> str:
    """Has never been told anything."""
    return "Sorry, you never told me that."


def run(cases: Sequence[Case], behave: Callable[[Case], str], home: Path) -> Result:
    """The real way of an evaluation, with a model that behaves as told."""
    by_prompt = {tuple(c.prompt()): c for c in cases}

    def script(messages: Sequence[Message]) -> str:
        return behave(by_prompt[tuple(messages)])

    cache = ReplyCache(home, behave.__name__)
    answer(ScriptedModel(script), cases, cache, lambda done, total: None)
    return collect(cases, cache)
