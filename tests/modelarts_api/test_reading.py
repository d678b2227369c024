"""Whatever comes, no row is lost and nothing is raised."""

from __future__ import annotations

import json
import pickle
import re
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelarts_api import Configuration, ConfigurationDetail, Engine
from modelarts_api.models import read_configurations
from modelarts_api.reading import parse_json
from tests.modelarts_api.scripted_service import Reply, ScriptedService

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "config_name", "config_desc", "create_time", "engine_type", "engine_name", "engine_id", "engine_version",
    "user_image_url", "user_command", "worker_server_num", "app_url", "parameter", "volumes", "data_source",
    "model_id", "cpu", "owner",
)  # fmt: skip
WIRE = st.dictionaries(st.sampled_from(FIELDS), JSON)
TYPES: dict[str, type] = {
    "name": str, "description": str, "created_at": datetime, "engine_type": int, "engine_name": str,
    "engine_id": int, "engine_version": str, "image_url": str, "command": str,
}  # fmt: skip


@given(JSON | WIRE)
def test_any_json_value_is_a_row(wire: Any) -> None:
    for kind in (Configuration, ConfigurationDetail):
        row = kind.from_wire(wire)
        for name, python_type in TYPES.items():
            value = getattr(row, name)
            assert value is None or type(value) is python_type
        assert row.created_at is None or 2000 <= row.created_at.year < 2100
        assert dict(row.raw) == (wire if isinstance(wire, dict) else {})
        assert all((len(problem) < 200 and problem.isascii()) or "…" in problem for problem in row.problems)


@given(st.lists(JSON | WIRE, max_size=4))
def test_a_page_reads_its_rows_as_each_would_be_read_alone(wires: list[Any]) -> None:
    assert read_configurations(wires) == [Configuration.from_wire(wire) for wire in wires]


@given(WIRE)
def test_whatever_comes_and_cannot_be_read_is_a_problem(wire: dict[str, Any]) -> None:
    row = Configuration.from_wire(wire)
    names = dict(zip(FIELDS, TYPES, strict=False))
    for field, value in wire.items():
        if field in names and value is not None and getattr(row, names[field]) is None:
            assert any(problem.startswith(f"{field}: expected") for problem in row.problems)


@given(st.lists(JSON, max_size=3))
def test_any_json_value_is_an_engine(values: list[Any]) -> None:
    wire = dict(zip(("engine_type", "engine_id", "engine_name"), values, strict=False))
    assert isinstance(Engine.from_wire(wire).problems, tuple)
    assert isinstance(Engine.from_wire(values).problems, tuple)


@given(st.lists(WIRE, max_size=3))
@example([{"config_desc": "\ud800"}])
@example([{"config_desc": "\\ud800 😀 \udc00"}])
@example([{"engine_id": 10**5000}])
@example([{"owner": [[[[[[{"a": "\udfff"}]]]]]]}])
def test_a_page_over_http_keeps_every_row(rows: list[dict[str, Any]]) -> None:
    sent = {"config_total_count": len(rows), "configs": rows}
    body = re.sub("12345678987654321", "9" * 5_000, json.dumps(_without_huge(sent))).encode()
    with ScriptedService(lambda _: Reply(200, body)) as service, service.client() as client:
        page = client.list_configurations()
    assert len(page.configurations) == len(rows)
    for configuration in page.configurations:
        json.dumps(dict(configuration.raw), ensure_ascii=False).encode()


