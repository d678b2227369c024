"""Headers of any bytes, wrong knocks at a WebSocket, and what is no HTTP: no failure, a line in the log."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attack.raw import ask, assert_harmless, knock, send
from tests.attack.test_paths import PATHS
from tests.browser.guarded import Guarded
from tests.browser.served import Dashboard
from tests.browser.sign_ins import address_of_sign_in

HEADERS = (
    b"Cookie: \xff=\xff; _streamlit_user=\xff",
    b'Cookie: _streamlit_user="\\777"; _streamlit_xsrf=2|zz|z|z',
    b"Cookie: _streamlit_session=\xff.\xff.\xff; dashboard_return=\xff",
    b"Cookie: " + b"_streamlit_user=x; " * 2000,
    b"Cookie: ;;;=;=;==",
    b"Authorization: Bearer \xff",
    b"Authorization: \xff",
    b"Referer: http://[::1",
    b"Referer: //[",
    b"Referer: \xff",
    b"Origin: http://[",
    b"X-Forwarded-For: \xff",
    b"X-Forwarded-Proto: \xff",
    b"X-Forwarded-Host: evil.example",
    b"Forwarded: host=evil.example;proto=\xff",
    b"Range: bytes=\xff",
    b"Range: bytes=0-0,1-1",
    b"If-Modified-Since: \xff",
    b"If-None-Match: \xff",
    b"Accept: \xff",
    b"Accept: text/html",
    b"Accept-Encoding: gzip;q=\xc2\xb2",
    b"Accept-Encoding: \xff",
    b"Content-Length: -1",
    b"Content-Length: 9" + b"9" * 30,
    b"Content-Type: \xff",
    b"Transfer-Encoding: chunked\r\nContent-Length: 3",
    b"Expect: 100-continue",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings",
    b"Connection: \xff",
    b"Host: evil.example",
    b"X: " + b"x" * 70_000,
    b"X : y",
    b"\xff: x",
)
KNOCKS = (
    b"Origin: http://[",
    b"Origin: \xff",
    b"Cookie: _streamlit_xsrf=\xff; _streamlit_user=\xff\r\nSec-WebSocket-Protocol: streamlit, \xff, \xff",
    b"Sec-WebSocket-Protocol: ,,,,",
    b"Sec-WebSocket-Protocol: streamlit, " + b"x" * 40_000,
    b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=\xff",
    b"Sec-WebSocket-Key: x",
    b"Sec-WebSocket-Version: 8",
)
BYTES = st.binary(max_size=40).map(lambda text: bytes(letter for letter in text if letter not in b"\r\n\0 "))
TEXTS = BYTES.map(lambda text: bytes(letter for letter in text if letter == 9 or 32 <= letter != 127))
EXAMPLES = settings(max_examples=120)


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header[:40].decode("latin-1"))
def test_no_header_fails(attacked: Dashboard, header: bytes) -> None:
    for path in PATHS:
        for method in (b"GET", b"POST"):
            assert_harmless(ask(attacked.port, path, [header], method=method), attacked.port, path)


@pytest.mark.parametrize(
    "path", [b"/_stcore/stream", b"/x", b"//_stcore/stream", b"/%ff", b"http://evil/_stcore/stream"]
)
def test_no_knock_at_a_web_socket_fails(attacked: Dashboard, path: bytes) -> None:
    for header in KNOCKS:
        answer = knock(attacked.port, path, [header])
        assert answer.status == 101 or 400 <= answer.status < 500, header
        assert answer.status != 101 or path == b"/_stcore/stream"
    assert knock(attacked.port, path).status == (101 if path == b"/_stcore/stream" else 404)


@EXAMPLES
@given(
    name=st.sampled_from([b"Cookie", b"Host", b"Referer", b"Origin", b"Accept", b"X-Forwarded-For"]),
    value=BYTES,
    text=TEXTS,
)
def test_no_header_of_any_bytes_fails(
    without_sign_in: Dashboard, behind_sign_in: Guarded, name: bytes, value: bytes, text: bytes
) -> None:
    """A WebSocket with control characters in its headers is not answered at all, so `text` has none."""
    for server in (without_sign_in, behind_sign_in.dashboard):
        for path in (b"/", b"/auth/login", b"/media/x"):
            assert_harmless(ask(server.port, path, [name + b": " + value]), server.port, path)
        assert knock(server.port, b"/_stcore/stream", [name + b": " + text]).status < 500
        assert "Traceback" not in server.output


NO_REQUESTS = (
    b"\x00" * 1000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /\r\n\r\n",
    b"GET  / HTTP/1.1\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
)
ODD_REQUESTS = (
    b"PRI * HTTP/2.0\r\nHost: x\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\x00",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\x00\xff\r\n\r\n",
)


@pytest.mark.parametrize("data", [*NO_REQUESTS, *ODD_REQUESTS], ids=lambda data: repr(data[:24]))
def test_what_is_no_request_is_answered_and_told_in_a_line(attacked: Dashboard, data: bytes) -> None:
    before = len(attacked.output)
    answer = send(attacked.port, data, whole=False)
    assert answer.status == 400 if data in NO_REQUESTS else 200 <= answer.status < 500
    assert ask(attacked.port, b"/healthz").status == 200
    assert len(attacked.output) - before < 300


def test_a_failing_sign_in_of_a_strangers_making_is_one_line_in_the_log(guarded: Guarded) -> None:
    """With a state of one's own and a code that the provider never gave; words of one's own in its error."""
    browser = requests.Session()
    browser.trust_env = False
    away = browser.get(address_of_sign_in(guarded), timeout=30, allow_redirects=False).headers["location"]
    state = away.partition("state=")[2].partition("&")[0]
    before = len(guarded.dashboard.output)
    back = browser.get(
        f"{guarded.url}/oauth2callback?code=none&state={state}", timeout=30, allow_redirects=False
    )
    assert (back.status_code, back.headers["location"]) == (302, "/?sign_in=failed")
    words = "%1b[31m%e2%80%ae" + "x" * 20_000
    for query in (f"error={words}", f"error=x&error_description={words}", f"state={words}"):
        back = browser.get(f"{guarded.url}/oauth2callback?{query}", timeout=30, allow_redirects=False)
        assert back.status_code == 302
    said = guarded.dashboard.output[before:]
    assert "OAuth token exchange failed" in said
    assert "Traceback" not in said
    assert len(said) < 2_000
    assert "\x1b" not in said
