"""What is kept of each connection: one job for the same question, and nothing once it has gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import secrets_file
from dashboard.connections import Connection, read_settings
from dashboard.data.projects import MAX_INVENTORIES, Project, Projects
from dashboard.data.view import View
from modelarts_local import LocalService

SECONDS = 30.0


def connections(*names: str, endpoint: str = "http://127.0.0.1:1") -> tuple[Connection, ...]:
    """Connections of these names."""
    table = {"endpoint": endpoint, "project_id": "p", "token": "t"}
    return read_settings({"connections": dict.fromkeys(names, table)}, {}).connections


@pytest.fixture
def collection() -> Projects:
    return Projects()


def load(project: Project, search: str = "", config_type: str = "custom") -> object:
    """The job behind a view, which is not begun: nothing listens there."""
    return project._load(search, config_type)


def test_each_connection_search_and_type_has_its_one_load(collection: Projects) -> None:
    a, b = map(collection.project, connections("a", "b"))
    questions = [(a, "", "custom"), (b, "", "custom"), (a, "x", "custom"), (a, "", "sample")]
    loads = [load(*question) for question in questions]
    assert len(set(map(id, loads))) == len(questions)
    assert [load(*question) for question in questions] == loads


def test_the_longest_unused_load_goes_first(collection: Projects) -> None:
    (project,) = map(collection.project, connections("a"))
    first, second = (load(project, search) for search in ("first", "second"))
    for number in range(MAX_INVENTORIES - 2):
        load(project, str(number))
    assert load(project, "first") is first
    load(project, "one too many")
    assert load(project, "first") is first
    assert load(project, "second") is not second


def test_the_whole_of_every_connection_stays_whatever_is_searched(collection: Projects) -> None:
    """A screen shows all connections at once: with fifty of them none may push another out."""
    projects = list(map(collection.project, connections(*map(str, range(50)))))
    wholes = list(map(load, projects))
    for number in range(2 * MAX_INVENTORIES):
        load(projects[0], f"search {number}")
        load(projects[0], f"search {number}", "sample")
    assert list(map(load, projects)) == wholes


def test_what_was_loaded_of_a_connection_goes_with_it(
    collection: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secrets.toml"
    monkeypatch.setattr(secrets_file, "_file", secrets_file.SecretsFile([str(path)]))
    with LocalService(3) as service:
        table = f'endpoint = "{service.url}"\nproject_id = "{service.project_id}"\ntoken = "t"\n'
        path.write_text(f"[connections.kept]\n{table}[connections.gone]\n{table}")
        kept, gone = map(collection.project, collection.registry.settings().connections)
        for project in (kept, gone):
            assert project.inventory(View()).wait(SECONDS)
        assert gone.detail("nobody", "custom").wait(SECONDS)
        assert len(collection.ages()) == 2
        path.write_text(f"[connections.kept]\n{table}")
        collection.registry.settings()
    assert kept.whole() is not None
    assert gone.whole() is None
    assert len(collection.ages()) == 1
    assert collection.calls.all() == []
    assert collection.registry.client(kept.connection) is kept.client
    assert collection.registry.client(gone.connection) is not gone.client
