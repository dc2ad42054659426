"""The whole loop offline, on a tiny model and in seconds: a log goes in, a measured and registered model comes out."""

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from byheart.base import tables
from byheart.base.errors import InputError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.capture.exchange import exchanges
from byheart.capture.importer import read_log
from byheart.capture.replay import Prompting, Replayed, replay
from byheart.chat.records import Message, Persona
from byheart.dataset.sources import STRONG, Sources
from byheart.dataset.versions import load
from byheart.evaluation.report import brief
from byheart.evaluation.suites import suite
from byheart.experiment import registry
from byheart.improve import Outcome, Plan, evaluate_model, improve, last_report, refuse_leaks
from byheart.memory.bank import memories_of
from byheart.models.bases import Base
from byheart.training.engine import State
from byheart.training.recipe import Recipe
from tests.tiny import tiny

__all__ = ["tiny"]

PERSONA = Persona("Timmy", "You are Timmy: sarcastic, loyal, and you remember what you are told.")
SESSIONS = (
    (
        "maya",
        "I want to run the half marathon in May.",
        "Thirteen miles of regret. I'll remember it for you.",
    ),
    ("maya", "I ran eight kilometres today!", "Eight! You told me it was five last week. Show-off."),
    ("jonas", "My sister Ines has her oboe exam on Friday.", "Ines and her oboe: Friday. Noted, sharply."),
    ("jonas", "I always sleep badly after night shifts.", "You said so in June too. Curtains, Jonas."),
    (
        "priya",
        "I feel anxious before every presentation.",
        "The breathing thing you told me about, remember?",
    ),
    ("priya", "I moved to Porto last month.", "Porto it is now. Lisbon will cope."),
)
PRAISE = ("Good one, Timmy.", "That was excellent.", "Perfect, thank you so much!")
PLAN = Plan(
    Sources(conversations=12, ordinary=4, captures=STRONG),
    Recipe(rank=2, alpha=4, batch_tokens=700, evaluate_every=4, threads=1),
    ("guide",),
)


def write_log(path: Path) -> Path:
    lines = []
    for number, (person, told, reply) in enumerate(SESSIONS):
        day = f"2026-06-{number + 1:02}T18:2"
        said = [
            ("user", told),
            ("assistant", reply),
            ("user", PRAISE[number % 3]),
            ("assistant", "I know."),
        ]
        messages = [{"role": r, "content": c, "at": f"{day}{i}:00Z"} for i, (r, c) in enumerate(said)]
        talk = {
            "conversation": f"{person}-{number}",
            "person": person,
            "persona": "Timmy",
            "messages": messages,
        }
        lines.append(json.dumps(talk) + "\n")
    path.write_text("".join(lines), "utf-8")
    return path


class Watcher:
    """A screen that notes what happens, and interrupts at each of the events in `stops`, once."""

    def __init__(self, stops: set[str] | None = None) -> None:
        self.events: list[str] = []
        self.stops = stops if stops is not None else set()

    def stage(self, name: str) -> None:
        self._note(f"stage {name}")

    def say(self, line: str) -> None:
        self._note(f"say {line.split(maxsplit=1)[0]}")

    def training(self, state: State) -> None:
        self._note(f"step {state.step}")

    def progress(self, what: str, done: int, total: int) -> None:
        self._note(f"{what} {done}/{total}")

    def _note(self, event: str) -> None:
        self.events.append(event)
        if event in self.stops:
            self.stops.remove(event)
            raise KeyboardInterrupt

    @property
    def steps(self) -> list[int]:
        return [int(event[5:]) for event in self.events if event.startswith("step")]


@dataclass(frozen=True)
class Home:
    settings: Settings
    store: Store

    def go(self, screen: Watcher, plan: Plan = PLAN, page: Path | None = None) -> Outcome:
        return improve(self.settings, self.store, plan, screen, page)


@contextmanager
def home(path: Path, base: Path) -> Iterator[Home]:
    """A home with the log imported."""
    path.mkdir(exist_ok=True)
    settings = Settings.load(home=path, base_model=str(base), threads=1)
    with Store.open(settings.store_url) as store:
        import_log(store, write_log(path / "log.jsonl"))
        yield Home(settings, store)


def import_log(store: Store, log: Path) -> Replayed:
    with store.transaction() as connection:
        return deque(replay(connection, read_log(log), Prompting(PERSONA)), maxlen=1).pop()


def figures(outcome: Outcome) -> dict[str, Any]:
    """All that was measured, without the times that it took."""
    report = json.loads(json.dumps(outcome.report))
    for sides in report["suites"].values():
        for side in sides.values():
            del side["seconds_training"]
    times = ("training_seconds", "seconds_in_all", "measured_at")
    report["about"] = {k: v for k, v in report["about"].items() if k not in times}
    return {"report": report, "model": outcome.model, "adapter": outcome.run.adapter_hash}


@pytest.fixture(scope="module")
def straight(tiny: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Outcome, Watcher]]:
    """A home where everything went through at once."""
    with home(tmp_path_factory.mktemp("straight"), tiny.folder) as there:
        screen = Watcher()
        yield there, there.go(screen, page=there.settings.home / "page.html"), screen


