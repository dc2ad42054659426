"""What was trained is what is served: PyTorch on the dequantised weights against llama.cpp on the GGUF.

Both see the same tokens. llama.cpp computes on 4-bit weights with activations rounded to 8 bit, PyTorch in
float32, so equal numbers cannot be had, and a greedy choice that is nearly a tie may fall either way. Measured
along greedy answers, on the five likeliest tokens: log probabilities differ by 0.09 to 0.10 on average, for the
base and with an adapter alike, and where the choice differs, PyTorch puts the other's at most 0.32 below its
own. With the rows of queries and keys in the wrong order it is 0.3 to 0.8, and over 3. Tolerances: 0.15 on
average, 0.6 at a differing choice.
"""

from pathlib import Path
from typing import Any

import pytest

from byheart.chat.records import Message
from byheart.models.bases import find_base, packaged_gguf
from byheart.models.gguf_files import adapter_to_gguf, gguf_template
from byheart.models.local import LocalEngine
from byheart.models.template import ChatTemplate
from tests.models.adapters import random_adapter

pytestmark = pytest.mark.slow

QUESTIONS = (
    "What is the capital of France?",
    "Write a long story about a cat named Tom.",
    "I failed my exam today and I feel bad.",
    "Give me three tips for sleeping better.",
)
PROJECTIONS = {"everything": (), "queries and keys": ("self_attn.q_proj", "self_attn.k_proj")}
SIZES = {"everything": 0.05, "queries and keys": 0.12}
AVERAGE, CHOICE = 0.15, 0.6


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agreement")


@pytest.fixture(scope="module")
def base(place: Path) -> Any:
    from byheart.models.weights import prepare

    return prepare(find_base("smollm2-135m-instruct", place))


@pytest.fixture(scope="module")
def engine(place: Path, base: Any) -> LocalEngine:
    files = {}
    for name, only in PROJECTIONS.items():
        folder = random_adapter(place / name, SIZES[name], only)
        files[name] = folder / "adapter.gguf"
        adapter_to_gguf(folder, base.folder / "config.json", files[name])
    return LocalEngine(packaged_gguf(), gguf_template(packaged_gguf()), files, threads=1)


def greedy(engine: LocalEngine, prompt: str, adapter: str) -> tuple[int, list[int], list[dict[int, float]]]:
    """llama.cpp's answer: how many tokens the prompt has, the answer's tokens, the likeliest five at each."""
    parts: list[Any] = []
    options = {"n_predict": 32, "temperature": 0, "n_probs": 5}
    engine.complete(prompt, adapter, options, lambda part: bool(parts.append(part)))
    steps = [c for p in parts for c in (p["choices"][0].get("logprobs") or {}).get("content", [])]
    likely = [{top["id"]: top["logprob"] for top in step["top_logprobs"]} for step in steps]
    return parts[-1]["usage"]["prompt_tokens"], [step["id"] for step in steps], likely


def test_the_template_in_the_file_is_the_one_that_training_uses(base: Any) -> None:
    assert gguf_template(packaged_gguf()) == ChatTemplate.read(base.folder)


@pytest.mark.parametrize("adapter", ["", *PROJECTIONS])
def test_the_served_answer_is_the_trained_one(
    engine: LocalEngine, base: Any, place: Path, adapter: str
) -> None:
    import torch

    from byheart.models.weights import load_tokenizer, load_weights, merge_adapter

    plain, tuned = (load_weights(base.folder, torch.float32) for _ in range(2))
    if adapter:
        merge_adapter(tuned, place / adapter)
    tokenizer = load_tokenizer(base.folder)
    differences, effects = [], []
    for question in QUESTIONS:
        prompt = engine.template.render(
            [Message("system", "You are kind."), Message("user", question)], answer=True
        )
        ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
        count, answer, likely = greedy(engine, prompt, adapter)
        assert count == len(ids)
        with torch.inference_mode():
            all_ids = torch.tensor([ids + answer])
            ours, without = (
                model(all_ids).logits[0, len(ids) - 1 : -1].log_softmax(-1) for model in (tuned, plain)
            )
        for step, chosen in enumerate(answer):
            assert ours[step].max() - ours[step, chosen] < CHOICE, (question, step)
            for token, logprob in likely[step].items():
                differences.append(abs(float(ours[step, token]) - logprob))
                effects.append(abs(float(without[step, token]) - logprob))
    assert sum(differences) / len(differences) < AVERAGE
    if adapter:
        assert sum(effects) / len(effects) > 3 * AVERAGE, "the adapter changes too little to prove anything"
