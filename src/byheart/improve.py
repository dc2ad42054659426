"""The offline half of the product on one page: curate, train, prove, register.

Each stage is a function from records to records and keeps what it made, so that killing anything loses no finished
stage: the same call goes on where it stopped, and once it is done, doing it again is free.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import insert, select, update

from byheart import __version__
from byheart.base import tables
from byheart.base.clock import utcnow
from byheart.base.errors import InputError, NotFoundError
from byheart.base.ids import content_id
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.chat.keywords import normalise
from byheart.dataset import versions
from byheart.dataset.sources import Sources, gather
from byheart.dataset.versions import Dataset
from byheart.evaluation import report as reports
from byheart.evaluation.cases import Case
from byheart.evaluation.perplexity import (
    Losses,
    keep_losses,
    losses,
    losses_file,
    perplexity,
    perplexity_ratio,
    read_losses,
)
from byheart.evaluation.run import ReplyCache, Result, answer, collect, pending
from byheart.evaluation.suites import ordinary, suite
from byheart.experiment import registry
from byheart.models.bases import Base, find_base
from byheart.models.records import ChatModel
from byheart.models.upstream import UpstreamModel
from byheart.models.weights import WeightsModel
from byheart.training import runs
from byheart.training.engine import State
from byheart.training.recipe import Recipe
from byheart.training.runs import Run

SUFFIX = "multi-turn-memory-enhanced"


class Screen(Protocol):
    """Who watches: a terminal, a page, nobody."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def say(self, line: str) -> None:
        """Something worth a line."""

    def training(self, state: State) -> None:
        """A training step is done."""

    def progress(self, what: str, done: int, total: int) -> None:
        """So much of a countable stage is done."""


@dataclass(frozen=True)
class Plan:
    """What to improve with: where examples come from, how to train, what to be measured on, who asked for it."""

    sources: Sources = field(default_factory=Sources)
    recipe: Recipe = field(default_factory=Recipe)
    suites: tuple[str, ...] = ("generated", "natural", "guide")
    command: str = "byheart improve"


@dataclass(frozen=True)
class Outcome:
    """What came of it: the run, the registered model's name, the report and the folder where it lies."""

    dataset: Dataset
    run: Run
    model: str
    report: dict[str, Any]
    folder: Path


def improve(
    settings: Settings, store: Store, plan: Plan, screen: Screen, page: Path | None = None
) -> Outcome:
    """Build the dataset, train on it, measure base and tuned, register the tuned model and write the report."""
    started = time.monotonic()
    base = find_base(settings.base_model, settings.home)
    dataset = curate(settings, store, plan, screen)
    screen.stage("Train")
    run = runs.train(store, settings.home, dataset, base, plan.recipe, screen.training, screen.say)
    model = registered(store, run)
    screen.stage("Prove")
    report = prove(settings, store, base, run, plan, screen)
    report["about"]["seconds_in_all"] = round(time.monotonic() - started)
    folder = settings.home / "reports" / report["id"]
    reports.write(folder, report, page)
    _record_report(store, report, base, model, folder)
    # The guide's configuration update: what an app that reads the model's name from its environment needs.
    (folder / "update.env").write_text(f"FINE_TUNED_MODEL_ID={model}\n", "utf-8")
    return Outcome(dataset, run, model, report, folder)


def curate(settings: Settings, store: Store, plan: Plan, screen: Screen) -> Dataset:
    """The dataset version of the plan's sources, checked against the suites it will be measured on."""
    screen.stage("Curate")
    with store.transaction() as connection:
        examples = gather(connection, plan.sources)
        dataset = versions.freeze(examples, plan.sources.wire())
        refuse_leaks(dataset, [case for name in plan.suites for case in suite(name)])
        versions.save(connection, settings.home, dataset, "memory")
    summary = dataset.summary
    sources = ", ".join(f"{count} {name}" for name, count in summary["sources"].items())
    screen.say(
        f"{summary['conversations']} conversations ({sources}), {summary['replies']} replies to learn from"
    )
    return dataset


def refuse_leaks(dataset: Dataset, cases: list[Case]) -> None:
    """Raise InputError when a question of an evaluation case, with its memories, stands in the dataset."""
    asked = {_fingerprint(c.prompt()[0].content, c.messages[-1].content): c.id for c in cases}
    for example in (*dataset.train, *dataset.valid):
        for message in example.messages:
            if message.role == "user":
                found = asked.get(_fingerprint(example.messages[0].content, message.content))
                if found:
                    raise InputError(
                        f"Example {example.id} is the evaluation case {found}.", "Leave one of the two out."
                    )


def _fingerprint(system: str, question: str) -> str:
    return normalise(system) + "\n" + normalise(question)


def registered(store: Store, run: Run) -> str:
    """Register the run's adapter as a model; returns its name."""
    short = run.base.rpartition("/")[2]  # of a folder or a hub's name
    name = f"ft:{short}:personal:{SUFFIX}:{run.id.removeprefix('run_')[:8]}"
    with store.transaction() as connection:
        registry.register(connection, name, run.base, run.id, run.adapter, run.adapter_hash)
    return name


