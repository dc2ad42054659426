"""Ids as people write them: as much of one as says which it is."""

from collections.abc import Iterable

from byheart.base.errors import InputError, NotFoundError


def short(identity: str) -> str:
    """As much of an id as lists show."""
    return identity.partition("_")[2][:8]


def pick(known: Iterable[str], written: str, what: str, remedy: str) -> str:
    """The one id that is, or begins, as it is written, with or without its prefix.

    `what` says that there is none. Raises NotFoundError when there is none, InputError when there are more.
    """
    wanted = written.rpartition("_")[2]
    found = [one for one in known if one == written or (wanted and one.partition("_")[2].startswith(wanted))]
    if not found:
        raise NotFoundError(f"{what} {written!r}.", remedy)
    if len(found) > 1:
        raise InputError(f"{len(found)} begin with {written!r}.", "Write more of the id.")
    return found[0]
