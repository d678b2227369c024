"""The connection screen: the facts, what the requests have come to, and the test of the connection."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from dashboard.data import projects
from dashboard.history.taker import taker
from modelarts_local import LocalService
from modelarts_local.authorisation import AccessKeyAuthorisation, PasswordAuthorisation
from tests.screens import naive
from tests.screens.conftest import TOKEN
from tests.screens.opened import SECONDS, Opened

ONE = "../pages/connection.py"
Open = Callable[..., Opened]
PASSED = {
    "name resolution": "Passed",
    "TCP connection": "Passed",
    "TLS": "Not assessed",
    "clock": "Passed",
    "authentication": "Passed",
    "permission": "Passed",
    "first page": "Passed",
}


def on_connection_screen(screen: Opened) -> Opened:
    """Go to the connection screen."""
    screen.app.switch_page(ONE)
    return screen.settle()


def facts(screen: Opened) -> dict[str, str]:
    """Every label on the screen with its value."""
    html = "".join(str(element.proto.body) for element in screen.app.get("html"))
    pairs = re.findall(r"<dt[^>]*><bdi>(.*?)</bdi></dt><dd[^>]*><bdi>(.*?)</bdi></dd>", html)
    return {unescape(label): unescape(value) for label, value in pairs}


def steps(screen: Opened) -> dict[str, str]:
    """The steps of the test by name, with how each came out."""
    found = [re.match(r":material/\w+: \*\*(.+?)\*\* · ([^·]+)", text.value) for text in screen.app.markdown]
    return {step[2].strip(): step[1] for step in found if step}


def after_test(screen: Opened) -> Opened:
    """Press the button and wait for the verdict."""
    screen.app.button(key="test_connection").click()
    limit = time.monotonic() + SECONDS
    screen.run()
    while "Testing…" in [text.value for text in screen.app.text]:
        assert time.monotonic() < limit, "the test does not end"
        time.sleep(0.05)
        screen.run()
    return screen


def verdict(screen: Opened) -> str:
    return next(text.value for text in screen.app.text if text.value.startswith("The test of"))


def test_it_tells_the_facts(own_overview: Open, own_service: LocalService) -> None:
    screen = own_overview()
    assert taker().wait(SECONDS)
    told = facts(on_connection_screen(screen))
    loaded = told.pop("Loaded at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, snapshot 1", told.pop("Last change seen"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, just now", loaded)
    assert re.fullmatch(r"\d\.\d\d s", told.pop("Time taken"))
    assert told == {
        "Connection": "environment",
        "Configured in": "environment",
        "Endpoint": own_service.url,
        "Project": own_service.project_id,
        "Credentials": "token",
        "Configurations": "60 of 60 reported",
        "Complete": "yes",
        "Details": "turned off in the settings",
        "Requests made for it": "1",
        "Rows with a problem": "0",
        "Taken": "after each load",
        "Kept": "those of 90 days, and the last 30",
        "This server's clock": "agrees with the service's",
    }


def test_requests_latency_and_failures_are_counted(own_overview: Open, own_service: LocalService) -> None:
    screen = own_overview()
    with own_service.fail(503, headers={"Retry-After": "0"}):
        screen.click("refresh")
    with own_service.fail(403):
        screen.click("refresh")
    on_connection_screen(screen)
    figures = {metric.label: metric.value for metric in screen.app.metric}
    asked = len(own_service.requests)
    assert (figures["Requests"], figures["Failed"]) == (str(asked), "5")
    # The table's own page is asked for, too, when the load is not over at the first look.
    assert len([call for call in naive.lists(own_service) if call.query["per_page"] != "25"]) == 6
    assert all(
        re.fullmatch(r"\d+ ms|\d+\.\d\d s", figures[name]) for name in ("Median latency", "95th percentile")
    )
    codes, last = (grid.value for grid in screen.app.dataframe)
    assert codes.to_numpy().tolist() == [["ModelArts.0010", 4], ["ModelArts.0108", 1]]
    assert last["Code"].tolist() == ["ModelArts.0108"] + ["ModelArts.0010"] * 4
    assert last["HTTP"].tolist() == ["403"] + ["503"] * 4
    assert last["Attempt"].tolist() == ["1", "4", "3", "2", "1"]
    assert all(re.fullmatch("[0-9a-f]{32}", request_id) for request_id in last["Request id"])
    assert last["Request"].str.endswith("/training-job-configs, page 1").all()
    assert TOKEN not in screen.everything()


def test_nothing_failed_is_no_table(own_overview: Open) -> None:
    assert not on_connection_screen(own_overview()).app.dataframe


def test_a_good_connection_passes_every_step(own_overview: Open, own_service: LocalService) -> None:
    screen = on_connection_screen(own_overview())
    assert "Not tested since the dashboard was started." in [text.value for text in screen.app.text]
    after_test(screen)
    assert steps(screen) == PASSED
    assert verdict(screen).endswith("found nothing wrong.")
    assert not screen.app.button(key="test_connection").disabled
    asked = [request.query["per_page"] for request in naive.lists(own_service)]
    # The table's own page is asked for, too, when the load is not over at the first look.
    assert [size for size in asked if size != "25"] == ["1000", "1"]


FAILED: dict[str, tuple[dict[str, Any], str, str]] = {
    "401": ({"status": 401}, "authentication", "The token"),
    "403": ({"status": 403}, "permission", "modelarts:trainConfig:list"),
    "503": ({"status": 503}, "first page", "Retry in a minute"),
    "HTML": ({"status": 200, "body": "<html>Sign in</html>"}, "first page", "proxy"),
}


@pytest.mark.parametrize(("fault", "step", "remedy"), FAILED.values(), ids=FAILED)
def test_a_failed_step_has_its_remedy(
    own_overview: Open, own_service: LocalService, fault: dict[str, Any], step: str, remedy: str
) -> None:
    screen = on_connection_screen(own_overview())
    with own_service.fail(**fault):
        after_test(screen)
    assert steps(screen)[step] == "Failed"
    (error,) = [error.value for error in screen.app.error]
    assert remedy in error
    assert verdict(screen).endswith(f"failed at {step}.")
    assert steps(after_test(screen)) == PASSED


def test_a_closed_port_fails_at_the_connection_and_leaves_the_rest_open(connect: Callable[..., None]) -> None:
    connect("http://127.0.0.1:9", "p")
    screen = after_test(on_connection_screen(Opened().settle()))
    assert list(steps(screen).items())[:3] == [
        ("name resolution", "Passed"),
        ("TCP connection", "Failed"),
        ("TLS", "Not assessed"),
    ]
    assert [error.value for error in screen.app.error if "Nothing takes a connection there." in error.value]


def test_presses_while_it_runs_are_one_test_that_every_viewer_sees(
    own_overview: Open, own_service: LocalService
) -> None:
    screen, other = on_connection_screen(own_overview()), on_connection_screen(own_overview())
    held = own_service.fail(503, delay_s=2)
    before = len(own_service.requests)
    for viewer in (screen, other):  # the other's button has not been drawn again since the first press
        viewer.app.button(key="test_connection").click()
        viewer.run()
        assert "Testing…" in [text.value for text in viewer.app.text]
        assert viewer.app.button(key="test_connection").disabled
    held.lift()
    while "Testing…" in [text.value for text in other.run().app.text]:
        time.sleep(0.05)
    assert steps(screen.run()) == steps(other)
    assert len(own_service.requests) == before + 1


# Credentials that are refused are sent again when a person asks for it, and never by themselves.


@pytest.fixture
def key_service() -> Iterator[LocalService]:
    with LocalService(5, auth=AccessKeyAuthorisation()) as running:
        yield running


@pytest.fixture
def login_service() -> Iterator[LocalService]:
    with LocalService(5, auth=PasswordAuthorisation()) as running:
        yield running


def attempts_with(screen: Opened, count: Callable[[], int]) -> list[int]:
    """Refused attempts so far: after opening, five automatic renewals, Retry, Refresh, and three tests."""
    counted = [count()]
    for _ in range(5):
        time.sleep(0.25)
        screen.settle()
    counted.append(count())
    for key in ("retry", "refresh"):
        counted.append(count() if screen.click(key) else -1)
    on_connection_screen(screen)
    for _ in range(3):
        after_test(screen)
    counted.append(count())
    return counted


def test_a_wrong_secret_key_is_tried_only_by_a_person(
    key_service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "RETRY_SECONDS", 0.2)
    authorisation = key_service.authorisation
    assert isinstance(authorisation, AccessKeyAuthorisation)
    wrong = key(key_service, secret_key="wrong-secret-of-a-screen-test")
    screen = Opened(secrets={"connections": {"key": wrong}}).settle()
    assert "Check the access key and the secret key" in screen.notices()
    assert "Nothing is signed with this key until it is tried again" in screen.notices()
    assert attempts_with(screen, lambda: authorisation.failed_signatures) == [1, 1, 2, 3, 3]
    assert "wrong-secret-of-a-screen-test" not in screen.everything()


def test_a_wrong_password_is_tried_only_by_a_person(
    login_service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "RETRY_SECONDS", 0.2)
    authorisation = login_service.authorisation
    assert isinstance(authorisation, PasswordAuthorisation)
    screen = Opened(
        secrets={"connections": {"login": login(login_service, password="wrong-password")}}
    ).settle()
    assert "IAM did not accept the user name, the password" in screen.notices()
    assert attempts_with(screen, lambda: authorisation.iam.failed_logins) == [1, 1, 2, 3, 3]
    assert "wrong-password" not in screen.everything()


def key(service: LocalService, **changes: Any) -> dict[str, Any]:
    """The table of an access key."""
    authorisation = service.authorisation
    assert isinstance(authorisation, AccessKeyAuthorisation)
    return {
        "endpoint": service.url,
        "project_id": service.project_id,
        "access_key": authorisation.access_key,
        "secret_key": authorisation.secret_key,
        **changes,
    }


def login(service: LocalService, **changes: Any) -> dict[str, Any]:
    """The table of a user and password, for a project that is known by its name."""
    authorisation = service.authorisation
    assert isinstance(authorisation, PasswordAuthorisation)
    return {
        "endpoint": service.url,
        "iam_endpoint": service.iam_url,
        "project_name": authorisation.project_name,
        "username": authorisation.username,
        "password": authorisation.password,
        "domain": authorisation.domain,
        **changes,
    }


def test_a_project_by_its_name_is_asked_for_in_the_background(login_service: LocalService) -> None:
    """IAM does not answer within this test: a viewer who waited for it would fail the test."""
    silent = login_service.fail(silent=True, path_contains="/v3/auth/tokens")
    screen = Opened(secrets={"connections": {"login": login(login_service)}}).run()
    assert screen.under_way()
    assert not screen.app.error
    assert "local_project" in screen.everything()
    silent.lift()
    login_service.stop()


def test_a_project_by_its_name_is_loaded_and_its_logins_are_counted(login_service: LocalService) -> None:
    screen = Opened(secrets={"connections": {"login": login(login_service)}}).settle()
    assert screen.range_text() == "1–5 of 5"
    on_connection_screen(screen)
    told = facts(screen)
    assert told["Project's name"] == "local_project"
    assert told["Credentials"] == "password of local-user in local-domain"
    sent = len(login_service.requests) + len(login_service.iam_requests)
    assert {metric.label: metric.value for metric in screen.app.metric}["Requests"] == str(sent)
    assert len(login_service.iam_requests) == 1
    assert login(login_service)["password"] not in screen.everything()


def test_a_token_that_expires_in_the_middle_is_renewed_and_nobody_notices() -> None:
    with LocalService(2_100, auth=PasswordAuthorisation()) as service:
        expired = {
            "is_success": False,
            "error_code": "ModelArts.0202",
            "error_message": "The token has expired.",
        }
        service.fail(401, expired, times=1, path_contains="per_page=1000&page=2&")
        screen = Opened(secrets={"connections": {"login": login(service)}}).settle()
        assert screen.notices() == ""
        assert screen.figures()["Configurations"] == "2,100"
        assert len(service.iam_requests) == 2


def test_a_refusal_outlives_a_change_of_the_settings_elsewhere(key_service: LocalService) -> None:
    """Neither is the key tried by itself then, nor is Retry without effect."""
    authorisation = key_service.authorisation
    assert isinstance(authorisation, AccessKeyAuthorisation)
    wrong = key(key_service, secret_key="a-third-wrong-secret")
    screen = Opened(secrets={"connections": {"key": wrong}}).settle()
    screen.app.secrets = {"connections": {"key": {**wrong, "label": "Renamed"}}}
    screen.settle()
    assert "Renamed" in screen.everything()
    assert authorisation.failed_signatures == 1
    screen.click("retry")
    assert authorisation.failed_signatures == 2


def test_the_right_key_after_a_change_of_the_settings_works_at_once(key_service: LocalService) -> None:
    wrong = key(key_service, secret_key="another-wrong-secret")
    screen = Opened(secrets={"connections": {"key": wrong}}).settle()
    assert "Check the access key" in screen.notices()
    screen.app.secrets = {"connections": {"key": key(key_service)}}
    screen.settle()
    assert screen.notices() == ""
    assert screen.range_text() == "1–5 of 5"
