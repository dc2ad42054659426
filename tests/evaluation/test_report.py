import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from byheart.evaluation.metrics import Figure
from byheart.evaluation.report import SUMMARY, Subject, brief, document, flat, render, right, rows, write
from byheart.evaluation.scorers import score
from byheart.evaluation.suites import suite
from tests.evaluation.scripts import case, claims, gives_up, never_told, no_memory_needed, oracle, run

# What the first issue asks of `byheart report --json`, by suite and side.
ASKED = (
    "memory_reference_rate",
    "goal_continuity",
    "grounded_recall",
    "false_memory_rate",
    "abstention",
    "perplexity",
    "degenerate",
    "seconds_training",
)
CASES = {
    "generated": [case(1), case(2), never_told("a"), no_memory_needed("x")],
    "natural": [case(3), never_told("b")],
    "guide": [replace(case(4), name="Goal Continuity Test")],
}


def subject(name: str, behave: Any, home: Path, suites: Any = None) -> Subject:
    results = {suite: run(cases, behave, home / suite) for suite, cases in (suites or CASES).items()}
    perplexity = Figure(20.0, 18.5, 21.5, 60).wire()
    return Subject(name, results, perplexity, 0.0 if name == "base" else 200.5)


def made(home: Path, before: Any = claims, after: Any = oracle, suites: Any = None) -> dict[str, Any]:
    base, tuned = (subject("base", before, home, suites), subject("tuned", after, home, suites))
    return document(base, tuned, Figure(1.02, 1.01, 1.03, 60).wire(), {"seed": 7, "command": "byheart demo"})


def test_the_brief_has_what_the_issue_asks_for(tmp_path: Path) -> None:
    short = brief(made(tmp_path))
    assert list(short) == ["generated", "natural"]
    for sides in short.values():
        assert list(sides) == ["base", "tuned"]
        for figures in sides.values():
            assert set(ASKED) <= set(figures)
            assert set(figures["intervals"]) <= set(figures)
            for name, (low, high) in figures["intervals"].items():
                assert low <= figures[name] <= high
                assert figures["n"][name] > 0
    assert json.loads(json.dumps(short, allow_nan=False)) == short


def test_figures_are_plain_numbers_or_null(tmp_path: Path) -> None:
    figures = brief(made(tmp_path))["generated"]["tuned"]
    assert figures["grounded_recall"] == 1.0
    assert figures["false_memory_rate"] == 0.0
    assert figures["perplexity"] == 20.0
    assert figures["seconds_training"] == 200.5
    assert figures["cases"] == 4
    assert all(figures[name] is None or isinstance(figures[name], int | float) for name in SUMMARY)
    assert flat({"grounded_recall": None, "cases": 0})["grounded_recall"] is None


def test_the_document_keeps_where_it_comes_from(tmp_path: Path) -> None:
    report = made(tmp_path)
    assert (report["base"], report["tuned"]) == ("base", "tuned")
    assert report["about"] == {"seed": 7, "command": "byheart demo"}
    assert report["perplexity_ratio"]["value"] == 1.02
    assert report["guide"][0]["name"] == "Goal Continuity Test"
    assert report["guide"][0]["tuned"]["recalled"] is True
    assert report["guide"][0]["base"]["recalled"] is False
    by_situation = report["suites"]["generated"]["tuned"]["by_situation"]
    assert set(by_situation) == {"answerable", "unanswerable", "no_memory_needed"}


def test_regressions_stand_first_among_the_replies(tmp_path: Path) -> None:
    shown = made(tmp_path, before=oracle, after=gives_up)["replies"]["generated"]
    assert [r["tuned_right"] for r in shown] == sorted(r["tuned_right"] for r in shown)
    assert shown[0]["base_right"]
    assert not shown[0]["tuned_right"]
    assert len({r["id"] for r in shown}) == len(shown) == 4


@pytest.mark.parametrize(
    ("reply", "good"),
    [("The half marathon.", True), ("Half or full marathon", False), ("", False), ("Yes.", False)],
)
def test_a_reply_is_right_when_it_does_all_that_is_asked(reply: str, good: bool) -> None:
    assert right(score(case(1), reply)) is good


def test_right_and_wrong_where_no_fact_is_asked() -> None:
    assert right(score(never_told(1), "You never told me."))
    assert not right(score(never_told(1), "Miso!"))
    assert right(score(no_memory_needed(1), "56."))
    assert not right(score(no_memory_needed(1), "As you mentioned, 56."))


class Page(HTMLParser):
    """Tags that are open, and the text of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [v or "" for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_self_contained(tmp_path: Path) -> None:
    text = render(made(tmp_path))
    page = Page(text)
    body = text[text.index("<body>") :]
    assert page.open == []
    assert page.links == []
    assert not re.search(r"{{|}}|{%|%}|\bNone\b|\bnan\b|undefined", body)
    for said in ("Generated suite", "Natural suite", "Grounded recall", "Goal Continuity Test", "×1.020"):
        assert said in text


def test_what_models_and_people_say_is_escaped(tmp_path: Path) -> None:
    evil = '<script>alert("x")</script> {{ 7 * 7 }} {% raw %} & <b>'
    suites = {
        "generated": [case(1, evil), never_told("a")],
        "guide": [replace(case(2, evil), name="<i>Test</i>")],
    }
    text = render(made(tmp_path, lambda c: evil, lambda c: f"{evil} half marathon", suites))
    page = Page(text)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "<script>" not in text
    assert str(html.escape("<script>alert(", quote=False)) in text
    assert "49" not in re.sub(r"\d+ %", "", text[text.index("<h2>Replies") :])


@pytest.mark.parametrize("names", [("natural",), ("guide",), ("generated",)])
def test_a_report_on_any_suite_alone_is_a_page(names: tuple[str, ...], tmp_path: Path) -> None:
    report = made(tmp_path, suites={name: CASES[name] for name in names})
    text = render(report)
    assert Page(text).open == []
    assert "Perplexity 20.00" in text


def test_own_categories_and_unmeasured_figures_are_no_obstacle(tmp_path: Path) -> None:
    suites = {"generated": [case(1, category="gardening"), case(2, category="")]}
    report = made(tmp_path, suites=suites)
    for side in ("base", "tuned"):
        report["suites"]["generated"][side]["perplexity"] = None
    report["perplexity_ratio"] = None
    text = render(report)
    assert "gardening" in text
    assert "Not measured" in text


def test_the_shipped_suites_make_a_page(tmp_path: Path) -> None:
    suites = {name: suite(name) for name in ("generated", "natural", "guide")}
    report = made(tmp_path, before=claims, after=oracle, suites=suites)
    assert Page(render(report)).open == []
    assert len(report["guide"]) == 3
    assert all(len(shown) == 12 for name, shown in report["replies"].items() if name != "guide")


def test_a_report_is_written_for_machines_and_people(tmp_path: Path) -> None:
    report = made(tmp_path / "home")
    path = write(tmp_path / "reports" / "r", report, tmp_path / "report.html")
    assert json.loads(path.read_text("utf-8")) == report
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page == (path.parent / "report.html").read_text("utf-8") == render(report)


def test_the_table_names_every_measured_figure_with_its_interval(tmp_path: Path) -> None:
    table = {label: (before, after) for label, before, after, _ in rows(made(tmp_path), "generated")}
    assert table["Grounded recall"][1].startswith("100 % [")
    assert table["Perplexity"][0] == "20.0 [18.5, 21.5]"
    assert "Counterfactual consistency" not in table
