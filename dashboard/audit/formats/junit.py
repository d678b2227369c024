"""JUnit's XML, as CI servers read it: a suite a connection, a case a check.

A case fails where its check has findings that count; it is skipped where the check could look at none of the
configurations, and an error where the check failed itself, or not everything could be audited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from dashboard.audit.check import Check
from dashboard.audit.findings import Audit
from dashboard.audit.results import ConnectionAudit, Results, iso
from dashboard.command_line import PROGRAM
from dashboard.data.number_words import count_of

MAX_LINES: Final = 1_000
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(results: Results) -> Iterator[str]:
    """Yield the document."""
    root = ET.Element("testsuites", {"name": PROGRAM})
    for connection in results.connections:
        _suite(root, results, connection)
    for attribute in ("tests", "failures", "errors", "skipped"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, results: Results, connection: ConnectionAudit) -> None:
    audit = connection.audit
    name = xml_text(connection.name)
    suite = ET.SubElement(
        root, "testsuite", {"name": name, "timestamp": iso(results.generated_at), "time": "0"}
    )
    if audit is not None:
        counting = results.counting(connection)
        for place, check in enumerate(audit.checks):
            positions = np.flatnonzero(counting & (audit.check_of == place))
            _case(suite, name, check, audit, positions)
    completeness = _new_case(suite, name, "Everything could be audited")
    if connection.faults:
        error = ET.SubElement(
            completeness, "error", {"message": xml_text(connection.faults[0]), "type": "incomplete"}
        )
        error.text = xml_text("\n".join(connection.faults))
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    suite.set("tests", str(len(suite)))
    for attribute, kind in kinds.items():
        suite.set(attribute, str(sum(case.find(kind) is not None for case in suite)))


def _new_case(suite: ET.Element, connection: str, name: str) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", {"classname": f"{PROGRAM}.{connection}", "name": name, "time": "0"}
    )


def _case(suite: ET.Element, connection: str, check: Check, audit: Audit, positions: np.ndarray) -> None:
    case = _new_case(suite, connection, xml_text(f"{check.id} {check.title}"))
    crashed = [crash for crash in audit.crashes if crash.check == check.id]
    skipped = audit.not_assessed.get(check.id, {})
    if crashed:
        words = f"the check failed itself on {count_of(crashed[0].count, 'configuration')}"
        ET.SubElement(case, "error", {"message": words, "type": xml_text(crashed[0].error)})
    elif len(positions):
        severity = audit.finding(int(positions[0])).severity
        words = f"{count_of(len(positions), 'configuration')}: {check.title}"
        failure = ET.SubElement(case, "failure", {"message": xml_text(words), "type": severity})
        failure.text = xml_text("\n".join(_lines(check, audit, positions)))
    elif skipped and sum(skipped.values()) >= audit.coverage.configurations:
        reasons = "; ".join(f"{reason} ({count:,})" for reason, count in skipped.items())
        ET.SubElement(case, "skipped", {"message": xml_text(reasons)})


def _lines(check: Check, audit: Audit, positions: np.ndarray) -> Iterator[str]:
    for position in positions[:MAX_LINES]:
        finding = audit.finding(int(position))
        yield f"{finding.configuration}: {finding.message}"
    if len(positions) > MAX_LINES:
        yield f"and {len(positions) - MAX_LINES:,} more; --format json names all"
    yield f"Why: {check.why}"
    yield f"Remedy: {check.remedy}"


def xml_text(text: str) -> str:
    """Return a text with an escape in place of each character that XML cannot hold."""
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)
