"""What the praise detector finds, and what it wrongly takes for praise, on intent sets of other makers.

    python benchmarks/praise.py FOLDER

FOLDER holds `hwu64/hwu64_subset.jsonl` and `smalltalk-rasa/smalltalk.jsonl`, a JSON object with `text` and
`intent` on each line. Intent sets are not chats: a line stands alone, without the answer that it judges. So
these figures are floors to hold, not the precision in use. Latency: the same lines, and long text.
"""

import json
import sys
import time
from pathlib import Path

from byheart.capture.praise import classify

APPROVING = {"appraisal.good", "appraisal.well_done", "agent.good", "agent.clever", "agent.funny"}


def read(path: Path) -> list[tuple[str, str]]:
    """The lines of an intent set as (text, intent)."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(row["text"], row["intent"]) for row in rows]


def count(rows: list[tuple[str, str]], wanted: set[str], left_out: set[str], name: str) -> dict[str, int]:
    """Lines of the wanted intents judged praise, and lines of the others."""
    found = {"found": 0, "strong": 0, "of": 0, "wrong": 0, "wrong_strong": 0, "others": 0}
    for text, intent in rows:
        if intent in left_out:
            continue
        judged = classify("", text, name)
        praise, strong = judged.label == "praise", judged.label == "praise" and judged.strength == "strong"
        if intent in wanted:
            found["of"] += 1
            found["found"] += praise
            found["strong"] += strong
        else:
            found["others"] += 1
            found["wrong"] += praise
            found["wrong_strong"] += strong
    return found


def percentile(seconds: list[float], share: float) -> float:
    """A percentile of the given times, in milliseconds."""
    return round(sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))] * 1000, 4)


def timed(texts: list[str]) -> list[float]:
    """Seconds for each text, the least of three runs: other programs on the machine do not count."""

    def once(text: str) -> float:
        start = time.perf_counter()
        classify("Here is the plan that you asked for.", text, "Timmy")
        return time.perf_counter() - start

    return [min(once(text) for _ in range(3)) for text in texts]


def main(folder: Path) -> None:
    """Print the table, and the same as one line of JSON."""
    hwu = read(folder / "hwu64" / "hwu64_subset.jsonl")
    talk = read(folder / "smalltalk-rasa" / "smalltalk.jsonl")
    sets = {
        "hwu64": count(hwu, {"general_praise"}, {"general_affirm"}, "Olly"),
        "smalltalk": count(talk, APPROVING, set(), ""),
    }
    seconds = timed([text for text, _ in hwu + talk])
    pasted = " ".join(text for text, _ in hwu)
    long = timed([pasted[start : start + 20_000] for start in range(0, 60_000, 600)])
    print(f"{'set':<10}{'praise found':>18}{'(strong)':>10}{'others hit':>16}{'(strong)':>10}")
    for name, row in sets.items():
        print(
            f"{name:<10}{row['found']:>11} of {row['of']:<4}{row['strong']:>9}"
            f"{row['wrong']:>9} of {row['others']:<5}{row['wrong_strong']:>8}"
        )
    latency = {
        "p50_ms": percentile(seconds, 0.5),
        "p99_ms": percentile(seconds, 0.99),
        "long_p99_ms": percentile(long, 0.99),
    }
    print("latency   p50 {p50_ms} ms, p99 {p99_ms} ms, pasted p99 {long_p99_ms} ms".format(**latency))
    print(json.dumps({**sets, "latency": latency}))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder that holds hwu64/ and smalltalk-rasa/.")
    main(Path(sys.argv[1]))
