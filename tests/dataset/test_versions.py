import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from byheart.base import tables
from byheart.base.errors import InputError, NotFoundError
from byheart.base.store import Store
from byheart.chat.records import Message
from byheart.dataset.examples import Example, distinct, generated
from byheart.dataset.versions import Dataset, faults, freeze, load, save

RECIPE = {"conversations": 3, "seed": 11}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "byheart.db") as opened:
        yield opened


def example(person: str, reply: str = "You told me it was the oboe.", source: str = "generated") -> Example:
    messages = (
        Message("system", "You are Timmy."),
        Message("user", f"I am {person}."),
        Message("assistant", "Hello."),
        Message("user", "What do I play?"),
        Message("assistant", reply),
    )
    return Example("goal_continuity", source, person, messages, (4,), ("exchange_1", "turn_1"), "by hand")


def many(count: int) -> list[Example]:
    return [example(f"person-{i}", f"Number {i}, you said.") for i in range(count)]


def test_the_same_examples_are_the_same_version() -> None:
    one, again = freeze(many(60), RECIPE), freeze(many(60), {"other": True})
    assert one.id == again.id
    assert freeze(many(59), RECIPE).id != one.id
    other = [*many(59), example("person-59", "Another answer.")]
    assert freeze(other, RECIPE).id != one.id


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), min_size=1, max_size=60), st.floats(0, 0.5)
)
def test_a_person_is_wholly_on_one_side(drawn: list[tuple[int, int]], share: float) -> None:
    examples = [example(f"p{person}", f"Reply {number}") for person, number in drawn]
    try:
        dataset = freeze(examples, {}, share)
    except InputError:  # chance has put everybody on the other side
        assume(False)
    assert not {e.person for e in dataset.train} & {e.person for e in dataset.valid}
    assert sorted(e.id for e in (*dataset.train, *dataset.valid)) == sorted(e.id for e in examples)


def test_who_is_validated_on_does_not_depend_on_who_else_is_there() -> None:
    few, all_of_them = freeze(many(40), {}, 0.2), freeze(many(400), {}, 0.2)
    assert {e.person for e in few.valid} <= {e.person for e in all_of_them.valid}
    assert 40 <= len(all_of_them.valid) <= 120


def test_nothing_to_train_on_is_an_error() -> None:
    with pytest.raises(InputError, match=r"no example to train on\. Accept captures"):
        freeze([], {})


