"""CSV, a finding a line, that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from dashboard.audit.results import Results
from dashboard.data.export.csv_rows import harmless

COLUMNS: Final = (
    "connection", "configuration", "check", "family", "severity", "status", "counts", "title", "message",
    "remedy", "basis", "fingerprint", "first_seen", "waiver_owner", "accepted_until", "reason",
)  # fmt: skip


def write(results: Results) -> Iterator[str]:
    """Yield the head, and a line a finding; lines end in CR LF."""
    yield _line(COLUMNS)
    for connection, finding, counts in results.findings():
        waiver = finding.waiver
        yield _line(
            (
                connection.name,
                finding.configuration,
                finding.check.id,
                finding.check.family,
                finding.severity,
                finding.status,
                "yes" if counts else "no",
                finding.check.title,
                finding.message,
                finding.check.remedy,
                finding.check.basis,
                finding.fingerprint,
                results.first_seen(connection.name, finding),
                waiver.owner if waiver else "",
                waiver.expires.isoformat() if waiver else "",
                waiver.reason if waiver else "",
            )
        )


def _line(values: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([harmless(value) for value in values])
    return line.getvalue()
