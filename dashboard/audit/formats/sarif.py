"""SARIF 2.1.0 (OASIS), a run a connection: what code hosting and IDEs show beside the code.

A configuration is no file. It is given as a logical location, and, for viewers that show nothing without a
file, as `training-job-configs/NAME` relative to the connection. Places are characters of the field, in
`properties`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from dashboard.audit.check import Check
from dashboard.audit.findings import Audit, Finding, Status
from dashboard.audit.outcome import Severity
from dashboard.audit.results import ConnectionAudit, Results, iso
from dashboard.command_line import PROGRAM

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SCORES: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "0.0",
}
"""`security-severity`, by which code hosting sorts."""
FINGERPRINT: Final = "modelartsAudit/v1"


def write(results: Results) -> Iterator[str]:
    """Yield the log, a result a line."""
    yield f'{{"$schema": {json.dumps(SCHEMA)}, "version": "2.1.0", "runs": ['
    for place, connection in enumerate(results.connections):
        yield "," * bool(place) + "\n" + json.dumps(_run(results, connection))[:-1] + ', "results": ['
        if connection.audit is not None:
            yield from _results(results, connection, connection.audit)
        yield "]}"
    yield "\n]}\n"


def _run(results: Results, connection: ConnectionAudit) -> dict[str, Any]:
    checks = connection.audit.checks if connection.audit else ()
    driver = {
        "name": PROGRAM,
        "semanticVersion": results.version or "0.0.0",
        "rules": [_rule(check) for check in checks],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{PROGRAM}/{_clean(connection.name)}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(results, connection)],
    }


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "name": check.id,
        "shortDescription": {"text": _clean(check.title)},
        "fullDescription": {"text": _clean(check.why)},
        "help": {"text": _clean(f"{check.why}\n\nRemedy: {check.remedy}\n\nBasis: {check.basis}")},
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {"tags": [check.family], "security-severity": SCORES[check.severity]},
    }


def _invocation(results: Results, connection: ConnectionAudit) -> dict[str, Any]:
    notes = [{"level": "error", "message": {"text": _clean(fault)}} for fault in connection.faults]
    return {
        "executionSuccessful": connection.complete,
        "endTimeUtc": iso(results.generated_at),
        "toolExecutionNotifications": notes,
    }


def _results(results: Results, connection: ConnectionAudit, audit: Audit) -> Iterator[str]:
    places = {check.id: place for place, check in enumerate(audit.checks)}
    new = results.new(connection)
    for position, finding in enumerate(audit):
        found = _result(connection.name, finding, places[finding.check.id])
        if results.baseline is not None:
            found["baselineState"] = "new" if new[position] else "unchanged"
        yield "," * bool(position) + "\n " + json.dumps(found)


def _result(connection: str, finding: Finding, place: int) -> dict[str, Any]:
    name = _clean(finding.configuration)
    logical = {"name": name, "fullyQualifiedName": f"{_clean(connection)}/{name}", "kind": "resource"}
    address = f"training-job-configs/{quote(finding.configuration or '-', safe='', errors='replace')}"
    found: dict[str, Any] = {
        "ruleId": finding.check.id,
        "ruleIndex": place,
        "level": LEVELS[finding.severity],
        "message": {"text": _clean(finding.message)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": address}, "region": {"startLine": 1}},
                "logicalLocations": [logical],
            }
        ],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "severity": finding.severity,
            "status": finding.status,
            "places": [[_clean(span.field), span.start, span.end] for span in finding.failure.spans],
        },
    }
    if finding.status is Status.ACCEPTED and finding.waiver is not None:
        found["suppressions"] = [_suppression(finding.waiver)]
    return found


def _suppression(waiver: Any) -> dict[str, Any]:
    properties = {"owner": _clean(waiver.owner), "expires": waiver.expires.isoformat()}
    return {
        "kind": "external",
        "status": "accepted",
        "justification": _clean(waiver.reason),
        "properties": properties,
    }


def _clean(text: str) -> str:
    """Return a text with a question mark in place of each lone surrogate, which readers of JSON may
    refuse."""
    return text.encode("utf-8", "replace").decode()
