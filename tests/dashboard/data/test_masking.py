"""What comes in at the door has no secret any more, whatever field it stood in; the rest is as it came."""

from __future__ import annotations

import logging
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.connections import read_settings
from dashboard.connections.masked_paths import masked_path
from dashboard.data import analysis, masking, rows
from dashboard.data.failures import failure, masked_errors
from dashboard.data.failures import step as masked_step
from dashboard.data.masking import mask_record, mask_records
from dashboard.data.projects import Projects
from dashboard.data.view import Facets, View
from dashboard.parsing.secrets import fingerprint
from modelarts_api import (
    ApiError,
    Configuration,
    ConfigurationDetail,
    InvalidResponseError,
    ResultPage,
    Step,
    TransportError,
)
from modelarts_api.errors import undocumented_failure
from modelarts_local import LocalService
from tests.dashboard.builders import EXAMPLES, inventory_of
from tests.dashboard.parsing.secret_values import KINDS

SK = KINDS["sk"](Random(8))
KEY = bytes(range(32))
MASK = "••• (secret key, 40 characters)"
FIELDS = ("config_name", "config_desc", "engine_name", "engine_version", "user_image_url", "user_command")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(["", "resnet", f"--sk {SK}", f"AK=1 SK={SK}", "key", "password"]),
    st.lists(st.sampled_from([f"--sk {SK}", "plain"]), max_size=2),
    st.dictionaries(
        st.sampled_from(["value", "label", "SECRET_KEY"]), st.sampled_from([f"--sk {SK}", "sk"]), max_size=3
    ),
)
NAMES = st.sampled_from([*FIELDS, "value", "label", "SECRET_KEY", f"--sk {SK}", "token", "create_time"])


def arrived(*wires: dict[str, Any]) -> rows.Rows:
    return rows.arrived([Configuration.from_wire(wire) for wire in wires], KEY)


@pytest.mark.parametrize("field", FIELDS)
def test_a_secret_in_any_field_of_the_list_is_in_nothing_behind_the_door(field: str) -> None:
    found = arrived({"config_name": "a"}, {"config_name": "b", field: f"run --sk {SK}"})
    assert SK not in f"{found.frame.to_dict()}{found.records}{found.secrets}"
    assert found.records[1][field] == f"run --sk {MASK}"
    assert MASK in str(found.frame.to_dict())
    assert list(found.secrets) == [1]
    secret = found.secrets[1][0]
    assert (secret.field, secret.kind, secret.length) == (field, "secret key", 40)
    assert found.records[1][field][secret.start : secret.end] == MASK
    assert secret.fingerprint == fingerprint(SK, KEY)


@EXAMPLES
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=5), max_size=6))
def test_many_records_are_masked_as_each_is_alone(records: list[dict[str, Any]]) -> None:
    masked = mask_records(records, KEY)
    assert list(masked.records) == [mask_record(record, KEY)[0] for record in records]
    assert SK not in repr(masked)
    for position, record in enumerate(records):
        assert sorted(map(repr, masked.secrets.get(position, ()))) == sorted(
            map(repr, mask_record(record, KEY)[1])
        )
        assert (masked.records[position] != record) == (position in masked.changed)


def test_pieces_of_many_records_are_masked_as_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[dict[str, Any]] = [
        {"config_name": f"c{number}", "user_command": f"run --sk {SK}" if number % 3 == 0 else "run"}
        for number in range(11)
    ]
    whole = mask_records(records, KEY)
    monkeypatch.setattr(masking, "ROWS_AT_ONCE", 4)
    pieces = mask_records(records, KEY)
    assert pieces.records == whole.records
    assert (pieces.secrets, pieces.changed) == (whole.secrets, [0, 3, 6, 9])


@pytest.mark.parametrize("rest", [{}, {"odd": {"n": 1}}])
def test_a_secret_is_masked_where_only_another_field_announces_it(rest: dict[str, Any]) -> None:
    found = arrived({"config_name": "a", "user_command": f"--sk {SK}", "config_desc": f"my {SK}.", **rest})
    assert found.records[0]["config_desc"] == f"my {MASK}."
    assert len({secret.fingerprint for secret in found.secrets[0]}) == 1


def test_what_was_not_read_is_told_without_secrets() -> None:
    found = arrived({"config_name": "a", "config_desc": [f"--sk {SK}"]})
    problems = found.frame["problems"].iloc[0]
    assert "config_desc" in problems
    assert SK[:8] not in problems


def test_a_record_without_secrets_is_as_it_came() -> None:
    wire = {"config_name": "a", "parameter": [{"label": "lr", "value": 0.1}], "odd": {"n": None}}
    found = arrived(wire)
    assert found.records == (wire,)
    assert not found.secrets


