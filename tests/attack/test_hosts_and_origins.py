"""Hosts and origins: nobody reaches a dashboard under a name of their own, or from a page of theirs."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.attack.raw import ask, knock
from tests.browser.guarded import Guarded
from tests.browser.served import Dashboard
from tests.browser.sign_ins import address_of_sign_in, signed_in, user_cookies

STREAM = b"/_stcore/stream"
OTHER_HOSTS = (
    b"evil.example",
    b"evil.example:%d",
    b"127.0.0.1.evil.example:%d",
    b"localhost.evil.example",
    b"10.0.0.1:%d",
    b"0.0.0.0:%d",
    b"[::]:%d",
    b"[::1].evil.example",
    b"127.0.0.1@evil.example",
    b"evil.example#127.0.0.1",
    b"\xff",
    b"[",
    b"",
)
HERE = (b"127.0.0.1:%d", b"localhost:%d", b"LOCALHOST", b"[::1]:%d", b"127.8.9.1")
OTHER_PAGES = (
    b"https://evil.example",
    b"http://evil.example:%d",
    b"http://127.0.0.1.evil.example:%d",
    b"http://localhost.evil.example",
    b"http://10.0.0.1:%d",
    b"http://[::1",
    b"null",
    b"file://",
    b"",
    b"127.0.0.1:%d",
    b"\xff",
)
PATHS = (
    b"/",
    b"/healthz",
    b"/_stcore/host-config",
    b"/_stcore/health",
    b"/media/x",
    b"/metrics",
    b"/static/x",
)


def filled(text: bytes, port: int) -> bytes:
    """A name with the port where one belongs."""
    return text.replace(b"%d", b"%d" % port)


@pytest.mark.parametrize("host", OTHER_HOSTS, ids=repr)
def test_where_nobody_signs_in_no_other_name_is_answered(sample: Dashboard, host: bytes) -> None:
    """A page elsewhere can have its own name resolved to 127.0.0.1 (DNS rebinding)."""
    name = filled(host, sample.port)
    for path in (b"/", b"/media/x", b"/metrics", b"/static/js/x.js", b"/auth/login"):
        answer = ask(sample.port, path, host=name)
        assert answer.status in {400, 403}
        assert b"evil.example" not in answer.body
    page = b"Origin: http://" + name
    for headers in ((), (page,), (b"X-Forwarded-Host: localhost",)):
        assert knock(sample.port, STREAM, headers, host=name).status in {400, 403}


@pytest.mark.parametrize("host", HERE, ids=repr)
def test_this_machine_is_answered_under_its_names(sample: Dashboard, host: bytes) -> None:
    name = filled(host, sample.port)
    assert ask(sample.port, b"/", host=name).status == 200
    assert knock(sample.port, STREAM, [b"Origin: http://" + name], host=name).status == 101


def test_a_second_name_does_not_help(sample: Dashboard) -> None:
    assert ask(sample.port, b"/", [b"Host: localhost"], host=b"evil.example").status == 400
    assert ask(sample.port, b"http://localhost/", host=b"evil.example").status == 403
    for header in (b"X-Forwarded-Host: localhost", b"Forwarded: host=localhost", b"X-Host: localhost"):
        assert ask(sample.port, b"/", [header], host=b"evil.example").status == 403


@pytest.mark.parametrize("origin", OTHER_PAGES, ids=repr)
def test_no_page_of_another_site_opens_a_session_or_reads_an_answer(
    attacked: Dashboard, origin: bytes
) -> None:
    page = b"Origin: " + filled(origin, attacked.port)
    assert knock(attacked.port, STREAM, [page]).status == 403
    for path in PATHS:
        for method in (b"GET", b"OPTIONS"):
            answer = ask(attacked.port, path, [page], method=method)
            assert answer.all("access-control-allow-origin") == []
            assert answer.all("access-control-allow-credentials") == []
    here = b"Origin: http://127.0.0.1:%d" % attacked.port
    assert knock(attacked.port, STREAM, [here]).status == 101


def test_a_viewers_cookie_does_not_open_a_session_for_another_page(guarded: Guarded) -> None:
    port = guarded.dashboard.port
    cookies = "; ".join(f"{name}={value}" for name, value in user_cookies(signed_in(guarded, "anna")).items())
    sent = f"Cookie: {cookies}".encode()
    assert knock(port, STREAM, [sent, b"Origin: https://evil.example"]).status == 403
    assert knock(port, STREAM, [sent, b"Origin: http://127.0.0.1:%d" % port]).status == 101


def test_a_name_of_a_host_is_put_into_no_answer_and_no_sign_in(guarded: Guarded) -> None:
    port = guarded.dashboard.port
    address = address_of_sign_in(guarded).removeprefix(guarded.url).encode()
    forwarded = (
        b"X-Forwarded-Host: evil.example",
        b"X-Forwarded-Proto: ftp",
        b"Forwarded: host=evil.example",
    )
    for name in (filled(host, port) for host in OTHER_HOSTS):
        away = ask(port, address, forwarded, host=name)
        assert away.status in {302, 400}
        for location in away.all("location"):
            parts = urlsplit(location)
            assert f"{parts.scheme}://{parts.netloc}" == guarded.provider.url
            assert parse_qs(parts.query)["redirect_uri"] == [guarded.auth["redirect_uri"]]
        for path in (b"/", b"/media/x", b"/oauth2callback?code=1&state=1", b"/auth/logout", b"/x/"):
            answer = ask(port, path, [*forwarded, b"Accept: text/html"], host=name)
            assert b"evil.example" not in answer.body + str(answer.headers).encode()
