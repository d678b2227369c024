"""A configuration of API v1 as the map reads it: list and detail as one, without its secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.data.record import DETAIL_FIELDS
from dashboard.migration.variables import Variable, conceal
from modelarts_api import ConfigurationDetail

ANSWER: Final = frozenset({"is_success", "error_code", "error_message", "error_msg"})
"""Fields of the answer beside those of the configuration."""


@dataclass(frozen=True, slots=True)
class V1Record:
    """One configuration. `wire` and `detail` say the same, the one as it came and the other read."""

    wire: Mapping[str, Any]
    detail: ConfigurationDetail
    has_details: bool
    variables: tuple[Variable, ...]

    @property
    def name(self) -> str | None:
        """Return the configuration's name; None where it has none."""
        return self.detail.name

    def text(self, field: str) -> str | None:
        """Return a text without blanks around it; None where it is missing, empty, or no text."""
        value = self.wire.get(field)
        return value.strip() or None if isinstance(value, str) else None

    def objects(self, field: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the objects of an array with their paths: ``parameter[0]``."""
        value = self.wire.get(field)
        for index, item in enumerate(value if isinstance(value, (list, tuple)) else ()):
            if isinstance(item, (dict, Mapping)):
                yield f"{field}[{index}]", item


def read_record(listed: Mapping[str, Any], detail: Mapping[str, Any] | None = None) -> V1Record:
    """Return list and detail as one record, its masks replaced by variables.

    Both are masked objects of the wire. Where they differ, the detail counts.
    """
    wire, variables = conceal({**listed, **(detail or {})})
    has_details = detail is not None or any(field in wire for field in DETAIL_FIELDS)
    return V1Record(wire, ConfigurationDetail.from_wire(wire), has_details, variables)


def text_of(item: Mapping[str, Any], key: str) -> str | None:
    """Return a text of an object, as `V1Record.text` does."""
    value = item.get(key)
    return value.strip() or None if isinstance(value, str) else None
