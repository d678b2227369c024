"""What the screens are called, in the order in which the top bar has them."""

from __future__ import annotations

from typing import Final

OVERVIEW: Final = "Overview"
FINDINGS: Final = "Findings"
MIGRATION: Final = "Migration"
CONNECTIONS: Final = "All connections"
CONNECTION: Final = "Connection"


def titles(connections: int) -> tuple[str, ...]:
    """Return the titles for a viewer of so many connections."""
    several = (CONNECTIONS,) if connections > 1 else ()
    return (OVERVIEW, FINDINGS, MIGRATION, *several, CONNECTION)
