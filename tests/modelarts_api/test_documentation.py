"""docs/wrapper.md is complete, and its examples run."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import modelarts_api
from modelarts_api import Client, DetailLoad
from modelarts_api.errors import TRANSPORT_KINDS
from modelarts_local import LocalService

DOCUMENT = (Path(modelarts_api.__file__).parents[1] / "docs" / "wrapper.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", DOCUMENT, flags=re.DOTALL)
NAMED = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", PROSE))))


def test_every_public_name_is_listed_and_no_other() -> None:
    listed = DOCUMENT.partition("## Public names")[2]
    assert set(re.findall(r"`(\w+)`", listed)) == set(modelarts_api.__all__)
    assert all(hasattr(modelarts_api, name) for name in modelarts_api.__all__)


def test_every_method_of_the_client_stands_there_with_its_parameters() -> None:
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if name.startswith("_"):
            continue
        (row,) = re.findall(rf"^\| `{name}\((.*?)\)` \|", DOCUMENT, re.MULTILINE)
        parameters = list(inspect.signature(method).parameters)[1:]
        assert [each for each in parameters if each not in row] == [], name
    settings = list(inspect.signature(Client).parameters)
    assert [each for each in settings if not each.startswith("_") and each not in NAMED] == []


def test_what_a_load_of_details_tells_and_what_a_connection_may_be_stand_there() -> None:
    assert {*DetailLoad.__dataclass_fields__, "complete"} <= NAMED
    table = DOCUMENT.partition("| `TransportError.kind` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z ]+)`", table)) == set(TRANSPORT_KINDS)


def test_every_option_of_the_local_service_stands_there() -> None:
    from modelarts_local.__main__ import _arguments

    options = {name for action in _arguments()._actions for name in action.option_strings if name[:2] == "--"}
    assert {name for name in options if f"`{name}" not in DOCUMENT} == {"--help"}


def test_the_examples_run_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    use, log, diagnosis = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    with LocalService(25, token="t") as service:
        names: dict[str, Any] = {
            "endpoint": service.url, "project_id": service.project_id, "token": "t"
        }  # fmt: skip
        exec(use, names)
        assert capsys.readouterr().out == "25 of 25 True\n25 details, 0 failed, 0 left\n"
        exec(diagnosis, names)
        assert "first page passed 1 of 25 read" in capsys.readouterr().out
    assert "getLogger" in log
