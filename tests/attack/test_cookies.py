"""Cookies: pieces of two sign-ins, forged ones, copies, and any bytes: nobody becomes somebody else."""

from __future__ import annotations

import itertools
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.auth_util import get_cookie_with_chunks, set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    decode_signed_value,
    generate_xsrf_token_string,
)

from modelarts_local import LocalService
from tests.attack.raw import ask
from tests.browser.client import Client
from tests.browser.guarded import ACCESS, Guarded
from tests.browser.sign_ins import signed_in, told_to, user_cookies

NAME = "_streamlit_user"
ATTRIBUTES = len("; Path=/; HttpOnly; SameSite=lax; Max-Age=2592000")
"""What Streamlit counts besides the name and the value when it cuts a cookie."""

FRESH = 4_000_000_000


def status(guarded: Guarded, cookies: Mapping[str, str]) -> int:
    """How a download that does not exist is answered: 404 to a viewer, 403 to everybody else."""
    return guarded.get("/media/none", dict(cookies)).status_code


def is_admitted(guarded: Guarded, project: LocalService, cookies: Mapping[str, str]) -> bool:
    """Whether the gate and the script let somebody in; they have to agree."""
    told = told_to(guarded, cookies)
    assert (project.project_id in told) != (
        "Sign in with your" in told or "This account may not look" in told
    )
    by_gate, by_script = status(guarded, cookies) == 404, project.project_id in told
    assert by_gate == by_script
    assert by_script != ("Sign in with your" in told or "This account may not look" in told)
    return by_gate


