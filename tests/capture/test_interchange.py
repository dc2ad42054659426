import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.base.errors import InputError, StoreError
from byheart.base.store import Store
from byheart.capture.exchange import Exchange, set_state
from byheart.capture.feedback import Feedback, judge_turn
from byheart.capture.interchange import (
    FILE,
    Interchange,
    interchanges,
    is_current,
    read_interchanges,
    refresh_log,
    scan_interchanges,
    write_interchanges,
)
from byheart.chat.records import ROLES, MemoryLine, Message, Turn
from byheart.chat.turns import save_turn

from .conftest import PRAISE, make_turn

TEXT = st.text(max_size=40) | st.sampled_from(
    [
        "```",
        "````text\nx\n````",
        "\n",
        "",
        "### Assistant Response (n-1):",
        "### Metadata:\n```json\n{}\n```",
        "### Metadata:\n\n",
        "=" * 80 + "\n## Example Captured: 2026-01-01\n**Praise:** x",
        "\n... [truncated, full length: 9 chars]",
        "a\r\nb",
        "\r",
        "`" * 9,
        " \n ",
    ]
)
WORD = st.text("abc-_", min_size=1, max_size=8)
REST = st.just({}) | st.dictionaries(
    WORD, TEXT | st.lists(st.dictionaries(WORD, TEXT, max_size=1), max_size=1)
)
MEMORY = st.builds(
    MemoryLine, TEXT, WORD, st.integers(1, 5), WORD, WORD, st.none() | WORD, WORD, st.floats(0, 9)
)
TURN = st.builds(
    Turn,
    id=WORD,
    person=TEXT,
    conversation=TEXT,
    messages=st.lists(st.builds(Message, st.sampled_from(ROLES), TEXT, REST), max_size=5).map(tuple),
    reply=TEXT,
    persona=WORD,
    model=TEXT,
    created_at=WORD,
    memories=st.lists(MEMORY, max_size=2).map(tuple),
    parameters=st.dictionaries(WORD, TEXT | st.integers() | st.none(), max_size=2),
    timings=st.dictionaries(WORD, st.floats(0, 9), max_size=2),
    completion=WORD,
    choices=st.lists(st.dictionaries(WORD, TEXT, max_size=1), max_size=2).map(tuple),
    outcome=st.dictionaries(WORD, st.integers(), max_size=1),
)


@st.composite
def items(draw: st.DrawFn) -> Interchange:
    turn = draw(TURN)
    fields: dict[str, Any] = {"turn": turn.id, "person": turn.person, "label": "praise", "source": "detected"}
    praise = tuple(
        Feedback(
            id=f"f{n}",
            strength="weak",
            span=text,
            why="",
            text=text,
            state="pending",
            created_at="t",
            **fields,
        )
        for n, text in enumerate(draw(st.lists(TEXT, max_size=2)))
    )
    exchange = Exchange(
        id=draw(WORD),
        turn=turn.id,
        person=turn.person,
        persona=turn.persona,
        praise=tuple(f.id for f in praise),
        preferred=draw(st.none() | TEXT),
        state=draw(st.sampled_from(["pending", "accepted"])),
        created_at="t",
        hash=turn.hash,
    )
    return Interchange(exchange, turn, praise)


@settings(max_examples=40, deadline=None)
@given(st.lists(items(), max_size=3))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, found: list[Interchange]
) -> None:
    path = tmp_path_factory.getbasetemp() / FILE
    write_interchanges(path, found)
    again = read_interchanges(path)
    assert again == found
    assert not any(item.edited for item in again)


def one(store: Store) -> list[Interchange]:
    with store.transaction() as connection:
        turn = make_turn(1)
        save_turn(connection, turn)
        judge_turn(connection, turn, PRAISE, turn.created_at)
        return interchanges(connection)


