"""A tiny random LLaMA with the ChatML template of SmolLM2: everything real but the size, made in a second."""

from pathlib import Path

import pytest
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from byheart.dataset.generator import conversations
from byheart.models.bases import Base
from byheart.models.template import ChatTemplate
from byheart.models.weights import load_tokenizer

START, END = "<|im_start|>", "<|im_end|>"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    f"{{{{ '{START}system\n{SYSTEM}{END}\n' }}}}{{% endif %}}"
    f"{{{{'{START}' + message['role'] + '\n' + message['content'] + '{END}' + '\n'}}}}{{% endfor %}}"
    f"{{% if add_generation_prompt %}}{{{{ '{START}assistant\n' }}}}{{% endif %}}"
)


def train_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE learned from a few generated conversations; the pad token is the end of turn, as in SmolLM2."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [AddedToken(t, special=True, normalized=False) for t in ("<|endoftext|>", START, END)]
    trainer = trainers.BpeTrainer(
        vocab_size=1200,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [
        text
        for talk in conversations(40, seed=5, side="train")
        for text in (talk.persona, *(m.text for m in talk.memories), *(e.reply for e in talk.exchanges))
    ]
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        unk_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
    )


def make_tiny(folder: Path, seed: int = 1) -> Base:
    """Save the model with its tokenizer and template in Hugging Face's layout."""
    tokenizer = train_tokenizer()
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return Base(str(folder), folder, None)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The tiny base, ready to train."""
    return make_tiny(tmp_path_factory.mktemp("tiny") / "tiny-llama")


@pytest.fixture(scope="session")
def tokenizer(tiny: Base) -> PreTrainedTokenizerFast:
    """Its tokenizer, as training loads it."""
    return load_tokenizer(tiny.folder)


@pytest.fixture(scope="session")
def template(tiny: Base) -> ChatTemplate:
    """Its chat template, as training reads it."""
    return ChatTemplate.read(tiny.folder)
