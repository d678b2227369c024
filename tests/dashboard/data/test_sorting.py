"""Rows in order: the service's own, and those of a plain Python reference."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from dashboard.data.columns import Mask
from dashboard.data.frame import configurations_frame
from dashboard.data.parameters import SORTS
from dashboard.data.sorting import in_order, ordering
from dashboard.data.view import sorts_for
from modelarts_api import ConfigurationQuery
from modelarts_local import LocalService
from tests.dashboard.builders import (
    EXAMPLES,
    client_of,
    everything,
    frame_of,
    masked_wires,
    milliseconds,
)
from tests.dashboard.reference import Wires, created_of, given_text


@EXAMPLES
@given(masked_wires())
def test_rows_come_in_every_order_with_ties_by_name(given_rows: tuple[Wires, Mask]) -> None:
    """Rows that tie stand in the order of names, and descending is ascending backwards."""
    rows, mask = given_rows
    ignores_case = _ignores_case([str(row["config_name"]) for row in rows])

    def description(row: dict[str, object]) -> str:
        text = given_text(row["config_desc"]) or ""
        return text.casefold() if ignores_case else text

    epoch = datetime(1, 1, 1, tzinfo=UTC)
    by_name = list(enumerate(rows))[::-1]
    ascending = {
        "name": by_name,
        "description": sorted(by_name, key=lambda pair: description(pair[1])),
        "created": sorted(by_name, key=lambda pair: created_of(pair[1]) or epoch),
    }
    frame = frame_of(*rows)
    orderings = {word: ordering(frame, word) for word in SORTS}
    for word, pairs in ascending.items():
        expected = [position for position, _ in pairs if mask[position]]
        assert in_order(mask, orderings[word], "asc").tolist() == expected
        assert in_order(mask, orderings[word], "desc").tolist() == expected[::-1]


def _ignores_case(names: list[str]) -> bool:
    return names != sorted(names, reverse=True) and [n.casefold() for n in names] == sorted(
        (n.casefold() for n in names), reverse=True
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["b", "a", "B", "A"], ["", "B", "Z", "a", "c"]),  # by code point
        (["b", "B", "a", "A"], ["", "a", "B", "c", "Z"]),  # without regard to case
        (["a", "c", "b", "d"], ["", "B", "Z", "a", "c"]),  # in no order that is known: by code point
    ],
)
def test_descriptions_are_sorted_as_the_names_turn_out_to_be(names: list[str], expected: list[str]) -> None:
    descriptions = ["c", "Z", "a", "B"]
    rows = [{"config_name": n, "config_desc": d} for n, d in zip(names, descriptions, strict=True)]
    frame = frame_of(*rows, {"config_name": ""})
    shown = frame["description"].fillna("").to_numpy()[ordering(frame, "description")]
    assert shown.tolist() == expected


def _project() -> Wires:
    """Unique names; descriptions and times that tie and that are missing."""
    return [
        {
            "config_name": name,
            "config_desc": [None, "b", "a", "B", "日本"][number % 5],
            "create_time": None if number % 7 == 3 else milliseconds(f"2024-01-{1 + number % 4:02}"),
        }
        for number, name in enumerate(
            ["a", "B", "_x", "b-1", "b_1", "Z", "z", "a1", "a10", "a2", "-", "0", "A"]
        )
    ]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("config_type", ["custom", "sample"])
def test_sorting_gives_what_the_service_gives(config_type: str, order: str) -> None:
    with LocalService(_project()) as service, client_of(service) as client:
        inventory = client.list_all_configurations(config_type=config_type)
        frame = configurations_frame(inventory.configurations)
        assert len(frame) > 10
        for word in (word for word in sorts_for(config_type) if SORTS[word]):
            query = ConfigurationQuery("", config_type, SORTS[word], order, 1, 1000)
            served = [c.name for c in client.list_configurations(query).configurations]
            ours = in_order(everything(frame), ordering(frame, word), order)
            assert frame["name"].iloc[ours].tolist() == served, word
