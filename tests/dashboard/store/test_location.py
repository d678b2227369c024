"""Which database holds, and what of its URL may be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.store.errors import DatabaseUnreachableError, DatabaseUrlError
from dashboard.store.failures import failure_of
from dashboard.store.location import database_url, read_location

HOME = {"HOME": "/home/anna"}
SECRET = "Hunter2"


@pytest.mark.parametrize(
    ("environment", "configured", "url"),
    [
        (HOME, "", "sqlite:////home/anna/.local/state/modelarts-dashboard/dashboard.db"),
        (HOME | {"XDG_STATE_HOME": "/s"}, "", "sqlite:////s/modelarts-dashboard/dashboard.db"),
        (HOME | {"XDG_STATE_HOME": "relative"}, "", database_url(HOME)),
        (HOME | {"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}, "", "sqlite:////var/lib/a/dashboard.db"),
        (HOME | {"STATE_DIRECTORY": "/var/lib/a"}, "postgresql://h/d", "postgresql://h/d"),
        (HOME | {"DASHBOARD_DATABASE_URL": "sqlite:////x"}, "postgresql://h/d", "sqlite:////x"),
        (HOME | {"DASHBOARD_DATABASE_URL": " "}, "postgresql://h/d", "postgresql://h/d"),
    ],
)
def test_the_environment_wins_then_the_settings_then_a_folder(
    environment: dict[str, str], configured: str, url: str
) -> None:
    assert database_url(environment, configured) == url


def test_without_any_folder_the_error_names_the_variable() -> None:
    with pytest.raises(DatabaseUrlError, match="DASHBOARD_DATABASE_URL"):
        database_url({})


def test_three_slashes_are_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_location("sqlite:///a b.db").file == tmp_path / "a b.db"
    assert read_location("sqlite:////a/b.db").file == Path("/a/b.db")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "PostgreSQL"])
def test_every_usual_scheme_of_postgresql_means_psycopg(scheme: str) -> None:
    location = read_location(f"{scheme}://anna:{SECRET}@db.example:5433/audit?sslmode=require")
    assert location.words == "PostgreSQL database audit at db.example, port 5433"
    assert location.url is not None
    assert location.url.drivername == "postgresql+psycopg"
    assert location.url.password == SECRET


@pytest.mark.parametrize(
    "url",
    [
        "",
        "dashboard.db",
        SECRET,
        f"mysql://anna:{SECRET}@db/audit",
        f"postgresql+asyncpg://anna:{SECRET}@db/audit",
        f"postgresql://anna:{SECRET}@db",
        f"postgresql://anna:{SECRET}@db:port/audit",
        f"postgresql://anna:{SECRET}@db:99999/audit",
        f"postgresql://anna:a@{SECRET}@db/audit",
        f"postgresql://anna:a@{SECRET}/x@db/audit",
        f"postgresql://anna:a/{SECRET}@x@db/audit",
        f"postgresql://anna:a@b?{SECRET}@db/audit",
        f"postgresql://anna:{SECRET}\n@db/audit",
        f"postgresql://anna:{SECRET}\ud800@db/audit",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://dashboard.db",
        "sqlite:///folder/",
        "sqlite:///file:x.db",
        "sqlite:///x.db?mode=ro",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        read_location(url)
    assert SECRET not in f"{caught.value}{caught.value.args}{caught.value.__cause__}"
    assert "sqlite:////" in caught.value.remedy or "slashes" in caught.value.problem


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://anna:{SECRET}@db/audit",
        f"postgresql://anna@db/audit?password={SECRET}&sslpassword={SECRET}",
    ],
)
def test_a_location_shows_neither_password_nor_options(url: str) -> None:
    location = read_location(url)
    assert SECRET in location.secrets
    assert SECRET not in f"{location!r}{location.words}{location.url!r}"


def test_a_drivers_words_are_told_without_the_password() -> None:
    location = read_location(f"postgresql://anna:{SECRET}@db/audit")
    error = failure_of(OSError(f'invalid integer value "{SECRET}"\n for option'), location)
    assert isinstance(error, DatabaseUnreachableError)
    assert str(error).startswith(
        'PostgreSQL database audit at db cannot be opened: invalid integer value "•••" for option. Check'
    )
