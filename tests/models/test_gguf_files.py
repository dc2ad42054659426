import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.base.errors import InputError
from byheart.models.bases import packaged_gguf
from byheart.models.gguf_files import adapter_to_gguf, gguf_template, read_header
from tests.models.adapters import random_adapter, write_config, write_safetensors


def test_a_header_is_read_without_its_tensors() -> None:
    header = read_header(packaged_gguf())
    assert header["general.architecture"] == "llama"
    assert len(header["tokenizer.ggml.tokens"]) == 49152


def test_the_template_knows_its_end_of_turn() -> None:
    assert gguf_template(packaged_gguf()).eos == "<|im_end|>"


@pytest.mark.parametrize(
    "content", [b"", b"GGUF", b"not a model at all, rather a text", b"GGUF\x03\0\0\0" + b"\xff" * 40]
)
def test_what_is_no_gguf_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"model\.gguf"):
        read_header(path)


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(8, 100_000))
def test_a_truncated_header_is_refused(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "model.gguf"
    with packaged_gguf().open("rb") as file:
        path.write_bytes(file.read(cut))
    with pytest.raises(InputError, match="damaged"):
        read_header(path)


def test_an_adapter_keeps_its_numbers_and_says_what_it_is(tmp_path: Path) -> None:
    import gguf

    folder = random_adapter(tmp_path / "adapter", 0.01)
    adapter_to_gguf(folder, write_config(tmp_path), tmp_path / "out.gguf")
    header = read_header(tmp_path / "out.gguf")
    assert (header["general.type"], header["adapter.type"], header["general.architecture"]) == (
        "adapter",
        "lora",
        "llama",
    )
    assert header["adapter.lora.alpha"] == 16
    tensors = {t.name: np.array(t.data) for t in gguf.GGUFReader(tmp_path / "out.gguf").tensors}
    assert len(tensors) == 30 * 7 * 2
    assert tensors["blk.0.attn_q.weight.lora_b"].shape == (576, 8)
    assert tensors["blk.29.ffn_down.weight.lora_a"].shape == (8, 1536)
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
@pytest.mark.parametrize(("projection", "heads"), [("q", 9), ("k", 3), ("v", 0)])
def test_rows_of_queries_and_keys_are_paired_as_llama_rotates_them(
    tmp_path: Path, dtype: str, projection: str, heads: int
) -> None:
    import gguf

    rows = heads * 64 or 192
    matrix = np.arange(rows, dtype=np.float32)[:, None] % 256
    name = f"base_model.model.model.layers.4.self_attn.{projection}_proj"
    write_safetensors(
        tmp_path / "adapter_model.safetensors",
        {f"{name}.lora_A.weight": np.ones((1, 576)), f"{name}.lora_B.weight": matrix},
        dtype,
    )
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 1, "lora_alpha": 1}), "utf-8")
    adapter_to_gguf(tmp_path, write_config(tmp_path), tmp_path / "out.gguf")
    tensors = {t.name: np.array(t.data) for t in gguf.GGUFReader(tmp_path / "out.gguf").tensors}
    written = tensors[f"blk.4.attn_{projection}.weight.lora_b"][:, 0]
    # Within a head of 64 rows, Hugging Face rotates i with i + 32, llama.cpp 2 i with 2 i + 1.
    place = [64 * (r // 64) + (r % 64) // 2 + 32 * (r % 2) if heads else r for r in range(rows)]
    assert written.tolist() == (np.array(place) % 256).tolist()


def test_an_adapter_that_llama_cpp_cannot_take_is_refused(tmp_path: Path) -> None:
    folder = random_adapter(tmp_path / "adapter", 0.01, ("self_attn.v_proj",))
    other = tmp_path / "config.json"
    other.write_text(json.dumps({"model_type": "gemma4"}), "utf-8")
    with pytest.raises(InputError, match="gemma4"):
        adapter_to_gguf(folder, other, tmp_path / "out.gguf")
    config = write_config(tmp_path)
    write_safetensors(
        folder / "adapter_model.safetensors", {"model.embed_tokens.lora_A.weight": np.ones((1, 2))}
    )
    with pytest.raises(InputError, match="embed_tokens"):
        adapter_to_gguf(folder, config, tmp_path / "out.gguf")
    (folder / "adapter_model.safetensors").write_bytes(b"\xff" * 20)
    with pytest.raises(InputError, match="damaged"):
        adapter_to_gguf(folder, config, tmp_path / "out.gguf")
    assert not list(tmp_path.glob("*.gguf*"))
