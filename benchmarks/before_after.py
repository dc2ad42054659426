"""The before/after table of README and docs/benchmarks.md, from the last report.

    make demo figures

Prints Markdown, then one line of JSON with the figures.
"""

import json

from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.evaluation.report import rows
from byheart.improve import last_report


def main() -> None:
    settings = Settings.load()
    with Store.open(settings.store_url) as store:
        figures, folder = last_report(store)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    for suite in ("generated", "natural"):
        print(f"**{suite}**, {report['suites'][suite]['tuned']['cases']} cases\n")
        print("| | base | tuned | |\n| --- | ---: | ---: | --- |")
        for label, before, after, better in rows(report, suite):
            hint = {"up": "higher is better", "down": "lower is better"}.get(better, "")
            print(f"| {label} | {before} | {after} | {hint} |")
        print()
    ratio, about = report["perplexity_ratio"], report["about"]
    print(f"Perplexity ratio {ratio['value']:.3f} [{ratio['low']:.3f}, {ratio['high']:.3f}].")
    print(f"{about['training_tokens']} tokens in {about['training_seconds']} seconds of training.\n")
    print(json.dumps({"figures": figures, "perplexity_ratio": ratio, "about": about}))


if __name__ == "__main__":
    main()
