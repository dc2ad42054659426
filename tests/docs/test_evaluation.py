"""docs/evaluation.md: the case is read by the real reader, the replies are scored, the tables are the code's."""

import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from byheart.chat.keywords import mentions_goal, references_memory
from byheart.chat.records import Message
from byheart.dataset.examples import ordinary as ordinary_examples
from byheart.evaluation.cases import _Case, _Expect, _Memory, read_case, read_cases
from byheart.evaluation.metrics import Figure, figures
from byheart.evaluation.report import LABELS, SUMMARY, Subject, brief, document, flat
from byheart.evaluation.run import SAMPLING, Result
from byheart.evaluation.scorers import abstains, degenerate, only_asks, says, score
from byheart.evaluation.suites import SUITES, ordinary, suite
from tests.cli.conftest import Ran
from tests.docs.pages import Page
from tests.server.serving import Scripts, serving

PAGE = Page.read("evaluation.md")
CASE = json.loads(PAGE.section("A case").blocks("json")[0])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Any server of OpenAI's protocol; this one always says the same."""
    shelf = Scripts(**{"my-model": lambda _: "You told me it is called Biscuit.", "live": lambda _: "Hm."})
    with serving(tmp_path_factory.mktemp("server"), shelf) as (url, _):
        yield url


def test_the_case_is_read_and_shows_every_field() -> None:
    case = read_case(CASE, "the example")
    assert case.situation == "superseded"
    assert case.expect.recall == (("Leuven", "Louvain"),)
    assert set(CASE) == set(_Case.model_fields)
    assert set(CASE["expect"]) == set(_Expect.model_fields)
    assert set(CASE["memories"][0]) == set(_Memory.model_fields)


def test_the_table_of_fields_has_every_field_with_its_default() -> None:
    rows = {name: default for name, default, _ in PAGE.rows("field", "default", "what it says")}
    nested = {"memories": _Memory, "expect": _Expect}
    known = dict(_Case.model_fields)
    for name, model in nested.items():
        known |= {f"{name}.{field}": info for field, info in model.model_fields.items()}
    assert set(rows) == set(known)
    for name, field in known.items():
        if field.is_required():
            assert rows[name] == "required", name
        elif name != "case":
            shown = {None: "none", "": "empty", False: "false"}
            default = field.get_default(call_default_factory=True)
            assert rows[name] == (
                shown[default] if not isinstance(default, list) and default in shown else str(default)
            ), name


def test_replies_are_scored_as_the_table_says() -> None:
    case = read_case(CASE, "the example")
    columns = ("recalled", "referenced", "wrong_fact", "empty_claim", "wrongly_abstained")
    rows = PAGE.rows("reply", *columns)
    assert len(rows) == 5
    for reply, *expected in rows:
        counted = score(case, reply)
        assert ["yes" if getattr(counted, c) else "no" for c in columns] == expected, reply


def test_replies_do_what_the_table_says() -> None:
    does = {
        "refer to a memory": references_memory,
        "mention a goal": mentions_goal,
        "abstain": abstains,
        "only ask": only_asks,
        "degenerate": degenerate,
    }
    for reply, what in PAGE.rows("reply", "what it does"):
        wanted = " not " not in f" {what}"
        act = re.sub(r"^(?:does not|is not|is) ", "", what)
        act = re.sub(r"^(refer|mention|abstain|name)s\b|^(only ask)s", lambda m: m[1] or m[2], act)
        done = says(reply, act.removeprefix("name ")) if act.startswith("name ") else does[act](reply)
        assert done == wanted, (reply, what)


def test_the_keywords_that_are_named_are_keywords() -> None:
    for reply in (
        *(
            "I remember.",
            "As I recalled, yes.",
            "The discussion.",
            "We were discussing it.",
            "We talked about it.",
        ),
        *(
            "You were talking of it.",
            "We spoke about it.",
            "You mentioned it.",
            "You told me.",
            "You were telling me.",
        ),
        *(
            "You've shared it.",
            "Last time we met.",
            "Last time you ran.",
            "We spoke.",
            "Our last chat.",
            "Our talks.",
        ),
    ):
        assert references_memory(reply), reply
    assert not references_memory("I don't remember that.")
    assert not references_memory("Nothing of what we know was mentioned.")
    assert references_memory("I don't know. You mentioned it.")