good = example("maya")
FAULTS = {
    "no assistant message is trained": replace(good, trained=()),
    "a trained message is not the assistant's": replace(good, trained=(3,)),
    "the last message is not the assistant's": replace(good, messages=good.messages[:4], trained=(2,)),
    "a system message stands after the first place": replace(
        good, messages=(*good.messages[:3], Message("system", "x"), *good.messages[3:]), trained=(5,)
    ),
    "does not follow a message of the user's": replace(
        good, messages=(*good.messages, Message("assistant", "More.")), trained=(5,)
    ),
    "a trained reply is empty": replace(good, messages=(*good.messages[:4], Message("assistant", " \n"))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_example_is_named_with_its_fault(fault: str) -> None:
    assert any(fault in found for found in faults(FAULTS[fault]))
    with pytest.raises(InputError, match=r"generated example exchange_1: .*Mend or leave out"):
        freeze([good, FAULTS[fault]], {})


def test_many_faults_are_counted() -> None:
    with pytest.raises(InputError, match=r"\(and 4 more\)"):
        freeze([replace(e, trained=()) for e in many(9)], {})


@pytest.mark.parametrize(
    "roles", ["ua", "sua", "suua", "saua", "suauua"], ids=["bare", "usual", "twice", "greeting", "long"]
)
def test_talk_as_people_have_it_is_no_fault(roles: str) -> None:
    """People write twice in a row, and some assistants speak first; what was seen is trained as it was seen."""
    names = {"s": "system", "u": "user", "a": "assistant"}
    messages = tuple(Message(names[r], f"line {i}") for i, r in enumerate(roles))
    assert faults(Example("praised", "capture", "maya", messages, (len(roles) - 1,))) == []


def test_the_summary_counts_what_is_there() -> None:
    examples = [*many(20), example("zoe", "Your goal is near.", "capture")]
    summary = freeze(examples, {}).summary
    assert summary["conversations"] == summary["train"] + summary["valid"] == 21
    assert summary["replies"] == 21
    assert summary["average_messages"] == 5.0
    assert summary["memory_reference_rate"] == round(20 / 21, 3)
    assert summary["goal_mention_rate"] == round(1 / 21, 3)
    assert summary["sources"] == {"capture": 1, "generated": 20}
    assert summary["people"] == 21


def rows(store: Store) -> tuple[int, ...]:
    with store.reading() as connection:
        names = (tables.datasets, tables.examples, tables.dataset_examples)
        return tuple(connection.execute(select(func.count()).select_from(t)).scalar_one() for t in names)


def test_saving_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    dataset = freeze(many(30), RECIPE)
    for _ in range(2):
        with store.transaction() as connection:
            folder = save(connection, tmp_path, dataset, "memory")
        files = {p.name: p.read_bytes() for p in folder.iterdir()}
        assert rows(store) == (1, 30, 30)
    assert set(files) == {"train.jsonl", "valid.jsonl", "metadata.json"}
    assert [p.name for p in folder.parent.iterdir()] == [dataset.id]


def test_versions_share_their_examples(store: Store, tmp_path: Path) -> None:
    with store.transaction() as connection:
        save(connection, tmp_path, freeze(many(30), RECIPE), "one")
        save(connection, tmp_path, freeze(many(40), RECIPE), "two")
    assert rows(store) == (2, 40, 70)


def test_a_write_that_was_killed_is_made_up_for(store: Store, tmp_path: Path) -> None:
    dataset = freeze(many(10), RECIPE)
    half = tmp_path / "datasets" / dataset.id
    half.mkdir(parents=True)
    (half / "train.jsonl").write_text("{", "utf-8")
    with store.transaction() as connection:
        save(connection, tmp_path, dataset, "memory")
    assert load(half) == dataset


def assert_reads_back(dataset: Dataset, store: Store, home: Path) -> None:
    with store.transaction() as connection:
        folder = save(connection, home, dataset, "memory")
    assert load(folder) == dataset


def test_a_version_reads_back_as_it_was(store: Store, tmp_path: Path) -> None:
    assert_reads_back(freeze(list(generated(25, 3)), RECIPE), store, tmp_path)


odd = st.text(max_size=20).map(lambda said: "x" + said)


@settings(max_examples=25, deadline=None)
@given(said=st.lists(odd, min_size=3, max_size=3), weights=st.sampled_from([(1,), (3,), (1, 3)]))
def test_whatever_was_said_reads_back(
    said: list[str], weights: tuple[int, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("odd")
    talk = [Message(("user", "assistant")[i % 2], text) for i, text in enumerate([*said, "end\u2028\x85"])]
    dataset = freeze([Example("c", "s", "p", tuple(talk), weights)], {}, valid_share=0.0)
    with Store.open(home / "byheart.db") as store:
        assert_reads_back(dataset, store, home)


def test_a_version_that_is_not_there_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="byheart dataset list"):
        load(tmp_path / "nowhere")


def test_an_example_is_known_by_its_words_and_targets() -> None:
    twin = replace(good, person="somebody else", maker="", parents=())
    assert twin.id == good.id
    assert replace(good, trained=(2,)).id != good.id
    assert distinct([good, twin, good]) == [good]


def test_untrained_answers_weigh_nothing_on_the_wire() -> None:
    wire = good.wire()
    assert json.loads(json.dumps(wire)) == wire
    assert [m.get("weight") for m in wire["messages"]] == [None, None, 0, None, None]
    assert set(wire) == {"messages"}
