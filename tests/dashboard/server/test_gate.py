"""What is open to whom: few routes to all, every other to those who may look."""

from __future__ import annotations

import pytest
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from dashboard.access.policy import Verdict
from dashboard.server import rules
from tests.dashboard.guarded import (
    ACCESS,
    AUTH,
    CLOSED,
    DATA,
    OPEN,
    SIGN_IN,
    TOKEN,
    Secrets,
    cookie,
    get,
    may_have,
    options,
    secrets,
)

__all__ = ["secrets"]

METRICS = f'[metrics]\ntoken = "{TOKEN}"\n'


@pytest.mark.parametrize("path", [*OPEN, *SIGN_IN])
def test_what_the_sign_in_screen_needs_is_open(secrets: Secrets, path: str) -> None:
    secrets.write(AUTH + ACCESS)
    assert may_have(path)


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS"])
def test_everything_else_is_closed_without_a_cookie(secrets: Secrets, path: str, method: str) -> None:
    secrets.write(AUTH + ACCESS)
    answer = get(path, method=method)
    assert answer.status == 403
    assert "no-store" in answer.headers["cache-control"]
    assert DATA.encode() not in answer.body


@pytest.mark.parametrize("path", CLOSED[:-1])
def test_everything_else_is_open_to_a_viewer_on_the_list(secrets: Secrets, path: str) -> None:
    secrets.write(AUTH + ACCESS)
    assert may_have(path, cookie=cookie())


