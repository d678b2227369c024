"""Paths, methods, headers and queries of any bytes: no way past the gate, to elsewhere, or into the log."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_local import LocalService
from tests.attack.raw import Answer, ask, knock, leads_to, send
from tests.attack.sign_ins import address_of_sign_in, signed_in
from tests.browser.guarded import Guarded
from tests.browser.provider import Provider
from tests.browser.served import Dashboard

BEFORE = (
    b"",
    b"/",
    b"//evil.example",
    b"///evil.example",
    b"/%5Cevil.example",
    b"/\\evil.example",
    b"/%2fevil.example",
    b"/%2f%2fevil.example",
    b"/%09/evil.example",
    b"/%0d%0aX:y",
    b"/%00",
    b"/%ff",
    b"/%80%80",
    b"/%ed%a0%80",
    b"/%e2%80%ae",
    b"/..",
    b"/%2e%2e",
    b"/x",
    b"/;@evil.example",
    b"http://evil.example",
    b"http://evil.example/",
    b"evil.example",
)
AFTER = (
    b"/",
    b"/auth/login",
    b"/auth/login/",
    b"/auth/login?provider=x",
    b"/auth/login?provider=%ff.%ff.%ff",
    b"/auth/logout",
    b"/oauth2callback",
    b"/oauth2callback?error=x%1b[31m%0d%0a&error_description=%ff&state=%ff",
    b"/oauth2callback?code=1&state=1",
    b"/media/x",
    b"/metrics",
    b"/static/%ff",
    b"/static/js/..%2f..%2findex.html",
    b"/_stcore/stream",
    b"/_stcore/metrics",
    b"/_stcore/agent/mcp/",
    b"/_stcore/bidi-components/%ff/..",
    b"/_stcore/upload_file/x/y",
    b"/component/x/%ff",
)
METHODS = (
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"PATCH",
    b"DELETE",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"X",
    b"get",
)
PATHS = (
    b"/",
    b"/connection",
    b"/healthz",
    b"/metrics",
    b"/auth/login",
    b"/auth/logout",
    b"/oauth2callback?code=1&state=x",
    b"/media/x",
    b"/static/x",
    b"/_stcore/health",
    b"/_stcore/host-config",
    b"/_stcore/metrics",
    b"/_stcore/agent/interact",
)
CLOSED = (
    b"/media/x",
    b"/_stcore/metrics",
    b"/metrics",
    b"/_stcore/agent/interact",
    b"/_stcore/upload_file/x/y",
)
"""What is for viewers alone, where there is a sign-in; the last for nobody."""
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
SIGNS = (
    b"/",
    b"//",
    b"\\",
    b"..",
    b".",
    b"%2f",
    b"%5c",
    b"%09",
    b"%00",
    b"%ff",
    b"%25",
    b"?",
    b"#",
    b"@",
    b":",
    b";",
)
NAMES = (b"auth/login", b"oauth2callback", b"media", b"static", b"_stcore", b"stream", b"x", b"evil.example")
MADE_OF = st.sampled_from(SIGNS) | st.sampled_from(NAMES)
TEXTS = BYTES.map(lambda text: bytes(letter for letter in text if letter == 9 or 32 <= letter != 127))
TARGETS = st.lists(MADE_OF | BYTES, min_size=1, max_size=8).map(b"".join).filter(bool)
EXAMPLES = settings(max_examples=120)


def assert_harmless(answer: Answer, port: int, target: bytes, elsewhere: tuple[str, ...] = ()) -> None:
    """It is an answer, no failure, and it leads nowhere but to this dashboard."""
    assert 200 <= answer.status < 500, target
    here = f"127.0.0.1:{port}"
    for location in answer.all("location"):
        at = f"http://{here}/{target.decode('latin-1').lstrip('/')}"
        assert leads_to(location, at) in {here, *elsewhere}, (target, location)


def test_what_a_browser_makes_of_an_address_is_known() -> None:
    """The check itself: each of these leads to evil.example in Chromium and Firefox."""
    for location in (
        "//evil.example",
        "/\\evil.example/x",
        "\\\\evil.example",
        "///evil.example",
        "/\t/evil.example",
        " //evil.example",
        "http://evil.example?x",
        "\x01https://evil.example",
    ):
        assert leads_to(location, "http://127.0.0.1:1/x") == "evil.example", location
    for location in ("/", "/x//evil.example", "/%5Cevil.example", "?//evil.example", "/.//evil.example"):
        assert leads_to(location, "http://127.0.0.1:1/x") == "127.0.0.1:1", location


@pytest.mark.parametrize("before", BEFORE, ids=lambda text: text.decode() or "nothing")
def test_no_path_leads_elsewhere_or_fails(attacked: Dashboard, before: bytes) -> None:
    for after in AFTER:
        answer = ask(attacked.port, before + after)
        assert_harmless(answer, attacked.port, before + after)
        assert b"evil.example" not in answer.body
        is_sign_in = after.startswith((b"/auth/login?", b"/oauth2callback?"))
        assert (before == b"") or not is_sign_in or answer.status != 302, after


def test_the_path_that_is_meant_leads_to_the_provider(guarded: Guarded, sample: Dashboard) -> None:
    """The control: the button's address does, the same one elsewhere does not."""
    address = address_of_sign_in(guarded).removeprefix(guarded.url).encode()
    home = guarded.provider.url.removeprefix("http://")
    answer = ask(guarded.dashboard.port, address)
    assert answer.status == 302
    (location,) = answer.all("location")
    assert leads_to(location, guarded.url) == home
    for before in (b"//evil.example", b"/x", b"/%5Cevil.example", b"/%ff", b"http://evil.example"):
        answer = ask(guarded.dashboard.port, before + address)
        assert_harmless(answer, guarded.dashboard.port, before + address)
        assert home not in str(answer.headers)
    for path in (b"/auth/login", b"/auth/logout", b"/oauth2callback"):
        assert ask(guarded.dashboard.port, path).status == 302
        assert ask(sample.port, path).status == 404  # nobody signs in there


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.decode())
def test_no_method_opens_or_breaks_anything(attacked: Dashboard, method: bytes) -> None:
    for path in (*PATHS, b"*", b"x"):
        assert_harmless(ask(attacked.port, path, method=method), attacked.port, path)