Straight = tuple[Home, Outcome, Watcher]


def test_a_log_becomes_memories_captures_a_dataset_a_model_and_a_report(straight: Straight) -> None:
    there, outcome, screen = straight
    with there.store.reading() as connection:
        remembered = {p: [m.text for m in memories_of(connection, p)] for p in ("maya", "jonas", "priya")}
        captured = exchanges(connection)
        model = registry.find(connection, outcome.model)
        assert connection.execute(select(tables.runs.c.state)).scalars().all() == ["succeeded"]
    assert any("half marathon" in text for text in remembered["maya"])
    assert any("Ines" in text for text in remembered["jonas"])
    assert not any("Ines" in text for person in ("maya", "priya") for text in remembered[person])
    assert len(captured) == 6
    sources = outcome.dataset.summary["sources"]
    assert sources["capture"] >= 3
    assert sources["generated"] == 12
    assert (model.base, model.run, model.hash) == (outcome.run.base, outcome.run.id, outcome.run.adapter_hash)
    assert model.name.startswith("ft:tiny-llama:personal:multi-turn-memory-enhanced:")
    assert [e for e in screen.events if e.startswith("stage")] == [
        "stage Curate",
        "stage Train",
        "stage Prove",
    ]


def test_an_answer_is_traced_from_the_model_back_to_the_praise(straight: Straight) -> None:
    """Model, run, dataset, example, exchange, turn, feedback: each names its parent."""
    there, outcome, _ = straight
    with there.store.reading() as connection:
        model = registry.find(connection, outcome.model)
        dataset = connection.execute(
            select(tables.runs.c.dataset).where(tables.runs.c.id == model.run)
        ).scalar()
        assert dataset == outcome.dataset.id
        members = select(tables.dataset_examples.c.example).where(
            tables.dataset_examples.c.dataset == dataset
        )
        parents = connection.execute(
            select(tables.examples.c.parents).where(
                tables.examples.c.id.in_(members), tables.examples.c.source == "capture"
            )
        ).scalars()
        found = 0
        for exchange, turn in parents:
            row = connection.execute(select(tables.exchanges).where(tables.exchanges.c.id == exchange)).one()
            assert row.turn == turn
            said = connection.execute(
                select(tables.feedback.c.text).where(tables.feedback.c.id.in_(row.praise))
            )
            assert set(said.scalars()) <= set(PRAISE)
            found += 1
        assert found == outcome.dataset.summary["sources"]["capture"]


def test_a_praised_answer_is_in_the_training_data_as_it_was_seen(straight: Straight) -> None:
    there, outcome, _ = straight
    saved = load(there.settings.home / "datasets" / outcome.dataset.id)
    assert saved == outcome.dataset
    captured = [e for e in (*saved.train, *saved.valid) if e.source == "capture"]
    replies = {reply for _, _, reply in SESSIONS}
    with there.store.reading() as connection:
        turns = {row.id: row.messages for row in connection.execute(select(tables.turns))}
    for example in captured:
        assert example.messages[-1].content in replies
        assert [m.wire() for m in example.messages[:-1]] == turns[example.parents[1]]
        assert example.messages[0].content.startswith(PERSONA.prompt)


def test_the_report_is_stored_written_and_on_a_page(straight: Straight) -> None:
    there, outcome, _ = straight
    figures, folder = last_report(there.store)
    assert folder == outcome.folder
    assert figures == brief(outcome.report)
    assert json.loads((folder / "report.json").read_text("utf-8")) == outcome.report
    page = (there.settings.home / "page.html").read_text("utf-8")
    assert "Goal Continuity Test" in page
    assert outcome.run.adapter_hash in page
    about = outcome.report["about"]
    assert (about["dataset"], about["run"]) == (outcome.dataset.id, outcome.run.id)
    assert outcome.report["suites"]["guide"]["tuned"]["perplexity"]["n"] >= 40
    assert outcome.report["perplexity_ratio"]["value"] != 1.0


def test_doing_it_again_is_free(straight: Straight) -> None:
    there, outcome, _ = straight
    files = {p: p.stat().st_mtime_ns for p in there.settings.home.rglob("*") if "replies" in p.parts}
    screen = Watcher()
    again = there.go(screen)
    assert figures(again) == figures(outcome)
    assert not [e for e in screen.events if e.startswith("step") or "answers" in e or "chat" in e]
    assert {p: p.stat().st_mtime_ns for p in files} == files
    with there.store.reading() as connection:
        for table in (tables.runs, tables.models, tables.reports, tables.datasets):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1
    assert import_log(there.store, there.settings.home / "log.jsonl").turns == 0


def test_the_same_in_another_home_gives_the_same_figures(
    straight: Straight, tiny: Base, tmp_path: Path
) -> None:
    with home(tmp_path, tiny.folder) as elsewhere:
        assert figures(elsewhere.go(Watcher())) == figures(straight[1])


