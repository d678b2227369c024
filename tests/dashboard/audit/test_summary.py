"""What an audit comes to: by family, by check in the order of harm, by engine; what has ended by a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from dashboard.audit.check import Family
from dashboard.audit.end_of_life import published_ends
from dashboard.audit.findings import STATUSES, Audit
from dashboard.audit.forecast import forecast
from dashboard.audit.live import CLEAN, audited_columns
from dashboard.audit.outcome import Severity
from dashboard.audit.run import Auditor
from dashboard.audit.subjects import Subjects
from dashboard.audit.summary import MAX_ENGINES, OTHERS, Choice, matrix, summary
from dashboard.audit.waivers import apply_waivers, waivers_for
from dashboard.data.analysis import known
from dashboard.data.facet_values import is_audited, offered
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import AUDITED
from dashboard.data.view import Facets, read_view
from dashboard.report.lifetimes import lifetimes
from tests.dashboard.builders import inventory_of, milliseconds

CHECK, STATUS = (facet for facet in AUDITED if facet.name in ("check", "status"))
NOW = datetime(2024, 3, 1, tzinfo=UTC)
ROWS = (
    {"config_name": "risky", "config_desc": "x", "user_command": "python a.py --password Sommer2024!x"},
    {"config_name": "old", "config_desc": "x", "engine_name": "TF", "engine_version": "TF-1.13.1-python2.7"},
    {"config_name": "older", "config_desc": "x", "engine_name": "TF", "engine_version": "TF-1.8.0-python2.7"},
)


@pytest.fixture
def inventory() -> LoadedInventory:
    return inventory_of(*({**row, "create_time": milliseconds("2024-02-01")} for row in ROWS))


@pytest.fixture
def audit(inventory: LoadedInventory) -> Audit:
    return Auditor().audit(Subjects(inventory, {}), NOW)


def every(inventory: LoadedInventory) -> Choice:
    return Choice(np.ones(len(inventory.frame), dtype=bool))


def test_checks_are_ordered_by_harm(inventory: LoadedInventory, audit: Audit) -> None:
    found = summary(audit, every(inventory))
    ranks = [(one.severity.rank, -one.configurations) for one in found.checks]
    assert ranks == sorted(ranks)
    assert found.checks[0].check.id == "SEC001"
    assert sum(found.by_severity.values()) == len(audit) == len(found.positions)
    assert found.by_family[Family.SECRETS][Severity.CRITICAL] == 1
    assert (found.configurations, found.clean) == (3, 0)


def test_what_is_accepted_is_listed_and_not_counted(inventory: LoadedInventory, audit: Audit) -> None:
    secret = audit.finding(int(audit.positions(checks=["SEC001"])[0]))
    accepted = waivers_for([secret], "team", reason="known", owner="vision", expires=date(2024, 4, 1))
    found = summary(apply_waivers(audit, accepted, "team", NOW), every(inventory))
    assert found.by_severity[Severity.CRITICAL] == 0
    assert sum(found.by_severity.values()) == len(found.positions) - 1 == len(audit) - 1
    assert {one.check.id: one.accepted for one in found.checks}["SEC001"] == 1


def test_a_check_says_how_many_are_as_bad_as_its_worst(inventory: LoadedInventory, audit: Audit) -> None:
    for one in summary(audit, every(inventory)).checks:
        own = [audit.finding(int(place)) for place in one.positions]
        assert one.worst == len({each.number for each in own if each.severity == one.severity})


def test_a_choice_narrows_findings_down(inventory: LoadedInventory, audit: Audit) -> None:
    rows = inventory.frame["name"].to_numpy() == "old"
    found = summary(audit, Choice(rows, checks=("EOL001", "SEC001")))
    assert [(one.check.id, one.configurations) for one in found.checks] == [("EOL001", 1)]
    assert not summary(audit, Choice(rows, statuses=("accepted",))).checks


def test_the_matrix_counts_configurations_by_engine(inventory: LoadedInventory, audit: Audit) -> None:
    found = summary(audit, every(inventory)).checks
    engines, cells = matrix(audit, found, inventory.frame["engine"])
    assert dict(zip(engines, cells["EOL001"], strict=True))["TF"] == 2
    assert dict(zip(engines, cells["SEC001"], strict=True))["TF"] == 0


def test_beyond_eight_engines_are_the_others() -> None:
    rows = [
        {"config_name": f"{n}", "engine_name": f"e{n:02}", "engine_version": "TF-1.8.0-python2.7"}
        for n in range(11)
    ]
    inventory = inventory_of(*rows)
    audit = Auditor().audit(Subjects(inventory, {}), NOW)
    engines, cells = matrix(audit, summary(audit, every(inventory)).checks, inventory.frame["engine"])
    assert (len(engines), engines[-1]) == (MAX_ENGINES + 1, OTHERS)
    assert cells["EOL001"][-1] == 3


def test_the_inventory_is_filtered_and_sorted_by_what_the_audit_says(
    inventory: LoadedInventory, audit: Audit
) -> None:
    plain = inventory.positions(read_view({"check": "SEC001", "sort_by": "severity"}))
    assert len(plain) == 3, "before the audit a filter by it lets everything through"
    shown = inventory.with_columns(audited_columns(audit))
    worst_first = shown.positions(read_view({"sort_by": "severity", "order": "desc"}))
    assert shown.frame["name"].iloc[worst_first[0]] == "risky"
    assert shown.frame["severity"].cat.categories.tolist()[-1] == CLEAN
    only = shown.positions(read_view({"check": ["SEC001", "nothing"]}))
    assert shown.frame["name"].iloc[only].tolist() == ["risky"]
    assert len(shown.positions(read_view({"check": "nothing"}))) == 0
    assert known(shown.frame, Facets.of(check=("nothing", "SEC001"))) == Facets.of(check=("SEC001",))
    assert known(inventory.frame, Facets.of(check=("nothing",))) == Facets.of(check=("nothing",))
    counts = shown.selection(Facets()).counts
    assert counts["check"]["EOL001"] == 2
    assert list(counts["severity"]) == ["critical", "high"]
    assert counts["status"] == {"open": 3}
    assert not is_audited(inventory.frame)


def test_check_and_status_ask_for_the_same_finding(inventory: LoadedInventory, audit: Audit) -> None:
    """As many configurations as the findings that are asked for have."""
    first = audit.finding(int(audit.positions(checks=["EOL001"])[0]))
    accepted = waivers_for([first], "team", reason="known", owner="vision", expires=date(2024, 4, 1))
    found = apply_waivers(audit, accepted, "team", NOW)
    shown = inventory.with_columns(audited_columns(found))
    for check in ("EOL001", "EOL002", "SEC001"):
        under_check = shown.selection(Facets.of(check=(check,))).counts["status"]
        for status in STATUSES:
            positions = found.positions(checks=[check], statuses=[status])
            expected = len(set(found.numbers[positions].tolist()))
            facets = Facets.of(check=(check,), status=(str(status),))
            assert shown.selection(facets).key_figures.configurations == expected
            assert under_check.get(status, 0) == expected
            under_status = shown.selection(Facets.of(status=(str(status),))).counts["check"]
            assert under_status.get(check, 0) == expected


def test_what_the_audit_looks_for_can_be_asked_for_where_it_is_not_found(
    inventory: LoadedInventory, audit: Audit
) -> None:
    shown = inventory.with_columns(audited_columns(audit))
    for asked in (Facets.of(check=("SEC003",)), Facets.of(status=("lapsed",))):
        assert known(shown.frame, asked) == asked
        assert shown.selection(asked).key_figures.configurations == 0
    assert sorted(offered(shown.frame, CHECK)) == sorted(check.id for check in audit.checks)
    assert tuple(offered(shown.frame, STATUS)) == STATUSES


def test_what_has_ended_by_a_day_grows_with_the_day(inventory: LoadedInventory) -> None:
    rows = every(inventory).rows
    before, after = (
        forecast(inventory.frame, rows, published_ends(), day) for day in (date(2019, 1, 1), date(2024, 1, 1))
    )
    assert (before.ended, after.ended, after.configurations) == (0, 2, 3)
    lines = {str(one.line): one for one in after.lines}
    assert lines["Python 2.7"].configurations == 2
    assert lines["Python 2.7"].end is not None
    assert lines["Python 2.7"].end.ended == date(2020, 1, 1)
    ends = [one.end.ended for one in after.lines if one.end]
    assert ends == sorted(ends)


def test_what_only_an_images_name_tells_of_is_counted_apart() -> None:
    images = ("r.example/a/train:py36", "r.example/a/train:1", None)
    rows = [{"config_name": f"{n}", "user_image_url": image} for n, image in enumerate(images)]
    inventory = inventory_of(*rows, {**ROWS[1], "user_image_url": images[0]})
    found = forecast(inventory.frame, every(inventory).rows, published_ends(), date(2024, 1, 1))
    assert (found.ended, found.by_image, found.configurations) == (2, 1, 4)
    assert "2</b> of 4" in lifetimes(found, date(2024, 1, 1))
    assert "1 of them by their image" in lifetimes(found, date(2024, 1, 1))


def test_some_findings_of_an_audit_keep_their_order(audit: Audit) -> None:
    chosen = audit.positions(checks=["EOL001"])
    part = audit.only(chosen)
    assert [one.fingerprint for one in part] == [audit.finding(int(place)).fingerprint for place in chosen]
