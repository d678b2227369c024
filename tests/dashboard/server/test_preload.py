"""A server that has just started loads what its first viewer is going to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from dashboard.connections import VARIABLES
from dashboard.data.projects import projects
from dashboard.data.view import View
from dashboard.server import preload, rules
from modelarts_local import LocalService
from tests.dashboard.guarded import Secrets, secrets
from tests.screens.several import rows_of, table

__all__ = ["secrets"]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in (*VARIABLES, preload.VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    projects.cache_clear()
    yield
    projects.cache_clear()


@pytest.mark.parametrize(
    ("wish", "connections", "wanted"), [(None, 5, True), (None, 6, False), (True, 6, True), (False, 1, False)]
)
def test_up_to_five_connections_are_loaded_unless_it_is_told_otherwise(
    wish: bool | None, connections: int, wanted: bool
) -> None:
    assert preload.is_wanted(wish, connections) is wanted


@pytest.mark.parametrize(("text", "wish"), [("", None), (" True ", True), ("false", False)])
def test_the_environment_says_whether(monkeypatch: pytest.MonkeyPatch, text: str, wish: bool | None) -> None:
    monkeypatch.setenv(preload.VARIABLE, text)
    assert preload.configured() is wish


def test_what_is_neither_is_a_fault_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(preload.VARIABLE, "yes please")
    with pytest.raises(ValueError, match="DASHBOARD_PRELOAD must be true or false"):
        preload.configured()


def test_every_connection_is_loaded_whole_and_one_that_fails_holds_up_no_other(secrets: Secrets) -> None:
    with LocalService(rows_of("one", 30)) as first, LocalService(rows_of("two", 20)) as second:
        lines = []
        for name, service in {"gone": first, "there": second}.items():
            values = table(service) | ({"endpoint": "http://127.0.0.1:9"} if name == "gone" else {})
            lines += [
                f"[connections.{name}]",
                *(f"{key} = {json.dumps(value)}" for key, value in values.items()),
            ]
        secrets.write("\n".join(lines))
        rules.remember_start()
        preload._load()
        gone, there = projects().registry.settings().connections
        assert projects().state(gone, View()).error is not None
        found = projects().state(there, View()).result
    assert found is not None
    assert len(found.frame) == 20