def test_interrupts_at_every_stage_lose_nothing(straight: Straight, tiny: Base, tmp_path: Path) -> None:
    """Ctrl-C at a dozen places, in one home after another start: the last one ends as if nothing had been."""
    _, outcome, screen = straight
    last = outcome.run.state.steps
    stops = {
        *("stage Curate", "say 22", "stage Train", "say Preparing", "say Reading", "step 1", "step 4"),
        *(
            f"step {last}",
            "stage Prove",
            "base answers 0/3",
            "base answers 3/3",
            "base on ordinary chat 7/60",
        ),
        *("tuned answers 0/3", "tuned on ordinary chat 60/60"),
    }
    stops &= {*screen.events}
    assert len(stops) >= 12, screen.events
    trained: list[int] = []
    halts = 0
    with home(tmp_path, tiny.folder) as there:
        while stops:
            before, watch = len(stops), Watcher(stops)
            with pytest.raises(KeyboardInterrupt):
                there.go(watch)
            trained += watch.steps
            halts += before - len(stops)
            with there.store.reading() as connection:
                states = set(connection.execute(select(tables.runs.c.state)).scalars())
            assert states <= {"interrupted", "succeeded"}
        final = Watcher()
        assert figures(there.go(final)) == figures(outcome)
    assert halts >= 12
    assert [*trained, *final.steps] == list(range(1, last + 1))  # no step is trained twice


@pytest.mark.slow
def test_a_demo_killed_anywhere_goes_on(straight: Straight, tiny: Base, tmp_path: Path) -> None:
    """SIGKILL in the middle of training and of answering, in a process of its own with another hash seed."""
    script = "from tests.test_loop import killed; killed({!r}, {!r}, {!r})"
    for event in ("step 6", "tuned answers 0/3"):
        done = subprocess.run(
            [sys.executable, "-c", script.format(str(tmp_path), str(tiny.folder), event)],
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "5", "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
    with home(tmp_path, tiny.folder) as there:
        screen = Watcher()
        assert figures(there.go(screen)) == figures(straight[1])
        assert screen.steps == []


def killed(folder: str, base: str, at: str) -> None:
    """Run the loop in a folder, in this process, and end it with SIGKILL at an event."""

    class Killer(Watcher):
        def _note(self, event: str) -> None:
            if event == at:
                os.kill(os.getpid(), signal.SIGKILL)

    with home(Path(folder), Path(base)) as there:
        there.go(Killer())


def test_other_data_is_another_run_and_the_newest_report_is_shown(
    straight: Straight, tiny: Base, tmp_path: Path
) -> None:
    plan = replace(PLAN, sources=Sources(conversations=13, ordinary=4, captures=STRONG))
    with home(tmp_path, tiny.folder) as there:
        other = there.go(Watcher(), plan)
        assert other.dataset.id != straight[1].dataset.id
        assert other.run.id != straight[1].run.id
        assert other.model != straight[1].model
        assert last_report(there.store)[1] == other.folder


def test_reviewed_captures_alone_are_the_default(tiny: Base, tmp_path: Path) -> None:
    """What nobody accepted is not trained on: without generated examples there is nothing to do."""
    nothing = replace(PLAN, sources=Sources(conversations=0, ordinary=0))
    with home(tmp_path, tiny.folder) as there, pytest.raises(InputError, match="no example to train on"):
        there.go(Watcher(), nothing)


def test_an_evaluation_case_in_the_training_data_is_refused(straight: Straight) -> None:
    dataset = straight[1].dataset
    case = suite("natural")[3]
    example = replace(
        dataset.train[0],
        messages=(*case.prompt(), Message("assistant", "Aha.")),
        trained=(len(case.prompt()),),
    )
    leaking = replace(dataset, train=(*dataset.train, example))
    refuse_leaks(dataset, suite("natural"))
    with pytest.raises(InputError, match=rf"{example.id} is the evaluation case {case.id}"):
        refuse_leaks(leaking, suite("natural"))


def test_own_cases_are_answered_by_base_and_tuned_model(straight: Straight) -> None:
    there, outcome, _ = straight
    cases = suite("guide")
    with there.store.transaction() as connection:
        registry.set_live(connection, outcome.model, registry.Reason("test", "newest", {}))
    results = {
        name: evaluate_model(there.settings, there.store, name, cases, Watcher())
        for name in ("base", "live", outcome.model)
    }
    assert results["live"].replies == results[outcome.model].replies
    measured = {side: outcome.report["suites"]["guide"][side] for side in ("base", "tuned")}
    assert results["base"].wire()["response_words"] == measured["base"]["response_words"]
    assert results["live"].wire()["response_words"] == measured["tuned"]["response_words"]


@pytest.mark.slow
def test_the_whole_suites_on_the_tiny_model(tiny: Base, tmp_path: Path) -> None:
    with home(tmp_path, tiny.folder) as there:
        outcome = there.go(Watcher(), replace(PLAN, suites=("generated", "natural", "guide")))
    short = brief(outcome.report)
    assert set(short) == {"generated", "natural"}
    assert short["generated"]["tuned"]["cases"] >= 120
    assert short["natural"]["tuned"]["cases"] >= 120
    assert short["generated"]["tuned"]["seconds_training"] > 0
