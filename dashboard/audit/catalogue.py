"""The list of checks: for a terminal, as JSON, and as docs/checks.md, which is made from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from dashboard.audit.check import Check

Listing = Callable[[Sequence[Check]], Iterator[str]]
HEAD: Final = """# The checks

Made from the code by `python -m dashboard checks --format markdown > docs/checks.md`; a test fails when it
is stale. How they are run, and what a team may set: [audit.md](audit.md).

A check answers failed, passed, or not assessed with the reason: a field that is missing or cannot be read, or
details that are not loaded, is never a pass. Checks of the scope *list* need what the list call returns,
those of *detail* the detail call. A severity is the usual one; some findings are worse or milder.
"""


def table(checks: Sequence[Check]) -> Iterator[str]:
    """Yield a line a check."""
    for check in checks:
        yield f"{check.id:8}  {check.severity:8}  {check.scope:6}  {check.family:15}  {check.title}\n"


def as_json(checks: Sequence[Check]) -> Iterator[str]:
    """Yield a JSON array of all that checks say of themselves."""
    keys = ("id", "family", "severity", "scope", "title", "why", "remedy", "basis", "fields")
    yield json.dumps([{key: getattr(check, key) for key in keys} for check in checks], indent=1) + "\n"


def markdown(checks: Sequence[Check]) -> Iterator[str]:
    """Yield the document: a table a family, then each check with its why and its remedy."""
    yield HEAD
    yield "\n| check | severity | scope | |\n|---|---|---|---|\n"
    yield from (f"| [{c.id}](#{c.id.lower()}) | {c.severity} | {c.scope} | {c.title} |\n" for c in checks)
    for family, members in groupby(checks, key=lambda check: check.family):
        yield f"\n## {family.capitalize()}\n"
        for check in members:
            fields = ", ".join(f"`{name}`" for name in check.fields if name != "*")
            yield f"\n### {check.id}\n\n**{check.title}** ({check.severity}, {check.scope})\n\n"
            yield f"{check.why}\n\nRemedy: {check.remedy}\n\nBasis: {check.basis}. Looks at {fields}.\n"


LISTINGS: Final[Mapping[str, Listing]] = {"table": table, "json": as_json, "markdown": markdown}
