"""An earlier run's JSON as a baseline: what is in it is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SCHEMA: Final = 1
NOTHING: Final[Mapping[str, str]] = {}


class BaselineError(Exception):
    """The file is no earlier run of the audit."""


@dataclass(frozen=True)
class Baseline:
    """What was found before: of each connection the fingerprints, and when each was first seen."""

    fingerprints: Mapping[str, Mapping[str, str]]

    def known(self, connection: str) -> Mapping[str, str]:
        """Return a connection's fingerprints, and when each was first seen."""
        return self.fingerprints.get(connection, NOTHING)


def load_baseline(file: Path) -> Baseline:
    """Read an earlier `run --format json`. Raises BaselineError."""
    try:
        run = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise BaselineError(f"{file} is no JSON file that can be read") from None
    try:
        return _read(run)
    except (KeyError, TypeError, AttributeError):
        raise BaselineError(f"{file} is no run of the audit: write one with --format json") from None


def _read(run: Mapping[str, Any]) -> Baseline:
    if run["schema"] != SCHEMA:
        raise KeyError("schema")
    when = str(run["generated_at"])
    return Baseline(
        {
            connection["name"]: {
                finding["fingerprint"]: str(finding.get("first_seen") or when)
                for finding in connection["findings"]
            }
            for connection in run["connections"]
        }
    )
