from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.base.errors import InputError, NotFoundError
from byheart.base.ids import new_id
from byheart.base.store import Store
from byheart.memory.bank import delete, edit, forget_person, memories_of, remember
from byheart.memory.records import Memory

pytest_plugins = ("tests.base.postgres",)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("shared") / "b.db") as opened:
        yield opened


def said(day: int, text: str, slot: str = "", kind: str = "personal", person: str = "maya") -> Memory:
    return Memory.said(person, text, f"2026-06-{day:02}T10:00:00Z", kind=kind, importance=3, slot=slot)


def store_all(store: Store, *memories: Memory) -> list[Memory]:
    with store.transaction() as connection:
        return remember(connection, memories)


def texts(store: Store, person: str = "maya", now: str | None = None, current_only: bool = True) -> list[str]:
    with store.reading() as connection:
        return [m.text for m in memories_of(connection, person, now, current_only)]


def test_a_memory_comes_back_as_it_went(store: Store) -> None:
    memory = replace(
        said(1, "I live in Porto.", "home"), source_turn="turn_1", source_sentence="I live in Porto!"
    )
    store_all(store, memory)
    with store.reading() as connection:
        assert memories_of(connection, "maya") == [memory]


def test_nobody_meets_another_persons_memory(store: Store) -> None:
    mine, theirs = store_all(
        store, said(1, "I live in Porto.", "home"), said(2, "I live in York.", "home", person="w")
    )
    assert texts(store, "maya") == ["I live in Porto."]
    assert texts(store, "w") == ["I live in York."]
    with store.transaction() as connection:
        with pytest.raises(NotFoundError):
            edit(connection, "maya", theirs.id, "I live in Rome.", "2026-07-01")
        with pytest.raises(NotFoundError):
            delete(connection, "w", mine.id)


def test_a_later_statement_supersedes_and_the_earlier_stays_to_be_seen(store: Store) -> None:
    store_all(store, said(1, "I live in Porto.", "home"), said(9, "I live in Ghent now.", "home"))
    assert texts(store) == ["I live in Ghent now."]
    assert texts(store, now="2026-06-05") == ["I live in Porto."]
    assert texts(store, current_only=False) == ["I live in Porto.", "I live in Ghent now."]
    with store.reading() as connection:
        old, new = memories_of(connection, "maya", current_only=False)
    assert (old.valid_until, old.superseded_by) == (new.valid_from, new.id)
    assert (new.valid_until, new.superseded_by) == (None, None)


def test_nothing_is_known_before_it_was_said(store: Store) -> None:
    store_all(store, said(5, "I live in Porto."))
    assert texts(store, now="2026-06-04") == texts(store, now="2026-06-04", current_only=False) == []


def test_storing_the_same_again_changes_nothing(store: Store) -> None:
    memories = [
        said(1, "I live in Porto.", "home"),
        said(9, "I live in Ghent.", "home"),
        said(9, "I ran 5 km."),
    ]
    first = store_all(store, *memories)
    again = store_all(store, *memories)
    assert [m.id for m in again] == [m.id for m in first] == [m.id for m in memories]
    assert len(texts(store, current_only=False)) == 3


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("I live in Porto.", "i live in porto!", 1),
        ("I've got two cats.", "I’ve really got two cats", 1),
        ("I like olives.", "I don't like olives.", 2),
        ("I have a cat.", "I had a cat.", 2),
        ("I have 2 cats.", "I have 3 cats.", 2),
        ("I run every morning.", "I run every evening.", 2),
    ],
)
def test_only_the_same_statement_counts_as_a_repetition(
    store: Store, first: str, second: str, count: int
) -> None:
    one, two = store_all(store, said(1, first), said(9, second))
    assert (one.id == two.id) == (count == 1)
    assert len(texts(store)) == count


def test_a_feeling_on_another_day_is_another_feeling(store: Store) -> None:
    store_all(store, *(said(day, "I'm sad.", kind="emotion") for day in (1, 2)))
    assert len(texts(store)) == 2


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(1, 6)), towns=st.lists(st.sampled_from("ABC"), min_size=5, max_size=5))
def test_the_order_of_arrival_does_not_matter(shared: Store, order: list[int], towns: list[str]) -> None:
    person = new_id("person")
    with shared.transaction() as connection:
        for day in order:
            remember(connection, [said(day, f"I live in {towns[day - 1]}.", "home", person=person)])
        history = memories_of(connection, person, current_only=False)
        for day in range(1, 6):
            there = memories_of(connection, person, now=f"2026-06-{day:02}T12:00:00Z")
            assert [m.text for m in there] == [f"I live in {towns[day - 1]}."]
        assert memories_of(connection, person) == [history[-1]]
    for earlier, later in pairwise(history):
        assert (earlier.valid_until, earlier.superseded_by) == (later.valid_from, later.id)


def test_editing_keeps_the_old_wording_behind_the_new(store: Store) -> None:
    (memory,) = store_all(store, said(1, "I live in Porto.", "home"))
    with store.transaction() as connection:
        edited = edit(connection, "maya", memory.id, " I live in Braga. ", "2026-06-02")
        assert edit(connection, "maya", edited.id, "I live in Braga.", "2026-06-03") == edited
        with pytest.raises(InputError, match="words"):
            edit(connection, "maya", edited.id, "  ", "2026-06-03")
        with pytest.raises(InputError, match="superseded"):
            edit(connection, "maya", memory.id, "I live in Rome.", "2026-06-03")
    assert texts(store) == ["I live in Braga."]
    assert texts(store, current_only=False) == ["I live in Porto.", "I live in Braga."]
    store_all(store, said(9, "I live in York.", "home"))
    assert texts(store) == ["I live in York."]


def test_deleting_removes_for_good_and_brings_nothing_back(store: Store) -> None:
    memories = [said(day, f"I live in {town}.", "home") for day, town in ((1, "A"), (2, "B"), (3, "C"))]
    store_all(store, *memories)
    with store.transaction() as connection:
        delete(connection, "maya", memories[1].id)
        first, last = memories_of(connection, "maya", current_only=False)
        assert (first.text, first.superseded_by) == ("I live in A.", last.id)
        delete(connection, "maya", last.id)
        assert memories_of(connection, "maya") == []
        with pytest.raises(NotFoundError, match="memory list"):
            delete(connection, "maya", last.id)


def test_forgetting_a_person_leaves_the_others(store: Store) -> None:
    store_all(
        store,
        said(1, "I live in A.", "home"),
        said(2, "I live in B.", "home"),
        said(3, "I swim.", person="w"),
    )
    with store.transaction() as connection:
        assert forget_person(connection, "maya") == 2
        assert forget_person(connection, "maya") == 0
    assert texts(store, current_only=False) == []
    assert texts(store, "w") == ["I swim."]
