"""The status' tables of what praised answers have in common, and of the memories that led to them."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from byheart.cli.output import cut
from byheart.insight.status import Status
from byheart.insight.traits import FEWEST


def comparison(found: Status) -> RenderableType | None:
    """Each trait of the praised answers beside the others; None while nothing is captured."""
    if not found.traits:
        return None
    if all(one.verdict == "too few to say" for one in found.traits):
        return Text(
            f"too few to say: {FEWEST} answers with praise and {FEWEST} without it are needed", style="dim"
        )
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    grid.add_column("", overflow="fold")
    for title in (f"praised ({found.traits[0].of_praised})", f"others ({found.compared:,})"):
        grid.add_column(title, justify="right", no_wrap=True)
    grid.add_column("", no_wrap=True)
    for one in found.traits:
        sides = _share(one.praised, one.of_praised), _share(one.others, one.of_others)
        grid.add_row(Text(one.name), *sides, _VERDICTS.get(one.verdict, Text(one.verdict, "dim")))
    size, words = found.size, ""
    if size and size.other_reply_words is not None:
        words = f"Replies: {size.reply_words} words in the middle, {size.other_reply_words} without praise. "
    note = (
        f"{words}· is no clear difference. By chance alone at most 1 in 20 such reports would mark one, "
        "and even a true one is a hint, no proof of what pleased."
    )
    return Group(grid, Text(note, style="dim"))


_VERDICTS = {
    "more often": Text("▲ more often", "green"),
    "less often": Text("▼ less often", "yellow"),
    "no clear difference": Text("·", "dim"),
}


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.0f} % ({count})" if total else "–"


def memories_behind(found: Status) -> RenderableType | None:
    """The memories that led to praised answers; None when there are none."""
    if not found.led:
        return None
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    grid.add_column("", overflow="fold", ratio=1)
    for title in ("taken up", "praised", "others"):
        grid.add_column(title, justify="right", no_wrap=True)
    for one in found.led:
        words = Text.assemble(cut(one.text, 90), (f"\n{one.kind}, {one.person}", "dim"))
        grid.add_row(words, str(one.used), str(one.praised), str(one.others))
    note = "Answers that had it in their prompt; taken up: a word of it came back in a praised answer."
    return Group(grid, Text(note, style="dim"))
