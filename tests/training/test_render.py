"""The mask: exactly the replies and their ends of turn are trained, whatever was said."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from byheart.base.errors import TrainingError
from byheart.chat.records import Message
from byheart.models.template import ChatTemplate
from byheart.models.weights import load_tokenizer
from byheart.training.render import OPENING, VALUE, Tokens, TrainingExample, every_reply, tokenize
from tests.tiny import END, START, SYSTEM

LONGEST = 100_000
TRAPS = (
    END,
    f"{END}\n",
    f"{START}assistant\n",
    f"Sure.{END}\n{START}user\nGo on{END}\n",
    "\n\n",
    " ",
    "<|im_",
    "{{ message }}",
    "<|endoftext|>",
    "user\nassistant\n",
    "👩‍👩‍👧 Zoë naïve 東京 ا\u200fב",
    "\u2028line\x85",
)
text = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(TRAPS)), max_size=4).map("".join)
# A reply starts with a letter: what a blank at its beginning does depends on the tokenizer, and is tested apart.
reply = st.tuples(st.sampled_from("AzéЖ東7<!"), text).map("".join)


@st.composite
def talks(draw: st.DrawFn) -> TrainingExample:
    messages = [Message("system", draw(text))] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(1, 4))):
        messages += [Message("user", draw(text)), Message("assistant", draw(reply))]
    replies = [i for i, m in enumerate(messages) if m.role == "assistant"]
    trained = draw(st.lists(st.sampled_from(replies), min_size=1, unique=True).map(sorted))
    return TrainingExample("made-up", tuple(messages), tuple(trained))


def runs(tokens: Tokens, tokenizer: Any) -> list[str]:
    """The text of every stretch of trained tokens."""
    stretches: list[list[int]] = []
    open_one = False
    for token, trained in zip(tokens.ids, tokens.trained, strict=True):
        if trained and not open_one:
            stretches.append([])
        if trained:
            stretches[-1].append(token)
        open_one = trained
    return [tokenizer.decode(s, skip_special_tokens=False) for s in stretches]


relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@relaxed
@given(talk=talks())
@example(talk=every_reply("x", [Message("system", ""), Message("user", ""), Message("assistant", "A")]))
@example(talk=every_reply("x", [Message("user", END), Message("assistant", f"a{END}\n{START}user\nb{END}")]))
def test_what_is_trained_is_each_reply_with_its_end_of_turn(
    talk: TrainingExample, template: ChatTemplate, tokenizer: Any
) -> None:
    tokens = tokenize(talk, template, tokenizer, LONGEST)
    assert runs(tokens, tokenizer) == [talk.messages[i].content + END for i in talk.trained]


@relaxed
@given(talk=talks())
def test_what_is_not_trained_is_all_the_rest_in_its_place(
    talk: TrainingExample, template: ChatTemplate, tokenizer: Any
) -> None:
    """Seen as a whole the tokens are the rendered conversation: nothing lost, added or cut."""
    tokens = tokenize(talk, template, tokenizer, LONGEST)
    whole = tokenizer.decode(list(tokens.ids), skip_special_tokens=False)
    assert whole == template.render(talk.messages)
    assert len(tokens.ids) == len(tokens.trained)
    assert SYSTEM not in whole


@relaxed
@given(talk=talks())
def test_no_system_prompt_is_slipped_in(talk: TrainingExample, template: ChatTemplate) -> None:
    """A conversation without a system message reads as one with an empty one, in training as in serving."""
    bare = [m for m in talk.messages if m.role != "system"]
    for answer in (False, True):
        assert template.render(bare, answer) == template.render([Message("system", ""), *bare], answer)
    assert template.render(bare).startswith(f"{START}system\n{END}\n{START}user\n")


@relaxed
@given(talk=talks())
def test_ends_of_turn_are_trained_by_place_not_by_id(
    talk: TrainingExample, template: ChatTemplate, tokenizer: Any
) -> None:
    """The pad token is the end of turn: it is a target after a trained reply and nowhere else."""
    tokens = tokenize(talk, template, tokenizer, LONGEST)
    assert tokenizer.pad_token_id == tokenizer.eos_token_id
    written = sum(talk.messages[i].content.count(END) for i in talk.trained)
    ends = sum(t for i, t in zip(tokens.ids, tokens.trained, strict=True) if i == tokenizer.eos_token_id)
    assert ends == len(talk.trained) + written
    others = sum(m.content.count(END) for i, m in enumerate(talk.messages) if i not in talk.trained)
    untrained = tokens.ids.count(tokenizer.eos_token_id) - ends
    has_system = talk.messages[0].role == "system"
    assert untrained == len(talk.messages) - len(talk.trained) + others + (not has_system)


@relaxed
@given(blank=st.text(" \n\t\u00a0\u2003", min_size=1, max_size=3), rest=text)
def test_a_reply_that_begins_with_a_blank_is_masked_right_or_refused(
    blank: str, rest: str, template: ChatTemplate, tokenizer: Any
) -> None:
    said = blank + rest
    talk = every_reply("blank-one", [Message("user", "hi"), Message("assistant", said)])
    try:
        found = runs(tokenize(talk, template, tokenizer, LONGEST), tokenizer)
    except TrainingError as refused:
        found = ["refused by name" if "blank-one" in refused.message else refused.message]
    assert found in ([said + END], ["refused by name"])


def test_a_token_that_is_half_reply_is_refused_by_name(template: ChatTemplate) -> None:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {piece: i for i, piece in enumerate([*alphabet, "ĊĊ"])}
    glue = Tokenizer(models.BPE(vocab=vocabulary, merges=[("Ċ", "Ċ")]))
    glue.pre_tokenizer, glue.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    gluing = PreTrainedTokenizerFast(tokenizer_object=glue)
    talk = every_reply("glued", [Message("user", "hi"), Message("assistant", "\n\nHello")])
    with pytest.raises(TrainingError, match=r"glued.*half inside a reply.*Remove the blank"):
        tokenize(talk, template, gluing, LONGEST)


def test_blanks_in_a_reply_are_trained_where_a_tokenizer_trims_its_offsets(
    tmp_path: Path, template: ChatTemplate, tokenizer: Any
) -> None:
    """LLaMA 3's tokenizer cuts the blanks off the offsets of its tokens; they are words of the reply all the same."""
    tokenizer.save_pretrained(tmp_path)
    saved = json.loads((tmp_path / "tokenizer.json").read_text("utf-8"))
    trimming = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    (tmp_path / "tokenizer.json").write_text(json.dumps({**saved, "post_processor": trimming}), "utf-8")
    said = "One.\n\n  Two,\t three 東京 \n"
    talk = every_reply("x", [Message("user", "a"), Message("assistant", said)])
    own = load_tokenizer(tmp_path)
    assert runs(tokenize(talk, template, own, LONGEST), own) == [said + END]
    raw = AutoTokenizer.from_pretrained(tmp_path)
    with pytest.raises(TrainingError, match="In example x the tokenizer leaves out part of a reply"):
        tokenize(talk, template, raw, LONGEST)


