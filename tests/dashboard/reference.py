"""What the analysis is compared with: plain Python over the rows as they come over the wire."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from dashboard.data.columns import Mask
from dashboard.data.record import NO_ENGINE, ONLY_IMAGE
from modelarts_api import Configuration

Wires = list[dict[str, object]]


def given_text(value: object) -> str | None:
    """The text, or None for one that is missing or blank."""
    return value if isinstance(value, str) and value.strip() else None


def engine_of(row: dict[str, object]) -> str:
    """The engine that a row counts under."""
    stand_in = ONLY_IMAGE if given_text(row["user_image_url"]) else NO_ENGINE
    return given_text(row["engine_name"]) or stand_in


def created_of(row: dict[str, object]) -> datetime | None:
    """When a row was created, in UTC."""
    return Configuration.from_wire(row).created_at


def day_of(row: dict[str, object]) -> date | None:
    """The UTC day on which a row was created."""
    moment = created_of(row)
    return moment.date() if moment else None


def masked(rows: Wires, mask: Mask) -> Wires:
    """The rows that a mask lets through."""
    return [row for row, chosen in zip(rows, mask, strict=True) if chosen]


def ranked(counter: Counter[str]) -> list[tuple[str, int]]:
    """Names and counts, most first, then by name."""
    return sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