def noise(length: int) -> str:
    """Text that does not get shorter when it is packed: Streamlit packs a cookie before it measures it."""
    blocks = (sha256(str(number).encode()).digest() for number in range(length // 40 + 1))
    return b"".join(map(b64encode, blocks)).decode()[:length].ljust(length, "x")


@pytest.fixture
def two_accounts(guarded: Guarded) -> Guarded:
    """Somebody may choose their claims at the provider: as Anna, unverified; and as themselves, verified."""
    long = {"picture": noise(9000), "nickname": noise(5000)}
    guarded.provider.enrol("as-anna", **long, email="anna@example.com", email_verified=False)
    guarded.provider.enrol("own", **long, email="own@evil.org", email_verified=True)
    return guarded


def test_a_sign_in_of_any_length_is_one_cookie_that_cannot_be_mixed(
    two_accounts: Guarded, project: LocalService
) -> None:
    """Real sign-ins. Streamlit alone would write six cookies for each."""
    jars = [user_cookies(signed_in(two_accounts, subject)) for subject in ("as-anna", "own")]
    assert [list(jar) for jar in jars] == [[NAME], [NAME]]
    names = sorted({name for jar in jars for name in jar})
    for chosen in itertools.product(jars, repeat=len(names)):
        mixed = {name: jar[name] for name, jar in zip(names, chosen, strict=True) if name in jar}
        assert not is_admitted(two_accounts, project, mixed)
    assert is_admitted(two_accounts, project, user_cookies(signed_in(two_accounts, "anna")))


def cut(guarded: Guarded, claims: Mapping[str, Any]) -> dict[str, str]:
    """The cookies that Streamlit alone writes for claims, signed with the server's secret."""
    cookies: dict[str, str] = {}

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(guarded.auth["cookie_secret"], name, value)

    def keep(name: str, value: str) -> None:
        cookies[name] = sign(name, value).decode()

    set_cookie_with_chunks(keep, sign, NAME, dict(claims), cookie_attr_size=ATTRIBUTES)
    return cookies


def joined(guarded: Guarded, cookies: Mapping[str, str]) -> dict[str, Any]:
    """What Streamlit alone reads of cookies."""

    def read(name: str) -> bytes | None:
        value = cookies.get(name, "").encode()
        return decode_signed_value(guarded.auth["cookie_secret"], name, value)

    said = get_cookie_with_chunks(read, NAME)
    claims: dict[str, Any] = json.loads(said or b"{}")
    return claims


def aligned(guarded: Guarded, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Claims that are as long as somebody wants them, so that a cut falls between `before` and `after`."""
    probe = cut(guarded, {"x": noise(9000)})
    piece = decode_signed_value(guarded.auth["cookie_secret"], f"{NAME}_1", probe[f"{NAME}_1"].encode())
    assert piece is not None
    bare = len(json.dumps({"pad": "", **before})[:-1] + ", ")
    first = {"pad": noise(-bare % len(piece) + len(piece)), **before, **after}
    site = {"origin": guarded.url, "is_logged_in": True, "provider": "default"}
    rest = len(json.dumps({**first, "more": "", **site}))
    claims = {**first, "more": noise(5 * len(piece) - rest), **site}
    assert len(json.dumps(claims)) == 5 * len(piece)
    return claims


def mixtures(mine: Mapping[str, str], other: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Every set of cookies that takes each piece from one of two sign-ins."""
    assert list(mine) == list(other)
    for chosen in itertools.product((mine, other), repeat=len(mine)):
        yield {name: jar[name] for name, jar in zip(mine, chosen, strict=True)}


def is_third(guarded: Guarded, cookies: Mapping[str, str], **claim: Any) -> bool:
    """Whether Streamlit alone would take cookies for somebody with a claim of one and the rest of another."""
    read = joined(guarded, cookies)
    name, value = next(iter(claim.items()))
    is_the_others = read.get("email_verified") is True or read.get("iat") == FRESH
    return read.get(name) == value and is_the_others


def test_pieces_of_two_sign_ins_make_no_third(guarded: Guarded, project: LocalService) -> None:
    """As Streamlit alone cuts and signs them, cut before the word that the address is not verified."""
    as_anna = aligned(guarded, {"email": "anna@example.com"}, {"email_verified": False})
    own = aligned(guarded, {"email": "own@evil.org"}, {"email_verified": True, "x": ""})
    mixed = list(mixtures(cut(guarded, as_anna), cut(guarded, own)))
    assert {status(guarded, cookies) for cookies in mixed} == {403}
    third = [cookies for cookies in mixed if is_third(guarded, cookies, email="anna@example.com")]
    assert third  # Streamlit alone takes these for Anna, verified
    for cookies in third[:3]:
        assert "Sign in with your" in told_to(guarded, cookies)
    for one in (cut(guarded, as_anna), cut(guarded, own)):  # not even the pieces of one
        assert not is_admitted(guarded, project, one)
    whole = {"email": "anna@example.com", "email_verified": True}
    site = {"origin": guarded.url, "is_logged_in": True, "provider": "default"}
    (control,) = cut(guarded, {**whole, **site}).items()
    assert is_admitted(guarded, project, dict([control]))
    assert is_admitted(
        guarded, project, {**cut(guarded, own), **dict([control])}
    )  # its own, whatever is beside


def test_a_fresh_time_does_not_join_with_old_groups(guarded: Guarded, project: LocalService) -> None:
    guarded.write(ACCESS + "sign_in_hours = 1\n")
    old = aligned(guarded, {"sub": "gustav", "groups": ["ml-platform"]}, {"iat": 1_000_000_000})
    fresh = aligned(guarded, {"sub": "gustav", "groups": ["visitors!!!"]}, {"iat": FRESH})
    guarded.wait_for(403, "/media/none", signed(guarded, iat=1_000_000_000))
    mixed = list(mixtures(cut(guarded, old), cut(guarded, fresh)))
    assert {status(guarded, cookies) for cookies in mixed} == {403}
    third = [cookies for cookies in mixed if is_third(guarded, cookies, groups=["ml-platform"])]
    assert third
    assert not is_admitted(guarded, project, third[0])
    assert is_admitted(guarded, project, user_cookies(signed_in(guarded, "gustav")))


def signed(guarded: Guarded, secret: str = "", name: str = NAME, **claims: Any) -> dict[str, str]:
    """A cookie of somebody who would be let in, with some claims changed."""
    anna = {"origin": guarded.url, "is_logged_in": True, "email": "anna@example.com", "provider": "default"}
    value = create_signed_value(secret or guarded.auth["cookie_secret"], name, json.dumps(anna | claims))
    return {NAME: value.decode()}


def test_a_forged_cookie_is_nobodys(guarded: Guarded, project: LocalService) -> None:
    good = signed(guarded)[NAME]
    payload, signature = good.rsplit(".", 2)[0], good.rsplit(".", 2)[1:]
    eve, grouped = (
        signed(guarded, **claim)[NAME].rsplit(".", 2)[0]
        for claim in ({"email": "eve@evil.org"}, {"groups": ["ml-platform"]})
    )
    forged = [
        *signed(guarded, "another-secret-0123456789abcdefgh").values(),
        *signed(guarded, name=f"{NAME}_tokens").values(),
        *signed(guarded, name=f"{NAME}_1").values(),
        *signed(guarded, origin="https://other.example.com").values(),
        *signed(guarded, is_logged_in=False).values(),
        *signed(guarded, is_logged_in="true").values(),
        *signed(guarded, email="eve@evil.org").values(),
        *signed(guarded, email_verified=False).values(),
        ".".join([eve, *signature]),
        ".".join([grouped, *signature]),
        payload,
        f"{payload}..",
        f"{good}x",
        good[:-1],
        good.swapcase(),
        "x",
        "",
        '"',
        "chunks-1",
        "%00",
    ]
    for value in forged:
        assert status(guarded, {NAME: value}) == 403, value
        assert guarded.get("/metrics", {NAME: value}).status_code == 401
    for value in forged[::4]:
        assert not is_admitted(guarded, project, {NAME: value}), value
    assert is_admitted(guarded, project, {NAME: good})


def test_a_sign_in_holds_no_token_and_no_more_than_is_needed(guarded: Guarded) -> None:
    browser = signed_in(guarded, "gustav")
    assert list(user_cookies(browser)) == [NAME]
    value = user_cookies(browser)[NAME].encode()
    said = decode_signed_value(guarded.auth["cookie_secret"], NAME, value)
    assert said is not None
    claims = json.loads(said)
    mark = claims.pop("modelarts_dashboard")
    assert mark["claims"] == ["groups"]
    assert claims.keys() == {"sub", "name", "email", "groups", "iat", "origin", "is_logged_in", "provider"}
    assert not re.search(rb"eyJ[\w-]{10}|token|nonce|at_hash", said)


def test_a_session_is_not_opened_for_who_cannot_read_the_sites_token(
    guarded: Guarded, project: LocalService
) -> None:
    """A page elsewhere may make a browser send Anna's cookie: the script takes her for nobody."""
    anna = user_cookies(signed_in(guarded, "anna"))
    token = generate_xsrf_token_string()
    for kept, repeated in ((token, generate_xsrf_token_string()), ("", token), ("x", "x")):
        client = Client(guarded.url, {**anna, "_streamlit_xsrf": kept})
        client._protocols[1] = repeated
        with client:
            told = client.run() + client.run()
        assert project.project_id not in told
        assert "Sign in with your" in told
    assert project.project_id in told_to(guarded, anna)


def test_who_signs_out_takes_every_cookie_of_the_sign_in_along(guarded: Guarded) -> None:
    browser = signed_in(guarded, "anna")
    for name in (f"{NAME}_1", f"{NAME}_2", f"{NAME}_tokens", f"{NAME}_tokens_1"):
        browser.cookies.set(name, "left by an earlier version", domain="127.0.0.1", path="/")
    assert len(user_cookies(browser)) == 5
    browser.get(f"{guarded.url}/auth/logout", timeout=30, allow_redirects=False)
    assert user_cookies(browser) == {}


COOKIES = st.lists(
    st.sampled_from(
        [NAME, f"{NAME}_1", f"{NAME}_2", f"{NAME}__1", f"{NAME}_tokens", "_streamlit_session", "x"]
    )
    | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=5),
    max_size=6,
)
CONTENTS = (
    "chunks-1",
    "chunks-99999999",
    "",
    '"',
    "=",
    ".",
    "..",
    "a.b.c",
    "\xff",
    "\\777",
    "null",
    "[]",
    "{}",
)


@settings(max_examples=60)
@given(names=COOKIES, value=st.sampled_from(CONTENTS), between=st.sampled_from(["; ", ";", ",", ";;", "\t"]))
def test_no_cookies_of_any_kind_admit_or_break(
    behind_sign_in: Guarded, names: list[str], value: str, between: str
) -> None:
    secret = behind_sign_in.auth["cookie_secret"]
    for content in (value, create_signed_value(secret, NAME, value).decode()):
        header = f"Cookie: {between.join(f'{name}={content}' for name in names)}".encode("latin-1")
        assert ask(behind_sign_in.dashboard.port, b"/media/none", [header]).status in {400, 403}
        assert ask(behind_sign_in.dashboard.port, b"/auth/logout", [header]).status in {302, 400}
    assert "Traceback" not in behind_sign_in.dashboard.output
