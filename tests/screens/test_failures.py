"""Each kind of failure says what happened, in the provider's words too, and what to do; Retry recovers."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from modelarts_api.local import LocalService
from tests.screens.opened import Opened

Open = Callable[..., Opened]
Connect = Callable[[str, str], None]
HTML = "<html><head><title>502</title></head><body><b>Bad</b> gateway</body></html>"


class Failure(NamedTuple):
    """An answer, and what the screen must say of it: our words, and the provider's."""

    status: int
    body: Any
    happened: str
    remedy: str
    facts: tuple[str, ...]


def gateway(code: str, message: str) -> dict[str, str]:
    """The API gateway's envelope."""
    return {"error_code": code, "error_msg": message, "request_id": "req-0f1e2d"}


def service_says(code: str, message: str) -> dict[str, Any]:
    """The service's own envelope."""
    return {"is_success": False, "error_code": code, "error_message": message}


FAILURES = {
    "401 token": Failure(
        401,
        service_says("ModelArts.0203", "The token is invalid."),
        "did not accept the credentials",
        "Get a new token",
        ("HTTP 401", "ModelArts.0203", "The token is invalid.", "request id"),
    ),
    "401 gateway": Failure(
        401,
        gateway("APIG.0301", "Incorrect IAM authentication information"),
        "did not accept the token or the signature",
        "this server's clock",
        ("HTTP 401", "APIG.0301", "Incorrect IAM authentication information", "request id req-0f1e2d"),
    ),
    "401 IAM": Failure(
        401,
        {
            "error": {
                "code": 401,
                "message": "The request requires authentication.",
                "title": "U",
            }
        },
        "did not accept the credentials",
        "Get a new token",
        ("HTTP 401", "requires authentication"),
    ),
    "400 no project": Failure(
        400,
        service_says("ModelArts.0204", "No project in the token."),
        "belongs to no project",
        "project scope",
        ("HTTP 400", "ModelArts.0204"),
    ),
    "403": Failure(
        403,
        service_says("ModelArts.0108", "No permission."),
        "may not read",
        "modelarts:trainConfig:list",
        ("HTTP 403", "ModelArts.0108", "No permission.", "request id"),
    ),
    "404": Failure(
        404,
        service_says("ModelArts.0210", "The project in the URL is not the token's."),
        "The project in the address is not",
        "project_id",
        ("HTTP 404", "ModelArts.0210", "request id"),
    ),
    "404 gateway": Failure(
        404,
        gateway("APIG.0101", "The API does not exist"),
        "knows no such project",
        "endpoint",
        ("HTTP 404", "APIG.0101", "request id req-0f1e2d"),
    ),
    "429": Failure(
        429,
        gateway("APIG.0308", "The throttling threshold has been reached: policy user over ratelimit,limit:9"),
        "throttling our requests",
        "Wait a minute",
        ("HTTP 429", "APIG.0308", "over ratelimit,limit:9"),
    ),
    "500": Failure(
        500,
        service_says("ModelArts.0010", "Internal error."),
        "The service failed",
        "request id",
        ("HTTP 500", "ModelArts.0010", "Internal error.", "request id"),
    ),
    "502 HTML": Failure(502, HTML, "The service failed", "Retry", ("HTTP 502", "<b>Bad</b> gateway")),
    "200 and a failure": Failure(
        200,
        service_says("ModelArts.0105", "Something is wrong."),
        "reported a failure",
        "support",
        ("HTTP 200", "ModelArts.0105", "Something is wrong."),
    ),
    "200 and HTML": Failure(
        200, "<html>Sign in</html>", "not one of this API", "proxy", ("HTTP 200", "<html>Sign in</html>")
    ),
    "302": Failure(302, "", "not one of this API", "endpoint", ("HTTP 302",)),
}
FAST = {"Retry-After": "0", "Location": "https://elsewhere.example/"}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_says_what_happened_and_what_to_do_and_retry_recovers(
    own_overview: Open, own_service: LocalService, failure: Failure
) -> None:
    fault = own_service.fail(failure.status, failure.body, FAST)
    screen = own_overview()

    (error,) = [error.value for error in screen.app.error]
    assert failure.happened in error
    assert failure.remedy in error
    (facts,) = [code.value for code in screen.app.code]
    assert [fact for fact in failure.facts if fact not in facts] == []
    assert_no_traceback(screen)
    assert not screen.app.metric

    fault.lift()
    screen.click("retry")
    assert screen.notices() == ""
    assert screen.range_text() == "1–25 of 60"


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_the_last_good_data_stays_and_is_marked_when_a_refresh_fails(
    own_overview: Open, own_service: LocalService, failure: Failure
) -> None:
    screen = own_overview()
    names = screen.names()
    fault = own_service.fail(failure.status, failure.body, FAST)
    screen.click("refresh")

    (warning,) = [warning.value for warning in screen.app.warning]
    assert warning.startswith("This is the data of just now; renewing it failed.")
    assert failure.happened in warning
    assert [fact for fact in failure.facts if fact not in screen.notices()] == []
    assert screen.names() == names
    assert screen.figures()["Configurations"] == "60"
    assert_no_traceback(screen)

    fault.lift()
    screen.click("retry")
    assert screen.notices() == ""


@pytest.mark.parametrize("failure", [FAILURES["403"], FAILURES["502 HTML"]], ids=["403", "502 HTML"])
def test_every_screen_shows_the_failure(
    own_overview: Open, own_service: LocalService, failure: Failure
) -> None:
    own_service.fail(failure.status, failure.body, FAST)
    screen = own_overview()
    screen.app.switch_page("../pages/connection.py")
    screen.settle()

    assert failure.happened in screen.notices()
    assert [button.key for button in screen.app.button if button.key == "retry"] == ["retry"]
    assert_no_traceback(screen)


def test_an_endpoint_where_nothing_listens(connect: Connect, own_service: LocalService) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused, and nobody else's
        connect(f"http://127.0.0.1:{taken.getsockname()[1]}", own_service.project_id)
        screen = Opened().settle()

    assert "did not answer" in screen.notices()
    assert "Check the connection's endpoint" in screen.notices()
    assert "Connection refused" in screen.notices()
    assert_no_traceback(screen)


def test_details_that_fail_leave_the_overview_alone(own_overview: Open, own_service: LocalService) -> None:
    name = own_overview().names()[0]
    own_service.fail(403, FAILURES["403"].body, path_contains="training-job-configs/")
    screen = own_overview(config=name)

    (error,) = [error.value for error in screen.app.error]
    assert "may not read" in error
    assert "modelarts:trainConfig:get" in error
    assert screen.range_text() == "1–25 of 60"
    assert_no_traceback(screen)


def assert_no_traceback(screen: Opened) -> None:
    assert not screen.app.exception
    assert "Traceback" not in screen.everything()
    assert ".py" not in screen.notices()
