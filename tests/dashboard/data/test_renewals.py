"""A renewal shares with what was loaded before all that has not changed, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from dashboard.data import rows
from dashboard.data.loads import LoadedInventory, load_inventory
from dashboard.data.view import Facets
from dashboard.history.grouped import GROUPED
from modelarts_api import Configuration, Inventory
from modelarts_local import LocalService
from tests.dashboard.builders import client_of, inventory_of

SECRET = "run --sk q7RvT2mXz9LkPw4sYb8NcJ3hGd6FaEuQ5iSoZ1t0"
WIRES = (
    {"config_name": "c", "config_desc": "third", "create_time": 1_700_000_000_000},
    {"config_name": "b", "config_desc": "second", "user_command": SECRET},
    {"config_name": "a", "config_desc": "first", "engine_id": 1},
)


def renewed(known: LoadedInventory, *wires: Mapping[str, object]) -> LoadedInventory:
    """The same project loaded again, as these rows."""
    shared = rows.shared_with(known.rows)
    configurations = tuple(Configuration.from_wire(shared(dict(wire))) for wire in wires)
    later = Inventory(configurations, len(wires), True, datetime(2024, 3, 1, tzinfo=UTC), 1)
    return LoadedInventory(later, 0.1, known=known)


def test_what_has_not_changed_is_kept_whole_secrets_and_all() -> None:
    known = inventory_of(*WIRES)
    found = renewed(known, *WIRES)
    assert found.rows is known.rows
    assert found.secrets[1]
    assert found.loaded_at > known.loaded_at
    assert found.today != known.today
    assert GROUPED.families(found, patience=10) is GROUPED.families(known, patience=10)


def test_one_changed_row_is_new_and_the_others_are_shared() -> None:
    known = inventory_of(*WIRES)
    changed = {**WIRES[0], "config_desc": "edited"}
    found = renewed(known, changed, *WIRES[1:])
    assert found.records[0] == changed
    assert found.frame["description"].tolist() == ["edited", "second", "first"]
    assert found.records[2] is known.records[2]
    assert (found.records[1], found.secrets) == (known.records[1], known.secrets)


def test_what_was_looked_at_is_worked_out_before_a_renewal_is_shown() -> None:
    known, found = inventory_of(*WIRES), inventory_of(*WIRES[:2])
    facets = Facets.of(described=("yes",))
    known.with_columns({"more": 1}).selection(facets)
    found.prepare(known)
    made = found._selection.cache_info()
    assert found.selection(facets).key_figures.configurations == 2
    assert found._selection.cache_info().misses == made.misses


@pytest.mark.parametrize(
    "wires", [WIRES[:2], (*WIRES, {"config_name": "A"}), (WIRES[1], WIRES[0], WIRES[2]), ()]
)
def test_rows_that_come_or_go_or_move_are_told(wires: tuple[Mapping[str, object], ...]) -> None:
    known = inventory_of(*WIRES)
    found = renewed(known, *wires)
    assert found.rows is not known.rows
    assert found.frame["name"].tolist() == [wire["config_name"] for wire in wires]
    assert found.secrets.keys() == {place for place, wire in enumerate(wires) if "user_command" in wire}


def test_another_secret_in_place_of_one_is_another_row() -> None:
    known = inventory_of(*WIRES)
    other = {**WIRES[1], "user_command": SECRET.replace("q7RvT", "xKbms")}
    found = renewed(known, WIRES[0], other, WIRES[2])
    assert found.rows is not known.rows
    assert found.records[1] == known.records[1]
    assert found.secrets[1][0].fingerprint != known.secrets[1][0].fingerprint
    assert "xKbms" not in repr(vars(found.rows))


@pytest.mark.parametrize("value", [1.0, True, "1", [1], None])
def test_what_is_equal_and_written_otherwise_is_not_shared(value: object) -> None:
    known = inventory_of(*WIRES)
    found = renewed(known, *WIRES[:2], {**WIRES[2], "engine_id": value})
    assert type(found.records[2]["engine_id"]) is type(value)


@pytest.mark.parametrize("name", [12, 1.5, True, None, ["l"], {"a": 1}])
def test_a_name_that_is_no_text_is_in_nobodys_way(name: object) -> None:
    wires = (*WIRES, {"config_name": name, "config_desc": "odd"})
    known = inventory_of(*wires)
    found = renewed(known, {**WIRES[0], "config_desc": "edited"}, *wires[1:])
    assert found.records[3] == known.records[3]
    assert found.records[2] is known.records[2]


def test_the_order_of_the_fields_is_the_services() -> None:
    known = inventory_of(*WIRES)
    turned = dict(reversed(WIRES[0].items()))
    assert list(renewed(known, turned, *WIRES[1:]).records[0]) == list(turned)


def test_over_http_an_unchanged_project_is_shared_and_read_one_page_at_a_time() -> None:
    with LocalService(120) as service, client_of(service) as client:
        first = load_inventory(client, "", "custom", lambda _: None)
        again = load_inventory(client, "", "custom", lambda _: None, first)
        assert again.rows is first.rows
        service.edit(str(first.records[5]["config_name"]), config_desc="edited")
        third = load_inventory(client, "", "custom", lambda _: None, again)
    same = [one is other for one, other in zip(third.records, first.records, strict=True)]
    assert same.count(False) == 1 + len(first.secrets)
    assert "edited" in third.frame["description"].tolist()
