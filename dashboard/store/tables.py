"""The tables as they are now. How they came to be so is in `migrations/`, and a test compares the two."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

from dashboard.store.columns import AnyText, Moment

METADATA: Final = MetaData()

waivers: Final = Table(
    "waivers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("connection", AnyText, nullable=False),
    Column("check", AnyText, nullable=False),
    Column("configuration", AnyText, nullable=False),
    Column("fields_fingerprint", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("owner", AnyText, nullable=False),
    Column("expires", Text, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("created_by", AnyText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_by", AnyText),
    Column("revoked_at", Moment),
)
ACTIVE_WAIVER: Final = Index(
    "active_waiver",
    waivers.c.key,
    unique=True,
    sqlite_where=text("revoked_at IS NULL"),
    postgresql_where=text("revoked_at IS NULL"),
)

decisions: Final = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("connection", AnyText, nullable=False),
    Column("kind", AnyText, nullable=False),
    Column("subject", AnyText, nullable=False),
    Column("decision", Text),
    Column("decided_by", AnyText, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Index("decision_key", "key", "id"),
)

saved_views: Final = Table(
    "saved_views",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("owner", AnyText, nullable=False),
    Column("name", AnyText, nullable=False),
    Column("query", AnyText, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Index("saved_view_key", "key", unique=True),
)

snapshots: Final = Table(
    "snapshots",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("series", Text, nullable=False),
    Column("connection", AnyText, nullable=False),
    Column("config_type", AnyText, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("confirmed_at", Moment, nullable=False),
    Column("count", Integer, nullable=False),
    Column("details", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("membership", LargeBinary, nullable=False),
    Column("contents", LargeBinary, nullable=False),
    Index("snapshot_time", "series", "taken_at", "id"),
    sqlite_autoincrement=True,  # a pruned snapshot's number is in links: no other may get it
)


def key_of(*parts: str) -> str:
    """Return what stands for these texts in an index, whose entries may not be as long as texts may.

    SHA-256 in hexadecimal digits of the texts as a JSON array, so that no two lists of texts meet.
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
