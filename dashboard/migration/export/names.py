"""Names for files and for what stands in them: safe on every system, and unique."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dashboard.migration.migration import Migration

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|create|variables|versions)", re.IGNORECASE)
"""Names that Windows keeps for devices, and those of files of ours."""
MAX_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class ExportNames:
    """The name of a configuration's files, and the identifier that it has in Terraform and Python."""

    file: str
    identifier: str

    def variable(self, name: str) -> str:
        """Return the name of a variable of this configuration; no other configuration has it.

        Names of variables hold no two underscores in a row, so the last two tell the parts apart.
        """
        return f"{self.identifier}__{name}"


def export_names(migrations: Iterable[Migration]) -> list[ExportNames]:
    """Return names for each, in order; none differs from another in capitals alone."""
    files: set[str] = set()
    identifiers: set[str] = set()
    return [
        ExportNames(_unique(safe, "-", files), _unique(_identifier(safe), "_", identifiers))
        for safe in (_safe(one.name or "") for one in migrations)
    ]


def _safe(name: str) -> str:
    safe = _UNSAFE.sub("_", name)[:MAX_NAME].lstrip("-") or "unnamed"
    return f"{safe}_" if _RESERVED.fullmatch(safe) else safe


def _identifier(safe: str) -> str:
    """Return a name of letters, digits and underscores that begins with a letter, as both languages allow."""
    inner = safe.replace("-", "_").rstrip("_") or "unnamed"
    return inner if inner[0].isalpha() else f"c_{inner.lstrip('_')}"


def _unique(wanted: str, link: str, taken: set[str]) -> str:
    number, name = 1, wanted
    while name.lower() in taken:
        number += 1
        name = f"{wanted}{link}{number}"
    taken.add(name.lower())
    return name
