"""Signing in without a browser: the same requests, and cookies to look at and to send as one likes."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

import requests
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from tests.browser.client import Client
from tests.browser.guarded import Guarded


def address_of_sign_in(guarded: Guarded) -> str:
    """Return where the sign-in screen's button leads: with a word of the server that it was pressed."""
    with Client(guarded.url) as stranger:
        stranger.run()
        (button,) = [widget for key, widget in stranger.widgets.items() if key == "None"]
        stranger.run(widgets={button: {"trigger_value": True}})
        (url,) = {
            message.auth_redirect.url for message in stranger.received if message.HasField("auth_redirect")
        }
    return urljoin(guarded.url, url)


def signed_in(guarded: Guarded, subject: str) -> requests.Session:
    """Sign in at the provider; what follows has the cookies of that."""
    browser = requests.Session()
    browser.trust_env = False
    away = browser.get(address_of_sign_in(guarded), timeout=30, allow_redirects=False)
    assert away.headers["location"].startswith(guarded.provider.url)
    back = browser.post(away.headers["location"], data={"sub": subject}, timeout=30, allow_redirects=False)
    assert back.headers["location"].startswith(f"{guarded.url}/oauth2callback?")
    home = browser.get(back.headers["location"], timeout=30, allow_redirects=False)
    assert home.status_code == 302
    return browser


def user_cookies(browser: requests.Session) -> dict[str, str]:
    """The cookies of a sign-in, by name."""
    found = {cookie.name: cookie.value or "" for cookie in browser.cookies}
    return {name: value for name, value in found.items() if name.startswith("_streamlit_user")}


def client_of(guarded: Guarded, cookies: Mapping[str, str]) -> Client:
    """Return a session of somebody with these cookies, through a page of the dashboard."""
    return Client(guarded.url, {**cookies, "_streamlit_xsrf": generate_xsrf_token_string()})


def told_to(guarded: Guarded, cookies: Mapping[str, str]) -> str:
    """Return all that somebody with these cookies is told by the script."""
    with client_of(guarded, cookies) as client:
        return client.run() + client.run()
