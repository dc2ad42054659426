"""The registry of models, and the alias `live` that says which of them answers.

Every promotion and every step back is a decision with who, when, why and the evidence for it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select

from byheart.base.clock import utcnow
from byheart.base.errors import InputError, NotFoundError
from byheart.base.ids import content_id, new_id
from byheart.base.tables import aliases as aliases_table
from byheart.base.tables import decisions as decisions_table
from byheart.base.tables import models as table

LIVE = "live"
BASE = "base"
RESERVED = (LIVE, "previous", BASE)


@dataclass(frozen=True)
class Model:
    """A base, alone or with the adapter in the folder `path` that `run` trained; `hash` is its content."""

    id: str
    name: str
    base: str
    run: str | None
    path: str | None
    hash: str
    created_at: str

    def wire(self) -> dict[str, Any]:
        """The model as a listing shows it."""
        return asdict(self)


@dataclass(frozen=True)
class Decision:
    """Why a model was put live or taken back."""

    id: str
    kind: str
    model: str
    who: str
    why: str
    evidence: Mapping[str, Any]
    created_at: str


@dataclass(frozen=True)
class Reason:
    """Who decides, why, and on what evidence."""

    who: str
    why: str
    evidence: Mapping[str, Any]


def register(
    connection: Connection,
    name: str,
    base: str,
    run: str | None = None,
    path: Path | None = None,
    digest: str = "",
) -> Model:
    """Enter a model; entering the same one again changes nothing.

    Raises InputError when the name is taken by another model or has a meaning of its own.
    """
    if name in RESERVED or not name.strip():
        raise InputError(f"A model cannot be called {name!r}.", "Choose another name.")
    identity = content_id("model", {"name": name, "base": base, "hash": digest})
    known = connection.execute(select(table).where(table.c.name == name)).mappings().first()
    if known is not None:
        if known["id"] == identity:
            return Model(**known)
        raise InputError(f"There is another model called {name!r}.", "Choose another name.")
    model = Model(identity, name, base, run, str(path) if path else None, digest, utcnow())
    connection.execute(insert(table).values(**model.wire()))
    return model


def find(connection: Connection, name: str) -> Model:
    """A model by its name, its id or an alias. Raises NotFoundError with the names there are."""
    if name == BASE:
        raise NotFoundError("The base is in no list of trained models.", "It can be promoted and talked to.")
    alias = connection.execute(select(aliases_table.c.model).where(aliases_table.c.name == name)).scalar()
    wanted = alias or name
    row = connection.execute(select(table).where(or_(table.c.id == wanted, table.c.name == wanted)))
    if found := row.mappings().first():
        return Model(**found)
    names = [BASE, *(model.name for model in list_models(connection))]
    raise NotFoundError(f"There is no model {name!r}.", f"There are: {', '.join(names)}.")


def list_models(connection: Connection) -> list[Model]:
    """All models, the oldest first."""
    rows = connection.execute(select(table).order_by(table.c.created_at, table.c.name)).mappings()
    return [Model(**row) for row in rows]


def live_model(connection: Connection) -> Model | None:
    """The model that was put live, None while nothing was."""
    return _aliased(connection, aliases_table.c.model)


def previous_model(connection: Connection) -> Model | None:
    """The model that a step back would put live, None where the base would be."""
    return _aliased(connection, aliases_table.c.previous)


def set_live(connection: Connection, name: str, reason: Reason) -> Model | None:
    """Put a model live, or the base (then None); the one before stays at hand. Raises NotFoundError."""
    model = None if name == BASE else find(connection, name)
    before = live_model(connection)
    if before != model:
        _point(connection, model, before)
        _decide(connection, "promote", model, reason, before)
    return model


def rollback(connection: Connection, reason: Reason) -> Model | None:
    """Put live again what was live before; None means the base. A second step back undoes the first.

    Raises InputError when nothing has ever been put live.
    """
    if connection.execute(select(aliases_table.c.name).where(aliases_table.c.name == LIVE)).first() is None:
        raise InputError("No model has been put live, the base answers.", "See `byheart models list`.")
    now, before = live_model(connection), previous_model(connection)
    _point(connection, before, now)
    _decide(connection, "rollback", before, reason, now)
    return before


def decisions(connection: Connection, model: str | None = None) -> list[Decision]:
    """What was decided (on one model's id), the oldest first."""
    query = select(decisions_table).order_by(decisions_table.c.created_at, decisions_table.c.id)
    if model is not None:
        query = query.where(decisions_table.c.model == model)
    return [_decision(row) for row in connection.execute(query).mappings()]


def _aliased(connection: Connection, column: Any) -> Model | None:
    wanted = select(column).where(aliases_table.c.name == LIVE).scalar_subquery()
    row = connection.execute(select(table).where(table.c.id == wanted)).mappings().first()
    return Model(**row) if row else None


def _point(connection: Connection, model: Model | None, previous: Model | None) -> None:
    """Point `live` at a model; at the base with an empty text."""
    connection.execute(delete(aliases_table).where(aliases_table.c.name == LIVE))
    row = {
        "name": LIVE,
        "model": model.id if model else "",
        "previous": previous.id if previous else None,
        "updated_at": utcnow(),
    }
    connection.execute(insert(aliases_table).values(**row))


def _decide(
    connection: Connection, kind: str, model: Model | None, reason: Reason, other: Model | None
) -> None:
    evidence = {**reason.evidence, "instead_of": other.name if other else BASE}
    decided = model.id if model else BASE
    decision = Decision(new_id("decision"), kind, decided, reason.who, reason.why, evidence, utcnow())
    connection.execute(insert(decisions_table).values(**vars(decision)))


def _decision(row: RowMapping) -> Decision:
    return Decision(**row)
