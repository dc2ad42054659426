"""The local model: llama.cpp in this process, one copy of the base, an adapter switched on per request."""

import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from byheart.base.errors import MissingError, ModelError
from byheart.chat.records import Message
from byheart.models.records import Piece, Progress, Reply, Sampling, one_by_one
from byheart.models.template import ChatTemplate


class PromptTooLongError(ModelError):
    """The prompt does not fit into the model's window; the caller's to mend."""

    http_status = 400


@dataclass(frozen=True)
class _Loaded:
    """A loaded base and the place of each adapter in llama.cpp's list."""

    server: Any
    places: Mapping[str, int]


class LocalEngine:
    """One base in memory. `adapters` maps a name to a GGUF adapter; "" is always the base alone.

    `slots` requests are answered side by side, the rest wait; each may use `context` tokens. Threads may
    share an engine.
    """

    def __init__(
        self,
        gguf: Path,
        template: ChatTemplate,
        adapters: Mapping[str, Path],
        threads: int,
        slots: int = 2,
        context: int = 4096,
    ) -> None:
        self.template = template
        self._gguf = gguf
        self._threads = threads
        self._slots = slots
        self._context = context
        self._adapters = dict(adapters)
        self._changing = threading.Lock()
        self._loaded = self._load()

    def add_adapter(self, name: str, file: Path) -> None:
        """Load one more adapter; requests in flight finish on what they began with."""
        with self._changing:
            if self._adapters.get(name) == file:
                return
            self._adapters[name] = file
            self._loaded = self._load()

    def complete(
        self, prompt: str, adapter: str, options: dict[str, Any], on_part: Callable[[Any], bool]
    ) -> None:
        """Continue a prompt; `on_part` gets llama.cpp's parts and stops the answer by returning True."""
        loaded = self._loaded
        if adapter and adapter not in loaded.places:
            raise ModelError(f"The adapter {adapter!r} is not loaded.", "Restart the server.")
        lora = [{"id": place, "scale": float(name == adapter)} for name, place in loaded.places.items()]
        loaded.server.handle_completions({"prompt": prompt, "stream": True, "lora": lora, **options}, on_part)

    def _load(self) -> _Loaded:
        try:
            import xllamacpp as llama  # noqa: PLC0415 - optional
        except ImportError:
            raise MissingError(
                "The local model needs llama.cpp.", "Install it: pip install 'byheart[local]'."
            ) from None
        wanted = llama.CommonParams()
        wanted.verbosity = -1
        wanted.api_keys = [
            secrets.token_hex(16)
        ]  # it opens a loopback port of its own, which nobody else may use
        wanted.model.path = str(self._gguf)
        wanted.n_parallel = self._slots
        wanted.n_ctx = self._context * self._slots
        wanted.n_gpu_layers = 0
        wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = self._threads
        # Its store of idle prompts does not tell adapters apart: a prompt computed with one would be
        # continued with another.
        wanted.cache_ram_mib = 0
        wanted.cache_idle_slots = False
        wanted.lora_adapters = [
            llama.CommonAdapterLoraInfo(str(file), 0.0) for file in self._adapters.values()
        ]
        try:
            return _Loaded(llama.Server(wanted), {name: place for place, name in enumerate(self._adapters)})
        except RuntimeError as error:
            files = ", ".join(str(file) for file in (self._gguf, *self._adapters.values()))
            raise ModelError(
                f"llama.cpp cannot load {files}.", "Check that they are whole and belong together."
            ) from error


class LocalModel:
    """A ChatModel on the engine: the base (`adapter` "") or one of its adapters."""

    def __init__(self, engine: LocalEngine, name: str, adapter: str = "") -> None:
        self.name = name
        self.adapter = adapter
        self._engine = engine

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """Answer one prompt token by token; closing the iterator stops the model."""
        prompt = self._engine.template.render(messages, answer=True)
        parts: queue.SimpleQueue[Any] = queue.SimpleQueue()
        stopped = threading.Event()
        started = time.perf_counter()

        def on_part(part: Any) -> bool:
            parts.put(part)
            return stopped.is_set()

        def work() -> None:
            try:
                self._engine.complete(prompt, self.adapter, _options(sampling), on_part)
                parts.put(None)
            except (ModelError, RuntimeError) as error:
                parts.put(error)

        threading.Thread(target=work, name="byheart-model", daemon=True).start()
        try:
            yield from _pieces(parts, started)
        finally:
            stopped.set()

    def reply_all(
        self, prompts: Sequence[Sequence[Message]], sampling: Sampling, progress: Progress | None = None
    ) -> list[Reply]:
        """Answer many prompts, in their order."""
        return one_by_one(self, prompts, sampling, progress)


def _options(sampling: Sampling) -> dict[str, Any]:
    return {
        "n_predict": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": 0,
        "min_p": 0.0,
        "seed": sampling.seed % 2**32,
        "stop": list(sampling.stop),
    }


def _pieces(parts: "queue.SimpleQueue[Any]", started: float) -> Iterator[Piece]:
    trimmer = Trimmer()
    while (part := parts.get()) is not None:
        if isinstance(part, ModelError):
            raise part
        if isinstance(part, Exception):
            raise ModelError(
                f"llama.cpp failed: {part}.", "Try again; if it stays, restart byheart."
            ) from part
        if "error" in part:
            raise _refusal(part["error"])
        choice = part["choices"][0]
        if text := trimmer.feed(choice["text"]):
            yield Piece(text)
        if choice["finish_reason"] is not None:
            usage = part["usage"]
            seconds = time.perf_counter() - started
            yield Piece(
                "",
                Reply(
                    trimmer.text,
                    choice["finish_reason"],
                    usage["prompt_tokens"],
                    usage["completion_tokens"],
                    seconds,
                ),
            )
            return
    raise ModelError("llama.cpp ended before the answer did.", "Try again; if it stays, restart byheart.")


def _refusal(error: Mapping[str, Any]) -> ModelError:
    if error.get("type") == "exceed_context_size_error":
        return PromptTooLongError(
            f"The conversation takes {error['n_prompt_tokens']} tokens, "
            f"the model's window holds {error['n_ctx']}.",
            "Send fewer or shorter messages, or start a new conversation.",
        )
    return ModelError(
        f"llama.cpp refused the request: {error.get('message')}.", "Check the request's parameters."
    )


class Trimmer:
    """Streams a text without the white space around it: what is passed on adds up to `text`."""

    def __init__(self) -> None:
        self.text = ""
        self._held = ""

    def feed(self, text: str) -> str:
        """Take the next part, give what may be shown by now."""
        waiting = self._held + text
        if not self.text:
            waiting = waiting.lstrip()
        shown = waiting.rstrip()
        if not shown:
            self._held = waiting if self.text else ""
            return ""
        self._held = waiting[len(shown) :]
        self.text += shown
        return shown
