"""A run of the audit as the report: one HTML file that stands alone, signed where there is a key for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dashboard.audit.results import ConnectionAudit, Results
from dashboard.audit.settings import SettingsError
from dashboard.data.view import View
from dashboard.report.audit_part import with_audit
from dashboard.report.command import signing_key
from dashboard.report.report import report
from dashboard.report.report_data import ConnectionReport, NotAssessed, ReportData
from dashboard.report.report_of import connection_report
from dashboard.report.seal import KeyProblemError
from dashboard.secrets_file import read_secrets

EVERYTHING: Final = "everything"


def write(results: Results) -> Iterator[str]:
    """Yield the document. Raises SettingsError for a key of no use."""
    parts = tuple(_part(results, one) for one in results.connections)
    rules = ", ".join(dict.fromkeys(one.audit.rules_version for one in results.connections if one.audit))
    data = ReportData(results.generated_at, rules, parts)
    try:
        key = signing_key(read_secrets().tables)
    except KeyProblemError as error:
        raise SettingsError([f"secrets.toml: {error}"]) from None
    yield report(data, key).decode("utf-8")


def _part(results: Results, connection: ConnectionAudit) -> ConnectionReport:
    """Return what the report says of a connection, and what is missing."""
    missing = tuple(NotAssessed(EVERYTHING, fault, 0) for fault in connection.faults)
    audit, loaded, now = connection.audit, connection.loaded, results.generated_at
    if audit is None or loaded is None:
        gone = (connection.name, connection.title or connection.name, connection.endpoint, connection.project)
        return ConnectionReport(*gone, now, 0, 0, 0, 0, not_assessed=missing)
    seen = {}
    if results.baseline is not None:
        seen = {one.fingerprint: results.first_seen(connection.name, one) for one in audit}
    made = connection_report(
        loaded,
        View(),
        name=connection.name,
        title=connection.title or connection.name,
        endpoint=connection.endpoint,
        project=connection.project,
    )
    made = with_audit(made, audit, now, first_seen=seen)
    return replace(made, not_assessed=(*missing, *made.not_assessed))