def test_what_is_for_viewers_is_closed_to_every_method(guarded: Guarded, project: LocalService) -> None:
    for path in (*CLOSED, b"//media/x", b"/%6dedia/x", b"/media//x", b"/x/../media/x"):
        for method in METHODS:
            answer = ask(guarded.dashboard.port, path, method=method)
            assert answer.status in {400, 401, 403, 404}, (method, path)
            assert project.project_id.encode() not in answer.body
    anna = signed_in(guarded, "anna")
    assert anna.get(f"{guarded.url}/_stcore/metrics", timeout=30).status_code == 200


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
@given(target=TARGETS, query=BYTES)
def test_no_target_of_any_bytes_leads_elsewhere_or_fails(
    without_sign_in: Dashboard, behind_sign_in: Guarded, target: bytes, query: bytes
) -> None:
    for server in (without_sign_in, behind_sign_in.dashboard):
        for written in (target, b"/" + target + b"/auth/login", b"/oauth2callback?state=1&error=" + query):
            answer = ask(server.port, written)
            assert_harmless(answer, server.port, written.replace(b"#", b""))
        assert "Traceback" not in server.output


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
    import requests

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


@pytest.fixture(scope="module")
def under_a_path(
    project: LocalService, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Guarded:
    """A dashboard behind a sign-in that is served under a path."""
    return Guarded(project, provider, tmp_path_factory.mktemp("under"), "/team/dash")


def test_under_a_path_only_what_is_below_it_signs_in(under_a_path: Guarded, tmp_path: Path) -> None:
    with under_a_path.dashboard as server:
        for path in (
            b"/auth/login",
            b"/oauth2callback?code=1&state=1",
            b"/x/auth/login",
            b"/team/auth/login",
        ):
            answer = ask(server.port, path)
            assert answer.status in {403, 404}
        for before in BEFORE:
            for after in (b"/", b"/auth/login", b"/oauth2callback?code=1&state=1", b"/media/x"):
                for target in (
                    before + after,
                    b"/team/dash" + before + after,
                    before + b"/team/dash" + after,
                ):
                    assert_harmless(ask(server.port, target), server.port, target)
        (location,) = ask(server.port, b"/team/dash/oauth2callback?code=1&state=1").all("location")
        assert location == "/team/dash/?sign_in=failed"
        page = ask(server.port, b"/team/dash/media/x", [b"Accept: text/html"])
        assert page.status == 403
        assert b'<a href="/team/dash/">' in page.body
        anna = signed_in(under_a_path, "anna")
        assert {cookie.path for cookie in anna.cookies if cookie.name == "_streamlit_user"} == {"/team/dash"}
        assert anna.get(f"{under_a_path.url}/media/x", timeout=30).status_code == 404
        anna.get(f"{under_a_path.url}/auth/logout", timeout=30, allow_redirects=False)
        assert not [cookie for cookie in anna.cookies if cookie.name == "_streamlit_user"]
        assert "Traceback" not in server.output
