from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from byheart.base.errors import InputError, NotFoundError
from byheart.base.store import Store
from byheart.experiment.registry import (
    Model,
    Reason,
    decisions,
    find,
    list_models,
    live_model,
    register,
    rollback,
    set_live,
)

WHY = Reason("owner", "recalls more", {"grounded_recall": 0.91})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "byheart.db") as store:
        yield store


def add(store: Store, *names: str) -> list[Model]:
    with store.transaction() as connection:
        return [
            register(connection, n, "smollm2", "run_1", Path("/models") / n, f"sha256:{n}") for n in names
        ]


def test_a_model_is_found_by_name_id_and_alias(store: Store) -> None:
    (one,) = add(store, "one")
    with store.transaction() as connection:
        set_live(connection, "one", WHY)
        assert find(connection, "one") == find(connection, one.id) == find(connection, "live") == one


def test_registering_twice_is_once_and_a_taken_name_is_refused(store: Store) -> None:
    (one,) = add(store, "one")
    assert add(store, "one") == [one]
    with store.transaction() as connection:
        with pytest.raises(InputError, match="another model called 'one'"):
            register(connection, "one", "smollm2", digest="sha256:other")
        with pytest.raises(InputError, match="'live'"):
            register(connection, "live", "smollm2")
        assert list_models(connection) == [one]


def test_an_unknown_model_names_those_there_are(store: Store) -> None:
    add(store, "one", "two")
    with store.reading() as connection, pytest.raises(NotFoundError) as caught:
        find(connection, "three")
    assert caught.value.remedy == "There are: base, one, two."


def test_every_promotion_and_step_back_is_a_decision(store: Store) -> None:
    one, two = add(store, "one", "two")
    with store.transaction() as connection:
        set_live(connection, "one", WHY)
        set_live(connection, "two", WHY)
        set_live(connection, "two", WHY)
        assert rollback(connection, Reason("guard", "worse", {})) == one
        made = decisions(connection)
    assert {(d.kind, d.model, d.who, d.evidence["instead_of"]) for d in made} == {
        ("promote", one.id, "owner", "base"),
        ("promote", two.id, "owner", "one"),
        ("rollback", one.id, "guard", "two"),
    }
    assert {d.evidence.get("grounded_recall") for d in made} == {0.91, None}


def test_the_base_can_be_reached_by_a_step_back_and_by_promotion(store: Store) -> None:
    add(store, "one", "two")
    with store.transaction() as connection:
        with pytest.raises(InputError, match="base answers"):
            rollback(connection, WHY)
        set_live(connection, "one", WHY)
        assert rollback(connection, WHY) is None
        assert live_model(connection) is None
        set_live(connection, "one", WHY)
        two = set_live(connection, "two", WHY)
        assert set_live(connection, "base", WHY) is None
        assert rollback(connection, WHY) == two


class Promotions(RuleBasedStateMachine):
    """Whatever is promoted and taken back, `live` is what the last word left, and nothing is unrecorded."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.live: str | None = None
        self.previous: str | None = None
        self.count = 0
        self.connection = self.store.engine.connect()
        for name in "abc":
            register(self.connection, name, "base model", digest=name)

    @rule(name=st.sampled_from(["a", "b", "c", "base"]))
    def promote(self, name: str) -> None:
        set_live(self.connection, name, WHY)
        wanted = None if name == "base" else name
        if wanted != self.live:
            self.previous, self.live, self.count = self.live, wanted, self.count + 1

    @precondition(lambda self: self.count > 0)
    @rule()
    def step_back(self) -> None:
        rollback(self.connection, WHY)
        self.live, self.previous, self.count = self.previous, self.live, self.count + 1

    @invariant()
    def live_is_the_last_word(self) -> None:
        live = live_model(self.connection)
        assert (live.name if live else None) == self.live
        assert len(decisions(self.connection)) == self.count

    def teardown(self) -> None:
        self.connection.rollback()
        self.connection.close()


def test_any_order_of_promotions_and_steps_back(store: Store) -> None:
    Promotions.store = store
    Promotions.TestCase.settings = settings(
        max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    test = Promotions.TestCase()
    test.runTest()