def test_first_rows_are_masked() -> None:
    page = ResultPage((Configuration.from_wire({"config_name": "a", "user_command": f"--sk {SK}"}),), 1, None)  # type: ignore[arg-type]
    assert rows.first_rows(page, KEY).frame["command"].tolist() == [f"--sk {MASK}"]


def test_no_search_tells_a_secret_by_its_pieces() -> None:
    found = inventory_of({"config_name": "a", "user_command": f"--sk {SK}"})
    for text, count in ((SK[:6], 0), (SK, 0), ("secret key", 1)):
        mask = analysis.matching(found.frame, Facets.of(contains=text))
        assert mask.sum() == count, text


def test_details_are_masked_in_every_field() -> None:
    wire = {
        "config_name": "a",
        "parameter": [{"label": "SECRET_KEY", "value": SK}, {"label": "n", "value": 1}],
        "env_variables": {"SECRET_KEY": SK},
        "volumes": [{"nfs": {"src_path": f"--sk {SK}"}}],
        "app_url": f"--sk {SK}",
        "unknown": [[f"--sk {SK}"]],
    }
    found = rows.detail(ConfigurationDetail.from_wire(wire), KEY)
    assert SK not in repr(found)
    assert SK not in repr(dict(found.record))
    assert found.configuration.parameters[0].value == MASK
    assert found.configuration.parameters[1].value == 1
    assert {secret.field for secret in found.secrets} == {
        "parameter[SECRET_KEY].value",
        "env_variables[SECRET_KEY]",
        "volumes[0].nfs.src_path",
        "app_url",
        "unknown[0][0]",
    }


@pytest.mark.parametrize(
    "error",
    [
        ApiError(400, "ModelArts.0104", f"wrong command: run --sk {SK}"),
        ApiError(400, "ModelArts.0104", f"{'x ' * 970} --sk {SK}"[:2000]),
        InvalidResponseError("no JSON", 200, f'{{"config_name": "a", "user_command": "run --sk {SK}"'),
        InvalidResponseError("no JSON", 200, f"{'x ' * 85}--sk {SK}"[:200]),
        TransportError(f"cannot connect to https://me:{SK}@host/"),
        undocumented_failure(502, f"<html>--sk {SK}", None),
        undocumented_failure(502, f"{'x ' * 85}{{'sk': '{SK}"[:200], None),
    ],
)
def test_an_error_quotes_no_secret(error: Any) -> None:
    assert SK[:8] in f"{error}{error.args}"
    masked = failure(error)
    shown = f"{masked}{masked!r}{masked.args}{vars(masked)}"
    assert not [SK[i : i + 8] for i in range(33) if SK[i : i + 8] in shown]


def test_masked_errors_lets_everything_else_through() -> None:
    with pytest.raises(TransportError, match="•••"), masked_errors():
        raise TransportError(f"--sk {SK}")
    with pytest.raises(KeyError), masked_errors():
        raise KeyError(1)


def test_a_step_of_the_test_quotes_no_secret() -> None:
    error = ApiError(400, None, f"run --sk {SK}")
    found = masked_step(Step("first page", "failed", 1.0, str(error), error))
    assert SK[:8] not in f"{found}"
    assert MASK in found.detail


def test_a_name_with_a_secret_can_be_asked_for_by_its_mask_and_is_logged_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = f"train --sk {SK}"
    wires = [{"config_name": "a"}, {"config_name": name}]
    caplog.set_level(logging.INFO, "modelarts_api")
    with LocalService(wires) as service:
        table = {"endpoint": service.url, "project_id": service.project_id, "token": "own-0123456789"}
        (connection,) = read_settings({"connections": {"a": table}}, {}).connections
        project = Projects().project(connection)
        assert project.inventory(View()).wait(60)
        shown = f"train --sk {MASK}"
        job = project.detail(shown, "custom")
        assert job.wait(60)
        assert job.state.result is not None
        assert job.state.result.configuration.name == shown
        missing = project.detail(name, "custom")
        assert missing.wait(60)
    assert "training-job-configs/***" in caplog.text
    assert SK[:8] not in caplog.text


def test_only_names_with_secrets_are_hidden_in_paths() -> None:
    assert (
        masked_path("/v1/0123/training-job-configs/resnet%20a?x=1")
        == "/v1/0123/training-job-configs/resnet%20a?x=1"
    )
    assert masked_path(f"/v1/0/training-job-configs/--sk%20{SK}?x=1") == "/v1/0/training-job-configs/***?x=1"
