"""GGUF files: a base's chat template read from one, a trained adapter written to one.

The format: github.com/ggml-org/ggml/blob/master/docs/gguf.md. Only the header is read here, in a few
milliseconds; the reader of the package `gguf` takes seconds for the same.
"""

import json
import mmap
import os
import struct
from pathlib import Path
from typing import Any

from byheart.base.errors import InputError, MissingError
from byheart.models.template import ChatTemplate

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9

_ARCHITECTURES = {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}
_PROJECTIONS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


class _Header:
    """Walks a GGUF header; strings inside arrays are passed over unread."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 8

    def number(self, code: str) -> Any:
        value = struct.unpack_from("<" + code, self._data, self._at)[0]
        self._at += struct.calcsize("<" + code)
        return value

    def string(self) -> str:
        size = self.number("Q")
        start, self._at = self._at, self._at + size
        return self._data[start : self._at].decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            return self.number(_SCALARS[kind])
        of, count = self.number("I"), self.number("Q")
        if of == _STRING:
            return [self.string() for _ in range(count)]
        if of == _ARRAY:
            return [self.value(_ARRAY) for _ in range(count)]
        self._at += count * struct.calcsize("<" + _SCALARS[of])
        return None


def read_header(path: Path) -> dict[str, Any]:
    """A GGUF file's metadata; arrays of numbers are left out (None). Raises InputError when it is not one."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data[:4] != b"GGUF":
                raise InputError(f"{path} is not a GGUF file.", "Give a model in llama.cpp's format.")
            header = _Header(data)
            _tensors, entries = header.number("Q"), header.number("Q")
            found = {}
            for _ in range(entries):
                key = header.string()
                found[key] = header.value(header.number("I"))
            return found
    except (ValueError, KeyError, OverflowError, MemoryError, struct.error) as error:
        raise InputError(
            f"{path} is damaged: its header breaks off.", "Copy or download it again."
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error


def gguf_template(path: Path) -> ChatTemplate:
    """The chat template inside a GGUF file. Raises InputError."""
    header = read_header(path)
    source, tokens = header.get("tokenizer.chat_template"), header.get("tokenizer.ggml.tokens", [])
    if not isinstance(source, str):
        raise InputError(f"{path} holds no chat template.", "Use an instruct model.")

    def token(name: str) -> str:
        place = header.get(f"tokenizer.ggml.{name}_token_id")
        return str(tokens[place]) if place is not None else ""

    return ChatTemplate(source, token("bos"), token("eos"))


def adapter_to_gguf(adapter: Path, config: Path, out: Path) -> None:
    """Write a PEFT LoRA adapter as the GGUF file that llama.cpp loads beside its base.

    `config` is the base's config.json, for its family and its head counts. The file appears whole or not at
    all. Raises InputError for an adapter or a base that llama.cpp cannot take, MissingError without `gguf`.
    """
    try:
        import gguf  # noqa: PLC0415 - optional
    except ImportError:
        raise MissingError(
            "Adapters need the package gguf.", "Install it: pip install 'byheart[local]'."
        ) from None
    base = json.loads(config.read_text("utf-8"))
    settings = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    family = _ARCHITECTURES.get(base.get("model_type", ""))
    if family is None:
        raise InputError(
            f"llama.cpp adapters of {base.get('model_type')!r} models are not supported.",
            "Serve the adapter with vLLM and set upstream_url.",
        )
    scratch = out.with_name(out.name + f".{os.getpid()}.tmp")
    writer = gguf.GGUFWriter(scratch, family)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(settings["lora_alpha"]))
    for name, matrix in sorted(_matrices(adapter / "adapter_model.safetensors").items()):
        writer.add_tensor(*_place(name, matrix, base if family == "llama" else None))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    scratch.replace(out)


def _place(name: str, matrix: Any, heads: dict[str, Any] | None) -> tuple[str, Any]:
    """Where llama.cpp wants a PEFT matrix, and the matrix in llama.cpp's order of rows."""
    module, _, side = name.removesuffix(".weight").rpartition(".lora_")
    _, _, rest = module.partition(".layers.")
    layer, _, projection = rest.partition(".")
    if side not in ("A", "B") or not layer.isdigit() or projection not in _PROJECTIONS:
        raise InputError(
            f"The adapter trains {name}, which llama.cpp has no place for.", "Train projections only."
        )
    if heads and side == "B" and projection in ("self_attn.q_proj", "self_attn.k_proj"):
        count = heads["num_attention_heads"]
        if projection == "self_attn.k_proj":
            count = heads.get("num_key_value_heads") or count
        # llama.cpp rotates neighbouring rows, Hugging Face a row with the one half a head further on.
        matrix = matrix.reshape(count, 2, -1, matrix.shape[1]).swapaxes(1, 2).reshape(matrix.shape)
    return f"blk.{layer}.{_PROJECTIONS[projection]}.weight.lora_{side.lower()}", matrix


def _matrices(path: Path) -> dict[str, Any]:
    """The tensors of a safetensors file in float32; numpy's own reader refuses bfloat16."""
    import numpy as np  # noqa: PLC0415 - optional

    try:
        raw = path.read_bytes()
        size = struct.unpack_from("<Q", raw)[0]
        entries = json.loads(raw[8 : 8 + size])
        found = {}
        for name, entry in entries.items():
            if name == "__metadata__":
                continue
            start, end = entry["data_offsets"]
            data = raw[8 + size + start : 8 + size + end]
            if entry["dtype"] == "BF16":
                flat = (np.frombuffer(data, np.uint16).astype(np.uint32) << 16).view(np.float32)
            else:
                flat = np.frombuffer(data, {"F32": np.float32, "F16": np.float16}[entry["dtype"]])
            found[name] = np.ascontiguousarray(flat.reshape(entry["shape"]).astype(np.float32))
        return found
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Train the model again.") from error
    except (ValueError, KeyError, struct.error) as error:
        raise InputError(f"{path} is damaged.", "Train the model again.") from error
