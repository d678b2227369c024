"""OCSF Compliance Findings (class 2003, schema 1.5.0): a JSON array, an event a line, for security lakes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from dashboard.audit.findings import Finding, Status
from dashboard.audit.outcome import Severity
from dashboard.audit.results import Results
from dashboard.command_line import PROGRAM

VERSION: Final = "1.5.0"
CATEGORY, CLASS, CREATE = 2, 2003, 1
SEVERITY_IDS: Final[Mapping[Severity, int]] = {
    Severity.INFO: 1,
    Severity.LOW: 2,
    Severity.MEDIUM: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
}
STATUSES: Final[Mapping[Status, tuple[int, str]]] = {
    Status.OPEN: (1, "New"),
    Status.LAPSED: (1, "New"),
    Status.ACCEPTED: (3, "Suppressed"),
}
FAILED: Final = (3, "Fail")


def write(results: Results) -> Iterator[str]:
    """Yield the array."""
    separator = "[\n"
    for connection, finding, _ in results.findings():
        yield separator + json.dumps(_event(results, connection.name, finding))
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _event(results: Results, connection: str, finding: Finding) -> dict[str, Any]:
    # In one piece: the record as OCSF lists its fields.
    check = finding.check
    status_id, status = STATUSES[finding.status]
    event: dict[str, Any] = {
        "activity_id": CREATE,
        "category_uid": CATEGORY,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + CREATE,
        "time": int(results.generated_at.timestamp() * 1000),
        "severity_id": SEVERITY_IDS[finding.severity],
        "severity": finding.severity.capitalize().replace("Info", "Informational"),
        "status_id": status_id,
        "status": status,
        "message": finding.message,
        "metadata": {"version": VERSION, "product": _product(results.version)},
        "finding_info": {
            "uid": finding.fingerprint,
            "title": check.title,
            "desc": check.why,
            "types": [check.family],
        },
        "compliance": {
            "control": check.id,
            "standards": [check.basis],
            "status_id": FAILED[0],
            "status": FAILED[1],
            "status_detail": finding.message,
        },
        "remediation": {"desc": check.remedy},
        "resources": [
            {
                "type": "ModelArts training job configuration",
                "name": finding.configuration,
                "uid": f"{connection}/{finding.configuration}",
            }
        ],
    }
    if finding.waiver is not None:
        event["comment"] = f"{finding.waiver.owner}: {finding.waiver.reason}"
    return event


def _product(version: str) -> dict[str, str]:
    return {"name": PROGRAM, "vendor_name": "modelarts-dashboard", "version": version or "0"}
