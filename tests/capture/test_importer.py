import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.base.errors import InputError
from byheart.capture.importer import LoggedMessage, read_log

TIMMY = Path(__file__).parents[2] / "examples" / "timmy" / "log.jsonl"


def line(**changes: Any) -> str:
    messages = [
        {"role": "user", "content": "Hi.", "at": "2026-06-02T20:20:00+02:00"},
        {"role": "assistant", "content": "Hm?", "at": "2026-06-02T18:20:04Z"},
    ]
    whole = {"conversation": "maya-01", "person": "maya", "persona": "timmy", "messages": messages}
    return json.dumps({**whole, **changes})


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_log_is_read_in_order_with_times_in_utc(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff" + line() + "\r\n\n" + line(conversation="b", extra=1))
    first, second = read_log(path)
    assert first.messages[0] == LoggedMessage("user", "Hi.", "2026-06-02T18:20:00Z")
    assert (first.person, first.persona, first.line) == ("maya", "timmy", 1)
    assert (second.conversation, second.line) == ("b", 3)


def test_the_example_log_is_read() -> None:
    found = list(read_log(TIMMY))
    assert len({c.person for c in found}) >= 4
    assert sum(len(c.messages) for c in found) > 200


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xff\xfe{\x00", "is UTF-16"),
        (b"\x1f\x8b\x08\x00", "is compressed"),
        (line().encode() + b'\n{"person": "Jos\xe9"}', "line 2: byte 0xe9 is not UTF-8"),
        ("[" + line() + "]", "one JSON list"),
        (
            line() + "\n" + line(conversation="b")[:40],
            "line 2: the file ends in the middle of it (after 40 char",
        ),
        ("who,what\nmaya,hi\n", "line 1: it is not JSON"),
        ('"text"\n', "line 1: it is a JSON str, not an object"),
        ("{]}\n", "line 1: it is not JSON (Expecting property name enclosed in double quotes, column 2)"),
        (line() + "\n" + line() + "\n", "line 2: conversation 'maya-01' stands on line 1 already"),
        (line(person=""), "line 1: person: it is empty"),
        (line(person=7), "line 1: person: input should be a valid string"),
        (line(messages=[]), "line 1: messages: list should have at least 1 item"),
        (
            line(messages=[{"role": "bot", "content": "x", "at": "2026-06-02"}]),
            "messages[0].role: input should be",
        ),
        (
            line(messages=[{"role": "user", "content": " ", "at": "2026-06-02"}]),
            "messages[0].content: it is empty",
        ),
        (
            line(messages=[{"role": "user", "content": "x", "at": "noon"}]),
            "messages[0].at: 'noon' is not a time",
        ),
        (line(messages=[{"role": "user", "at": "2026-06-02"}]), "messages[0].content: field required"),
        ("[" * 100_000, "one JSON list"),
        ('{"a":' * 100_000 + "\n", "line 1: it is not JSON"),
    ],
)
def test_a_bad_log_is_one_sentence_with_a_remedy(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_log(write(tmp_path, content))
    assert message in caught.value.message
    assert caught.value.remedy


def test_messages_out_of_order(tmp_path: Path) -> None:
    messages = [
        {"role": "user", "content": "x", "at": "2026-06-02T10:00:00Z"},
        {"role": "assistant", "content": "y", "at": "2026-06-02T09:00:00Z"},
    ]
    with pytest.raises(InputError, match=r"message 2 .* is earlier than the one before it"):
        read_log(write(tmp_path, line(messages=messages)))


def test_every_bad_line_counts_and_none_is_handed_out(tmp_path: Path) -> None:
    path = write(tmp_path, "\n".join([line(), *["no"] * 9]) + "\n")
    with pytest.raises(InputError, match=r"line 2: .*line 6: .*, and 4 more\. Nothing was imported"):
        read_log(path)


def test_a_missing_log_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl cannot be read: No such file"):
        read_log(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_log(tmp_path)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(str.encode)
    | st.integers(1, 300).map(lambda n: line().encode()[:n])
)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    try:
        found = list(read_log(path))
    except InputError as error:
        found = [error.remedy]
    assert found
    assert all(found)
