"""Hostile and malformed requests, drawn at random with a fixed seed."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SAID = [{"role": "user", "content": "I want to run a marathon in June."}]
VALID: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "m", "messages": SAID, "user": "ann", "metadata": {"chat_id": "c"}},
    "/v1/responses": {"model": "m", "input": "I live in Lisbon.", "instructions": "Be kind.", "user": "ann"},
    "/v1/embeddings": {"model": "m", "input": "a text"},
    "/v1/feedback": {"completion_id": "chatcmpl-1", "thumb": "up", "comment": "good", "tags": ["a"]},
    "/feedback": {"metric_name": "good", "inference_id": "chatcmpl-1", "value": True},
    "/api/enhanced-reflect-public": {
        "message": "What should I do?",
        "conversationHistory": [{"role": "user", "content": "Hi."}, {"user": "a", "assistant": "b"}],
        "userId": "ann",
    },
    "/api/enhanced-reflect": {"message": "What should I do?"},
}
HEADERS = (
    "x-byheart-user",
    "x-byheart-conversation",
    "x-byheart-memory",
    "x-byheart-capture",
    "x-openwebui-task",
    "idempotency-key",
    "authorization",
    "content-encoding",
    "accept",
    "expect",
    "x-forwarded-for",
    "cookie",
    "range",
    "upgrade",
)
TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "a\r\nx-injected: yes",
    "\n",
    "\u2028\u202e\ufeff",
    "😀" * 50,
    "é",
    "'; DROP TABLE turns; --",
    "../../etc/passwd",
    "{{7*7}}${7*7}%s%n",
    "data: [DONE]\n\n",
    "<script>alert(1)</script>",
    "NaN",
    "x" * 5000,
    "```\n" * 300,
    "a" * 1_000_000,
    "I want " * 3000,
    "((((" * 500,
    "great, but " * 2000,
    "\n" * 50_000 + "x",
    " " * 50_000 + "x",
)
NUMBERS = (0, -1, 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**400, 1e308, -1e308, 0.1, 5e-324)
FIELDS = (
    "stream_options",
    "max_tokens",
    "temperature",
    "seed",
    "stop",
    "n",
    "tools",
    "user",
    "metadata",
    "logprobs",
    "text",
    "conversation",
    "previous_response_id",
    "tool_choice",
    "response_format",
    "thumb",
    "rating",
    "tags",
    "x" * 1000,
)
KEYS = ("role", "content", "type", "text", "tool_calls", "function", "name", "id", "\x00", "a")
ODD_JSON = (
    b"1e999",
    b"NaN",
    b"-Infinity",
    b'"\\ud800"',
    b'"\\udfff\\ud800"',
    b'"\xff\xfe"',
    b'"\xed\xa0\x80"',
)


@dataclass(frozen=True)
class Attack:
    """One request: `raw` as it goes over the wire in pieces; `whole` where it asks for an answer.

    `pause` is the wait between the pieces in seconds; after the last one, a request that is not whole hangs up.
    """

    kind: str
    pieces: tuple[bytes, ...]
    whole: bool = True
    pause: float = 0.0


class Attacker:
    """Draws requests; the same seed draws the same ones."""

    def __init__(self, paths: list[tuple[str, str]], seed: int) -> None:
        self.chance = random.Random(seed)
        self.paths = paths
        self.kinds: list[Callable[[], Attack]] = [
            *(self.mutated,) * 8,
            *(self.broken_body,) * 4,
            self.deep,
            self.odd_head,
            self.odd_head,
            self.odd_path,
            self.odd_method,
            self.odd_length,
            self.chunked,
            self.slow,
            self.leaver,
            self.noise,
        ]

    def draw(self) -> Attack:
        """The next request."""
        return self.chance.choice(self.kinds)()

    def mutated(self) -> Attack:
        """A valid body with one to three things wrong in it."""
        path, body = self._valid()
        for _ in range(self.chance.randint(1, 3)):
            self._spoil(body)
        return self.post("mutated", path, self._json(body))

    def broken_body(self) -> Attack:
        """A body that is no JSON, or an odd one."""
        path, body = self._valid()
        raw = self._json(body)
        way = self.chance.randrange(7)
        if way == 0:
            raw = raw[: self.chance.randrange(len(raw))]
        elif way == 1:
            odd = self.chance.choice(ODD_JSON)
            raw = re.sub(rb'"(?:[^"\\]|\\.)*"(?=[,}\]])', lambda _: odd, raw, count=self.chance.randint(1, 2))
        elif way == 2:
            place = self.chance.randrange(len(raw))
            raw = raw[:place] + self.chance.randbytes(self.chance.randint(1, 9)) + raw[place + 1 :]
        elif way == 3:
            raw = b"{" + raw[1:-1] + b"," + raw[1:-1] + b"}"
        elif way == 4:
            raw = raw.decode().encode(self.chance.choice(("utf-16", "utf-32", "utf-7", "utf-8-sig")))
        elif way == 5:
            raw = self.chance.choice(
                (b"", b"null", b"[]", b'"x"', b"0", b"true", b"{}", b"{}{}", b" " * 10**6)
            )
        else:
            raw = self.chance.randbytes(self.chance.choice((1, 100, 100_000)))
        return self.post("broken body", path, raw)

    def deep(self) -> Attack:
        """A valid body with something nested deeply in it."""
        path, body = self._valid()
        depth = self.chance.choice((50, 100, 200, 240, 250, 260, 300, 500, 900, 1015, 1100, 5000, 200_000))
        opened, closed = self.chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")))
        nested = opened * depth + b"1" + closed * depth
        place = self._place(body)
        if place is None or self.chance.random() < 0.4:
            body[self.chance.choice(("made_up", "tools", "metadata", "stop", "response_format"))] = "@@"
        else:
            place[0][place[1]] = "@@"
        return self.post(f"deep {depth}", path, self._json(body).replace(b'"@@"', nested))

    def odd_head(self) -> Attack:
        """A valid body under odd headers."""
        path, body = self._valid()
        name, chance = self.chance.choice(HEADERS), self.chance
        value = chance.choice(
            (
                b"",
                b"off",
                b"on",
                b"100-continue",
                b"gzip",
                b"\xff\xfe\x80",
                "é😀".encode(),
                b"a" * 7000,
                b"a" * 100_000,
                b"a\x00b",
                b"a\tb",
                b"Bearer " + chance.randbytes(8).hex().encode(),
                b"websocket",
                b"bytes=0-1",
                chance.randbytes(20).replace(b"\n", b"").replace(b"\r", b""),
            )
        )
        extra = [name.encode() + b": " + value] * chance.choice((1, 1, 1, 2, 500))
        kind = chance.choice(
            (b"application/json", b"text/plain", b"multipart/form-data", b"application/xml", b"\xff", b"")
        )
        return self.post("odd head", path, self._json(body), extra=extra, content_type=kind)

    def odd_path(self) -> Attack:
        """A path that is not there, or pretends to be another."""
        known = self.chance.choice(self.paths)[1]
        path = self.chance.choice(
            (
                known + "/",
                "/" + known,
                known.upper(),
                known + "%00",
                known + "/../../etc/passwd",
                known.replace("/v1", "/v1/%2e%2e/v1"),
                known + "?" + "a=b&" * 2000,
                known + "#x",
                known + ";x=1",
                known + "%ff%fe",
                known + "\xe9",
                "/v1/models/" + "%F0%9F%98%80" * 20,
                "/v1/models/" + "x" * 20_000,
                "/v1/models/%0d%0ax-injected:%20yes",
                "/v1/models/..%2f..%2fetc%2fpasswd",
                "//evil.example/v1/models",
                "http://evil.example/v1/models",
                "*",
                "/docs/oauth2-redirect?x=<script>",
            )
        )
        method = self.chance.choice((b"GET", b"POST", b"HEAD", b"OPTIONS"))
        head = [method + b" " + path.encode("latin-1") + b" HTTP/1.1", *_COMMON, b"content-length: 0"]
        return Attack("odd path", (b"\r\n".join(head) + b"\r\n\r\n",))

    def odd_method(self) -> Attack:
        """A method that does not exist, or not there."""
        methods = b"PUT DELETE PATCH TRACE CONNECT OPTIONS HEAD PROPFIND get BREW \x00GET G\xc9T".split()
        path = self.chance.choice(self.paths)[1].encode()
        head = [self.chance.choice(methods) + b" " + path + b" HTTP/1.1", *_COMMON, b"content-length: 2"]
        return Attack("odd method", (b"\r\n".join(head) + b"\r\n\r\n{}",))

    def odd_length(self) -> Attack:
        """A content-length that is a lie or no number."""
        path, body = self._valid()
        raw = self._json(body)
        length = self.chance.choice(
            (
                b"-1",
                b"0",
                b"1",
                b"1e3",
                b"99999999999999999999999",
                b"0x10",
                b"",
                b"5, 5",
                "²".encode("latin-1"),
                b"40000000",
                str(len(raw) + 10).encode(),
            )
        )
        head = [b"POST " + path.encode() + b" HTTP/1.1", *_COMMON, b"content-length: " + length]
        return Attack("odd length", (b"\r\n".join(head) + b"\r\n\r\n" + raw,), whole=False)

    def chunked(self) -> Attack:
        """A body in chunks: whole, odd, or cut off."""
        path, body = self._valid()
        raw, head = self._json(body), [b"POST " + path.encode() + b" HTTP/1.1", *_COMMON]
        head.append(b"transfer-encoding: chunked")
        start = b"\r\n".join(head) + b"\r\n\r\n"
        parts = [raw[i : i + 50] for i in range(0, len(raw), 50)]
        chunks = tuple(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        way = self.chance.randrange(5)
        if way == 0:
            return Attack("chunked", (start, *chunks, b"0\r\n\r\n"))
        odd = (b"", b"zz\r\nabc\r\n", b"ffffffffffffffffff\r\nabc\r\n", b"-5\r\nabc\r\n")[way - 1]
        return Attack("chunked, cut off", (start, *chunks[:2], odd), whole=False)

    def slow(self) -> Attack:
        """A client that hangs half way, then goes on or leaves."""
        path, body = self._valid()
        raw = self.post("", path, self._json(body)).pieces[0]
        place = self.chance.randrange(1, len(raw))
        whole = self.chance.random() < 0.5
        pieces = (raw[:place], raw[place:]) if whole else (raw[:place],)
        return Attack("slow", pieces, whole=whole, pause=self.chance.choice((0.2, 1.0, 2.0)))

    def leaver(self) -> Attack:
        """A client that asks properly and leaves before the answer."""
        path, body = self._valid()
        body["stream"] = self.chance.random() < 0.7
        return Attack("leaver", self.post("", path, self._json(body)).pieces, whole=False)

    def noise(self) -> Attack:
        """Bytes that are no HTTP."""
        raw = self.chance.choice(
            (
                self.chance.randbytes(self.chance.randint(1, 3000)),
                b"GET / HTTP/9.9\r\n\r\n",
                b"GET /\r\n\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
                b"\r\n" * 500,
                b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 3000,
                b"GET / HTTP/1.1\r\nhost" * 50,
            )
        )
        return Attack("noise", (raw,), whole=False)

    def _valid(self) -> tuple[str, dict[str, Any]]:
        posts = [path for method, path in self.paths if method == "POST"]
        path = self.chance.choice(posts + ["/v1/chat/completions"] * 3)
        body = json.loads(json.dumps(VALID.get(path, {})))
        if path.startswith("/v1/") and path != "/v1/feedback" and self.chance.random() < 0.3:
            body["stream"] = True
        return path, body

    def _spoil(self, body: dict[str, Any]) -> None:
        place = self._place(body)
        if place is None or self.chance.random() < 0.25:
            body[self.chance.choice(FIELDS)] = self._odd()
        elif self.chance.random() < 0.15:
            del place[0][place[1]]
        else:
            place[0][place[1]] = self._odd()

    def _place(self, body: Any) -> tuple[Any, Any] | None:
        """A random place in a body, as its container and the key in that."""
        found: list[tuple[Any, Any]] = []
        todo = [body]
        while todo:
            part = todo.pop()
            for key in part if isinstance(part, dict) else range(len(part)):
                found.append((part, key))
                if isinstance(part[key], dict | list):
                    todo.append(part[key])
        return self.chance.choice(found) if found else None

    def _odd(self, depth: int = 0) -> Any:
        """A value that nobody expects, of any type."""
        chance = self.chance
        flat: list[Callable[[], Any]] = [
            *(lambda: chance.choice(TEXTS),) * 2,
            lambda: chance.choice(NUMBERS),
            lambda: chance.choice((None, True, False)),
            lambda: "".join(
                chr(chance.choice((chance.randrange(0xD800), chance.randrange(32)))) for _ in range(9)
            ),
            lambda: chance.choice(([], {}, [None], [[]], {"": ""})),
        ]
        nested: list[Callable[[], Any]] = [
            lambda: [self._odd(depth + 1) for _ in range(2 if depth else chance.choice((1, 2, 3, 200)))],
            lambda: {chance.choice(KEYS): self._odd(depth + 1) for _ in range(chance.randint(1, 3))},
        ]
        return chance.choice(flat if depth >= 3 else flat + nested * 2)()

    def post(
        self,
        kind: str,
        path: str,
        raw: bytes,
        extra: list[bytes] | None = None,
        content_type: bytes = b"application/json",
    ) -> Attack:
        """A body to a path."""
        head = [b"POST " + path.encode() + b" HTTP/1.1", *_COMMON, b"content-type: " + content_type]
        head += [b"content-length: %d" % len(raw), *(extra or ())]
        return Attack(kind, (b"\r\n".join(head) + b"\r\n\r\n" + raw,))

    def _json(self, body: Any) -> bytes:
        return json.dumps(body, ensure_ascii=self.chance.random() < 0.5).encode("utf-8", "surrogatepass")


_COMMON = (b"host: 127.0.0.1", b"connection: close")