def _without_huge(value: Any) -> Any:
    """Python itself refuses to write so long a number."""
    if isinstance(value, dict):
        return {key: _without_huge(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_huge(item) for item in value]
    return 12345678987654321 if value == 10**5000 else value


@pytest.mark.parametrize(
    ("document", "value"),
    [
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d"', "\ufffd"),
        (r'"\udE00\ud83D"', "\ufffd\ufffd"),
        (r'"\ud83d\u0041"', "\ufffdA"),
        (r'"\\ud83d"', r"\ud83d"),
        (r'"\\\ud83d"', "\\\ufffd"),
        ('"\ufeffé"', "\ufeffé"),
        ("9" * 5_000, float("inf")),
    ],
)
def test_json_that_python_would_choke_on(document: str, value: Any) -> None:
    assert parse_json(document.encode()) == value


@pytest.mark.parametrize(
    ("wire", "name", "value"),
    [
        ({"engine_id": "13"}, "engine_id", 13),
        ({"engine_id": " 13 "}, "engine_id", 13),
        ({"engine_id": "13.0"}, "engine_id", 13),
        ({"engine_id": 13.0}, "engine_id", 13),
        ({"engine_id": "-1"}, "engine_id", -1),
        ({"engine_id": None}, "engine_id", None),
        ({"config_desc": None}, "description", None),
        ({"create_time": None}, "created_at", None),
        ({"create_time": "1524189990635"}, "created_at", datetime(2018, 4, 20, 2, 6, 30, 635_000, UTC)),
        ({"create_time": 1524189990635.0}, "created_at", datetime(2018, 4, 20, 2, 6, 30, 635_000, UTC)),
        ({"config_name": "a<b>"}, "name", "a<b>"),
    ],
)
def test_what_can_be_read_is_no_problem(wire: dict[str, Any], name: str, value: object) -> None:
    (row,) = read_configurations([{"config_name": "a"} | wire])
    assert getattr(row, name) == value
    assert row.problems == ()


@pytest.mark.parametrize(
    ("wire", "name", "problem"),
    [
        ({"create_time": 0}, "created_at", "create_time: expected milliseconds between 2000 and 2100, got 0"),
        (
            {"create_time": -1},
            "created_at",
            "create_time: expected milliseconds between 2000 and 2100, got -1",
        ),
        ({"create_time": 32503680000000}, "created_at", "got 32503680000000"),
        ({"create_time": 1524189990}, "created_at", "got 1524189990"),
        ({"create_time": "yesterday"}, "created_at", "got 'yesterday'"),
        ({"create_time": True}, "created_at", "got True"),
        ({"engine_id": True}, "engine_id", "engine_id: expected a whole number, got True"),
        ({"engine_id": 1.5}, "engine_id", "got 1.5"),
        ({"engine_id": 2**63}, "engine_id", "got a number beyond 64 bits"),
        ({"engine_id": "१३"}, "engine_id", "engine_id: expected a whole number"),
        ({"engine_type": [1]}, "engine_type", "got an array of 1"),
        ({"config_desc": {"a": 1}}, "description", "config_desc: expected text, got an object of 1"),
        ({"config_name": 7}, "name", "config_name: expected text, got 7"),
        ({"config_name": None}, "name", "config_name: missing"),
        ({"user_command": "x", "engine_name": 1e400}, "engine_name", "engine_name: expected text, got inf"),
    ],
)
def test_what_cannot_be_read_is_none_and_listed(wire: dict[str, Any], name: str, problem: str) -> None:
    (row,) = read_configurations([{"config_name": "a"} | wire])
    assert getattr(row, name) is None
    assert len(row.problems) == 1
    assert problem in row.problems[0]


def test_nested_parts_of_a_detail_are_read_as_tolerantly() -> None:
    wire = {
        "config_name": "a",
        "parameter": [{"label": "p", "value": None}, {"label": 3, "value": [1]}, "x"],
        "data_source": {"type": "obs"},
        "volumes": [
            {"nfs": {"src_path": 5, "read_only": "TRUE"}},
            {"nfs": None},
            {"host_path": {"read_only": 7}},
        ],
    }
    detail = ConfigurationDetail.from_wire(wire)
    assert [parameter.value for parameter in detail.parameters] == [None, [1]]
    assert detail.data_sources == ()
    assert [volume.read_only for volume in detail.volumes] == [True, False]
    assert detail.problems == (
        "parameter[1].label: expected text, got 3",
        "parameter[2]: expected an object, got 'x'",
        "data_source: expected an array, got an object of 1",
        "volumes[0].nfs.src_path: expected text, got 5",
        "volumes[1]: expected an object under nfs or host_path",
        "volumes[2].host_path.read_only: expected true or false, got 7",
    )


def test_rows_cannot_be_changed() -> None:
    row = read_configurations([{"config_name": "a", "owner": "me"}])[0]
    assert isinstance(row.raw, MappingProxyType)
    assert row.raw["owner"] == "me"
    with pytest.raises(AttributeError):
        row.name = "b"  # type: ignore[misc]  # that is the point
    with pytest.raises(TypeError):
        row.raw["owner"] = "you"  # type: ignore[index]  # that is the point


def test_a_row_that_is_read_the_fast_way_is_like_any_other() -> None:
    wire = {"config_name": "a", "create_time": 1524189990635, "engine_id": 4}
    fast, slow = read_configurations([wire])[0], Configuration.from_wire(wire)
    assert type(fast) is Configuration
    assert (fast, repr(fast), hash(fast)) == (slow, repr(slow), hash(slow))
    assert pickle.loads(pickle.dumps(fast)) == slow


@pytest.mark.parametrize("milliseconds", [946_684_800_000, 1524189990635, 1524189990001, 4_102_444_799_999])
def test_times_are_exact_to_the_millisecond(milliseconds: int) -> None:
    wire = {"config_name": "a", "create_time": milliseconds}
    fast = read_configurations([wire])[0].created_at
    assert fast == Configuration.from_wire(wire).created_at
    assert fast is not None
    assert fast.microsecond == milliseconds % 1000 * 1000
