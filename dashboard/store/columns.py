"""The types of columns: any text, and moments, on both databases alike."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_UNHELD: Final = re.compile("[\\\\\0\ud800-\udfff]")
_ESCAPED: Final = re.compile(r"\\u([0-9a-f]{4})")


class AnyText(TypeDecorator[str]):
    """Any str of Python, NUL and lone surrogates included, which neither database holds.

    These, and the backslash itself, are written as `\\u005c` is in JSON; so two texts are equal in the
    database exactly when they are equal here.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Escape what no database holds."""
        return None if value is None else _UNHELD.sub(lambda found: f"\\u{ord(found[0]):04x}", value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Give back the text as it was."""
        return None if value is None else _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, in UTC: PostgreSQL's own, and in SQLite text whose order is that of time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose text for SQLite, which has no type for it."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write it in UTC, to the microsecond. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        utc = in_utc(value)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it in UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def in_utc(value: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError for a time without a zone."""
    if value.tzinfo is None:
        raise ValueError(f"a time needs its zone: {value.isoformat()} has none")
    return value.astimezone(UTC)
