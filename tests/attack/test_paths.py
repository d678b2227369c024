"""Paths, methods and queries of any bytes: no way past the gate, to elsewhere, or into the log."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_local import LocalService
from tests.attack.raw import ask, assert_harmless, leads_to
from tests.browser.guarded import Guarded
from tests.browser.provider import Provider
from tests.browser.served import Dashboard
from tests.browser.sign_ins import address_of_sign_in, signed_in

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
TARGETS = st.lists(MADE_OF | BYTES, min_size=1, max_size=8).map(b"".join).filter(bool)
EXAMPLES = settings(max_examples=120)


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