def prove(
    settings: Settings, store: Store, base: Base, run: Run, plan: Plan, screen: Screen
) -> dict[str, Any]:
    """The report of base against tuned; replies are kept as they come, so an interrupted proof goes on."""
    suites = {name: suite(name) for name in plan.suites}
    subjects, measured = [], []
    for label, adapter, identity, seconds in (
        (base.name, None, base.name, 0.0),
        (run.id, run.adapter, run.adapter_hash, round(run.state.seconds, 1)),
    ):
        results, loss = _measure(settings, base, adapter, identity, suites, screen)
        figure = perplexity(loss)
        subjects.append(reports.Subject(label, results, figure.wire() if figure else None, seconds))
        measured.append(loss)
    ratio = perplexity_ratio(measured[1], measured[0])
    about = {
        "byheart": __version__,
        "command": plan.command,
        "base_model": base.name,
        "dataset": run.dataset,
        "run": run.id,
        "adapter": run.adapter_hash,
        "recipe": run.recipe.wire(),
        "training_tokens": run.state.tokens,
        "training_seconds": round(run.state.seconds, 1),
        "measured_at": utcnow(),
    }
    report = reports.document(subjects[0], subjects[1], ratio.wire() if ratio else None, about)
    report["id"] = content_id(
        "report", {"run": run.id, "adapter": run.adapter_hash, "suites": list(plan.suites)}
    )
    return report


def evaluate_model(settings: Settings, store: Store, name: str, cases: list[Case], screen: Screen) -> Result:
    """One model on cases. `name` is base, live, a registered model, or endpoint:URL#model.

    Raises NotFoundError for an unknown name, ModelError when an endpoint does not answer.
    """
    model, identity = _subject(settings, store, name)
    # What stands behind an endpoint may change, so its earlier replies are not taken for its answers of today.
    cache = ReplyCache(settings.home, identity, fresh=name.startswith("endpoint:"))
    answer(model, cases, cache, lambda done, total: screen.progress(f"{name} answers", done, total))
    return collect(cases, cache)


def _subject(settings: Settings, store: Store, name: str) -> tuple[ChatModel, str]:
    if name.startswith("endpoint:"):
        url, _, served = name.removeprefix("endpoint:").partition("#")
        key = settings.upstream_key.get_secret_value() if settings.upstream_key else ""
        return UpstreamModel(url, key, served), name
    with store.reading() as connection:
        unpromoted = name == registry.LIVE and registry.live_model(connection) is None
    if name == registry.BASE or unpromoted:
        base = find_base(settings.base_model, settings.home)
        return WeightsModel(base, threads=settings.threads), base.name
    with store.reading() as connection:
        found = registry.find(connection, name)
    base = find_base(found.base, settings.home)
    adapter = Path(found.path) if found.path else None
    return WeightsModel(base, adapter, threads=settings.threads), found.hash if adapter else base.name


def _measure(
    settings: Settings,
    base: Base,
    adapter: Path | None,
    identity: str,
    suites: dict[str, list[Case]],
    screen: Screen,
) -> tuple[dict[str, Result], Losses]:
    who = "tuned" if adapter else "base"
    every = [case for cases in suites.values() for case in cases]
    chats = ordinary()
    cache = ReplyCache(settings.home, identity)
    kept = losses_file(settings.home, identity, chats)
    if pending(every, cache) or not kept.exists():
        model = WeightsModel(base, adapter, threads=settings.threads)
        answer(model, every, cache, lambda done, total: screen.progress(f"{who} answers", done, total))
        label = f"{who} on ordinary chat"
        keep_losses(kept, losses(model, chats, lambda done, total: screen.progress(label, done, total)))
    return {name: collect(cases, cache) for name, cases in suites.items()}, read_losses(kept)


def _record_report(store: Store, report: dict[str, Any], base: Base, model: str, folder: Path) -> None:
    table = tables.reports
    row = {
        "model": model,
        "baseline": base.name,
        "suites": list(report["suites"]),
        "figures": reports.brief(report),
        "path": str(folder),
        "created_at": utcnow(),
    }
    with store.transaction() as connection:
        if connection.execute(select(table.c.id).where(table.c.id == report["id"])).first():
            connection.execute(update(table).where(table.c.id == report["id"]).values(**row))
        else:
            connection.execute(insert(table).values(id=report["id"], **row))


def last_report(store: Store) -> tuple[dict[str, Any], Path]:
    """The figures of the newest report and its folder. Raises NotFoundError when there is none."""
    table = tables.reports
    with store.reading() as connection:
        row = (
            connection.execute(select(table).order_by(table.c.created_at.desc(), table.c.id))
            .mappings()
            .first()
        )
    if row is None:
        raise NotFoundError("There is no report yet.", "Make one with: byheart demo, or byheart improve")
    return dict(row["figures"]), Path(row["path"])
