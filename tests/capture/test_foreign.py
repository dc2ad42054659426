"""Logs in the layout of the program that had the idea first; the texts are our own."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart.base.errors import InputError
from byheart.base.store import Store
from byheart.capture.blocks import Bad, Block, read_blocks
from byheart.capture.exchange import exchanges
from byheart.capture.foreign import Origin
from byheart.capture.interchange import interchanges, scan_interchanges
from byheart.capture.replay import restore
from byheart.chat.records import Persona

RULE = "=" * 80
PROMPT = """You are Rusty, a robot in a shed.

Relevant memories for this turn:
• [Personal Data, Importance: 5] User (1h ago) - My cat is Winston
• (4 weeks ago) The shed has a leak.
• an item without an age"""


def block(
    praise: str = "Good one, Rusty!",
    user: str | None = "What's my cat's name?",
    system: str | None = PROMPT,
    reply: str | None = "Winston, who else.",
    metadata: str | None = '{\n  "session_id": "abc",\n  "timestamp": "2025-11-19 20:10:46"\n}',
    captured: str = "2025-11-20T00:00:20.192958",
) -> str:
    """A block as the other program writes it: always three backticks, whatever the text."""
    text = f"\n{RULE}\n## Example Captured: {captured}\n**Praise:** {praise}\n{RULE}\n\n"
    for heading, part, kind in (
        ("User Message (n-3)", user, ""),
        ("System Prompt with Memories (n-2)", system, ""),
        ("Assistant Response (n-1)", reply, ""),
        ("Metadata", metadata, "json"),
    ):
        text += "" if part is None else f"### {heading}:\n```{kind}\n{part}\n```\n\n"
    return text


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.md"


def test_a_block_becomes_a_capture(log: Path) -> None:
    log.write_text(block())
    (item,) = scan_interchanges(log, Origin("dan", Persona("Rusty", ""))).items
    turn = item.turn
    assert [(m.role, m.content) for m in turn.messages] == [
        ("system", PROMPT),
        ("user", "What's my cat's name?"),
    ]
    assert (turn.reply, turn.person, turn.conversation) == ("Winston, who else.", "dan", "abc")
    assert (turn.created_at, item.exchange.created_at) == ("2025-11-19T20:10:46Z", "2025-11-20T00:00:20Z")
    assert [(m.text, m.kind, m.importance, m.said_at) for m in turn.memories] == [
        ("My cat is Winston", "personal", 5, "2025-11-19T19:10:46Z"),
        ("The shed has a leak.", "personal", 3, "2025-10-22T20:10:46Z"),
    ]
    assert (item.praise[0].text, item.praise[0].strength) == ("Good one, Rusty!", "strong")
    assert (item.edited, item.exchange.state) == (False, "pending")


TRICKY = [
    "Run this:\n```\nls\n```\nand rest.",
    "```python\nprint()\n```",
    "It ends so:\n```",
    "```",
    "### Steps\n```\nls\n```\n### Then\nmore",
    RULE + "\n## Example Captured: no",
    "",
    "\n\n",
    "a `b` ``c``",
]


@pytest.mark.parametrize("user", [text for text in TRICKY if text.strip()])
@pytest.mark.parametrize("reply", [text for text in TRICKY if text.strip()])
def test_backticks_inside_the_texts(log: Path, user: str, reply: str) -> None:
    log.write_text(block(user=user, reply=reply) + block(user="2"))
    first, second = scan_interchanges(log).items
    assert (first.turn.question, first.turn.reply, second.turn.question) == (user, reply, "2")


def test_windows_line_ends_and_a_byte_order_mark(log: Path) -> None:
    log.write_bytes(b"\xef\xbb\xbf" + block(reply="One.\nTwo.").replace("\n", "\r\n").encode())
    (item,) = scan_interchanges(log).items
    assert item.turn.reply == "One.\nTwo."
    assert item.turn.messages[0].content == PROMPT


def test_a_prompt_that_was_cut_off_is_marked(log: Path) -> None:
    cut = PROMPT[:60] + "\n... [truncated, full length: 4711 chars]"
    quoted = "What does\n... [truncated, full length: 7 chars]"
    log.write_text(block(system=cut) + block(user="2", system=quoted))
    first, second = scan_interchanges(log).items
    assert first.turn.messages[0].content == PROMPT[:60]
    assert (first.turn.prompt_source, first.turn.outcome) == ("truncated", {"prompt_length": 4711})
    assert (second.turn.messages[0].content, second.turn.prompt_source) == (quoted, "recorded")


def test_missing_fields(log: Path) -> None:
    log.write_text(
        block(metadata=None)
        + block(user="2", system=None, metadata='{"source": "payloads.txt", "conversation_number": 105}')
        + block(user="3", system="System prompt not found", praise="", captured="Unknown", metadata="{}")
        + block(user="4", metadata='{"timestamp": "Unknown"}')
    )
    one, two, three, four = scan_interchanges(log, Origin(at="2026-01-01T00:00:00Z")).items
    assert (one.turn.person, one.turn.conversation, one.turn.created_at) == (
        "owner",
        "imported",
        "2025-11-20T00:00:20Z",
    )
    assert (two.turn.conversation, len(two.turn.messages)) == ("payloads.txt 105", 1)
    assert (three.turn.created_at, three.praise, len(three.turn.messages)) == ("2026-01-01T00:00:00Z", (), 1)
    assert four.turn.created_at == four.exchange.created_at == "2025-11-20T00:00:20Z"


def test_praise_that_is_criticism_is_kept_but_does_not_count(log: Path) -> None:
    log.write_text(block(praise="No, my cat is called Felix, not Winston."))
    (item,) = scan_interchanges(log).items
    assert item.exchange.state == item.praise[0].state == "revoked"


BAD = {
    "no user message": (block(user=None), "it has no user message"),
    "an empty response": (block(reply=" "), "it has no assistant response"),
    "a response cut off": (
        block(reply="Win\n... [truncated, full length: 99 chars]"),
        "its assistant response is cut off (3 of 99 characters)",
    ),
    "damaged metadata": (block(metadata='{"session_id": '), "its metadata is no JSON"),
    "a list": (block(metadata="[1]"), "its metadata is no JSON object"),
    "a number in the wrong place": (block(metadata='{"turn": 5}'), "incomplete"),
    "an open fence": (block().replace("who else.\n```", "who else."), "is never closed"),
    "no fence": (block().replace("```\nWinston", "Winston"), "it has no assistant response"),
    "nothing below the first heading": (
        block(user=None).replace("### System", "### User Message (n-3):\n\n### System"),
        "expected a fenced text",
    ),
    "another heading": (
        block().replace("### User Message (n-3):", "### Frage"),
        "unknown heading '### Frage'",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_block_is_named_with_its_line_and_skipped(log: Path, name: str) -> None:
    text, why = BAD[name]
    log.write_text(block() + text + block(user="3"))
    found = scan_interchanges(log)
    assert [item.turn.question for item in found.items] == ["What's my cat's name?", "3"]
    (bad,) = found.bad
    assert why in bad.why
    first = block().count("\n") + 3
    assert first <= bad.line <= first + text.count("\n")


def test_importing_twice_adds_nothing(log: Path, tmp_path: Path) -> None:
    log.write_text(block() + block(user="2") + block())
    with Store.open(tmp_path / "b.db") as store, store.transaction() as connection:
        items = scan_interchanges(log).items
        came = restore(connection, items)
        assert (len(came.new), len(came.known)) == (2, 1)
        log.touch()
        assert restore(connection, scan_interchanges(log).items).new == ()
        assert len(exchanges(connection)) == 2
        held = interchanges(connection)
    assert {item.turn.question for item in held} == {"What's my cat's name?", "2"}


def test_a_file_without_a_block_is_no_log(log: Path) -> None:
    log.write_text("# Notes\n\nNothing.\n")
    with pytest.raises(InputError, match="line 1: this is no interchange log"):
        scan_interchanges(log)


PIECES = st.sampled_from(
    [*block().split("\n"), "```", "````", "### Metadata:", json.dumps({"exchange": 1}), "x"]
)


@given(st.lists(PIECES, max_size=40))
def test_nothing_that_a_file_may_hold_breaks_the_reading(lines: list[str]) -> None:
    found = list(read_blocks("\n".join(lines)))
    assert all(1 <= one.line <= max(1, len(lines)) + 1 for one in found)
    assert [one.line for one in found if isinstance(one, Block)] == sorted(
        one.line for one in found if isinstance(one, Block)
    )
    assert all(one.why for one in found if isinstance(one, Bad))
