"""What to do next, by horizon: now, this week, in the long run. Each piece that has a command names it."""

from collections.abc import Sequence
from dataclasses import dataclass

from byheart.insight.pace import Milestone, Pace
from byheart.insight.quality import Quality

FIRST = 25
"""Half of what a first training needs: the target while there is less."""


@dataclass(frozen=True)
class Advice:
    """What is due now, this week, and in the long run; the most useful first."""

    now: tuple[str, ...]
    this_week: tuple[str, ...]
    long_term: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What the advice depends on. `mend` is privacy's advice, `live` the model that answers now (None: the base)."""

    answers: int
    captured: int
    pending: int
    put_aside: int
    log_current: bool
    live: str | None
    mend: Sequence[str] = ()


def advise(
    standing: Standing, pace: Pace, milestones: Sequence[Milestone], quality: Sequence[Quality]
) -> Advice:
    """The advice for a store that stands so."""
    return Advice(
        tuple(_now(standing)),
        tuple(_this_week(standing, pace, quality)),
        tuple(_long_term(standing, milestones)),
    )


def _now(standing: Standing) -> list[str]:
    advice = [*standing.mend]
    if not standing.answers:
        advice.append("Read a conversation log (byheart import LOG), or talk (byheart chat).")
    elif not standing.captured:
        advice.append("Praise the next excellent answer in your own words: that captures it.")
    if standing.put_aside:
        advice.append(
            f"{standing.put_aside} answers could not be listened to: see what is missing: byheart doctor"
        )
    if standing.pending:
        advice.append(
            f"Look through {standing.pending} new {_captures(standing.pending)}: byheart captures list --state pending"
        )
    if standing.captured and not standing.log_current:
        advice.append("Write the captures where you can read them: byheart captures export-md")
    return advice


def _this_week(standing: Standing, pace: Pace, quality: Sequence[Quality]) -> list[str]:
    if not standing.answers:
        return ["Hold a few natural conversations, about more than one thing."]
    advice = []
    if standing.captured < FIRST:
        advice.append(
            f"Reach {FIRST} examples, half of what a first training needs: {FIRST - standing.captured} more."
        )
    elif pace.per_week is not None:
        advice.append(
            f"Keep the pace: about {pace.per_week:.0f} more this week makes {standing.captured + round(pace.per_week)}."
        )
    advice += [f"{one.name.capitalize()}: {one.mend}" for one in quality if one.good is False and one.mend]
    if standing.captured and standing.live is None:
        advice.append("Try a first training, filled up with generated examples: byheart improve")
    return advice


def _captures(count: int) -> str:
    return "capture" if count == 1 else "captures"


def _long_term(standing: Standing, milestones: Sequence[Milestone]) -> list[str]:
    following = next((one for one in milestones if not one.reached), None)
    advice = []
    if following is not None:
        when = f", about {following.expected} at this pace" if following.expected else ""
        advice.append(f"Reach {following.examples} examples ({following.name}){when}.")
    if standing.captured >= 50 and standing.live is not None:
        advice.append(
            "Train again with what has come in since, and compare: byheart improve, then byheart report"
        )
    advice.append("Look through old captures now and then, and reject what you would not praise today.")
    return advice
