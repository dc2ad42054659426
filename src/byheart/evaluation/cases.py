"""Evaluation cases: one situation each, with what a right reply recalls and what it must not say."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from byheart.base.clock import parse_time
from byheart.base.errors import ByheartError, InputError
from byheart.chat.prompt import render_messages
from byheart.chat.records import MemoryLine, Message
from byheart.dataset.generator import CASES

SITUATIONS = (*CASES, "counterfactual")


@dataclass(frozen=True)
class Expectation:
    """What a right reply does. `recall` holds one tuple of accepted forms for each fact that must be named."""

    recall: tuple[tuple[str, ...], ...] = ()
    forbid: tuple[str, ...] = ()
    abstain: bool = False
    use_memory: bool = False


@dataclass(frozen=True)
class Case:
    """One situation: who speaks, what is remembered of them, what was said, and what a right reply is."""

    id: str
    category: str
    situation: str
    persona: str
    memories: tuple[MemoryLine, ...]
    now: str
    messages: tuple[Message, ...]
    expect: Expectation
    twin: str | None = None
    name: str = ""

    def prompt(self) -> list[Message]:
        """The prompt exactly as serving would render it."""
        return render_messages(self.persona, self.memories, self.messages, self.now)


class _Memory(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1)
    kind: str = "personal"
    importance: int = Field(default=3, ge=1, le=5)
    said_at: str
    valid_until: str | None = None
    role: str = "user"

    @field_validator("said_at", "valid_until")
    @classmethod
    def _time(cls, value: str | None) -> str | None:
        if value is not None:
            _readable(value)
        return value


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant", "system"]
    content: str


class _Expect(BaseModel):
    model_config = ConfigDict(extra="forbid")
    recall: list[list[str]] = []
    forbid: list[str] = []
    abstain: bool = False
    use_memory: bool = False


class _Case(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    category: str
    case: str = ""
    twin: str | None = None
    name: str = ""
    persona: str
    memories: list[_Memory]
    now: str
    messages: list[_Message] = Field(min_length=1)
    expect: _Expect

    @field_validator("now")
    @classmethod
    def _time(cls, value: str) -> str:
        return _readable(value)

    @model_validator(mode="after")
    def _consistent(self) -> "_Case":
        if self.messages[-1].role != "user":
            raise ValueError("the last message must be the user's")
        if self.expect.abstain and self.expect.recall:
            raise ValueError("a case cannot expect both to abstain and to recall")
        if any(not forms or not all(f.strip() for f in forms) for forms in self.expect.recall):
            raise ValueError("every fact in expect.recall needs at least one accepted form, none empty")
        return self


def _readable(value: str) -> str:
    try:
        parse_time(value)
    except ByheartError as error:
        raise ValueError(error.message) from None
    return value


def read_case(record: dict[str, Any], where: str) -> Case:
    """A case from its JSON object. Raises InputError naming `where` and every fault."""
    try:
        c = _Case.model_validate(record)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'case'}: {e['msg']}" for e in error.errors())
        raise InputError(
            f"{where} is not an evaluation case: {faults}.", "docs/evaluation.md shows the format."
        ) from None
    return Case(
        id=c.id,
        category=c.category,
        situation=c.case or ("unanswerable" if c.expect.abstain else "answerable"),
        persona=c.persona,
        memories=tuple(
            MemoryLine(m.text, m.kind, m.importance, m.said_at, m.role, m.valid_until) for m in c.memories
        ),
        now=c.now,
        messages=tuple(Message(m.role, m.content) for m in c.messages),
        expect=Expectation(
            tuple(map(tuple, c.expect.recall)), tuple(c.expect.forbid), c.expect.abstain, c.expect.use_memory
        ),
        twin=c.twin,
        name=c.name,
    )


def read_lines(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The JSON objects of a JSONL file with where each stands. Raises InputError with file and line."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder.", "Give a JSONL file.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from None
    records = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number},"
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{where} is not JSON: {error.msg} at column {error.colno}.", "One object a line."
            ) from None
        if not isinstance(record, dict):
            raise InputError(f"{where} is not a JSON object.", "One object a line.")
        records.append((where, record))
    if not records:
        raise InputError(f"{path} is empty.", "It needs at least one line.")
    return records


def read_cases(paths: Sequence[Path]) -> list[Case]:
    """All cases of the files, in order. Raises InputError; an id used twice is one too."""
    cases = [read_case(record, where) for path in paths for where, record in read_lines(path)]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise InputError(f"The case id {case.id!r} is used twice.", "Give every case an id of its own.")
        seen.add(case.id)
    return cases
