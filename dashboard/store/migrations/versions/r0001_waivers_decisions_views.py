"""Waivers, decisions and saved views."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.columns import AnyText, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the three tables."""
    _waivers()
    _decisions()
    _saved_views()


def _waivers() -> None:
    op.create_table(
        "waivers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("connection", AnyText, nullable=False),
        sa.Column("check", AnyText, nullable=False),
        sa.Column("configuration", AnyText, nullable=False),
        sa.Column("fields_fingerprint", AnyText, nullable=False),
        sa.Column("reason", AnyText, nullable=False),
        sa.Column("owner", AnyText, nullable=False),
        sa.Column("expires", sa.Text, nullable=False),
        sa.Column("source", AnyText, nullable=False),
        sa.Column("created_by", AnyText, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("revoked_by", AnyText),
        sa.Column("revoked_at", Moment),
    )
    active = sa.text("revoked_at IS NULL")
    op.create_index(
        "active_waiver", "waivers", ["key"], unique=True, sqlite_where=active, postgresql_where=active
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("connection", AnyText, nullable=False),
        sa.Column("kind", AnyText, nullable=False),
        sa.Column("subject", AnyText, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("decided_by", AnyText, nullable=False),
        sa.Column("decided_at", Moment, nullable=False),
    )
    op.create_index("decision_key", "decisions", ["key", "id"])


def _saved_views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("owner", AnyText, nullable=False),
        sa.Column("name", AnyText, nullable=False),
        sa.Column("query", AnyText, nullable=False),
        sa.Column("saved_at", Moment, nullable=False),
    )
    op.create_index("saved_view_key", "saved_views", ["key"], unique=True)
