"""Every check: what it finds, what it lets pass, what it cannot assess; and what holds for all of them."""

from __future__ import annotations

import dataclasses
import pkgutil
import re
from collections.abc import Iterator, Mapping
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.audit import checks
from dashboard.audit.check import Check, GroupCheck
from dashboard.audit.checks import BUILT_IN, all_checks
from dashboard.audit.facts import Facts
from dashboard.audit.outcome import Crashed, Failed, NotAssessed, Outcome, Passed, Severity
from dashboard.audit.run import Auditor
from dashboard.audit.settings import AuditSettings, Rule
from dashboard.audit.subject import Subject
from dashboard.audit.wire_fields import KNOWN, OTHER
from dashboard.data.record import DETAIL_FIELDS, LIST_FIELDS
from tests.dashboard.audit.assessed import CHECKS, ENGINES, NOW, assess, context, secret, subject
from tests.dashboard.audit.check_rows import ROWS, Answer
from tests.dashboard.builders import HOSTILE_TEXTS

KINDS: Mapping[Answer, type[Outcome]] = {"failed": Failed, "passed": Passed, "not assessed": NotAssessed}
TEAM = Rule("TEAM-1", "config_desc", "owner=", must_match=True, title="No owner")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_check_answers(row: tuple[str, Answer, Mapping[str, object], str]) -> None:
    name, answer, record, told = row
    outcome = assess(CHECKS[name], record)
    assert isinstance(outcome, KINDS[answer]), outcome
    severity, _, words = told.rpartition("|")
    if isinstance(outcome, Failed):
        assert words in outcome.message
        assert severity in {"", outcome.severity or CHECKS[name].severity}
    elif isinstance(outcome, NotAssessed):
        assert words in outcome.reason


def test_every_check_that_is_written_is_run() -> None:
    written = {
        name
        for file in pkgutil.iter_modules(checks.__path__)
        for name in vars(import_module(f"{checks.__name__}.{file.name}"))
        if re.fullmatch("[A-Z]+[0-9]{3}", name)
    }
    assert written == set(CHECKS)


def test_every_check_is_shown_failing_passing_and_not_assessed() -> None:
    shown = {(name, answer) for name, answer, _, _ in ROWS}
    elsewhere = {
        "SEC001",
        "SEC002",
        "SEC004",
        "SEC005",
        "REL005",
        "HYG003",
    }  # below: they need more than a record
    assert {name for name, _ in shown} | elsewhere == set(CHECKS)
    without_pass = {"EOL002"}  # no framework has an end in the future
    for name in CHECKS.keys() - elsewhere:
        missing = KINDS.keys() - {answer for one, answer in shown if one == name}
        assert missing <= ({"passed"} if name in without_pass else set()), name


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("SEC001", "user_command"),
        ("SEC002", "parameter[sk].value"),
        ("SEC005", "config_desc"),
        ("SEC005", "strange"),
    ],
)
def test_a_masked_secret_is_a_finding_of_its_field_alone(name: str, field: str) -> None:
    record = Facts({}, [secret(field), secret(field)])
    found = CHECKS[name].assess(record, context())
    assert isinstance(found, Failed)
    assert found.message == f"“{field}” holds a secret key (40 characters)."
    assert [(span.field, span.start, span.end) for span in found.spans] == [(field, 0, 31)]
    others = [other for other in ("SEC001", "SEC002", "SEC005") if other != name]
    assert all(isinstance(CHECKS[one].assess(record, context()), Passed) for one in others)


def test_details_are_not_assessed_until_they_are_loaded() -> None:
    outcomes = Auditor().assess(subject(), NOW)
    reasons = {check.id: outcome for check, outcome in outcomes if check.scope == "detail"}
    assert set(reasons.values()) == {NotAssessed("details are not loaded")}
    assert len(reasons) == sum(check.scope == "detail" for check in BUILT_IN)


def test_the_same_secret_is_told_across_configurations() -> None:
    audit = Auditor().audit(
        [subject(n, name=f"c{n}", secrets=[secret("user_command")]) for n in range(3)], NOW
    )
    (found, *others) = [audit.finding(int(place)) for place in audit.positions(checks=["SEC004"])]
    assert len(others) == 2
    assert found.message == "The same secret key is in 3 configurations: “c0”, “c1” and “c2”."
    alone = Auditor().audit(
        [subject(secrets=[secret("user_command")]), subject(1, secrets=[secret("x", "token", 9, "b")])], NOW
    )
    assert not len(alone.positions(checks=["SEC004"]))


def test_what_starts_the_same_is_told_however_it_was_typed() -> None:
    image = "r.example/a:1"
    commands = ("python a.py --lr 1 --n 2", "python  a.py --n=2 --lr=1", "python a.py --lr 3")
    subjects = [
        subject(n, name=f"c{n}", user_image_url=image, user_command=command)
        for n, command in enumerate(commands)
    ]
    audit = Auditor().audit(subjects, NOW)
    assert [audit.finding(int(p)).number for p in audit.positions(checks=["HYG003"])] == [0, 1]
    assert "HYG003" not in audit.not_assessed
    part = Auditor().audit(subjects, NOW, whole=False)
    assert part.not_assessed["HYG003"] == {CHECKS["HYG003"].alone: 1}  # type: ignore[attr-defined]


