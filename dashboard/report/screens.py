"""What the screens are called, in the order in which the top bar has them."""

from __future__ import annotations

from typing import Final

OVERVIEW: Final = "Overview"
FINDINGS: Final = "Findings"
CHANGES: Final = "Changes"
COMPARE: Final = "Compare"
MIGRATION: Final = "Migration"
CONNECTIONS: Final = "All connections"
CONNECTION: Final = "Connection"


def titles(connections: int) -> tuple[str, ...]:
    """Return the titles for a viewer of so many connections."""
    many = () if connections == 1 else (CONNECTIONS,)
    return (OVERVIEW, FINDINGS, CHANGES, COMPARE, MIGRATION, *many, CONNECTION)
