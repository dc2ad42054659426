import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.capture.private import PERSONAL, SECRETS, find_private, mask, secrets

LETTERS = "q7Rt2Lx9Zb4Vn8Kd3Wm6Hs1Pf5Yc0Gj"
SECRET = [
    ("key", f"sk-{LETTERS}{LETTERS[:16]}"),
    ("key", f"sk-proj-{LETTERS}-{LETTERS}_x"),
    ("key", f"sk-ant-api03-{LETTERS}"),
    ("key", f"hf_{LETTERS}ab"),
    ("key", f"ghp_{LETTERS}abcd"),
    ("key", f"github_pat_11{LETTERS}_{LETTERS}"),
    ("key", f"glpat-{LETTERS[:20]}"),
    ("key", "xox" + "b-2048105121-2048105122-aBcDeFgH"),
    ("key", "AK" + "IAQ7RT2LX9ZB4VN8KD"),
    ("key", f"AIza{LETTERS}abc"),
    ("key", f"npm_{LETTERS}abcd"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9Plfup0THsR8U"),
    ("bearer", f"Authorization: Bearer {LETTERS}"),
    ("password", "password: hunter2"),
    ("password", "my password is hunter2, by the way"),
    ("password", "DB_PASSWORD=swordfish"),
    ("password", 'the "client_secret": "8Q~kT4vZ"'),
    ("password", "Mein Passwort ist geheim123."),
    ("password", "api key = 9f8a7c6b5d"),
    ("password", "Token: a8f5f167f44f4964e6c998dee827110c"),
    ("url_credentials", "postgres://timmy:s3cr3t@db.example.org/home"),
    ("private_key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"),
    ("private_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk"),
]
PERSONAL_DATA = [
    ("email", "write to maya.peeters+runs@mail.example.co.uk."),
    ("phone", "call +49 170 1234567 now"),
    ("phone", "(555) 123-4567"),
    ("phone", "it is 020 7946 0958"),
    ("phone", "06 12 34 56 78"),
    ("phone", "0032 2 555 12 12"),
    ("card", "4111 1111 1111 1111 12/28"),
    ("card", "378282246310005"),
    ("iban", "to DE89 3704 0044 0532 0130 00 PLEASE"),
    ("iban", "gb29nwbk60161331926819"),
    ("ssn", "his is 536-22-1234"),
    ("ip", "ssh to 192.168.1.20"),
    ("ip", "from 203.0.113.77, twice"),
    ("ip", "at 2001:db8:85a3::8a2e:370:7334"),
]
NOTHING = [
    "token: yes",
    "The secret: patience and butter.",
    "The secret is patience.",
    "secret: 24-karat gold",
    "max_tokens: 4096",
    "token = tokens[i + 1]",
    "password: ********",
    "Password: please choose a long one",
    "password = os.environ['DB_PASSWORD']",
    "OPENAI_API_KEY=${OPENAI_API_KEY}",
    "api_key: <your key>",
    "api key: YOUR_API_KEY_123",
    "The password is wrong.",
    "Set the key to sk-... first.",
    "the class is sk-fading-circle-animation",
    "a task-something-with-a-rather-long-name",
    "hf_hub_download and npm_config_registry",
    "He is the bearer of good news everywhere.",
    "Python 3.12.1 and version 10.0.19.45",
    "Chrome/120.0.60.99, v64.2.10.4",
    "upgrade to 1.2.10.4",
    "127.0.0.1 and 0.0.0.0",
    "order number 4111111111111111",
    "order 0171 1234567",
    "ISBN 978-3-16-148410-0",
    "Your parcel: 5500000000000004",
    "4111 1111 1111 1112",
    "1234567890123",
    "2026-06-02 18:20:00 and 02.06.2026",
    "from 1999-2004 I had 1,234,567.89",
    "DE89 3704 0044 0532 0130 01",
    "std::vector and a::b, at 12:30:45",
    "git clone git@github.com:owner/name.git",
    "pip install package@1.2.3, ask @maya",
    "https://example.org:8080/a@b",
    "pi is 3.14159265358979",
    "3000 euros by december, 33 hours, 10k on 27 September",
]


@pytest.mark.parametrize(("kind", "text"), SECRET)
def test_a_secret_is_found_and_not_shown(kind: str, text: str) -> None:
    (found,) = secrets(text)
    assert found.kind == kind
    hidden = text[found.start : found.end]
    assert len(hidden) >= 6
    assert hidden not in found.shown
    assert hidden.startswith(found.shown.partition("…")[0])
    assert hidden not in mask(text)[0]


@pytest.mark.parametrize(("kind", "text"), PERSONAL_DATA)
def test_personal_data_is_found_and_is_no_secret(kind: str, text: str) -> None:
    assert [found.kind for found in find_private(text)] == [kind]
    assert secrets(text) == []


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_private_is_left_alone(text: str) -> None:
    assert find_private(text) == []
    assert mask(text) == (text, {})


def test_where_it_begins_and_ends() -> None:
    text = "Pay DE89 3704 0044 0532 0130 00 AND say so to a@b.org, password: hunter2."
    assert [text[found.start : found.end] for found in find_private(text)] == [
        "DE89 3704 0044 0532 0130 00",
        "a@b.org",
        "hunter2",
    ]


def test_the_owners_names() -> None:
    text = "Maya will meet Will, MAYA said; mayan and Mayas are others, jonas is here."
    found = find_private(text, ["Maya", "Will", "jonas"])
    assert [text[one.start : one.end] for one in found] == ["Maya", "Will", "MAYA", "jonas"]
    assert mask(text, names=["Maya", "jonas"])[0].startswith("<NAME_1> will meet Will, <NAME_1> said")
    assert mask("EMAIL_1 and <EMAIL_1>", names=["email_1"])[0] == "<NAME_1> and <EMAIL_1>"
    assert find_private(text, ["", "  "]) == []


def test_masks_are_typed_and_stable_within_an_example() -> None:
    first, table = mask("Write to Maya@x.org or joe@x.org, then maya@x.org; call +49 170 1234567.")
    assert first == "Write to <EMAIL_1> or <EMAIL_2>, then <EMAIL_1>; call <PHONE_1>."
    second, table = mask("joe@x.org, ann@x.org, +49-170-1234567", table)
    assert second == "<EMAIL_2>, <EMAIL_3>, <PHONE_1>"
    assert table["<EMAIL_1>"] == "Maya@x.org"
    assert list(table) == ["<EMAIL_1>", "<EMAIL_2>", "<PHONE_1>", "<EMAIL_3>"]


def test_a_mask_that_stands_there_already_is_not_used_again() -> None:
    assert mask("I write <EMAIL_1> for a@b.org")[0] == "I write <EMAIL_1> for <EMAIL_2>"


PIECES = st.sampled_from([text for _, text in [*SECRET, *PERSONAL_DATA]] + NOTHING) | st.text(max_size=20)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=6), st.sampled_from(["", " ", "\n", "@", "-", ":"]))
def test_nothing_private_is_left_and_the_table_brings_it_back(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    found = find_private(text)
    assert all(one.kind in (*SECRETS, *PERSONAL) for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert [one for one in found if one.kind in SECRETS] == secrets(text)
    masked, table = mask(text)
    assert find_private(masked) == []
    assert mask(masked, table) == (masked, table)
    if all(text.count(hidden) == 1 for hidden in table.values()):
        for mark, hidden in reversed(table.items()):
            masked = masked.replace(mark, hidden)
        assert len(masked) == len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a", "1", "1 ", "0", "sk-", "a.", "a@", "@", "://", "://a:", "-----BEGIN PRIVATE KEY-----", "eyJa.",
        "token=", "password: ", "password is ", "1.1.1.1", ":", "1:", "DE89 ", "+49 ", "bearer ", "<", " \t", "é",
    ],
)  # fmt: skip
def test_the_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.perf_counter()
    find_private(text, ["maya", "Will"])
    assert time.perf_counter() - began < 1.5
