"""The frame has the stated columns and dtypes whatever the service sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data.frame import COLUMNS, configurations_frame
from dashboard.data.record import NO_ENGINE, ONLY_IMAGE
from modelarts_api import Configuration
from modelarts_local import LocalService
from tests.dashboard.builders import (
    EXAMPLES,
    HOSTILE_TEXTS,
    client_of,
    configuration,
    frame_of,
    milliseconds,
    wires,
)

_TEXT_FIELDS = {
    "config_name": "name",
    "config_desc": "description",
    "engine_name": "engine",
    "engine_version": "version",
    "user_image_url": "image",
    "user_command": "command",
}


def _check_dtypes(frame: pd.DataFrame) -> None:
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == dict(COLUMNS)
    assert list(frame.columns) == list(COLUMNS)
    assert isinstance(frame.index, pd.RangeIndex)
    for facet in ("engine", "version"):
        names = frame[facet].cat.categories
        assert str(names.dtype) == "str"
        assert names.tolist() == sorted(set(frame[facet].dropna()))


@pytest.mark.parametrize("rows", [[], [{}], [{}, {}], [{"config_name": "a"}]])
def test_dtypes_are_the_same_with_nothing_in_them(rows: list[dict[str, object]]) -> None:
    frame = frame_of(*rows)
    _check_dtypes(frame)
    assert len(frame) == len(rows)


@EXAMPLES
@given(wires())
def test_every_row_is_kept_in_its_place(rows: list[dict[str, object]]) -> None:
    frame = frame_of(*rows)
    _check_dtypes(frame)
    assert frame["name"].tolist() == [row["config_name"] for row in rows]


@pytest.mark.parametrize("field", _TEXT_FIELDS)
@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_hostile_text_comes_through_to_the_letter(field: str, text: str) -> None:
    frame = configurations_frame([configuration(**{field: text}), configuration()])
    _check_dtypes(frame)
    assert frame[_TEXT_FIELDS[field]][0] == text


def test_texts_that_differ_after_a_null_character_stay_apart() -> None:
    names = ["a", "a\x00", "a\x00b", "a\x00\x00"]
    frame = frame_of(*({"config_name": name, "engine_name": name, "engine_version": name} for name in names))
    for column in ("name", "engine", "version"):
        assert frame[column].tolist() == names


_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.lists(st.integers(), max_size=2)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@EXAMPLES
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*_TEXT_FIELDS, "create_time", "engine_id"]), _VALUES | _TEXTS)
        | _VALUES,
        max_size=4,
    )
)
def test_any_json_value_is_a_row(values: list[object]) -> None:
    frame = configurations_frame([Configuration.from_wire(value) for value in values])
    _check_dtypes(frame)
    assert len(frame) == len(values)
    for value, problems in zip(values, frame["problems"], strict=True):
        if not isinstance(value, dict):
            assert "expected an object" in problems


@pytest.mark.parametrize("escaped", [r"a\ud800b", r"\udfff", r"\ud83d"])
def test_half_a_surrogate_pair_from_the_service_does_no_harm(escaped: str) -> None:
    """JSON can say it, UTF-8 and so the frame cannot."""
    row = b"{" + b",".join(f'"{field}":"{escaped}"'.encode() for field in _TEXT_FIELDS) + b"}"
    body = b'{"is_success":true,"config_total_count":1,"configs":[' + row + b"]}"
    with LocalService(0) as service, client_of(service) as client, service.fail(200, body):
        frame = configurations_frame(client.list_configurations().configurations)
    _check_dtypes(frame)
    for column in _TEXT_FIELDS.values():
        assert "\ufffd" in frame[column][0]


@pytest.mark.parametrize("blank", [None, "", " ", "\t\r\n", "\u3000"])
def test_blanks_are_missing(blank: str | None) -> None:
    frame = frame_of(dict.fromkeys(_TEXT_FIELDS, blank))
    for column in ("name", "description", "version", "image", "command"):
        assert frame[column].isna().tolist() == [True]
    assert frame["engine"].tolist() == [NO_ENGINE]


@pytest.mark.parametrize(
    ("engine", "image", "shown"),
    [
        ("PyTorch", None, "PyTorch"),
        ("PyTorch", "swr/x:1", "PyTorch"),
        (None, "swr/x:1", ONLY_IMAGE),
        (" ", "swr/x:1", ONLY_IMAGE),
        (None, " ", NO_ENGINE),
        (None, None, NO_ENGINE),
        (3, "swr/x:1", ONLY_IMAGE),
    ],
)
def test_a_stand_in_tells_why_there_is_no_engine(engine: object, image: str | None, shown: str) -> None:
    assert frame_of({"engine_name": engine, "user_image_url": image})["engine"].tolist() == [shown]


@pytest.mark.parametrize("year", [1, 1676, 1678, 1969, 1970, 2000, 2038, 2262, 2263, 9999])
def test_any_time_of_python_is_a_time_of_the_frame(year: int) -> None:
    moment = datetime(year, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
    frame = configurations_frame([Configuration(created_at=moment), Configuration()])
    _check_dtypes(frame)
    assert frame["created"][0].isoformat() == moment.isoformat()
    assert frame["created"].isna().tolist() == [False, True]


def test_times_are_kept_to_the_millisecond_and_in_utc() -> None:
    row = {"config_name": "a", "create_time": 1524189990635}
    assert frame_of(row)["created"][0].isoformat() == "2018-04-20T02:06:30.635000+00:00"
    elsewhere = datetime(2024, 1, 1, 3, tzinfo=timezone(timedelta(hours=8)))
    frame = configurations_frame([Configuration(created_at=elsewhere)])
    assert frame["created"][0].isoformat() == "2023-12-31T19:00:00+00:00"


@pytest.mark.parametrize("time", [0, -1, milliseconds("2100-01-01"), 10**30, "soon", True, [1], 1.5])
def test_a_time_that_cannot_be_true_is_missing_and_said(time: object) -> None:
    frame = frame_of({"config_name": "a", "create_time": time})
    assert frame["created"].isna().tolist() == [True]
    assert frame["problems"][0].startswith("create_time: ")


def test_problems_are_joined_and_missing_where_all_is_well() -> None:
    frame = frame_of({"config_name": "a"}, {"config_name": "b", "config_desc": 1, "engine_id": "x"})
    assert frame["problems"].isna().tolist() == [True, False]
    assert frame["problems"][1].count("; ") == 1
