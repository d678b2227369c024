"""What is configured decides what is shown: a connection, what is missing of one, or sample data."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modelarts_api.local import LocalService
from tests.screens.conftest import TOKEN
from tests.screens.opened import Opened

Open = Callable[..., Opened]
SCREENS = ("../pages/overview.py", "../pages/connection.py")


@pytest.mark.parametrize("missing", ["MODELARTS_ENDPOINT", "MODELARTS_PROJECT_ID", "MODELARTS_TOKEN"])
def test_an_incomplete_environment_names_what_is_missing_and_asks_nothing(
    own_service: LocalService,
    connect: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
) -> None:
    connect(own_service.url, own_service.project_id)
    monkeypatch.delenv(missing)
    screen = Opened().settle()

    assert [text.value for text in screen.app.text] == [f"• {missing} is missing"]
    assert_only_the_problem(screen)
    assert list(own_service.requests) == []


@pytest.mark.parametrize("missing", ["endpoint", "project_id", "token"])
def test_an_incomplete_table_of_secrets_names_what_is_missing(
    own_service: LocalService, missing: str
) -> None:
    table = {"endpoint": own_service.url, "project_id": own_service.project_id, "token": TOKEN}
    screen = Opened(secrets={"connections": {"prod": {**table, missing: ""}}}).settle()

    assert [text.value for text in screen.app.text] == [f"• {missing} is missing"]
    assert "prod" in screen.notices()
    assert_only_the_problem(screen)
    assert list(own_service.requests) == []


def assert_only_the_problem(screen: Opened) -> None:
    assert screen.app.header[0].value == "No connection can be used"
    assert not screen.app.dataframe
    assert not screen.app.metric
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
        assert "Sample data" in str([markdown.value for markdown in screen.app.sidebar.markdown])
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


def test_the_connection_screen_tells_the_facts(own_overview: Open, own_service: LocalService) -> None:
    screen = own_overview()
    screen.app.switch_page(SCREENS[1])
    screen.settle()

    facts = dict(screen.app.dataframe[0].value.itertuples(index=False, name=None))
    assert facts["Endpoint"] == own_service.url
    assert facts["Project"] == own_service.project_id
    assert facts["Credentials"] == "token"
    assert facts["Configurations"] == "60 of 60 reported"
    assert facts["Complete"] == "yes"
    assert facts["Requests made for it"] == "1"
    assert facts["Rows with a problem"] == "0"
