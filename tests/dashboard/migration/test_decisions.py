"""What a team decided: checked, shared, written to files and read again, kept in the store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.migration.decisions import (
    EVERY_DATASET,
    Decided,
    Decisions,
    FaultyDecisionsError,
    from_store,
    read_decisions,
    to_store,
    write_decisions,
)
from dashboard.migration.mapping import Migrator
from dashboard.migration.shared import by_decision
from dashboard.store.database import open_database
from dashboard.store.decisions import NewDecision, current_decisions, set_decisions
from tests.dashboard.migration.records import preset

AT = datetime(2026, 11, 26, 9, 13, tzinfo=UTC)
GOOD = (
    Decided("engine", "TF-1.13.1-python3.6", "tensorflow_2.1.0", "anna@example.com", AT),
    Decided("engine", "Caffe-1.0.0-python2.7", {"image_url": "org/caffe:1", "command": "python a.py"}),
    Decided("registry", "100.125.5.235:20202", ""),
    Decided("volume", "/root/work", "drop"),
    Decided("nodes", "name:bert", 2),
    Decided("parameter", "lr", "Float"),
    Decided("dataset", "d\n\"'''", {"obs_url": "/b/d/"}),
)


def test_decisions_survive_a_file() -> None:
    text = write_decisions(GOOD)
    assert list(read_decisions(text)) == list(Decisions(GOOD))
    assert write_decisions(reversed(GOOD)) == text


def test_of_every_dataset_only_to_keep_it_can_be_decided_and_it_counts_least() -> None:
    every, one = Decided("dataset", "*", "keep"), Decided("dataset", "d", {"obs_url": "/b/d/"})
    found = Decisions([every, one])
    assert found.find("dataset", "other") == "keep"
    assert found.find("dataset", "d") == {"obs_url": "/b/d/"}
    assert found.find("engine", "other") is None
    assert Decisions([Decided("parameter", "*", "String")]).find("parameter", "lr") is None
    with pytest.raises(FaultyDecisionsError, match="only keep"):
        Decisions([Decided("dataset", "*", {"obs_url": "/b/d/"})])


def test_several_old_datasets_are_one_decision_more_and_it_settles_all_of_them() -> None:
    wires = [preset(dataset_id=name, dataset_version_id="v") for name in ("a", "b")]
    found = {number: Migrator().migrate(wire, wire) for number, wire in enumerate(wires)}
    assert by_decision(found) == {EVERY_DATASET: [0, 1], ("dataset", "a"): [0], ("dataset", "b"): [1]}
    assert EVERY_DATASET not in by_decision({0: found[0]})
    keep = Decisions([Decided(*EVERY_DATASET, "keep")])
    assert by_decision({0: Migrator(keep).migrate(wires[0], wires[0])}) == {}


@pytest.mark.parametrize("half", [Decided("flavor", "f\ud800", "x"), Decided("flavor", "f", "x\udfff")])
def test_what_no_file_of_decisions_can_hold_is_no_decision(half: Decided) -> None:
    with pytest.raises(FaultyDecisionsError, match="surrogates"):
        Decisions([half])


def test_a_file_may_be_json() -> None:
    text = '{"schema": 1, "decision": [{"kind": "parameter", "subject": "lr", "value": "Float"}]}'
    assert read_decisions(text).find("parameter", "lr") == "Float"


def test_decisions_survive_a_restart_of_the_store_and_are_shared(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with open_database(url) as database:
        new = [NewDecision(*one, connection="prod") for one in to_store(GOOD)]
        set_decisions(database, new, "anna@example.com", AT)
        set_decisions(database, [NewDecision("noise", "x", 1)], "bob", AT)
    with open_database(url) as database:
        found, faults = from_store(current_decisions(database, "prod").values())
        others, _ = from_store(current_decisions(database, "test").values())
    assert faults == ()
    assert {(one.kind, one.subject): one.value for one in found} == {
        (one.kind, one.subject): one.value for one in GOOD
    }
    assert {(one.decided_by, one.decided_at) for one in found} == {("anna@example.com", AT)}
    assert len(others) == 0


def test_a_stored_decision_that_is_no_longer_allowed_does_not_count_and_is_told(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path / 'store.db'}") as database:
        new = [NewDecision("migration.parameter", "lr", "Number"), NewDecision("migration.nodes", "n", 2)]
        set_decisions(database, new, "anna", AT)
        found, faults = from_store(current_decisions(database, "prod").values())
    assert [one.kind for one in found] == ["nodes"]
    assert len(faults) == 1
    assert "Integer, Float, String, Boolean" in faults[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schema = 2", "schema is not 1"),
        ("schema = true", "schema is not 1"),
        ("x =", "neither TOML nor JSON"),
        ("schema = 1\nmore = 2", "'more' is no key here"),
        ("schema = 1\ndecision = 3", "not a list of tables"),
        ('schema = 1\n[[decision]]\nkind = "engine"', "subject is missing; decision 1: value is missing"),
        ('schema = 1\n[[decision]]\nkind = "engin"\nsubject = "a"\nvalue = "b"', "is engine meant?"),
        ('schema = 1\n[[decision]]\nkind = "nodes"\nsubject = "a"\nvalue = true', "a number of nodes"),
        ('schema = 1\n[[decision]]\nkind = "name"\nsubject = "a"\nvalue = "a b"', "letters, digits"),
        ('schema = 1\n[[decision]]\nkind = "nodes"\nsubject = "a"\nvalue = 2\ndecided_at = "x"', "its zone"),
        ("schema = 1\n" + '[[decision]]\nkind = "nodes"\nsubject = "a"\nvalue = 2\n' * 2, "another decision"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told(text: str, told: str) -> None:
    with pytest.raises(FaultyDecisionsError) as raised:
        read_decisions(text)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("command", "python a.py --password hunter2hunter2"),
        ("environment", {"value": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzz1234567"}),
    ],
)
def test_a_secret_is_no_decision_and_is_not_told(kind: str, value: Any) -> None:
    secret = value["value"] if isinstance(value, dict) else "hunter2hunter2"
    with pytest.raises(FaultyDecisionsError) as raised:
        Decisions([Decided(kind, "SECRET_KEY", value)])
    assert secret not in str(raised.value)
    assert "holds a secret" in str(raised.value)
