"""Faults on the way: what a client's socket sees of an answer that is reset, dripped, cut, or lied about."""

import gzip
import json
import socket
import time

import pytest
import requests

from modelarts_local import LocalService


def _raw(service, seconds=5.0, path="training-job-configs"):
    """Everything that comes for one request, and how the connection ended."""
    received = b""
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.settimeout(seconds)
        target = f"/v1/{service.project_id}/{path}"
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        try:
            while piece := connection.recv(65_536):
                received += piece
        except ConnectionResetError:
            return received, "reset"
        except TimeoutError:
            return received, "open"
    return received, "closed"


def _head_and_body(received):
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    return lines[0], headers, body


def test_the_true_answer_can_be_delivered_wrong(fetch):
    with LocalService(3) as service:
        true = fetch(service)
        with service.fail(None):
            assert fetch(service).json() == true.json()
        with service.fail(None, headers={"Retry-After": "9", "Content-Type": "text/plain"}):
            answer = fetch(service)
        assert answer.status_code == 200
        assert answer.headers["Retry-After"] == "9"
        assert answer.headers["Content-Type"] == "text/plain"


def test_the_true_answer_of_a_refusal_is_the_refusal(fetch):
    with LocalService(3, token="right") as service, service.fail(None):
        assert fetch(service).status_code == 401
        assert fetch(service, headers={"X-Auth-Token": "right"}).json()["config_total_count"] == 3


def test_a_function_changes_the_true_answer(fetch):
    def more(body):
        return json.loads(body) | {"config_total_count": 99}

    with LocalService(3) as service:
        with service.fail(None, more):
            assert fetch(service).json()["config_total_count"] == 99
        with service.fail(502, lambda body: body[:-40]):
            answer = fetch(service)
        assert answer.status_code == 502
        assert answer.content == fetch(service).content[:-40]


def test_silence_leaves_the_connection_open_without_a_byte():
    with LocalService(1) as service, service.fail(silent=True):
        assert _raw(service, seconds=0.3) == (b"", "open")
        assert service.requests[0].status is None
        service.stop()


def test_a_reset_comes_after_half_of_the_body():
    with LocalService(30) as service, service.fail(None, reset=True):
        received, end = _raw(service)
        status, headers, body = _head_and_body(received)
        assert end == "reset"
        assert status == "HTTP/1.1 200 OK"
        assert len(body) == int(headers["content-length"]) // 2
        assert service.requests[0].status == 200
        assert headers["x-request-id"]


def test_a_cut_off_answer_ends_one_byte_early():
    with LocalService(3) as service, service.fail(None, cut_off=True):
        received, end = _raw(service)
        _, headers, body = _head_and_body(received)
        assert (end, len(body)) == ("closed", int(headers["content-length"]) - 1)


def test_a_dripping_answer_comes_byte_by_byte():
    with LocalService(0) as service, service.fail(200, b"12345678", drip_s=0.05):
        began = time.monotonic()
        received, end = _raw(service)
        assert time.monotonic() - began >= 0.35
        assert (_head_and_body(received)[2], end) == (b"12345678", "closed")


def test_a_client_that_goes_away_ends_the_drip():
    with LocalService(0) as service, service.fail(200, b"x" * 10_000, drip_s=0.001):
        for _ in range(5):
            _raw(service, seconds=0.001)
        limit = time.monotonic() + 30
        while len(service.requests) < 5:  # it may hear of who has gone only later
            assert time.monotonic() < limit
            time.sleep(0.01)
        service.stop()


@pytest.mark.parametrize("length", [0, 4, 900, 10**15])
def test_the_announced_length_can_be_a_lie(length):
    with LocalService(0) as service, service.fail(200, b"12345678", content_length=length):
        received, end = _raw(service)
        _, headers, body = _head_and_body(received)
        assert (headers["content-length"], body, end) == (str(length), b"12345678", "closed")
        assert headers["connection"] == "close"


def test_an_answer_can_be_compressed(fetch):
    with LocalService(3) as service, service.fail(None, gzip=True):
        answer = fetch(service)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.json()["config_total_count"] == 3
        _, headers, body = _head_and_body(_raw_once(service))
        assert len(body) == int(headers["content-length"])
        assert json.loads(gzip.decompress(body))["config_total_count"] == 3


def _raw_once(service):
    """One whole answer of a connection that stays open."""
    return _raw(service, seconds=0.3)[0]


def test_faults_of_delivery_spare_other_paths_and_end_with_their_count(fetch):
    with LocalService(3) as service:
        service.fail(None, reset=True, times=1)
        assert fetch(service, "job/ai-engines").status_code == 200
        with pytest.raises(requests.RequestException):
            fetch(service)
        assert fetch(service).status_code == 200


def test_a_service_that_starts_again_is_where_it_was():
    with LocalService(1, auth="password") as service:
        places = (service.url, service.iam_url)
        service.stop()
        with pytest.raises(requests.ConnectionError):
            requests.get(places[0], timeout=5)
        service.start()
        assert (service.url, service.iam_url) == places


# Throttle


def test_a_throttle_lets_so_many_through_and_refuses_the_next(fetch):
    with LocalService(1, throttle_per_second=3) as service:
        answers = [fetch(service) for _ in range(30)]
        assert [answer.status_code for answer in answers][:3] == [200] * 3
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        content = refused[0].json()
        assert content["error_code"] == "APIG.0308"
        assert "over ratelimit,limit:3,time:1 second" in content["error_msg"]
        assert content["request_id"] == refused[0].headers["X-Request-Id"]
        assert "Retry-After" not in refused[0].headers
        time.sleep(1.1)
        assert [fetch(service).status_code for _ in range(3)] == [200] * 3


def test_a_throttle_can_say_when_to_come_again(fetch):
    from email.utils import parsedate_to_datetime

    with LocalService(1, throttle_per_second=0.25, throttle_retry_after="seconds") as service:
        assert fetch(service).status_code == 200
        assert fetch(service).headers["Retry-After"] in {"3", "4"}
        service.throttle(0.25, "date")
        assert fetch(service).status_code == 200
        answer = fetch(service)
        dates = [parsedate_to_datetime(answer.headers[name]) for name in ("Date", "Retry-After")]
        assert 3 <= (dates[1] - dates[0]).total_seconds() <= 6


def test_a_throttle_can_be_set_and_lifted_and_does_not_count_the_unauthorised(fetch):
    with LocalService(1, token="right") as service:
        service.throttle(0.001)
        assert [fetch(service).status_code for _ in range(3)] == [401] * 3
        right = {"X-Auth-Token": "right"}
        assert [fetch(service, headers=right).status_code for _ in range(2)] == [200, 429]
        service.throttle(None)
        assert [fetch(service, headers=right).status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(("rate", "form"), [(0, None), (-1, None), (1, "minutes")])
def test_a_throttle_that_makes_no_sense_is_refused(rate, form):
    with pytest.raises(ValueError, match="throttle_"):
        LocalService(1, throttle_per_second=rate, throttle_retry_after=form)
