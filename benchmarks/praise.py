"""How well praise, criticism and correction are told apart, what is wrongly taken for praise, and how fast.

    python benchmarks/praise.py FOLDER [MORE.jsonl ...]

Three ways on each labelled set: the rules, the original phrase list, and a plain regex of a few words. The
labelled sets are our own (tests/capture): one that the rules were tuned on, one that was held back while they
were made, and any further files of {"previous_assistant", "user", "label"} lines that are named. The set held
back is blind no more: its failures were read once, after a blind macro F1 of 0.818 (English), and general faults
that they showed were mended. Only a file that nobody has tuned on tells how well unseen talk is judged.

FOLDER holds `hwu64/hwu64_subset.jsonl` and `smalltalk-rasa/smalltalk.jsonl`, a JSON object with `text` and
`intent` on each line. Intent sets are not chats: a line stands alone, without the answer that it judges. So
these figures are floors to hold, not the precision in use.
"""

import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from byheart.capture.praise import LABELS, classify

APPROVING = {"appraisal.good", "appraisal.well_done", "agent.good", "agent.clever", "agent.funny"}
OWN = Path(__file__).parent.parent / "tests" / "capture"
ROUNDS = 9

Row = dict[str, str]
_PRAISE = re.compile(r"(?i)\b(?:great|good|nice|perfect|awesome|excellent|amazing|love|brilliant|helpful)\b")
_CRITICISM = re.compile(
    r"(?i)\b(?:wrong|bad|terrible|useless|awful|not (?:right|true|helpful|what)|doesn't)\b"
)
_CORRECTION = re.compile(r"(?i)^no\b|\b(?:actually|i said|i meant|should be|not \w+$)")


def plain_regex(row: Row) -> str:
    """What a few words tell, whatever stands around them."""
    for label, pattern in (
        ("correction", _CORRECTION),
        ("criticism", _CRITICISM),
        ("praise", _PRAISE),
    ):
        if pattern.search(row["user"]):
            return label
    return "none"


WAYS: dict[str, Callable[[Row], str]] = {
    "rules": lambda row: classify(row["previous_assistant"], row["user"]).label,
    "original list": lambda row: classify(row["previous_assistant"], row["user"], mode="original").label,
    "plain regex": plain_regex,
}


def read(path: Path) -> list[Row]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def scores(rows: Iterable[Row], judge: Callable[[Row], str]) -> dict[str, float]:
    """F1 for each label, and their mean."""
    seen: Counter[tuple[str, str]] = Counter((row["label"], judge(row)) for row in rows)
    found = {}
    for label in LABELS:
        given = sum(count for (_, said), count in seen.items() if said == label)
        true = sum(count for (really, _), count in seen.items() if really == label)
        found[label] = round(2 * seen[label, label] / (given + true), 3) if given + true else 0.0
    return {**found, "macro": round(statistics.mean(found.values()), 3)}


def labelled(more: list[Path]) -> dict[str, list[Row]]:
    """The labelled sets by name, English apart from the other languages."""
    sets = {}
    for name, path in (("tuned on", OWN / "labelled_tune.jsonl"), ("held back", OWN / "labelled_held.jsonl")):
        rows = read(path)
        sets[name] = [row for row in rows if row["lang"] == "en"]
        sets[f"{name}, de es fr"] = [row for row in rows if row["lang"] != "en"]
    return {**sets, **{path.stem: read(path) for path in more}}


def count(rows: list[Row], wanted: set[str], left_out: set[str], name: str) -> dict[str, int]:
    """Lines of the wanted intents judged praise, and lines of the others."""
    found = {"found": 0, "strong": 0, "of": 0, "wrong": 0, "wrong_strong": 0, "others": 0}
    for row in rows:
        if row["intent"] in left_out:
            continue
        judged = classify("", row["text"], name)
        praise, strong = judged.label == "praise", judged.label == "praise" and judged.strength == "strong"
        hit, sure, all_of = (
            ("found", "strong", "of") if row["intent"] in wanted else ("wrong", "wrong_strong", "others")
        )
        found[all_of] += 1
        found[hit] += praise
        found[sure] += strong
    return found


def latency(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Microseconds for each message after warm-up: the median over the rounds of p50 and of p99.

    `best_p99_us` takes each message's least time over the rounds: other programs on the machine do not count.
    """

    def once(pair: tuple[str, str]) -> float:
        start = time.perf_counter()
        classify(*pair)
        return (time.perf_counter() - start) * 1e6

    rounds = [[once(pair) for pair in pairs] for _ in range(ROUNDS + 1)][1:]
    return {
        "p50_us": round(statistics.median(percentile(times, 0.5) for times in rounds)),
        "p99_us": round(statistics.median(percentile(times, 0.99) for times in rounds)),
        "best_p99_us": round(percentile([min(times) for times in zip(*rounds, strict=True)], 0.99)),
    }


def percentile(times: list[float], share: float) -> float:
    """A percentile of the given times."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def main(folder: Path, more: list[Path]) -> None:
    """Print the tables, and the same as one line of JSON."""
    sets = labelled(more)
    result: dict[str, object] = {}
    print(
        f"{'labelled set':<22}{'lines':>6}  {'way':<15}"
        + "".join(f"{label:>12}" for label in (*LABELS, "macro"))
    )
    for name, rows in sets.items():
        result[name] = found = {way: scores(rows, judge) for way, judge in WAYS.items()}
        for way, row in found.items():
            print(
                f"{name:<22}{len(rows):>6}  {way:<15}" + "".join(f"{value:>12.3f}" for value in row.values())
            )
    hwu, talk = (
        read(folder / part) for part in ("hwu64/hwu64_subset.jsonl", "smalltalk-rasa/smalltalk.jsonl")
    )
    floors = {
        "hwu64": count(hwu, {"general_praise"}, {"general_affirm"}, "Olly"),
        "smalltalk": count(talk, APPROVING, set(), ""),
    }
    print(f"\n{'intent set':<22}{'praise found':>18}{'(strong)':>10}{'others hit':>16}{'(strong)':>10}")
    for name, floor in floors.items():
        print(
            f"{name:<22}{floor['found']:>11} of {floor['of']:<4}{floor['strong']:>9}"
            f"{floor['wrong']:>9} of {floor['others']:<5}{floor['wrong_strong']:>8}"
        )
    short = [(row["previous_assistant"], row["user"]) for rows in sets.values() for row in rows]
    said = " ".join(row["text"] for row in hwu)
    long = [(said[at + 2000 : at + 4000], said[at : at + 2000]) for at in range(0, 90_000, 300)]
    times = {"short": latency(short), "2 kB": latency(long), "mixed": latency([*short, *long])}
    for name, row in times.items():
        print(f"latency, {name:<6}" + "".join(f"  {key} {value:>6,.0f}" for key, value in row.items()))
    print(json.dumps({**result, **floors, "latency": times}))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the folder that holds hwu64/ and smalltalk-rasa/.")
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
