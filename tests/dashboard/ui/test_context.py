"""One question a run: who is looking, at which connection, in which view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dashboard.connections import Registry
from dashboard.data.projects import projects
from dashboard.server import rules
from dashboard.ui import context
from modelarts_local import LocalService
from tests.dashboard.guarded import options
from tests.screens.opened import Opened


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[LocalService]:
    """A project that the dashboard of this test is connected to."""
    projects.cache_clear()
    with LocalService(60, seed=3) as running, options({"secrets.files": [str(tmp_path / "secrets.toml")]}):
        monkeypatch.setenv("MODELARTS_ENDPOINT", running.url)
        monkeypatch.setenv("MODELARTS_PROJECT_ID", running.project_id)
        monkeypatch.setenv("MODELARTS_TOKEN", "token-that-nobody-may-see")
        yield running
    projects.cache_clear()


def test_each_question_is_asked_once_a_run(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Opened({"config": "nothing-of-this-name", "engine": "PyTorch"}).settle()
    asked: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            asked[name] += 1
            return function(*arguments)

        return call

    monkeypatch.setattr(rules, "policy", counted("policy", rules.policy))
    monkeypatch.setattr(context, "asked_view", counted("view", context.asked_view))
    monkeypatch.setattr(Registry, "settings", counted("settings", Registry.settings))
    screen.app.run()
    assert not screen.app.exception
    assert asked == {"policy": 1, "view": 1, "settings": 1}


@pytest.mark.parametrize("told", ["Etc/Unknown", "Nowhere/Town", "../passwd", "UTC ", "\0", "x" * 5000, ""])
def test_a_time_zone_that_is_not_known_is_utc(service: LocalService, told: str) -> None:
    screen = Opened()
    screen.app.context["timezone"] = told
    screen.settle()
    assert not screen.app.exception
    assert screen.range_text() == "1–25 of 60"


def test_a_choice_that_is_nowhere_in_the_data_is_junk(service: LocalService) -> None:
    screen = Opened({"engine": "no such engine", "version": "nor version"}).settle()
    assert screen.range_text() == "1–25 of 60"
