"""All checks, one family a file, in the order in which they are listed."""

from __future__ import annotations

from dashboard.audit.check import Check
from dashboard.audit.checks import (
    cost,
    hygiene,
    isolation,
    lifecycle,
    reliability,
    reproducibility,
    secrets,
    supply_chain,
)
from dashboard.audit.checks.team import TeamCheck
from dashboard.audit.settings import AuditSettings

BUILT_IN: tuple[Check, ...] = tuple(
    check()
    for module in (
        secrets,
        supply_chain,
        lifecycle,
        reliability,
        reproducibility,
        isolation,
        cost,
        hygiene,
    )
    for check in module.CHECKS
)
"""Every check that comes with the package."""
IDS: frozenset[str] = frozenset(check.id for check in BUILT_IN)


def all_checks(settings: AuditSettings) -> tuple[Check, ...]:
    """Return the checks that settings leave switched on, the team's own last."""
    checks = (*BUILT_IN, *map(TeamCheck, settings.rules))
    return tuple(check for check in checks if check.id not in settings.switched_off)
