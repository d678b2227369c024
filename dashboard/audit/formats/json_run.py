"""JSON, schema 1: what a later run takes as its baseline. ASCII, so that any text survives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dashboard.audit.baseline import SCHEMA
from dashboard.audit.findings import Finding, Status
from dashboard.audit.results import ConnectionAudit, Results, iso


def write(results: Results) -> Iterator[str]:
    """Yield the run, a finding a line."""
    yield f'{{"schema": {SCHEMA}, "generated_at": {json.dumps(iso(results.generated_at))}, "connections": ['
    for place, connection in enumerate(results.connections):
        yield "," * bool(place)
        yield from _connection(results, connection)
    yield "\n]}\n"


def _connection(results: Results, connection: ConnectionAudit) -> Iterator[str]:
    audit = connection.audit
    head: dict[str, Any] = {
        "name": connection.name,
        "complete": connection.complete,
        "faults": connection.faults,
        "configurations": audit.coverage.configurations if audit else 0,
        "reported_total": audit.coverage.reported_total if audit else None,
        "details": audit.coverage.details if audit else 0,
        "rules_version": audit.rules_version if audit else None,
        "not_assessed": audit.not_assessed if audit else {},
        "crashed": [_crash(one) for one in audit.crashes] if audit else [],
        "unused_waivers": [[one.check, one.configuration] for one in audit.unused_waivers] if audit else [],
    }
    yield "\n" + json.dumps(head)[:-1] + ', "findings": ['
    for place, finding in enumerate(audit or ()):
        yield "," * bool(place) + "\n " + json.dumps(_finding(results, connection.name, finding))
    yield "]}"


def _crash(crash: Any) -> dict[str, object]:
    return {"check": crash.check, "error": crash.error, "configurations": crash.count}


def _finding(results: Results, connection: str, finding: Finding) -> dict[str, object]:
    found: dict[str, object] = {
        "check": finding.check.id,
        "severity": finding.severity,
        "status": finding.status,
        "configuration": finding.configuration,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
    }
    if finding.status is Status.ACCEPTED and (waiver := finding.waiver) is not None:
        found["waiver"] = {
            "owner": waiver.owner,
            "expires": waiver.expires.isoformat(),
            "reason": waiver.reason,
        }
    seen = results.first_seen(connection, finding)
    return {**found, "first_seen": seen} if seen else found
