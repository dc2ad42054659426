"""Ids: sortable ones for what happens, content hashes for what is."""

import hashlib
import json
import secrets
import time
from typing import Any

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case


def new_id(prefix: str) -> str:
    """`prefix_` and 20 characters that sort by time (48 bits of milliseconds) and then by chance (52 bits)."""
    number = (time.time_ns() // 1_000_000) << 52 | secrets.randbits(52)
    return f"{prefix}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(95, -1, -5))


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, Unicode kept; NaN is refused (ValueError)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """`sha256:` and the hex digest of a value's canonical JSON."""
    return "sha256:" + hashlib.sha256(canonical_json(value).encode()).hexdigest()


def content_id(prefix: str, value: Any) -> str:
    """`prefix_` and the first 20 hex digits of the value's digest: the same content has the same id."""
    return f"{prefix}_{digest(value)[7:27]}"
