"""The tables of the store, one per record. Nothing here is ever overwritten to hide what was.

Ids are text made by `base.ids`, times are text as `base.clock` writes them (they sort as they are), and every
nested value is canonical JSON, so that a row hashes the same on SQLite and on Postgres. Columns that may stay
empty default to an empty text; NULL means "not yet" or "never", and only where the word `null=True` stands.
"""

from typing import Any

from sqlalchemy import JSON, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str = "id") -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str, default: str | None = None, null: bool = False, unique: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null, default=default, unique=unique or None)


def _whole(name: str, default: int | None = None) -> Column[int]:
    return Column(name, Integer, nullable=False, default=default)


def _json(name: str, default: type | None = None, null: bool = False) -> Column[Any]:
    return Column(name, JSON(none_as_null=True), nullable=null, default=default)


personas = Table("personas", metadata, _key("version"), _text("name"), _text("prompt"), _text("created_at"))

turns = Table(
    "turns",
    metadata,
    _key(),
    _text("person"),
    _text("conversation"),
    _whole("seq"),
    _json("messages"),
    _text("reply"),
    _text("persona", ""),
    _text("model", ""),
    _text("adapter", ""),
    _json("memories", list),
    _json("parameters", dict),
    _json("timings", dict),
    _text("finish_reason", "stop"),
    _text("source", "live"),
    _text("prompt_source", "recorded"),
    _text("created_at"),
    _text("hash"),
    _text("chain", ""),
    _text("completion", ""),
    _json("choices", list),
    _json("outcome", dict),
    Index(None, "person", "created_at"),
    Index(None, "conversation", "seq"),
    Index(None, "chain"),
    Index(None, "completion"),
)

memories = Table(
    "memories",
    metadata,
    _key(),
    _text("person"),
    _text("text"),
    _text("kind"),
    _text("role", "user"),
    _whole("importance"),
    _text("said_at"),
    _text("valid_from"),
    _text("valid_until", null=True),
    _text("superseded_by", null=True),
    _text("slot", ""),
    _text("source_turn", null=True),
    _text("source_sentence", ""),
    _text("created_at"),
    Index(None, "person"),
)

feedback = Table(
    "feedback",
    metadata,
    _key(),
    _text("turn"),
    _text("person"),
    _text("label"),
    _text("strength", ""),
    _text("span", ""),
    _text("why", ""),
    _text("text", ""),
    _text("source"),
    _text("state", "pending"),
    _text("created_at"),
    UniqueConstraint("turn", "source", "text"),
)

early_feedback = Table(
    "early_feedback", metadata, _key(), _text("turn"), _json("body"), _text("created_at"), Index(None, "turn")
)

exchanges = Table(
    "exchanges",
    metadata,
    _key(),
    _text("turn", unique=True),
    _text("person"),
    _text("persona", ""),
    _json("praise", list),
    _text("preferred", null=True),
    _text("state", "pending"),
    _text("created_at"),
    _text("hash"),
)

examples = Table(
    "examples",
    metadata,
    _key(),
    _text("category"),
    _text("source"),
    _text("person", ""),
    _json("parents", list),
    _json("messages"),
    _json("expect", null=True),
    _text("created_at"),
)

datasets = Table(
    "datasets",
    metadata,
    _key(),
    _text("name"),
    _text("path", ""),
    _json("recipe", dict),
    _json("summary", dict),
    _text("created_at"),
)

dataset_examples = Table(
    "dataset_examples", metadata, _key("dataset"), _key("example"), _text("split"), Index(None, "example")
)

runs = Table(
    "runs",
    metadata,
    _key(),
    _text("dataset"),
    _text("base"),
    _json("recipe", dict),
    _text("state"),
    _whole("step", 0),
    _whole("steps", 0),
    _json("metrics", dict),
    _text("path", ""),
    _text("error", ""),
    _text("created_at"),
    _text("updated_at"),
)

models = Table(
    "models",
    metadata,
    _key(),
    _text("name", unique=True),
    _text("base", ""),
    _text("run", null=True),
    _text("path", null=True),
    _text("hash", ""),
    _text("created_at"),
)

aliases = Table(
    "aliases", metadata, _key("name"), _text("model"), _text("previous", null=True), _text("updated_at")
)

reports = Table(
    "reports",
    metadata,
    _key(),
    _text("model"),
    _text("baseline", ""),
    _json("suites", dict),
    _json("figures", dict),
    _text("path", ""),
    _text("created_at"),
)

decisions = Table(
    "decisions",
    metadata,
    _key(),
    _text("kind"),
    _text("model"),
    _text("who", ""),
    _text("why", ""),
    _json("evidence", dict),
    _text("created_at"),
)

cursors = Table("cursors", metadata, _key("name"), _text("position"))