def test_a_person_can_read_it(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "new" / FILE
    write_interchanges(path, one(store))
    text = path.read_text("utf-8")
    order = [
        "=" * 80 + "\n## Example Captured: 2026-06-02T18:20:00Z\n**Praise:** " + PRAISE + "\n" + "=" * 80,
        "### User Message (n-3):\n```\nWhich soup today?",
        "### System Prompt with Memories (n-2):\n```\nYou are Timmy.",
        "### Assistant Response (n-1):\n```\nSoup 1",
        "### Metadata:\n```json\n{",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    for part in ('"session_id": "maya-01"', '"importance": 3', '"model": "scripted"', '"temperature": 0.0'):
        assert part in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_edit_by_hand_is_read_and_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / FILE
    write_interchanges(path, one(store))
    path.write_text(path.read_text("utf-8").replace("Soup 1, obviously.", "Soup, of course."), "utf-8")
    (item,) = read_interchanges(path)
    assert item.turn.reply == "Soup, of course."
    assert item.edited


DAMAGE = [
    ("# Best-case interchanges", "# Best-case interchanges", None),
    ("### Assistant Response (n-1)", "### Answer", "incomplete: its response is missing"),
    ("### User Message (n-3)", "### Question", "unknown heading '### Question:'"),
    ("### Metadata", "### Meta", "incomplete: the heading of its metadata is missing"),
    ('"session_id"', '"session"', "incomplete: it does not say 'session_id'"),
    ('"state": "pending",', '"state": pending,', "its metadata is no JSON: Expecting value"),
    ('"state": "pending",', '"state": "lost",', "there is no state 'lost'"),
    ("Soup 1, obviously.\n```", "Soup 1, obviously.", "never closed"),
    ("```\nSoup 1", "Soup 1", "its response is missing"),
    ("## Example Captured", "## Chapter", "stands outside of an example"),
]


def two(store: Store) -> list[Interchange]:
    first = one(store)
    with store.transaction() as connection:
        turn = make_turn(2)
        save_turn(connection, turn)
        judge_turn(connection, turn, PRAISE, turn.created_at)
        second = next(i for i in interchanges(connection) if i.turn.id == turn.id)
    return [*first, second]


@pytest.mark.parametrize(("before", "after", "message"), DAMAGE)
def test_a_damaged_block_is_named_with_its_line_and_the_next_one_is_read(
    store: Store, tmp_path: Path, before: str, after: str, message: str | None
) -> None:
    path = tmp_path / FILE
    items = two(store)
    write_interchanges(path, items)
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    found = scan_interchanges(path)
    if message is None:
        assert (list(found.items), found.bad) == (items, ())
        return
    assert list(found.items) == items[1:]
    (bad,) = found.bad
    assert message in bad.why
    assert 7 <= bad.line <= text.split("\n").index("# Best-case interchanges") + text.count("\n") // 2 + 8
    with pytest.raises(InputError, match=rf"{FILE}: line {bad.line}: "):
        read_interchanges(path)


def test_the_log_is_kept_up_to_date_and_written_only_when_captures_change(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "home" / FILE
    (item,) = one(store)
    with store.transaction() as connection:
        assert not is_current(connection, path)
        assert refresh_log(connection, path)
        assert is_current(connection, path)
        assert not refresh_log(connection, path)
        set_state(connection, item.exchange.id, "rejected")
        assert refresh_log(connection, path)
        assert read_interchanges(path) == []
        set_state(connection, item.exchange.id, "accepted")
        assert refresh_log(connection, path)
        assert [i.exchange.state for i in read_interchanges(path)] == ["accepted"]
    path.write_bytes(b"\xff")
    with store.reading() as connection:
        assert not is_current(connection, path)


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_interchanges(tmp_path / "none.md")
    (tmp_path / "latin.md").write_bytes(b"# caf\xe9")
    with pytest.raises(InputError, match="not UTF-8"):
        read_interchanges(tmp_path / "latin.md")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        write_interchanges(tmp_path / "file" / FILE, [])
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_interchanges(tmp_path / "folder", [])
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
