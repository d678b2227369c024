"""What is configured decides what is shown: a connection, what is missing of one, or sample data."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config as st_config
from streamlit.runtime.secrets import Secrets

from modelarts_local import LocalService
from tests.screens.conftest import TOKEN
from tests.screens.opened import Opened

Open = Callable[..., Opened]
SCREENS = ("../pages/overview.py", "../pages/connection.py")


MISSING = {
    "endpoint": "endpoint is missing (or region)",
    "project_id": "project_id is missing",
    "token": "token is missing",
}
MISSING_VARIABLES = {
    "MODELARTS_ENDPOINT": "MODELARTS_ENDPOINT is missing (or MODELARTS_REGION)",
    "MODELARTS_PROJECT_ID": "MODELARTS_PROJECT_ID is missing",
    "MODELARTS_TOKEN": "credentials are missing: give MODELARTS_TOKEN, or MODELARTS_ACCESS_KEY and"
    " MODELARTS_SECRET_KEY, or MODELARTS_USERNAME, MODELARTS_PASSWORD and MODELARTS_DOMAIN",
}


@pytest.mark.parametrize("missing", MISSING_VARIABLES)
def test_an_incomplete_environment_names_what_is_missing_and_asks_nothing(
    own_service: LocalService,
    connect: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
) -> None:
    connect(own_service.url, own_service.project_id)
    monkeypatch.delenv(missing)
    screen = Opened().settle()

    assert [text.value for text in screen.app.text] == [f"• {MISSING_VARIABLES[missing]}"]
    assert_only_the_problem(screen)
    assert list(own_service.requests) == []


@pytest.mark.parametrize("missing", MISSING)
def test_an_incomplete_table_of_secrets_names_what_is_missing(
    own_service: LocalService, missing: str
) -> None:
    table = {"endpoint": own_service.url, "project_id": own_service.project_id, "token": TOKEN}
    screen = Opened(secrets={"connections": {"prod": {**table, missing: ""}}}).settle()

    assert [text.value for text in screen.app.text] == [f"• {MISSING[missing]}"]
    assert "prod" in screen.notices()
    assert_only_the_problem(screen)
    assert list(own_service.requests) == []


def assert_only_the_problem(screen: Opened, heading: str = "No connection can be used") -> None:
    assert [*screen.app.title, *screen.app.header][0].value == heading
    assert not screen.has_table()
    assert not screen.has_figures()
    assert "Sample data" not in screen.everything()
    assert TOKEN not in screen.everything()
    assert not screen.app.exception


def test_a_complete_table_of_secrets_connects(own_service: LocalService) -> None:
    table = {"endpoint": own_service.url, "project_id": own_service.project_id, "token": TOKEN}
    screen = Opened(secrets={"connections": {"prod": table}}).settle()

    assert screen.range_text() == "1–25 of 60"
    assert {request.headers["x-auth-token"] for request in own_service.requests} == {TOKEN}
    assert "Sample data" not in screen.everything()


@pytest.mark.usefixtures("sample_project")
def test_with_nothing_configured_every_screen_says_that_its_data_is_a_sample() -> None:
    screen = Opened().settle()
    for page in SCREENS:
        screen.app.switch_page(page)
        screen.settle()
        assert [info.value for info in screen.app.info if info.value.startswith("Sample data")]
        assert "Sample data" in str([html.proto for html in screen.app.sidebar.get("html")])
    assert not screen.app.exception


def test_the_token_is_in_no_element_of_any_screen(own_overview: Open, own_service: LocalService) -> None:
    screen = own_overview()
    name, sent = screen.names()[0], [screen.everything()]
    own_service.fail(401, {"error_code": "APIG.0301", "error_msg": f"token {TOKEN} was refused"}, times=2)
    screen.click("refresh")
    sent.append(screen.everything())
    screen.app.switch_page(SCREENS[1])
    screen.settle()
    sent.append(screen.everything())
    sent.append(own_overview(config=name).everything())

    assert "was refused" in sent[1]
    assert all(own_service.project_id in text for text in sent)
    assert [TOKEN in text for text in sent] == [False] * 4


def test_a_file_that_is_no_toml_is_told_and_never_sample_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connect: Callable[[str, str], None]
) -> None:
    """Streamlit itself takes a broken file for none; but it may say who may look, so nobody may."""
    connect("http://127.0.0.1:9", "p")
    broken = tmp_path / "secrets.toml"
    broken.write_text(f'[connections.a]\ntoken = "{TOKEN}\n', encoding="utf-8")
    screen = opened_with(broken, monkeypatch)
    (fault,) = [text.value for text in screen.app.text]
    reason = r"• secrets.toml cannot be read: it is not valid TOML \(line 2, column \d+\)"
    assert re.fullmatch(reason, fault)
    assert_only_the_problem(screen, "The dashboard is shut")


@pytest.mark.parametrize("content", [b"\xff\xfe[connections.a]", None], ids=["no UTF-8", "a folder"])
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    path = tmp_path / "secrets.toml"
    path.write_bytes(content) if content is not None else path.mkdir()
    screen = opened_with(path, monkeypatch)
    assert [text.value for text in screen.app.text] == [
        "• secrets.toml cannot be read: it is no text file that this user may read"
    ]
    assert_only_the_problem(screen, "The dashboard is shut")


def opened_with(path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Open the dashboard with this file of secrets."""
    monkeypatch.setattr(st, "secrets", Secrets())
    before = st_config.get_option("secrets.files")
    st_config.set_option("secrets.files", [str(path)])
    try:
        return Opened().settle()
    finally:
        st_config.set_option("secrets.files", before)
