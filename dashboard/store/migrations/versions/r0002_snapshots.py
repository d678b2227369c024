"""Snapshots of inventories."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.columns import AnyText, Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("connection", AnyText, nullable=False),
        sa.Column("config_type", AnyText, nullable=False),
        sa.Column("taken_at", Moment, nullable=False),
        sa.Column("confirmed_at", Moment, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("details", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("membership", sa.LargeBinary, nullable=False),
        sa.Column("contents", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("snapshot_time", "snapshots", ["series", "taken_at", "id"])