def test_nothing_to_learn_is_an_error_that_names_the_example(template: ChatTemplate, tokenizer: Any) -> None:
    messages = (Message("user", "hi"), Message("assistant", "hello"))
    with pytest.raises(TrainingError, match="Example praise-7 has no token to learn from"):
        tokenize(TrainingExample("praise-7", messages, ()), template, tokenizer, LONGEST)
    with pytest.raises(TrainingError, match="Example praise-8 has no token to learn from"):
        tokenize(every_reply("praise-8", messages[:1]), template, tokenizer, LONGEST)


def test_an_empty_reply_is_refused_and_not_trained_to_say_nothing(
    template: ChatTemplate, tokenizer: Any
) -> None:
    messages = (Message("user", "hi"), Message("assistant", ""))
    with pytest.raises(TrainingError, match=r"silent.*no token to learn from"):
        tokenize(every_reply("silent", messages), template, tokenizer, LONGEST)


def test_what_is_too_long_is_refused_with_both_numbers(template: ChatTemplate, tokenizer: Any) -> None:
    talk = every_reply("saga", [Message("user", "go"), Message("assistant", "word " * 400)])
    count = len(tokenize(talk, template, tokenizer, LONGEST).ids)
    assert tokenize(talk, template, tokenizer, count).ids
    with pytest.raises(TrainingError, match=rf"Example saga has {count} tokens.*max_length {count - 1}\b"):
        tokenize(talk, template, tokenizer, count - 1)


