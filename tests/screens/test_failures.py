"""Each kind of failure says what happened, in the provider's words too, and what to do; Retry recovers.

The last good data stays, marked as old; without any, there is none on screen. What would go on for long is
cut short here by smaller bounds.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, NamedTuple

import pytest

from dashboard.connections import registry
from dashboard.data import projects
from modelarts_local import LocalService
from tests.screens.opened import Opened

Open = Callable[..., Opened]
Connect = Callable[[str, str], None]
HTML = "<html><head><title>502</title></head><body><b>Bad</b> gateway</body></html>"
CONNECTION = "../pages/connection.py"


class Failure(NamedTuple):
    """What the service does, and what the screen must say of it: our words, and the provider's."""

    fault: dict[str, Any]
    happened: str
    remedy: str
    facts: tuple[str, ...]


def gateway(code: str, message: str) -> dict[str, str]:
    """The API gateway's envelope."""
    return {"error_code": code, "error_msg": message, "request_id": "req-0f1e2d"}


def service_says(code: str, message: str) -> dict[str, Any]:
    """The service's own envelope."""
    return {"is_success": False, "error_code": code, "error_message": message}


def says(status: int, body: Any, **headers: str) -> dict[str, Any]:
    """An answer that is not held up by waits between repetitions."""
    return {"status": status, "body": body, "headers": {"Retry-After": "0", **headers}}


def in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


THROTTLED = service_says("ModelArts.2799", "over ratelimit,limit:9,time:1 minute")
NOT_THIS_API = ("not one of this API", "endpoint")
NO_ANSWER = ("did not answer", "Check the connection's endpoint")
FAILURES = {
    "401 unknown token": Failure(
        says(401, service_says("ModelArts.0203", "The token is invalid.")),
        "did not accept the credentials",
        "Use a new one",
        ("HTTP 401", "ModelArts.0203", "The token is invalid.", "request id"),
    ),
    "401 expired token": Failure(
        says(401, service_says("ModelArts.0202", "The token has expired.")),
        "did not accept the credentials",
        "The token has expired: one lives for 24 hours",
        ("HTTP 401", "ModelArts.0202", "request id"),
    ),
    "401 gateway": Failure(
        says(401, gateway("APIG.0301", "Incorrect IAM authentication information")),
        "did not accept the token or the signature",
        "Use a new one",
        ("HTTP 401", "APIG.0301", "Incorrect IAM authentication information", "request id req-0f1e2d"),
    ),
    "401 IAM": Failure(
        says(401, {"error": {"code": 401, "message": "The request requires authentication.", "title": "U"}}),
        "did not accept the credentials",
        "Use a new one",
        ("HTTP 401", "requires authentication"),
    ),
    "400 no project": Failure(
        says(400, service_says("ModelArts.0204", "No project in the token.")),
        "belongs to no project",
        "project scope",
        ("HTTP 400", "ModelArts.0204"),
    ),
    "403": Failure(
        says(403, service_says("ModelArts.0108", "No permission.")),
        "may not read",
        "modelarts:trainConfig:list",
        ("HTTP 403", "ModelArts.0108", "No permission.", "request id"),
    ),
    "404 other project": Failure(
        says(404, service_says("ModelArts.0210", "The project in the URL is not the token's.")),
        "The project in the address is not",
        "project_id",
        ("HTTP 404", "ModelArts.0210", "request id"),
    ),
    "404 wrong region": Failure(
        says(404, gateway("APIG.0101", "The API does not exist")),
        "knows no such project",
        "endpoint",
        ("HTTP 404", "APIG.0101", "request id req-0f1e2d"),
    ),
    "429": Failure(
        {"status": 429, "body": THROTTLED},
        "throttling our requests",
        "Wait a minute",
        ("HTTP 429", "ModelArts.2799", "over ratelimit,limit:9"),
    ),
    "429 with seconds": Failure(
        {"status": 429, "body": THROTTLED, "headers": {"Retry-After": "3600"}},
        "throttling our requests",
        "Wait a minute",
        ("HTTP 429", "ModelArts.2799"),
    ),
    "429 with a date": Failure(
        {"status": 429, "body": THROTTLED, "headers": {"Retry-After": in_an_hour()}},
        "throttling our requests",
        "Wait a minute",
        ("HTTP 429", "ModelArts.2799"),
    ),
    "500": Failure(
        says(500, service_says("ModelArts.0010", "Internal error.")),
        "The service failed",
        "request id",
        ("HTTP 500", "ModelArts.0010", "Internal error.", "request id"),
    ),
    "502 HTML": Failure(
        says(502, HTML), "The service failed", "Retry", ("HTTP 502", "<b>Bad</b> gateway", "request id")
    ),
    "503": Failure(says(503, None), "The service failed", "Retry", ("HTTP 503", "ModelArts.0010")),
    "504": Failure(
        says(504, gateway("APIG.0202", "Backend timeout")), "The service failed", "Retry", ("APIG.0202",)
    ),
    "reset in the body": Failure({"status": None, "reset": True}, *NO_ANSWER, ("ConnectionReset",)),
    "cut off": Failure({"status": None, "cut_off": True}, *NO_ANSWER, ("1 more expected",)),
    "silence": Failure({"silent": True}, *NO_ANSWER, ("127.0.0.1",)),
    "a byte every 0.2 s": Failure({"status": None, "drip_s": 0.2}, *NO_ANSWER, ("time for the request",)),
    "truncated JSON": Failure(
        {"status": None, "body": lambda page: page[:-40]}, *NOT_THIS_API, ("HTTP 200", "not JSON")
    ),
    "another shape": Failure(
        says(200, {"items": [1]}), *NOT_THIS_API, ("HTTP 200", "config_total_count", '{"items": [1]}')
    ),
    "200 and a failure": Failure(
        says(200, service_says("ModelArts.0105", "Something is wrong.")),
        "reported a failure",
        "support",
        ("HTTP 200", "ModelArts.0105", "Something is wrong.", "request id"),
    ),
    "200 and HTML": Failure(
        says(200, "<html>Sign in</html>"), *NOT_THIS_API, ("HTTP 200", "<html>Sign in</html>")
    ),
    "a redirect": Failure(
        says(302, "", Location="https://elsewhere.example/sign-in"),
        *NOT_THIS_API,
        ("HTTP 302", "https://elsewhere.example/sign-in", "not followed"),
    ),
    "not gzip": Failure(
        says(200, b"not gzip", **{"Content-Encoding": "gzip"}), *NOT_THIS_API, ("cannot be decompressed",)
    ),
    "a huge length": Failure(
        {"status": None, "content_length": 10**12}, *NOT_THIS_API, ("larger than 64 MiB",)
    ),
    "a lying length": Failure({"status": None, "content_length": 60_000_000}, *NO_ANSWER, ("more expected",)),
}


