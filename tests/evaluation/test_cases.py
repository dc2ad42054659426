import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from byheart.base.errors import InputError, NotFoundError
from byheart.chat.prompt import holds
from byheart.dataset.generator import CATEGORIES
from byheart.evaluation.cases import SITUATIONS, Case, read_cases
from byheart.evaluation.scorers import says
from byheart.evaluation.suites import SUITES, ordinary, suite

GOOD: dict[str, Any] = {
    "id": "one",
    "category": "goal_continuity",
    "persona": "You are Timmy.",
    "memories": [{"text": "I want to run", "kind": "goal", "importance": 5, "said_at": "2026-05-01"}],
    "now": "2026-06-01T10:00:00Z",
    "messages": [{"role": "user", "content": "What do I want?"}],
    "expect": {"recall": [["run", "running"]], "forbid": ["swim"], "abstain": False, "use_memory": True},
}


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path


def test_a_case_as_documented_is_read(tmp_path: Path) -> None:
    (case,) = read_cases([write(tmp_path / "a.jsonl", GOOD)])
    assert case.expect.recall == (("run", "running"),)
    assert case.situation == "answerable"
    assert [m.role for m in case.prompt()] == ["system", "user"]
    assert "[goal, importance 5] user, 4 weeks ago: I want to run" in case.prompt()[0].content


def test_only_what_must_be_there_must_be_there(tmp_path: Path) -> None:
    bare = {**GOOD, "memories": [], "expect": {"abstain": True}}
    (case,) = read_cases([write(tmp_path / "a.jsonl", bare)])
    assert case.situation == "unanswerable"
    assert case.prompt()[0].content.endswith("You remember nothing about this person yet.")


def test_blank_lines_a_byte_order_mark_and_odd_line_ends_are_no_fault(tmp_path: Path) -> None:
    odd = {**GOOD, "id": "two", "messages": [{"role": "user", "content": "a\u2028b\x85c"}]}
    lines = [json.dumps(GOOD), "", "  ", json.dumps(odd, ensure_ascii=False), ""]
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert [c.id for c in read_cases([tmp_path / "a.jsonl"])] == ["one", "two"]


def without(name: str) -> dict[str, Any]:
    return {k: v for k, v in GOOD.items() if k != name}


BAD = {
    "no id": (without("id"), "id: Field required"),
    "no messages": ({**GOOD, "messages": []}, "messages: List should have at least 1 item"),
    "an unknown key": ({**GOOD, "expected": {}}, "expected: Extra inputs are not permitted"),
    "a wrong time": ({**GOOD, "now": "yesterday"}, "now: Value error, 'yesterday' is not a date or time"),
    "a wrong memory": ({**GOOD, "memories": [{"text": "x"}]}, "memories.0.said_at: Field required"),
    "a memory's wrong time": (
        {**GOOD, "memories": [{"text": "x", "said_at": "soon"}]},
        "memories.0.said_at: .*'soon'",
    ),
    "importance 9": (
        {**GOOD, "memories": [{"text": "x", "said_at": "2026-01-01", "importance": 9}]},
        "memories.0.importance: Input should be less than or equal to 5",
    ),
    "an unknown role": ({**GOOD, "messages": [{"role": "bot", "content": ""}]}, "messages.0.role"),
    "the assistant speaks last": (
        {**GOOD, "messages": [{"role": "assistant", "content": "x"}]},
        "the last message must be the user's",
    ),
    "both recall and abstain": (
        {**GOOD, "expect": {"recall": [["a"]], "abstain": True}},
        "cannot expect both",
    ),
    "a fact without forms": ({**GOOD, "expect": {"recall": [[]]}}, "at least one accepted form"),
    "an empty form": ({**GOOD, "expect": {"recall": [["a", " "]]}}, "none empty"),
    "not an object": ([1], "is not a JSON object"),
    "a word": ("word", "is not a JSON object"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_case_is_named_with_its_line_and_fault(fault: str, tmp_path: Path) -> None:
    record, said = BAD[fault]
    path = write(tmp_path / "mine.jsonl", GOOD, record)
    with pytest.raises(InputError, match=rf"mine\.jsonl, line 2,.*{said}"):
        read_cases([path])


def test_every_fault_of_a_case_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", {**without("persona"), "now": "never"})
    with pytest.raises(InputError, match=r"persona: Field required; now: ") as caught:
        read_cases([path])
    assert "docs/evaluation.md" in caught.value.remedy


def test_a_truncated_line_is_named_with_its_column(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD)[:40], "utf-8")
    with pytest.raises(InputError, match=r"cut\.jsonl, line 2, is not JSON: .* at column \d+"):
        read_cases([path])


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_one_error(content: str, tmp_path: Path) -> None:
    (tmp_path / "no.jsonl").write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"no\.jsonl is empty"):
        read_cases([tmp_path / "no.jsonl"])


