"""What arrives from a browser is read strictly: it can send anything."""

import pytest
from streamlit_plotly_basic.selection import parse_selection

POINT = {"trace": "TensorFlow", "x": "2024-01-01", "y": 3, "customdata": ["a", 1]}


def test_a_click() -> None:
    selection = parse_selection({"points": [POINT], "period": None})
    assert selection == {"points": [POINT], "period": None, "legend": None}


def test_a_drag() -> None:
    sent = {"points": [], "period": {"from": "2024-01-01T10:00:00.1234", "to": "2024-02-01"}}
    assert parse_selection(sent) == {**sent, "legend": None}


def test_a_drag_from_right_to_left_is_put_in_order() -> None:
    selection = parse_selection({"period": {"from": "2024-02-01", "to": "2024-01-01"}})
    assert selection == {"points": [], "period": {"from": "2024-01-01", "to": "2024-02-01"}, "legend": None}


def test_unknown_fields_of_a_point_are_dropped() -> None:
    selection = parse_selection({"points": [{**POINT, "extra": 1}]})
    assert selection == {"points": [POINT], "period": None, "legend": None}


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        {},
        {"points": "text"},
        {"points": [None, 3, {"trace": 5}]},
        {"points": [{**POINT, "x": {"an": "object"}}]},
        {"period": ["2024-01-01", "2024-02-01"]},
        {"period": {"from": "2024-01-01"}},
        {"period": {"from": "not a date", "to": "2024-02-01"}},
        {"period": {"from": 1, "to": 2}},
        {"period": {"from": "2024-01-01", "to": "2024-02-01T00:00:00+00:00"}},
    ],
)
def test_anything_else_is_no_selection(value: object) -> None:
    assert parse_selection(value) is None