def test_the_table_of_metrics_has_every_metric_and_its_direction() -> None:
    rows = {row[0]: row[3] for row in PAGE.section("Metrics").rows("metric")}
    assert set(rows) == set(LABELS)
    assert set(figures([], {})) | {"perplexity"} == set(rows)
    assert {name: better or "–" for name, (_, _, better) in LABELS.items()} == rows
    assert (SAMPLING.max_tokens, SAMPLING.temperature, SAMPLING.seed) == (48, 0.0, 7)


def test_the_table_of_suites_counts_what_there_is() -> None:
    rows = {name: int(count) for name, count, _ in PAGE.rows("suite", "cases")}
    assert rows == {**{name: len(suite(name)) for name in SUITES}, "ordinary": len(ordinary())}
    tests = [name for name, _ in PAGE.rows("name", "what it asks")]
    assert tests == [case.name for case in suite("guide")]


def test_the_ordinary_conversations_of_training_are_others_than_the_suites() -> None:
    asked = {m.content for chat in ordinary() for m in chat.messages}
    text = (files("byheart.dataset.generator") / "data" / "ordinary.jsonl").read_text("utf-8")
    taught = {m["content"] for line in text.splitlines() for m in json.loads(line)["messages"]}
    assert not asked & taught
    assert {e.source for e in ordinary_examples(2, 1)} == {"ordinary"}


def test_own_cases_are_measured_as_written(server: str, byheart: Callable[..., Ran]) -> None:
    (lines,) = PAGE.section("Your own cases").blocks("jsonl")
    (command,) = PAGE.section("Your own cases").commands()
    Path("mine.jsonl").write_text(lines, "utf-8")
    assert [case.situation for case in read_cases([Path("mine.jsonl")])] == ["answerable", "unanswerable"]
    ran = byheart(*(word.replace("http://localhost:8000", server) for word in command[1:]))
    assert ran.code == 0, ran.err
    (measured,) = ran.json.values()
    assert (measured["grounded_recall"], measured["false_memory_rate"], measured["cases"]) == (1.0, 1.0, 2)
    assert {"intervals", "n", "by_category", "by_situation", "seconds_training"} <= set(measured)
    replies = [json.loads(line) for line in Path("replies.jsonl").read_text("utf-8").splitlines()]
    assert [set(reply) for reply in replies] == [{"id", "model", "reply"}] * 2


def test_an_empty_reply_to_what_was_never_told_is_a_false_memory() -> None:
    case = read_case({**CASE, "case": "", "expect": {"abstain": True}}, "a case")
    assert score(case, "").false_memory
    assert not score(case, "Where do you live now?").false_memory


def test_the_keys_of_the_report_are_those_of_the_page() -> None:
    case = read_case(CASE, "the example")
    result = Result((case,), {case.id: "Leuven."}, {case.id: score(case, "Leuven.")})
    figure = Figure(2.0, 1.0, 3.0, 4).wire()
    sides = [Subject(name, {"generated": result}, figure, 0.0) for name in ("base", "tuned")]
    report = {**document(sides[0], sides[1], figure, {}), "id": ""}
    named = {key.strip() for row in PAGE.section("The report").rows("key") for key in row[0].split(",")}
    assert named == set(report)
    side = report["suites"]["generated"]["tuned"]
    assert set(side) == {*LABELS, "cases", "by_category", "by_situation", "seconds_training"}
    assert list(figure) == ["value", "low", "high", "n"]
    assert set(flat(side)) == {*SUMMARY, *LABELS, "seconds_training", "cases", "intervals", "n"} - {
        name for name in LABELS if name not in SUMMARY and side[name] is None
    }
    assert set(brief(report)) == {"generated"}


def test_the_provenance_that_is_named_is_what_improve_writes() -> None:
    source = Page(
        PAGE.path,
        Path(re.sub(r"docs/evaluation.md$", "src/byheart/improve.py", str(PAGE.path))).read_text("utf-8"),
    )
    block = re.search(r"about = \{(.*?)\n    \}", source.text, re.DOTALL)
    assert block
    written = {*re.findall(r'"(\w+)":', block[1]), "seconds_in_all"}
    (sentence,) = re.findall(r"^`about` holds (.*?)\.$", PAGE.text, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`(\w+)`", sentence)) == written


def test_a_system_message_is_put_before_the_persona() -> None:
    messages = [{"role": "system", "content": "Speak Dutch."}, {"role": "user", "content": "Where?"}]
    prompt = read_case({**CASE, "messages": messages}, "a case").prompt()
    assert prompt[0].content.startswith("Speak Dutch.\n\nYou are Timmy")
    assert prompt[1:] == [Message("user", "Where?")]