def test_a_file_that_is_missing_a_folder_or_not_utf8_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file .*gone\.jsonl"):
        read_cases([tmp_path / "gone.jsonl"])
    with pytest.raises(InputError, match="is a folder"):
        read_cases([tmp_path])
    (tmp_path / "latin.jsonl").write_bytes(json.dumps(GOOD).encode() + b"\n\xe9\n")
    with pytest.raises(InputError, match=r"latin\.jsonl is not UTF-8 \(byte \d+\)"):
        read_cases([tmp_path / "latin.jsonl"])
    (tmp_path / "wide.jsonl").write_text(json.dumps(GOOD), "utf-16")
    with pytest.raises(InputError, match="is not UTF-8"):
        read_cases([tmp_path / "wide.jsonl"])


def test_an_id_used_twice_is_refused_also_across_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'one' is used twice"):
        read_cases([write(tmp_path / "a.jsonl", GOOD), write(tmp_path / "b.jsonl", GOOD)])


def test_a_suite_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(NotFoundError, match="generated, natural, guide"):
        suite("unnatural")


@pytest.fixture(scope="module")
def suites() -> dict[str, list[Case]]:
    return {name: suite(name) for name in SUITES}


def test_the_suites_are_large_and_balanced(suites: dict[str, list[Case]]) -> None:
    for name in ("generated", "natural"):
        cases = suites[name]
        assert len(cases) >= 120
        assert set(Counter(c.category for c in cases)) == set(CATEGORIES)
        assert min(Counter(c.category for c in cases).values()) >= len(cases) / 12
        assert set(Counter(c.situation for c in cases)) == set(SITUATIONS)
    assert {c.name for c in suites["guide"]} == {
        "Goal Continuity Test",
        "Emotional Pattern Test",
        "Cross-Conversation Memory Test",
    }


def test_no_case_stands_in_the_suites_twice(suites: dict[str, list[Case]]) -> None:
    every = [c for cases in suites.values() for c in cases]
    assert len({c.id for c in every}) == len(every)
    prompts = Counter(tuple(c.prompt()) for c in every)
    assert max(prompts.values()) == 1


@pytest.mark.parametrize("name", SUITES)
def test_what_must_be_recalled_was_said_and_still_holds(name: str, suites: dict[str, list[Case]]) -> None:
    for case in suites[name]:
        shown = [m.text for m in case.memories if holds(m, case.now)] + [m.content for m in case.messages]
        for forms in case.expect.recall:
            assert any(says(text, form) for text in shown for form in forms), (case.id, forms)


@pytest.mark.parametrize("name", SUITES)
def test_an_expectation_does_not_contradict_itself(name: str, suites: dict[str, list[Case]]) -> None:
    for case in suites[name]:
        expect = case.expect
        assert not (expect.abstain and (expect.recall or expect.use_memory)), case.id
        assert not expect.recall or expect.use_memory, case.id
        forbidden = [v for v in expect.forbid for forms in expect.recall for f in forms if says(f, v)]
        assert not forbidden, (case.id, forbidden)


@pytest.mark.parametrize("name", ["generated", "natural"])
def test_twins_differ_in_one_memory_and_in_the_answer(name: str, suites: dict[str, list[Case]]) -> None:
    by_id = {c.id: c for c in suites[name]}
    paired = [c for c in suites[name] if c.twin]
    assert paired
    for case in paired:
        twin = by_id[case.twin or ""]
        assert twin.twin == case.id
        assert twin.messages == case.messages
        assert len(twin.memories) == len(case.memories)
        assert sum(a != b for a, b in zip(case.memories, twin.memories, strict=True)) == 1
        assert case.expect.recall != twin.expect.recall


def test_the_generated_suite_is_the_same_each_time(suites: dict[str, list[Case]]) -> None:
    assert suite("generated") == suites["generated"]


def test_ordinary_chats_are_ordinary() -> None:
    chats = ordinary()
    assert len({c.id for c in chats}) == len(chats) >= 40
    for chat in chats:
        roles = [m.role for m in chat.messages if m.role != "system"]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert all(m.content.strip() for m in chat.messages)
