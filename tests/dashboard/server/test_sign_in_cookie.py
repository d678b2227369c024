"""A sign-in is one cookie that is whole; nothing else that calls itself one gets past the gate."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.access.policy import read_policy
from dashboard.server import rules, sign_in_cookie, streamlit_private
from dashboard.server.sign_in_cookie import one_sign_in
from tests.dashboard.asgi import run
from tests.dashboard.guarded import AUTH, CLAIMS, ORIGIN, SECRET, Secrets, cookie, get, options, secrets

__all__ = ["secrets"]

GROUPS = '[access]\ngroups = ["ml"]\n'
NAME = "_streamlit_user"


def written(claims: Mapping[str, Any]) -> RedirectResponse:
    """The last answer of a sign-in with these claims."""
    answer = RedirectResponse("/", 302)
    run(sign_in_cookie.write(answer, {**CLAIMS, **claims}))
    return answer


def read(answer: RedirectResponse) -> dict[str, Any]:
    """What Streamlit reads of the cookie that an answer sets."""
    set_cookie = answer.headers["set-cookie"]
    assert len(set_cookie) <= 4096
    value = SimpleCookie(set_cookie)[NAME].value
    said = starlette_websocket._get_signed_cookie_with_chunks({NAME: value}, NAME)
    assert said is not None
    claims: dict[str, Any] = starlette_websocket._parse_decoded_user_cookie(said, ORIGIN)
    return claims


@pytest.mark.parametrize("count", [0, 1, 10, 100, 200, 1000, 5000])
def test_a_sign_in_is_one_cookie_whatever_the_number_of_groups(secrets: Secrets, count: int) -> None:
    secrets.write(AUTH + GROUPS)
    groups = [
        str(uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)) for number in range(count)
    ]
    answer = written({"groups": [*groups, "ml"], "email_verified": True, "name": "Anna"})
    assert len(answer.headers.getlist("set-cookie")) == 1
    claims = read(answer)
    assert claims["email"] == "anna@example.com"
    assert "ml" in claims["groups"]
    assert claims["groups"] in ([*groups, "ml"], ["ml"])
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("base", "home", "path"), [("", "/", "/"), ("team/dash", "/team/dash/", "/team/dash")], ids=["", "base"]
)
def test_a_cookie_is_for_this_dashboard_alone(secrets: Secrets, base: str, home: str, path: str) -> None:
    with options({"server.baseUrlPath": base}):
        secrets.write((AUTH + GROUPS).replace("/oauth2callback", f"{home}oauth2callback"))
        morsel = SimpleCookie(written({}).headers["set-cookie"])[NAME]
        assert (morsel["httponly"], morsel["secure"], morsel["samesite"]) == (True, True, "lax")
        assert (morsel["path"], int(morsel["max-age"])) == (path, 30 * 86400)
        local = AUTH.replace(ORIGIN, "http://localhost:8501").replace(
            "/oauth2callback", f"{home}oauth2callback"
        )
        secrets.write(local)
        assert not SimpleCookie(written({}).headers["set-cookie"])[NAME]["secure"]


def test_a_sign_in_that_does_not_fit_says_so(secrets: Secrets) -> None:
    names = [uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).hex for number in range(900)]
    secrets.write(f"{AUTH}[access]\ngroups = {json.dumps(names)}\n")
    answer = written({"groups": names})
    assert answer.headers["location"] == "/?sign_in=too_many_groups"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not sign_in_cookie.signs_in(answer.headers["set-cookie"])
    assert sign_in_cookie.signs_in(written({"groups": names[:3]}).headers["set-cookie"])


def passed(header: str | bytes, **more: str) -> tuple[str, list[str]]:
    """What is left of a Cookie header at the gate, and the names of what is not."""
    raw = header if isinstance(header, bytes) else header.encode("latin-1")
    headers = [
        (b"host", b"x"),
        (b"cookie", raw),
        *((name.encode(), text.encode()) for name, text in more.items()),
    ]
    scope, left_out = one_sign_in({"type": "http", "path": "/", "headers": headers}, rules.policy())
    kept = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    assert [pair for pair in scope["headers"] if pair[0] != b"cookie"] == [
        p for p in headers if p[0] != b"cookie"
    ]
    return "|".join(kept), left_out


def piece(name: str, value: str) -> str:
    return f"{name}={create_signed_value(SECRET, name, value).decode()}"


def test_one_whole_sign_in_passes_as_it_is(secrets: Secrets) -> None:
    secrets.write(AUTH)
    for header in (cookie(), f"a=b; {cookie()}; c", f'  {cookie()} ;x="\\777"', "a=b", ""):
        assert passed(header) == (header, [])


def test_pieces_and_what_is_like_them_do_not_pass(secrets: Secrets) -> None:
    secrets.write(AUTH)
    first, second = piece(f"{NAME}_1", '{"is_logged_'), piece(f"{NAME}_2", 'in": true}')
    count = piece(NAME, "chunks-2")
    assert passed(f"a=b; {count};{first}; {second}") == ("a=b", [NAME, f"{NAME}_1", f"{NAME}_2"])
    assert passed(f"{first}; {cookie()}") == (f" {cookie()}", [f"{NAME}_1"])
    for other in (
        f"{NAME}__1=x",
        f"{NAME}_tokens=x",
        f"{NAME}_tokens_1=x",
        f"\x85{NAME}_1\xa0= x",
        f"{NAME}=x",
    ):
        assert passed(other)[0] == ""
    assert passed(first, cookie=second) == ("", [f"{NAME}_1", f"{NAME}_2"])


def test_of_several_sign_ins_the_first_that_is_ours_counts(secrets: Secrets) -> None:
    """Another application of this host may have a cookie of the same name, for another path."""
    secrets.write(AUTH)
    foreign = cookie(secret="another-secret-another-secret-another")
    eve = cookie({"email": "eve@evil.org"})
    assert passed(f"{foreign}; {cookie()}; {eve}") == (f" {cookie()}", [NAME, NAME])
    assert passed(f"{cookie()}; {foreign}") == (cookie(), [NAME])
    assert passed("; ".join([foreign] * 4 + [cookie()]))[0] == ""  # no end of trying


def test_without_a_sign_in_there_is_none(secrets: Secrets) -> None:
    assert passed(f"{cookie()}; a=b") == (" a=b", [NAME])
    secrets.write(AUTH + "[oops")
    assert passed(cookie()) == ("", [NAME])


@given(
    st.lists(
        st.sampled_from(
            [
                f"{NAME}=chunks-1",
                cookie({"name": "whole"}),
                piece(NAME, "chunks-1"),
                piece(f"{NAME}_1", json.dumps({**CLAIMS, "name": "pieces"})),
                piece(f"{NAME}_1", json.dumps(CLAIMS)[:40]),
                piece(f"{NAME}_2", json.dumps(CLAIMS)[40:]),
                piece(f"{NAME}_tokens", "{}"),
                "a=b",
                '"',
                f" {NAME} ",
                "",
            ]
        )
        | st.text(alphabet=st.characters(max_codepoint=255), max_size=20),
        max_size=8,
    ),
    st.sampled_from([";", "; ", " ;"]),
    st.integers(1, 3),
)
def test_whatever_is_sent_streamlit_and_the_gate_read_one_whole_sign_in_or_none(
    pieces: list[str], between: str, headers: int
) -> None:
    found = read_policy({"auth": {**TABLE}}, {})
    assert not found.faults
    sent = [
        (b"cookie", between.join(pieces[start::headers]).encode("latin-1", "replace"))
        for start in range(headers)
    ]
    with pytest.MonkeyPatch.context() as patch:
        for module in (streamlit_private, starlette_websocket):
            patch.setattr(module, "get_cookie_secret", lambda: SECRET)
        scope, _ = one_sign_in({"type": "http", "path": "/", "headers": sent}, found)
        cookies = HTTPConnection(scope).cookies
        assert {name for name in cookies if name.startswith(NAME)} <= {NAME}
        said = starlette_websocket._get_signed_cookie_with_chunks(cookies, NAME)
        assert said in {None, json.dumps({**CLAIMS, "name": "whole"}).encode()}
        assert said == (streamlit_private.unsigned(cookies[NAME]) if NAME in cookies else None)


TABLE = {
    "redirect_uri": f"{ORIGIN}/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "x",
    "client_secret": "x",
    "server_metadata_url": "https://login.example.com/x",
}


@pytest.mark.parametrize("path", ["/auth/login", "/auth/logout", "/oauth2callback"])
def test_pieces_of_earlier_versions_are_forgotten_at_the_next_sign_in(secrets: Secrets, path: str) -> None:
    secrets.write(AUTH)
    answer = get(path, cookie=f"{NAME}_1=x; {cookie()}; a=b")
    assert answer.status == 200
    morsel = SimpleCookie(answer.headers["set-cookie"])[f"{NAME}_1"]
    assert (morsel["max-age"], morsel["path"]) == ("0", "/")
    for header in (cookie(), f"{NAME}=x", f"{NAME}_evil=x", f"{NAME}_1\x01=x", f"x{NAME}_1=x"):
        assert "set-cookie" not in get(path, cookie=header).headers
    assert "set-cookie" not in get("/", cookie=f"{NAME}_1=x").headers
