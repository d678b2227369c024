"""A link outlives the sign-in, and leads nowhere but to a page of the dashboard."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from http.cookies import SimpleCookie
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.server.login_redirect import COOKIE, MAX_TARGET, DeepLinks, safe_target
from tests.dashboard.asgi import call, run
from tests.dashboard.guarded import AUTH, Secrets, options, secrets

__all__ = ["secrets"]

HOST = "dashboard.example.com"


class Provider:
    """Stands for Streamlit's sign-in routes: the first leads away, the last back to the first page."""

    def __init__(self, base: str = "") -> None:
        self.signs_in = True
        self.status = 302
        self.location = f"{base}/"
        routes = [
            Route(f"{base}/auth/login", self._login),
            Route(f"{base}/oauth2callback", self._callback),
        ]
        self.app = DeepLinks(Starlette(routes=routes))

    async def _login(self, _request: Request) -> Response:
        if self.status != 302:
            return PlainTextResponse("Authentication error", self.status)
        return RedirectResponse("https://login.example.com/authorize", 302)

    async def _callback(self, _request: Request) -> Response:
        response = RedirectResponse(self.location, 302)
        if self.signs_in:
            response.set_cookie("_streamlit_user", "signed", max_age=60)
        else:
            response.delete_cookie("_streamlit_user")
        return response

    def noted(self, referer: str, base: str = "") -> str:
        """The cookie that the first step sets, as a browser sends it back; "" for none."""
        answer = run(call(self.app, f"{base}/auth/login?provider=x", {"host": HOST, "referer": referer}))
        assert answer.status == 302
        set_cookie = answer.headers.get("set-cookie", "")
        return set_cookie.split(";")[0]

    def landed(self, cookie: str, query: str = "code=1&state=2", base: str = "") -> tuple[str, str]:
        """Where the last step leads, and the cookies that it sets."""
        return run(self._back(cookie, query, base))

    async def _back(self, cookie: str, query: str, base: str) -> tuple[str, str]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"host", HOST.encode()), (b"cookie", cookie.encode())]
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": f"{base}/oauth2callback"}
        scope["query_string"] = query.encode()
        await self.app({**scope, "headers": headers, "root_path": ""}, receive, send)
        pairs = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        cookies = "\n".join(value for name, value in pairs if name == "set-cookie")
        return dict(pairs)["location"], cookies


@pytest.fixture
def provider(secrets: Secrets) -> Provider:
    secrets.write(AUTH)
    return Provider()


@pytest.mark.parametrize(
    "page",
    [
        "/connection",
        "/?engine=PyTorch&engine=Custom+image&contains=a%20b&sort_by=created",
        "/connection?search=%E2%82%AC%2F%2Fevil.org",
        "/?config=" + "x" * (MAX_TARGET - 9),
    ],
)
def test_the_address_of_the_page_comes_back(provider: Provider, page: str) -> None:
    cookie = provider.noted(f"https://{HOST}{page}")
    location, cookies = provider.landed(cookie)
    assert location == page
    assert f'{COOKIE}=""' in cookies
    assert "Max-Age=0" in cookies


def test_the_cookie_is_for_this_sign_in_alone(provider: Provider) -> None:
    answer = run(call(provider.app, "/auth/login", {"host": HOST, "referer": f"https://{HOST}/connection"}))
    morsel = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert (morsel["httponly"], morsel["secure"], morsel["samesite"], morsel["path"]) == (
        True,
        True,
        "Lax",
        "/",
    )
    assert 0 < int(morsel["max-age"]) <= 3600


def test_on_this_machine_without_tls_the_cookie_is_sent_back_too(secrets: Secrets) -> None:
    secrets.write(AUTH.replace("https://dashboard.example.com", "http://localhost:8501"))
    answer = run(call(Provider().app, "/auth/login", {"host": HOST, "referer": f"http://{HOST}/connection"}))
    assert not SimpleCookie(answer.headers["set-cookie"])[COOKIE]["secure"]


@pytest.mark.parametrize(
    "referer",
    [
        "",
        f"https://{HOST}",
        f"https://{HOST}/",
        f"https://{HOST}/?sign_in=failed",
        "https://evil.org/connection",
        f"https://{HOST}.evil.org/connection",
        f"https://{HOST}@evil.org/connection",
        f"https://{HOST}:8443/connection",
        f"https://{HOST}//evil.org/x",
        f"https://{HOST}/auth/logout",
        f"https://{HOST}/oauth2callback?code=1",
        f"https://{HOST}/?config={'x' * MAX_TARGET}",
    ],
)
def test_no_other_address_is_noted(provider: Provider, referer: str) -> None:
    assert provider.noted(referer) == ""


