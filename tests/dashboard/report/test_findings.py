"""Findings and marks as HTML: whatever a configuration holds is text, and marks are where they belong."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from dashboard.audit.end_of_life import published_ends
from dashboard.audit.forecast import forecast
from dashboard.audit.run import Auditor
from dashboard.audit.subjects import Subjects
from dashboard.audit.summary import Choice, matrix, summary
from dashboard.data.loads import LoadedInventory
from dashboard.report import accepted, findings
from dashboard.report.details import details, marked
from dashboard.report.lifetimes import lifetimes
from dashboard.report.severities import SIGNS, severity, strip
from dashboard.store.waiver import Waiver
from modelarts_api import ConfigurationDetail
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS, inventory_of

NOW = datetime(2024, 3, 1, tzinfo=UTC)
BAD = '<img src=x onerror="alert(1)">'


def hostile() -> LoadedInventory:
    rows = [
        {"config_name": f"{BAD}{text}", "engine_name": text, "user_command": f"set -x; {text}"}
        for text in HOSTILE_TEXTS
    ]
    return inventory_of(*rows, *rows)


def test_nothing_of_a_configuration_is_interpreted() -> None:
    inventory = hostile()
    audit = Auditor().audit(Subjects(inventory, {}), NOW)
    rows = np.ones(len(inventory.frame), dtype=bool)
    found = summary(audit, Choice(rows))
    engines, cells = matrix(audit, found.checks, inventory.frame["engine"])
    blocks = [
        findings.overview(found, audit),
        findings.checks(found.checks, ()),
        *(findings.one_check(one, audit) for one in found.checks),
        findings.matrix(engines, cells, found.checks),
        findings.of_one(audit.of(0)),
        findings.not_assessed(audit),
        lifetimes(forecast(inventory.frame, rows, published_ends(), NOW.date()), NOW.date()),
    ]
    html = "".join(blocks)
    assert "<img" not in html
    assert "<b>bold" not in html
    assert escape(BAD) in html
    assert not re.search(r'data-press="[^"]*[<>]', html)


def test_what_was_not_assessed_is_told_with_its_reason() -> None:
    inventory = inventory_of({"config_name": "a"})
    html = findings.not_assessed(Auditor().audit(Subjects(inventory, {}), NOW))
    assert "details are not loaded" in html
    assert "SEC002" in html


@EXAMPLES
@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
def test_marks_change_no_text(text: str, places: list[tuple[int, int]]) -> None:
    ordered = [(min(pair), max(pair)) for pair in places]
    shown = Markup("{}").format(marked(text, ordered))
    assert re.sub("</?mark>", "", shown) == str(escape(text))


def test_the_offending_part_is_marked_in_every_kind_of_field() -> None:
    wire = {
        "config_name": "a",
        "config_desc": "abc",
        "user_command": "run <b> now",
        "parameter": [{"label": "lr", "value": "0.1"}, {"value": 7}],
        "train_url": "/x/y/",
        "volumes": [
            {"nfs": {"src_path": "10.0.0.1:/"}},
            {"host_path": {"src_path": "/root", "dest_path": "/d"}},
        ],
        "data_source": [{"type": "obs", "data_url": "/bucket/"}],
    }
    places = {
        "user_command": [(4, 7)],
        "parameter[lr].value": [(0, 0)],
        "parameter[1].value": [(0, 0)],
        "train_url": [(0, 2)],
        "config_desc": [(1, 2)],
        "volumes[0].nfs.src_path": [(9, 10)],
        "volumes[1]": [(0, 0)],
        "data_source[0].data_url": [(0, 7)],
    }
    html = details(ConfigurationDetail.from_wire(wire), UTC, places)
    assert "run <mark>&lt;b&gt;</mark> now" in html
    parts = ("<mark>0.1</mark>", "<mark>7</mark>", "<mark>/x</mark>/y/", "a<mark>b</mark>c")
    items = ("10.0.0.1:<mark>/</mark>", "<mark>/root</mark>", "<mark>/d</mark>", "<mark>/bucket</mark>/")
    for part in (*parts, *items):
        assert part in html
    assert "<mark>" not in details(ConfigurationDetail.from_wire(wire), UTC)


def test_a_severity_has_a_sign_and_a_word_and_nothing_else_has_one() -> None:
    assert (
        str(severity("high")) == '<span class="severity high"><span aria-hidden="true">▲</span> high</span>'
    )
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert severity(None) == severity("<b>") == ""


def test_the_strip_says_counts_and_what_is_chosen() -> None:
    html = strip({"high": 1_234}, ("high",), "details for 1 of 2", worst_first=True)
    assert "1,234" in html
    assert html.count('aria-pressed="true"') == 2
    assert "details for 1 of 2" in html
    waiting = strip(None, (), "Auditing…", worst_first=False)
    assert waiting.count(" disabled>") == len(SIGNS)
    assert waiting.count("<b>…</b>") == len(SIGNS)


def test_what_was_accepted_is_text() -> None:
    waiver = Waiver(
        id=7,
        connection="a",
        check="SEC001",
        configuration=BAD,
        fields_fingerprint="0",
        reason=BAD,
        owner=BAD,
        expires=date(2030, 1, 1),
        source="",
        created_by=BAD,
        created_at=NOW,
        revoked_by=None,
        revoked_at=None,
    )
    html = accepted.waivers([waiver], {7: "lapsed"}, UTC)
    assert "<img" not in html
    assert html.count(escape(BAD)) == 5
    assert 'data-press="revoke 7"' in html
    assert "lapsed" in html


@pytest.mark.parametrize(("day", "ended"), [(date(2019, 1, 1), "0"), (date(2025, 1, 1), "1")])
def test_the_forecast_says_how_many_run_on_what_has_ended(day: date, ended: str) -> None:
    inventory = inventory_of(
        {"config_name": "a", "engine_version": "TF-1.8.0-python2.7"}, {"config_name": "b"}
    )
    rows = np.ones(2, dtype=bool)
    html = lifetimes(forecast(inventory.frame, rows, published_ends(), day), day)
    assert f"<b>{ended}</b> of 2 configurations" in html
    assert "Python 2.7" in html
    assert "official" in html
