"""Random adapters of real effect, in PEFT's format, made with numpy alone."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

HIDDEN, KEYS, INNER, LAYERS = 576, 192, 1536, 30  # SmolLM2-135M
SHAPES = {
    "self_attn.q_proj": (HIDDEN, HIDDEN),
    "self_attn.k_proj": (KEYS, HIDDEN),
    "self_attn.v_proj": (KEYS, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HIDDEN),
    "mlp.gate_proj": (INNER, HIDDEN),
    "mlp.up_proj": (INNER, HIDDEN),
    "mlp.down_proj": (HIDDEN, INNER),
}
CONFIG = {"model_type": "llama", "num_attention_heads": 9, "num_key_value_heads": 3, "hidden_size": HIDDEN}


def write_safetensors(path: Path, tensors: Mapping[str, np.ndarray], dtype: str = "F32") -> None:
    entries, blob = {}, b""
    for name, value in tensors.items():
        data = value.astype({"F32": np.float32, "F16": np.float16}.get(dtype, np.float32)).tobytes()
        if dtype == "BF16":
            data = (np.frombuffer(data, np.uint32) >> 16).astype(np.uint16).tobytes()
        entries[name] = {
            "dtype": dtype,
            "shape": list(value.shape),
            "data_offsets": [len(blob), len(blob) + len(data)],
        }
        blob += data
    header = json.dumps({"__metadata__": {"format": "pt"}, **entries}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + blob)


def random_adapter(
    folder: Path, size: float, only: tuple[str, ...] = (), seed: int = 3, rank: int = 8
) -> Path:
    """An adapter of `size` on the projections named, or on all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    chosen = {name: shape for name, shape in SHAPES.items() if not only or name in only}
    tensors = {}
    for layer in range(LAYERS):
        for name, (rows, columns) in chosen.items():
            key = f"base_model.model.model.layers.{layer}.{name}"
            tensors[f"{key}.lora_A.weight"] = rng.standard_normal((rank, columns)) / np.sqrt(columns)
            tensors[f"{key}.lora_B.weight"] = rng.standard_normal((rows, rank)) * size
    write_safetensors(folder / "adapter_model.safetensors", tensors)
    targets = sorted(name.split(".")[1] for name in chosen)
    settings = {"peft_type": "LORA", "r": rank, "lora_alpha": 2 * rank, "target_modules": targets}
    (folder / "adapter_config.json").write_text(json.dumps(settings), "utf-8")
    return folder


def write_config(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.json"
    path.write_text(json.dumps(CONFIG), "utf-8")
    return path