def test_a_sign_in_that_cannot_begin_says_so_and_may_be_tried_again(provider: Provider) -> None:
    """Streamlit says no more than "Authentication error" when the provider does not answer."""
    provider.status = 400
    answer = run(call(provider.app, "/auth/login", {"host": HOST, "referer": f"https://{HOST}/connection"}))
    assert (answer.status, answer.headers["location"], answer.body) == (302, "/?sign_in=failed", b"")
    assert provider.landed(answer.headers["set-cookie"].split(";")[0])[0] == "/connection"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "x",
        "connection",
        "//evil.org",
        "///evil.org",
        "/\\evil.org",
        "\\\\evil.org",
        "https://evil.org/",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "/x y",
        "/x\t",
        "/\u20ac",
        "/x\x00",
        "/<script>",
        '/"',
        "/auth/logout",
        "/auth/logout?x",
        "/auth/login",
        "/oauth2callback?code=1",
        "/" + "x" * MAX_TARGET,
    ],
)
def test_a_cookie_of_somebody_elses_making_leads_nowhere_else(provider: Provider, target: str) -> None:
    assert safe_target(target) == ""
    made = f"{COOKIE}={urlsafe_b64encode(target.encode()).decode()}"
    assert provider.landed(made)[0] == "/"


@pytest.mark.parametrize("value", ["", "%", "a", "====", "not base64 at all", "gA==", "Lw=", "\x7f"])
def test_a_cookie_that_cannot_be_read_leads_to_the_first_page(provider: Provider, value: str) -> None:
    assert provider.landed(f"{COOKIE}={value}")[0] == "/"


def test_a_sign_in_that_fails_says_so_and_may_be_tried_again(provider: Provider) -> None:
    cookie = provider.noted(f"https://{HOST}/connection?search=x")
    provider.signs_in = False
    for query in ("error=access_denied&state=2", "code=1&state=2"):
        location, cookies = provider.landed(cookie, query)
        assert location == "/?sign_in=failed"
        assert COOKIE not in cookies
    provider.signs_in = True
    assert provider.landed(cookie)[0] == "/connection?search=x"


def test_the_way_back_from_a_sign_out_is_no_failure(provider: Provider) -> None:
    provider.signs_in = False
    assert provider.landed("", "")[0] == "/"


@pytest.mark.parametrize("referer", ["http://[::1", "//[", "http://\u20ac@[", "\x7f"])
def test_an_address_that_is_none_is_not_noted_and_breaks_nothing(provider: Provider, referer: str) -> None:
    assert provider.noted(referer) == ""


@pytest.mark.parametrize(
    "path", ["//evil.org/auth/login", "/\\evil.org/auth/login", "/\u20ac/auth/login", "/x"]
)
def test_at_no_other_path_an_answer_is_changed(provider: Provider, path: str) -> None:
    answer = run(call(provider.app, path, {"host": HOST, "referer": f"https://{HOST}/connection"}))
    assert answer.status == 404
    assert not {"location", "set-cookie"} & answer.headers.keys()


def test_what_is_no_question_for_a_page_is_not_led_anywhere(provider: Provider) -> None:
    answer = run(call(provider.app, "/auth/login", {"host": HOST}, "POST"))
    assert (answer.status, "location" in answer.headers) == (405, False)


def test_a_sign_in_that_does_not_fit_is_not_told_as_one_that_failed(provider: Provider) -> None:
    provider.signs_in = False
    provider.location = "/?sign_in=too_many_groups"
    assert provider.landed("", "code=1&state=2")[0] == "/?sign_in=too_many_groups"


def test_under_a_path_the_way_leads_back_below_it(secrets: Secrets) -> None:
    with options({"server.baseUrlPath": "team/dash"}):
        secrets.write(AUTH.replace("/oauth2callback", "/team/dash/oauth2callback"))
        below = Provider("/team/dash")
        for page in ("/team/dash/connection?engine=PyTorch", "/team/dash/?x=1"):
            cookie = below.noted(f"https://{HOST}{page}", "/team/dash")
            location, cookies = below.landed(cookie, base="/team/dash")
            assert location == page
            assert SimpleCookie(cookies.splitlines()[-1])[COOKIE]["path"] == "/team/dash"
        for page in (
            "/team/dash",
            "/team/dash/",
            "/elsewhere",
            "/",
            "/team/dashes/x",
            "/team/dash//evil.org",
        ):
            assert below.noted(f"https://{HOST}{page}", "/team/dash") == ""
            made = f"{COOKIE}={urlsafe_b64encode(page.encode()).decode()}"
            assert below.landed(made, base="/team/dash")[0] in {"/team/dash", "/team/dash/"}
        below.signs_in, below.status = False, 400
        assert below.landed("", base="/team/dash")[0] == "/team/dash/?sign_in=failed"
        answer = run(call(below.app, "/team/dash/auth/login", {"host": HOST}))
        assert answer.headers["location"] == "/team/dash/?sign_in=failed"
        answer = run(call(below.app, "/auth/login", {"host": HOST}))
        assert answer.status == 404


def test_no_target_leads_to_a_sign_out_under_a_path() -> None:
    with options({"server.baseUrlPath": "dash"}):
        assert safe_target("/dash/connection") == "/dash/connection"
        assert safe_target("/dash") == "/dash"
        for target in ("/dash/auth/logout", "/dash/auth/login?x", "/dash/oauth2callback", "", "?x", "dash/x"):
            assert safe_target(target) == ""
