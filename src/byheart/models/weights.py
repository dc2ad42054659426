"""The plain weights in PyTorch: preparing a base, merging an adapter, answering many prompts at once."""

import contextlib
import io
import json
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from byheart.base.errors import InputError, MissingError
from byheart.chat.records import Message
from byheart.models.bases import Base, is_prepared
from byheart.models.records import Piece, Progress, Reply, Sampling
from byheart.models.template import ChatTemplate

transformers_logging.disable_progress_bar()
transformers_logging.set_verbosity_error()


def best_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (AVX512-BF16, AMX) or on a GPU, else float32."""
    native = torch.cpu.get_capabilities()
    fast = torch.cuda.is_available() or native.get("avx512_bf16") or native.get("amx_bf16")
    return torch.bfloat16 if fast else torch.float32


def prepare(base: Base) -> Base:
    """Make the base's folder: dequantise its GGUF, or download a Hugging Face name. Idempotent, atomic.

    The dequantised weights are stored in float32, so what is trained is what the GGUF serves.
    Raises MissingError when a name cannot be downloaded.
    """
    if is_prepared(base):
        return base
    base.folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".preparing-", dir=base.folder.parent))
    try:
        if base.gguf is not None:
            source: dict[str, Any] = {"gguf_file": base.gguf.name}
            place = str(base.gguf.parent)
        else:
            source, place = {}, base.name
        try:
            # The GGUF loader draws progress bars and warns on its own account, whatever its settings say.
            with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
                warnings.simplefilter("ignore")
                model = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32, **source)
                tokenizer = AutoTokenizer.from_pretrained(place, **source)
        except OSError as error:
            raise MissingError(
                f"The base model {base.name!r} is neither a folder here nor could it be downloaded.",
                "Give a local folder with a Hugging Face model, a name from the hub, or smollm2-135m-instruct.",
            ) from error
        # Loading a GGUF leaves a quantisation entry behind that would make the plain weights unsaveable.
        model.hf_quantizer, model.is_quantized = None, False
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.save_pretrained(scratch)
        tokenizer.save_pretrained(scratch)
        if base.folder.exists():
            shutil.rmtree(base.folder)
        os.replace(scratch, base.folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return base


def load_weights(folder: Path, dtype: torch.dtype | None = None, attention: str = "sdpa") -> Any:
    """The causal language model in `folder`, in evaluation mode. Raises InputError when it is damaged.

    `attention` is transformers' name of an implementation: "sdpa" or "eager".
    """
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype or best_dtype(), attn_implementation=attention, local_files_only=True
        )
    except (OSError, ValueError) as error:
        raise InputError(
            f"The model in {folder} cannot be loaded: {error}", "Delete the folder and try again."
        ) from error
    return model.eval()


def load_tokenizer(folder: Path) -> Any:
    """The fast tokenizer in `folder`, without its post-processor.

    The chat template writes every special token, so nothing is to be added; and some (LLaMA 3's) cut the blanks off
    the offsets of tokens, which the loss mask is made from.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    tokenizer.backend_tokenizer.post_processor = None
    return tokenizer


def merge_adapter(model: Any, adapter: Path) -> None:
    """Add a PEFT LoRA adapter to the model's weights in place, summed in float32."""
    config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    scale = config["lora_alpha"] / config["r"]
    tensors = load_file(adapter / "adapter_model.safetensors")
    modules = dict(model.named_modules())
    for key, a in tensors.items():
        if not key.endswith(".lora_A.weight"):
            continue
        b = tensors[key.replace(".lora_A.", ".lora_B.")]
        weight = modules[key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")].weight
        with torch.no_grad():
            weight.copy_((weight.float() + scale * (b.float() @ a.float())).to(weight.dtype))


class WeightsModel:
    """A ChatModel on PyTorch, made for many prompts at once (an evaluation) rather than for serving."""

    def __init__(self, base: Base, adapter: Path | None = None, batch: int = 32, threads: int = 0) -> None:
        self.name = base.name
        self.adapter = str(adapter) if adapter else ""
        self.batch = batch
        if threads:
            torch.set_num_threads(threads)
        prepare(base)
        self.template = ChatTemplate.read(base.folder)
        self.tokenizer = load_tokenizer(base.folder)
        self.model = load_weights(base.folder)
        if adapter:
            merge_adapter(self.model, adapter)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """Answer one prompt; the whole text comes as one piece."""
        reply = self.reply_all([messages], sampling)[0]
        yield Piece(reply.text)
        yield Piece("", reply)

    def reply_all(
        self, prompts: Sequence[Sequence[Message]], sampling: Sampling, progress: Progress | None = None
    ) -> list[Reply]:
        """Answer many prompts, in their order; batched by length, so that little is padded."""
        encode = self.tokenizer
        ids = [
            encode(self.template.render(p, answer=True), add_special_tokens=False)["input_ids"]
            for p in prompts
        ]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        replies: dict[int, Reply] = {}
        for start in range(0, len(order), self.batch):
            chosen = order[start : start + self.batch]
            replies |= zip(chosen, self._batch([ids[i] for i in chosen], sampling), strict=True)
            if progress:
                progress(len(replies), len(ids))
        return [replies[i] for i in range(len(ids))]

    @torch.inference_mode()
    def _batch(self, ids: list[list[int]], sampling: Sampling) -> list[Reply]:
        started = time.perf_counter()
        eos = self.tokenizer.eos_token_id
        longest = max(map(len, ids))
        tokens = torch.tensor([[eos] * (longest - len(row)) + row for row in ids])
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in ids])
        torch.manual_seed(sampling.seed)
        draw: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if sampling.temperature > 0:
            draw = {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p}
        out = self.model.generate(
            input_ids=tokens,
            attention_mask=mask,
            max_new_tokens=sampling.max_tokens,
            eos_token_id=eos,
            pad_token_id=eos,
            **draw,
        )
        seconds = (time.perf_counter() - started) / len(ids)
        return [
            self._reply(row[longest:].tolist(), len(own), seconds) for row, own in zip(out, ids, strict=True)
        ]

    def _reply(self, new: list[int], prompt_tokens: int, seconds: float) -> Reply:
        eos = self.tokenizer.eos_token_id
        stopped = eos in new
        new = new[: new.index(eos)] if stopped else new
        text = self.tokenizer.decode(new, skip_special_tokens=True).strip()
        return Reply(text, "stop" if stopped else "length", prompt_tokens, len(new), seconds)