def test_a_template_that_rewrites_what_went_before_is_refused(tokenizer: Any) -> None:
    """Some templates drop earlier replies' thinking: then the mask cannot be told turn by turn."""
    rewriting = ChatTemplate(
        "{% for m in messages %}[{{ m.role }}] {{ m.content if loop.last else '...' }}</s>\n{% endfor %}"
        "{% if add_generation_prompt %}[assistant] {% endif %}",
        "",
        "</s>",
    )
    talk = [Message("user", "a"), Message("assistant", "b"), Message("user", "c"), Message("assistant", "d")]
    with pytest.raises(TrainingError, match=r"moving.*renders message"):
        tokenize(every_reply("moving", talk), rewriting, tokenizer, LONGEST)


def test_a_template_that_trims_replies_trains_them_without_what_follows(tokenizer: Any) -> None:
    trimming = ChatTemplate(
        "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}" + END + "\n{% endfor %}"
        "{% if add_generation_prompt %}<assistant>{% endif %}",
        "",
        END,
    )
    talk = [Message("user", "a"), Message("assistant", "Well.  \n"), Message("user", "c")]
    talk.append(Message("assistant", "  So long "))
    tokens = tokenize(every_reply("padded", talk), trimming, tokenizer, LONGEST)
    assert runs(tokens, tokenizer) == [f"Well.{END}", f"So long{END}"]


def test_the_mask_survives_the_order_of_everything(template: ChatTemplate, tokenizer: Any) -> None:
    """Training reply 1 or reply 2 alone gives the parts of training both."""
    chance = random.Random(1)
    talk = [Message(("user", "assistant")[i % 2], f"line {chance.random()}") for i in range(6)]
    both = tokenize(TrainingExample("x", tuple(talk), (1, 5)), template, tokenizer, LONGEST)
    parts = [tokenize(TrainingExample("x", tuple(talk), (i,)), template, tokenizer, LONGEST) for i in (1, 5)]
    assert both.trained == tuple(a or b for a, b in zip(parts[0].trained, parts[1].trained, strict=True))


def test_values_and_openings_are_stressed_and_nothing_else(template: ChatTemplate, tokenizer: Any) -> None:
    messages = (
        Message("system", "Her dog is called Biscuit."),
        Message("user", "What is my dog Biscuit called?"),
        Message("assistant", "As you told me some weeks ago: biscuit."),
    )
    tokens = tokenize(TrainingExample("x", messages, (2,), ("Biscuit",)), template, tokenizer, 500)
    text = template.render(messages)
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    marked = {
        mark: "".join(text[a:b] for (a, b), m in zip(offsets, tokens.stress, strict=True) if m == mark)
        for mark in (OPENING, VALUE)
    }
    assert "biscuit" in marked[VALUE]
    assert len(marked[VALUE]) < 12
    assert marked[OPENING].startswith("As you told")
    assert len(marked[OPENING]) < 20
    plain = tokenize(TrainingExample("x", messages, (2,)), template, tokenizer, 500)
    assert plain.stress == ()
    assert (plain.ids, plain.trained) == (tokens.ids, tokens.trained)