def test_a_browser_is_shown_the_way_to_the_sign_in(secrets: Secrets) -> None:
    secrets.write(AUTH)
    answer = get("/media/x", accept="text/html,*/*")
    assert (answer.status, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert b'<a href="/">' in answer.body
    assert b"<" not in get("/media/x").body


def test_under_a_path_the_way_leads_to_the_first_page_below_it(secrets: Secrets) -> None:
    with options({"server.baseUrlPath": "team/dash"}):
        secrets.write(AUTH.replace("/oauth2callback", "/team/dash/oauth2callback"))
        assert b'<a href="/team/dash/">' in get("/media/x", accept="text/html").body
        secrets.write(AUTH)
        assert not may_have("/media/x", cookie=cookie())
        assert "server.baseUrlPath" in rules.policy().faults[0]


@pytest.mark.parametrize("path", ["/", "/static/js/index.js", "/media/x", "/auth/login"])
def test_cookies_that_a_session_could_not_be_opened_with_are_refused_in_words(
    secrets: Secrets, path: str
) -> None:
    secrets.write(AUTH)
    answer = get(path, cookie=f"{cookie()}; x={'x' * 66_000}")
    assert answer.status == 431
    assert b"Delete this site's cookies" in answer.body
    assert get(path, cookie=f"{cookie()}; x={'x' * 60_000}").status == 200
    assert may_have("/healthz", cookie="x" * 66_000)


def spliced(payload_of: str, rest_of: str) -> str:
    """The payload of one cookie under the time and signature of another."""
    return ".".join([payload_of.rsplit(".", 2)[0], *rest_of.rsplit(".", 2)[1:]])


FORGED = {
    "another secret": cookie(secret="another-secret-another-secret-another"),
    "no secret": cookie(secret=""),
    "another purpose": cookie(name="_streamlit_user_tokens"),
    "another payload": spliced(cookie(), cookie({"email": "eve@evil.org"})),
    "another letter": cookie().replace(cookie()[40], "-" if cookie()[40] != "-" else "_", 1),
    "no signature": cookie().rsplit(".", 2)[0],
    "nothing": "_streamlit_user=",
    "no text": "_streamlit_user=%00",
    "plain JSON": '_streamlit_user="{\\"is_logged_in\\": true}"',
    "another site": cookie({"origin": "https://other.example.com"}),
    "no site": cookie({"origin": None}),
    "signed out": cookie({"is_logged_in": False}),
    "on no list": cookie({"email": "eve@evil.org"}),
    "unverified": cookie({"email_verified": False}),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_forged_cookie_or_one_of_somebody_else_opens_nothing(secrets: Secrets, forged: str) -> None:
    """Another secret, another purpose, a changed payload, another site's, somebody who is on no list."""
    secrets.write(AUTH + ACCESS)
    assert not may_have("/media/0123.csv", cookie=forged)
    assert not may_have("/metrics", cookie=forged)


def test_an_expired_cookie_opens_nothing(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    import itsdangerous.timed

    secrets.write(AUTH + ACCESS)
    old = cookie()
    now = itsdangerous.timed.time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 32 * 86400)
    assert not may_have("/media/0123.csv", cookie=old)
    assert may_have("/media/0123.csv", cookie=cookie())


def test_who_is_taken_off_the_list_is_out_at_once(secrets: Secrets) -> None:
    secrets.write(AUTH + ACCESS)
    assert may_have("/media/x", cookie=cookie())
    secrets.write(AUTH + ACCESS.replace("anna", "berta"))
    assert not may_have("/media/x", cookie=cookie())


BAD_FILES = {
    "a missing key": AUTH.replace("client_id", "client_ids"),
    "an empty secret": AUTH.replace(
        'cookie_secret = "0123456789abcdef0123456789abcdef"', 'cookie_secret = ""'
    ),
    "no TOML": AUTH + "[access\n",
    "no UTF-8": AUTH.encode() + b"# \xff\n",
    "a list and no sign-in": ACCESS,
    "a misspelt list": AUTH + ACCESS.replace("access", "acess"),
    "a misspelt sign-in": AUTH.replace("[auth]", "[Auth]"),
    "a wrong list of a connection": AUTH + "[connections.prod.access]\nemail = ['anna@example.com']\n",
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_mistake_in_the_file_closes_everything_but_the_page_that_says_so(
    secrets: Secrets, what: str
) -> None:
    secrets.write(BAD_FILES[what])
    assert rules.policy().faults
    for path in (
        *CLOSED[:-1],
        "/metrics",
        "/_stcore/metrics",
        *SIGN_IN,
    ):
        for sent in ({}, {"cookie": cookie()}, {"cookie": cookie(secret="")}, {"host": "127.0.0.1"}):
            assert not may_have(path, **sent)
    for path in OPEN:
        assert may_have(path)


def test_a_file_that_cannot_be_read_tells_no_path_and_no_content(secrets: Secrets) -> None:
    secrets.write('[auth]\ncookie_secret = "hidden-value"\nclient_id = hidden-value\n')
    (fault,) = rules.policy().faults
    assert fault == "secrets.toml cannot be read: it is not valid TOML (line 3, column 13)"


def test_a_sign_in_that_was_there_at_the_start_does_not_go_away(secrets: Secrets) -> None:
    """A file that is replaced is gone for a moment; that moment must not let everybody in."""
    secrets.write(AUTH)
    assert rules.remember_start().sign_in
    for text in (None, "", "[access]\ntrusted_network = true\n"):
        secrets.write(text)
        assert rules.policy().verdict({}, 0) is Verdict.SHUT
        assert not may_have("/media/x", host="127.0.0.1")
    secrets.write(AUTH)
    assert rules.policy().verdict({}, 0) is Verdict.SIGNED_OUT
    secrets.write(None)
    assert rules.remember_start().verdict({}, 0) is Verdict.ADMITTED


@pytest.mark.parametrize("path", ["/metrics", "/_stcore/metrics"])
def test_measurements_open_to_the_token_or_to_a_viewer(secrets: Secrets, path: str) -> None:
    secrets.write(AUTH + ACCESS + METRICS)
    assert may_have(path, authorization=f"Bearer {TOKEN}")
    assert may_have(path, authorization=f"bearer {TOKEN}")
    assert may_have(path, cookie=cookie())
    for wrong in (
        "",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        "Bearer",
        "Bearer \xff",
    ):
        answer = get(path, authorization=wrong)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not may_have("/report", authorization=f"Bearer {TOKEN}")


def test_measurements_without_a_token_need_a_viewer(secrets: Secrets) -> None:
    secrets.write(AUTH)
    for path in ("/metrics", "/_stcore/metrics"):
        assert not may_have(path)
        assert not may_have(path, authorization="Bearer ")
        assert may_have(path, cookie=cookie())


def test_measurements_name_every_connection_so_a_viewer_must_be_on_each_list(secrets: Secrets) -> None:
    for others, allowed in ((["anna@example.com"], True), (["bert@example.com"], False)):
        lists = "".join(
            f"[connections.{name}.access]\nemails = {emails}\n"
            for name, emails in (("ours", ["anna@example.com"]), ("theirs", others))
        )
        secrets.write(AUTH + METRICS + lists)
        for path in ("/metrics", "/_stcore/metrics"):
            assert may_have(path, cookie=cookie()) is allowed
            assert may_have(path, authorization=f"Bearer {TOKEN}")


def test_without_a_sign_in_measurements_are_ours_to_read_and_streamlits_are_not(secrets: Secrets) -> None:
    assert may_have("/metrics", host="localhost")
    assert not may_have("/_stcore/metrics", host="localhost")
    secrets.write(METRICS)
    for path in ("/metrics", "/_stcore/metrics"):
        assert not may_have(path, host="localhost")
        assert may_have(path, host="localhost", authorization=f"Bearer {TOKEN}")
        assert not may_have(path, host="10.0.0.1", authorization=f"Bearer {TOKEN}")


@pytest.mark.parametrize("method", ["PUT", "POST", "GET"])
def test_nobody_uploads(secrets: Secrets, method: str) -> None:
    path = "/_stcore/upload_file/session/file"
    assert get(path, method=method, host="localhost").status == 404
    secrets.write(AUTH)
    assert get(path, method=method, cookie=cookie()).status == 404


def test_a_path_below_a_base_is_the_same_path(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.server.gate import _path

    def path(**scope: str) -> str:
        return _path({"root_path": "", **scope})

    assert path(path="/base/media/x", root_path="/base") == "/media/x"
    with options({"server.baseUrlPath": "team/dash"}):
        assert path(path="/team/dash/auth/login") == "/auth/login"
        assert path(path="/healthz") == "/healthz"
        assert path(path="/team/dashes/auth/login") == "/team/dashes/auth/login"


@pytest.mark.parametrize(
    ("token", "origin", "counts"),
    [
        ("the same", b"https://dashboard.example.com", True),
        ("the same", b"", False),
        ("another", b"https://dashboard.example.com", False),
        ("none", b"https://dashboard.example.com", False),
    ],
)
def test_in_a_session_a_cookie_counts_for_a_page_of_ours_alone(
    secrets: Secrets, token: str, origin: bytes, counts: bool
) -> None:
    """A page of another site may make a browser send its cookies, but not read this site's token."""
    secrets.write(AUTH)
    kept, other = generate_xsrf_token_string(), generate_xsrf_token_string()
    repeated = {"the same": kept, "another": other, "none": ""}[token]
    headers = [
        (b"cookie", f"{cookie()}; _streamlit_xsrf={kept}".encode()),
        (b"sec-websocket-protocol", f"streamlit, {repeated}, x".encode()),
        (b"origin", origin),
    ]
    claims = rules.session_claims({"type": "websocket", "headers": headers}, rules.policy())
    assert claims.get("email") == ("anna@example.com" if counts else None)
