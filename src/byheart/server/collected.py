"""What an upstream's answer amounts to, whole or in chunks: the text, the tool calls, how it ended."""

from collections.abc import Mapping
from typing import Any

import orjson

from byheart.base.errors import ModelError


class Collected:
    """An answer as it arrives. `take` raises ModelError for what is not OpenAI's chat format."""

    def __init__(self) -> None:
        self.id = ""
        self.usage: Mapping[str, Any] = {}
        self.choices: dict[int, dict[str, Any]] = {}
        self.error: Any = None

    def take(self, data: bytes) -> None:
        """Take one chunk of a stream."""
        chunk = _object(data)
        if chunk.get("error"):
            self.error = chunk["error"]
            return
        try:
            self._head(chunk)
            for choice in chunk.get("choices") or ():
                self._add(choice)
        except (KeyError, TypeError, AttributeError) as error:
            raise _gibberish(data) from error

    def take_whole(self, data: bytes) -> None:
        """Take an answer that came at once."""
        body = _object(data)
        try:
            self._head(body)
            for choice in body["choices"]:
                message = {"role": "assistant", **choice["message"]}
                index = choice.get("index") or 0
                self.choices[index] = {
                    "message": message,
                    "finish_reason": choice.get("finish_reason") or "stop",
                }
        except (KeyError, TypeError, AttributeError) as error:
            raise _gibberish(data) from error

    @property
    def finished(self) -> bool:
        """Whether every choice has come to its end."""
        return bool(self.choices) and all(choice["finish_reason"] for choice in self.choices.values())

    @property
    def text(self) -> str:
        """The text of the first choice."""
        first = self.choices.get(0) or next(iter(self.choices.values()), None)
        content = first["message"].get("content") if first else None
        return storable(content) if isinstance(content, str) else ""

    @property
    def finish_reason(self) -> str:
        """How the first choice ended."""
        first = self.choices.get(0) or next(iter(self.choices.values()), None)
        return str(first["finish_reason"] or "error") if first else "error"

    @property
    def more(self) -> tuple[dict[str, Any], ...]:
        """The whole answer, where it is more than one text: several choices, tool calls, a refusal."""
        plain = {"role", "content"}
        rich = any(
            value
            for choice in self.choices.values()
            for key, value in choice["message"].items()
            if key not in plain
        )
        return (
            tuple(self.choices[index] for index in sorted(self.choices))
            if rich or len(self.choices) > 1
            else ()
        )

    def _head(self, body: dict[str, Any]) -> None:
        self.id = str(body.get("id") or self.id)
        self.usage = body.get("usage") or self.usage

    def _add(self, choice: dict[str, Any]) -> None:
        empty = {"message": {"role": "assistant", "content": ""}, "finish_reason": None}
        known = self.choices.setdefault(choice.get("index") or 0, empty)
        message, delta = known["message"], choice.get("delta") or {}
        for key, value in delta.items():
            if key == "tool_calls":
                _add_calls(message.setdefault("tool_calls", []), value or [])
            elif key != "role" and isinstance(value, str):
                message[key] = (message.get(key) or "") + value
        known["finish_reason"] = choice.get("finish_reason") or known["finish_reason"]


def storable(text: str) -> str:
    """A text without NUL characters, which no database takes."""
    return text.replace("\x00", "")


def _add_calls(calls: list[dict[str, Any]], deltas: list[dict[str, Any]]) -> None:
    """Put the pieces of tool calls together: names and ids come once, arguments in pieces."""
    for delta in deltas:
        place = delta.get("index", len(calls))
        while len(calls) <= min(place, 127):
            calls.append({"function": {"name": "", "arguments": ""}})
        call = calls[min(place, 127)]
        call |= {key: value for key, value in delta.items() if key not in ("index", "function") and value}
        function = delta.get("function") or {}
        for key in ("name", "arguments"):
            call["function"][key] += function.get(key) or ""


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _gibberish(data) from error
    if not isinstance(value, dict):
        raise _gibberish(data)
    return value


def _gibberish(data: bytes) -> ModelError:
    shown = data[:80].decode("utf-8", "replace")
    return ModelError(
        f"The upstream answered with what is not OpenAI's chat format: {shown!r}.",
        "Check that its URL ends where the API begins, mostly in /v1.",
    )
