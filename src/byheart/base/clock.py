"""Time as byheart writes it: UTC, ISO 8601, seconds, `2026-03-02T18:20:00Z`."""

from datetime import UTC, datetime

from byheart.base.errors import InputError


def utcnow() -> str:
    """The present moment."""
    return format_time(datetime.now(UTC))


def format_time(moment: datetime) -> str:
    """A moment as byheart writes it; a naive one counts as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 date or time, with or without an offset (then UTC). Raises InputError."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f"{text!r} is not a date or time.", "Write it like 2026-03-02T18:20:00Z or 2026-03-02."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def age(said_at: str, now: str) -> str:
    """How long ago, as a person says it: `just now`, `2 hours ago`, `3 days ago`, `5 weeks ago`, `2 years ago`."""
    seconds = (parse_time(now) - parse_time(said_at)).total_seconds()
    steps = (
        ("year", 365 * 86400),
        ("month", 61 * 86400),
        ("week", 14 * 86400),
        ("day", 86400),
        ("hour", 3600),
    )
    unit_seconds = {
        "year": 365 * 86400,
        "month": 30.44 * 86400,
        "week": 7 * 86400,
        "day": 86400,
        "hour": 3600,
    }
    for unit, threshold in steps:
        if seconds >= threshold:
            count = int(seconds // unit_seconds[unit])
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "just now" if seconds < 600 else f"{int(seconds // 60)} minutes ago"