def test_a_shared_output_is_told_and_one_alone_only_passes_once_all_details_are_there() -> None:
    outputs = ("/b/out", "obs://b/out/", "/b/other")
    subjects = [subject(n, name=f"c{n}", detail={"train_url": output}) for n, output in enumerate(outputs)]
    audit = Auditor().audit(subjects, NOW)
    assert [audit.finding(int(p)).number for p in audit.positions(checks=["REL005"])] == [0, 1]
    assert "REL005" not in audit.not_assessed
    more = Auditor().audit([*subjects, subject(3)], NOW)
    assert more.not_assessed["REL005"] == {"details are not loaded": 1, CHECKS["REL005"].alone: 1}  # type: ignore[attr-defined]


def test_an_allowed_registry_passes_with_and_without_its_port() -> None:
    image = {"user_image_url": "100.125.5.235:20202/a:1"}
    for allowed, passes in (
        (["100.125.5.235:20202"], True),
        (["100.125.5.235"], True),
        (["r.example"], False),
    ):
        told = context(AuditSettings(allowed_registries=tuple(allowed)))
        assert isinstance(assess(CHECKS["SUP005"], image, told), Passed if passes else Failed)


def test_the_word_that_is_marked_is_a_word_of_its_own() -> None:
    found = assess(CHECKS["HYG002"], {"config_name": "latest_Test2"})
    assert isinstance(found, Failed)
    assert (found.spans[0].start, found.spans[0].end) == (7, 11)
    told = context(AuditSettings(name_pattern=".+", name_words=("Проба",)))
    assert isinstance(assess(CHECKS["HYG002"], {"config_name": "модель-проба-3"}, told), Failed)


def test_engines_that_were_not_asked_for_are_no_pass() -> None:
    assert isinstance(assess(CHECKS["EOL004"], {"engine_version": "x"}, context()), NotAssessed)


def test_a_crash_is_an_outcome_and_no_pass() -> None:
    class BAD001(type(CHECKS["HYG001"])):  # type: ignore[misc]
        def run(self, *_: object) -> Outcome:
            raise ZeroDivisionError("secret text")

    assert BAD001().assess(Facts({}), context()) == Crashed("ZeroDivisionError")


def test_what_checks_say_of_themselves() -> None:
    for check in BUILT_IN:
        assert re.fullmatch(r"[A-Z]{3,4}\d{3}", check.id)
        assert check.why.endswith(".")
        assert check.remedy.endswith((".", "sh", "…"))
        assert check.title
        assert check.basis
        assert set(check.fields) <= KNOWN | {OTHER}
        assert isinstance(check.severity, Severity)


class _Recorded(Mapping[str, object]):
    """A record that tells which fields were read."""

    def __init__(self, record: Mapping[str, object]) -> None:
        self.record, self.read = record, set[str]()

    def __getitem__(self, key: str) -> object:
        self.read.add(key)
        return self.record[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.record)

    def __len__(self) -> int:
        return len(self.record)


@pytest.mark.parametrize("check", BUILT_IN, ids=lambda check: check.id)
def test_a_check_reads_no_field_that_it_does_not_name(check: Check) -> None:
    """A waiver lapses when one of the named fields changes: one more that is read would go unnoticed."""
    for _, _, record, _ in ROWS:
        recorded = _Recorded(record)
        facts = Facts(recorded)
        check.shared(facts, context(engines=ENGINES)) if isinstance(check, GroupCheck) else check.assess(
            facts, context(engines=ENGINES)
        )
        assert recorded.read <= set(check.fields)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(HOSTILE_TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
VOLUME = st.fixed_dictionaries(
    {}, optional={"nfs": JSON, "host_path": st.fixed_dictionaries({"src_path": JSON})}
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys((*LIST_FIELDS, *DETAIL_FIELDS), JSON | st.sampled_from(HOSTILE_TEXTS)),
        "volumes": JSON | st.lists(VOLUME, max_size=3),
        "parameter": JSON | st.lists(st.fixed_dictionaries({"label": JSON, "value": JSON}), max_size=2),
        "data_source": JSON | st.lists(st.fixed_dictionaries({"dataset_id": JSON}), max_size=2),
    },
)


@settings(max_examples=60)
@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_hostile_records_crash_no_check(records: list[dict[str, object]]) -> None:
    subjects = [
        Subject(n, "x", "x", record, record, (secret("user_command"), secret("parameter[\ud800].value")))
        for n, record in enumerate(records)
    ]
    told = AuditSettings(rules=(TEAM, dataclasses.replace(TEAM, id="TEAM-2", field="parameter[x]")))
    audit = Auditor(told).audit(subjects, NOW, engines=ENGINES)
    assert audit.crashes == ()
    assert all(finding.fingerprint and finding.message for finding in audit)
    assert len(all_checks(told)) == len(BUILT_IN) + 2