LONG = ("429", "429 with seconds", "429 with a date", "silence", "a byte every 0.2 s")
"""What ends at a bound, and not by itself."""


def bound(monkeypatch: pytest.MonkeyPatch, *, wait: float, call: float) -> None:
    """Bound one wait for bytes, and one call with its repetitions, to so many seconds."""
    monkeypatch.setattr(registry, "TIMEOUT", (wait, wait))
    monkeypatch.setattr(registry, "TIME_LIMIT", call)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_says_what_happened_and_what_to_do_and_keeps_what_was_good(
    own_overview: Open, own_service: LocalService, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    failure = FAILURES[name]
    if name in LONG:
        # A busy machine may send the next drop late: what ends is the call, and not the wait for it.
        wait, call = (2.0, 3.0) if "drip_s" in failure.fault else (0.5, 1.0)
        bound(monkeypatch, wait=wait, call=call)
    fault = own_service.fail(**failure.fault)
    screen = own_overview()
    (error,) = [error.value for error in screen.app.error]
    assert_told(screen, error, failure)
    assert not screen.has_figures()
    assert not screen.has_table()

    fault.lift()
    screen.click("retry")
    assert screen.notices() == ""
    assert screen.range_text() == "1–25 of 60"
    names = screen.names()

    fault = own_service.fail(**failure.fault)
    screen.click("refresh")
    (warning,) = [warning.value for warning in screen.app.warning]
    assert warning.startswith("This is the data of just now; renewing it failed.")
    assert_told(screen, warning, failure)
    assert screen.names() == names
    assert screen.figures()["Configurations"] == "60"

    fault.lift()
    screen.click("retry")
    assert screen.notices() == ""


def assert_told(screen: Opened, said: str, failure: Failure) -> None:
    """Our words in the notice, the provider's below it, and nothing of a traceback."""
    assert failure.happened in said
    assert failure.remedy in said
    (facts,) = [code.value for code in screen.app.code]
    assert [fact for fact in failure.facts if fact not in facts] == []
    assert_no_traceback(screen)


def test_an_endpoint_where_nothing_listens(connect: Connect, own_service: LocalService) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused, and nobody else's
        connect(f"http://127.0.0.1:{taken.getsockname()[1]}", own_service.project_id)
        screen = Opened().settle()

    assert "Nothing takes a connection there." in screen.notices()
    assert "Check the endpoint's port" in screen.notices()
    assert "Connection refused" in screen.notices()
    assert_no_traceback(screen)


def test_a_service_that_goes_away_leaves_its_data(own_overview: Open, own_service: LocalService) -> None:
    screen = own_overview()
    names = screen.names()
    own_service.stop()
    screen.click("refresh")
    assert "renewing it failed" in screen.notices()
    assert "Connection refused" in screen.notices()
    assert screen.names() == names


ONE_PAGE = {
    "401": {"status": 401},
    "503": {"status": 503},
    "reset": {"status": None, "reset": True},
    "truncated": {"status": None, "body": lambda page: page[:-1]},
    "silence": {"silent": True},
    "HTML": {"status": 200, "body": HTML},
}


@pytest.mark.parametrize("fault", ONE_PAGE.values(), ids=ONE_PAGE)
def test_one_failed_page_never_makes_a_shorter_table(
    large: LocalService, connect: Connect, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    bound(monkeypatch, wait=1.0, call=2.0)
    connect(large.url, large.project_id)
    with large.fail(**fault, path_contains="&page=2&"):
        screen = Opened().settle()
        assert len(screen.app.error) == 1
        assert not screen.has_figures()
        assert not screen.has_table()
    screen.click("retry")
    assert screen.figures()["Configurations"] == "2,100"
    with large.fail(**fault, path_contains="&page=2&"):
        screen.click("refresh")
        assert "renewing it failed" in screen.notices()
        assert screen.range_text() == "1–25 of 2,100"
        assert screen.figures()["Configurations"] == "2,100"


@pytest.fixture(scope="module")
def large() -> Any:
    """A project of three pages."""
    with LocalService(2_100, seed=5) as running:
        yield running


def test_a_throttle_slows_the_load_down_and_it_completes(large: LocalService, connect: Connect) -> None:
    connect(large.url, large.project_id)
    with large.fail(429, headers={"Retry-After": "1"}, path_contains="per_page=1000&page=2&"):
        screen = Opened().run()
        while "Retrying: " not in (said := screen.run().everything()) and screen.under_way():
            pass
        assert re.search("Retrying: 1 request has failed|requests have failed", said)
        assert "HTTP 429 ModelArts.2799" in said
    screen.settle()
    assert screen.notices() == ""
    assert screen.figures()["Configurations"] == "2,100"


def test_silence_is_said_while_it_lasts(
    own_service: LocalService, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The viewer's own run ends long before the service answers: the screen is never frozen."""
    monkeypatch.setattr("dashboard.ui.formatting.SILENT_SECONDS", 0.0)
    connect(own_service.url, own_service.project_id)
    own_service.fail(silent=True)
    screen = Opened().run()
    assert screen.under_way()
    assert "No answer yet; asked" in screen.everything()
    assert not screen.app.error
    own_service.stop()


@pytest.mark.parametrize("failure", [FAILURES["403"], FAILURES["502 HTML"]], ids=["403", "502 HTML"])
def test_every_screen_shows_the_failure(
    own_overview: Open, own_service: LocalService, failure: Failure
) -> None:
    own_service.fail(**failure.fault)
    screen = own_overview()
    screen.app.switch_page(CONNECTION)
    screen.settle()

    assert failure.happened in screen.notices()
    assert [button.key for button in screen.app.button if button.key == "retry"] == ["retry"]
    assert_no_traceback(screen)


def test_a_new_search_that_fails_can_be_dropped_or_tried_again(
    own_overview: Open, own_service: LocalService
) -> None:
    """Of a search that was never answered there is what the loaded rows say; the way back is one press."""
    screen = own_overview(engine="PyTorch")
    shown = screen.range_text()
    with own_service.fail(403, path_contains="search_content=resnet"):
        screen.choose(search="resnet")
        assert len(screen.app.warning) == 1
        assert "own search has failed" in screen.html("top")
        assert screen.has_table()
        screen.click("drop_failed_search")
        assert (screen.notices(), screen.control("search").value) == ("", "")
        assert screen.range_text() == shown
        assert screen.control("engine").value == ["PyTorch"]
        screen.choose(search="resnet")
        assert len(screen.app.warning) == 1
    screen.click("retry")
    assert screen.notices() == ""
    assert screen.control("search").value == "resnet"


def test_without_a_search_there_is_none_to_drop(own_overview: Open, own_service: LocalService) -> None:
    own_service.fail(403)
    assert "drop_failed_search" not in [button.key for button in own_overview().app.button]


def test_details_that_fail_leave_the_overview_alone_and_can_be_tried_again(
    own_overview: Open, own_service: LocalService
) -> None:
    name = own_overview().names()[0]
    fault = own_service.fail(403, FAILURES["403"].fault["body"], path_contains="training-job-configs/")
    screen = own_overview(config=name)

    (error,) = [error.value for error in screen.app.error]
    assert "may not read" in error
    assert "modelarts:trainConfig:get" in error
    assert screen.range_text() == "1–25 of 60"
    assert_no_traceback(screen)

    fault.lift()
    screen.click("retry_detail")
    assert not screen.app.error
    assert "Raw JSON" in screen.everything()


def test_details_that_take_long_are_waited_for_beside_the_screen(
    own_overview: Open, own_service: LocalService
) -> None:
    name = own_overview().names()[0]
    own_service.fail(silent=True, path_contains="training-job-configs/")
    screen = own_overview(config=name)
    assert "Asking the service…" in screen.everything()
    assert screen.range_text() == "1–25 of 60"
    own_service.stop()


def test_an_automatic_renewal_says_that_it_failed_too(
    own_overview: Open, own_service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "TTL_SECONDS", 0.5)
    screen = own_overview()
    own_service.fail(403)
    time.sleep(0.6)
    screen.settle()
    assert "renewing it failed" in screen.notices()
    assert screen.range_text() == "1–25 of 60"


def assert_no_traceback(screen: Opened) -> None:
    assert not screen.app.exception
    assert "Traceback" not in screen.everything()
    assert ".py" not in screen.notices()
