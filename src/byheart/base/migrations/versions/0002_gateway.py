"""The gateway: turns are found by what was said and by their completion's id; feedback may come before its turn."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "early_feedback",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_early_feedback"),
    )
    op.create_index("ix_early_feedback_turn", "early_feedback", ["turn"])
    for name, kind, empty in (
        ("chain", sa.Text(), "''"),
        ("completion", sa.Text(), "''"),
        ("choices", _JSON, "'[]'"),
        ("outcome", _JSON, "'{}'"),
    ):
        op.add_column("turns", sa.Column(name, kind, nullable=False, server_default=sa.text(empty)))
    with op.batch_alter_table("turns") as batch:
        for name in ("chain", "completion", "choices", "outcome"):
            batch.alter_column(name, server_default=None)
        batch.create_index("ix_turns_chain", ["chain"])
        batch.create_index("ix_turns_completion", ["completion"])
    _fill_chains()


def _fill_chains() -> None:
    turns = sa.table(
        "turns",
        sa.column("id", sa.Text()),
        sa.column("person", sa.Text()),
        sa.column("messages", _JSON),
        sa.column("reply", sa.Text()),
        sa.column("chain", sa.Text()),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(turns.c.id, turns.c.person, turns.c.messages, turns.c.reply))
    found = [{"turn": row.id, "end": _chain(row.person, row.messages, row.reply)} for row in rows.fetchall()]
    if found:
        query = sa.update(turns).where(turns.c.id == sa.bindparam("turn")).values(chain=sa.bindparam("end"))
        connection.execute(query, found)


def _chain(person: str, messages: list[dict[str, Any]], reply: str) -> str:
    """What a history is known by, as it was when this migration was written."""
    said = [[m["role"], m["content"].strip()] for m in messages if m["role"] != "system"]
    text = json.dumps(
        [person, [*said, ["assistant", reply.strip()]]], separators=(",", ":"), ensure_ascii=False
    )
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def downgrade() -> None:
    with op.batch_alter_table("turns") as batch:
        batch.drop_index("ix_turns_chain")
        batch.drop_index("ix_turns_completion")
        for name in ("chain", "completion", "choices", "outcome"):
            batch.drop_column(name)
    op.drop_table("early_feedback")
