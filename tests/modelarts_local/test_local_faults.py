"""Starting, stopping, tokens, the request log, latency, and failures on demand."""

import logging
import re
import socket
import threading
import time

import pytest
import requests

from modelarts_local import LocalService


def test_it_listens_when_start_returns_and_not_after_stop(fetch):
    service = LocalService(1).start()
    url = service.url
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert re.fullmatch(r"[0-9a-f]{32}", service.project_id)
    assert fetch(service).status_code == 200
    service.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)
    with pytest.raises(RuntimeError, match="does not run"):
        _ = service.url
    service.stop()


def test_it_can_start_again_but_not_twice(fetch):
    service = LocalService(1)
    for _ in range(2):
        with service:
            assert fetch(service).status_code == 200
            with pytest.raises(RuntimeError, match="runs already"):
                service.start()


def test_a_taken_port_is_an_error_at_once():
    with LocalService(0) as service, pytest.raises(OSError, match="in use"):
        LocalService(0, port=service.port).start()


def test_a_wanted_port_is_used_again_after_a_stop(fetch):
    with LocalService(0) as service:
        port = service.port
        fetch(service)
    with LocalService(0, port=port) as service:
        assert service.port == port
        assert fetch(service).status_code == 200


def test_stopping_does_not_wait_for_answers_or_idle_connections():
    others = set(threading.enumerate())
    service = LocalService(1, latency_ms=60_000).start()
    failed = threading.Event()

    def ask():
        try:
            requests.get(f"{service.url}/v1/{service.project_id}/training-job-configs", timeout=60)
        except requests.ConnectionError:
            failed.set()

    with socket.create_connection(("127.0.0.1", service.port)):
        thread = threading.Thread(target=ask)
        thread.start()
        while not service.requests:
            time.sleep(0.01)
        service.stop()
        thread.join(30)
    assert failed.is_set()
    assert {thread.name for thread in set(threading.enumerate()) - others}.isdisjoint({"modelarts-local"})


def test_it_logs_nothing_and_leaves_others_loggers_alone(caplog, fetch):
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("uvicorn.error")
    before = (logger.level, logger.filters.copy())
    with LocalService(1) as service:
        fetch(service)
        with service.fail(cut_off=True), pytest.raises(requests.RequestException):
            fetch(service)
        logger.warning("somebody else's")
    assert [r.getMessage() for r in caplog.records if r.name.startswith("uvicorn")] == ["somebody else's"]
    assert (logger.level, logger.filters) == before


def test_a_token_is_demanded_where_one_is_set(fetch):
    with LocalService(1, token="right") as service:
        missing, wrong = fetch(service), fetch(service, headers={"X-Auth-Token": "wrong"})
        assert (missing.status_code, missing.json()["error_code"]) == (401, "ModelArts.0201")
        assert (wrong.status_code, wrong.json()["error_code"]) == (401, "ModelArts.0203")
        assert fetch(service, headers={"X-Auth-Token": "right"}).status_code == 200
        assert fetch(service, "nowhere").status_code == 401
        assert "right" not in repr(service.requests) + repr(service) + wrong.text


def test_without_one_any_token_is_accepted(project, fetch):
    assert fetch(project, headers={"X-Auth-Token": "whatever"}).status_code == 200


def test_the_log_tells_what_came(fetch):
    with LocalService(1) as service:
        fetch(service, per_page=5, search_content="a b&c", headers={"X-Auth-Token": "t"})
        fetch(service, page=0)
        first, second = service.requests
        assert (first.method, first.status, second.status) == ("GET", 200, 400)
        assert first.path == f"/v1/{service.project_id}/training-job-configs"
        assert first.query == {"per_page": "5", "search_content": "a b&c"}
        assert first.headers["x-auth-token"] == "t"
        assert service.requests[-1] is second
        service.requests.clear()
        assert len(service.requests) == 0


def test_latency_delays_and_can_be_changed(fetch):
    with LocalService(1, latency_ms=300) as service:
        assert fetch(service).elapsed.total_seconds() >= 0.3
        service.latency_ms = 0
        assert fetch(service).status_code == 200
        service.latency_ms = 60_000
        with pytest.raises(requests.Timeout):
            requests.get(f"{service.url}/v1/{service.project_id}/training-job-configs", timeout=0.2)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"<html>\xff", b"<html>\xff"),
        ("text", b"text"),
        ({"error_code": "X"}, b'{"error_code": "X"}'),
        ([1], b"[1]"),
    ],
)
def test_a_fault_answers_with_any_status_header_and_content(fetch, body, content):
    with LocalService(1) as service:
        service.fail(502, body, {"Retry-After": "7", "Content-Type": "text/html"})
        answer = fetch(service)
        assert (answer.status_code, answer.content) == (502, content)
        assert answer.headers["Retry-After"] == "7"
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["X-Request-Id"]
        assert service.requests[0].status == 502


@pytest.mark.parametrize(
    ("status", "code"), [(503, "ModelArts.0010"), (429, "ModelArts.2799"), (403, "ModelArts.0108")]
)
def test_a_fault_without_content_is_the_documented_envelope(fetch, status, code):
    with LocalService(1) as service:
        service.fail(status)
        answer = fetch(service).json()
        assert answer["is_success"] is False
        assert answer["error_code"] == code
        assert answer["error_message"]


def test_a_fault_lasts_until_lifted(fetch):
    with LocalService(1) as service:
        fault = service.fail()
        assert [fetch(service).status_code for _ in range(3)] == [503] * 3
        fault.lift()
        assert fetch(service).status_code == 200
        with service.fail(500):
            assert fetch(service).status_code == 500
        assert fetch(service).status_code == 200


def test_counted_faults_answer_in_the_order_in_which_they_were_set(fetch):
    with LocalService(1) as service:
        service.fail(503, times=2)
        service.fail(429, times=1)
        assert [fetch(service).status_code for _ in range(4)] == [503, 503, 429, 200]


def test_a_fault_can_be_for_one_path_or_page(fetch):
    with LocalService(30) as service:
        service.fail(500, path_contains="ai-engines")
        service.fail(404, path_contains="&page=2")
        assert fetch(service, "job/ai-engines").status_code == 500
        assert fetch(service, per_page=10, page=1).status_code == 200
        assert fetch(service, per_page=10, page=2).status_code == 404


def test_a_fault_can_be_late_or_cut_off(fetch):
    with LocalService(1) as service:
        with service.fail(delay_s=0.3):
            assert fetch(service).elapsed.total_seconds() >= 0.3
        with service.fail(200, b'{"is_success": tr', cut_off=True), pytest.raises(requests.RequestException):
            fetch(service)
        assert fetch(service).status_code == 200
