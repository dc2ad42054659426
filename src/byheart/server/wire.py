"""Answers in OpenAI's chat format, at once or as server-sent events."""

import json
import time
from collections.abc import Iterator
from itertools import chain
from typing import Any

from byheart.base.errors import ByheartError
from byheart.loop import Answer, Begun
from byheart.models.records import Piece, Reply
from byheart.server.errors import error_body, explained

_REASONS = ("stop", "length", "content_filter")


def headers(begun: Begun) -> dict[str, str]:
    """What byheart adds: the turn, which memories were used, and how long it took before the model."""
    turn = begun.turn
    return {
        "x-byheart-turn": turn.id,
        "x-byheart-memories": ",".join(memory.id for memory in turn.memories),
        "x-byheart-overhead-ms": f"{begun.overhead_ms:.2f}",
        "x-byheart-conversation": _header(turn.conversation),
    }


def _header(text: str) -> str:
    """A text that a header may hold: no control characters, Latin-1."""
    plain = "".join(character if character.isprintable() else "?" for character in text)
    return plain.encode("latin-1", "replace").decode("latin-1")


def broken(message: str) -> dict[str, Any]:
    """What went wrong upstream, as OpenAI's clients read it."""
    return error_body(message, "server_error", code="upstream")


def event(value: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def finished(answer: Answer) -> Reply:
    """Wait for the whole answer."""
    reply = next(piece.reply for piece in answer if piece.reply is not None)
    assert reply is not None
    return reply


def completion(answer: Answer, reply: Reply) -> dict[str, Any]:
    """A whole answer."""
    message = {"role": "assistant", "content": reply.text, "refusal": None}
    return {
        "id": answer.id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": answer.model,
        "choices": [{"index": 0, "message": message, "finish_reason": _reason(reply), "logprobs": None}],
        "usage": _usage(reply),
    }


def events(answer: Answer, include_usage: bool) -> Iterator[bytes]:
    """The answer as server-sent events. Waits for its first piece, so that an early error is a plain one."""
    pieces = iter(answer)
    first = next(pieces)
    return _events(answer, chain([first], pieces), include_usage)


def _events(answer: Answer, pieces: Iterator[Piece], include_usage: bool) -> Iterator[bytes]:
    head = {
        "id": answer.id,
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": answer.model,
    }

    def chunk(delta: dict[str, str], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return event({**head, "choices": [choice], **({"usage": None} if include_usage else {})})

    yield chunk({"role": "assistant", "content": ""})
    try:
        for piece in pieces:
            if piece.text:
                yield chunk({"content": piece.text})
            if piece.reply is not None:
                yield chunk({}, _reason(piece.reply))
                if include_usage:
                    yield event({**head, "choices": [], "usage": _usage(piece.reply)})
    except ByheartError as error:  # the status is long sent; clients read the error from the stream
        yield event(explained(error))
        return
    yield b"data: [DONE]\n\n"


def _reason(reply: Reply) -> str:
    return reply.finish_reason if reply.finish_reason in _REASONS else "stop"


def _usage(reply: Reply) -> dict[str, int]:
    return {
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "total_tokens": reply.prompt_tokens + reply.completion_tokens,
    }
