"""Signing in and out, and the screen that stands in for all others while somebody may not look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard.access.allow_list import is_unverified
from dashboard.access.missing_groups import Cause, MissingGroups, may_have_more, missing_groups
from dashboard.access.naming import short, viewer_name
from dashboard.access.policy import EXAMPLE_SECRET, Policy, Verdict
from dashboard.secrets_file import UNREADABLE
from dashboard.server import rules
from dashboard.server.login_redirect import FAILED
from dashboard.server.sign_in_cookie import TOO_MANY
from dashboard.ui.context import Viewer
from dashboard.ui.group_advice import advice
from dashboard.ui.messages import literal

WIDTH = 520
EXAMPLE = f"""[auth]
redirect_uri = "https://dashboard.example.com/oauth2callback"
cookie_secret = "{EXAMPLE_SECRET}"
client_id = "…"
client_secret = "…"
server_metadata_url = "https://login.example.com/.well-known/openid-configuration"

[access]
domains = ["example.com"]"""


def draw(viewer: Viewer) -> None:
    """Draw who is asked to sign in, who has nothing to see, or why nobody may look: and what to do next."""
    with (
        st.container(horizontal_alignment="center", key="sign_in"),
        st.container(border=True, width=WIDTH, gap="medium"),
    ):
        match viewer.verdict:
            case Verdict.SHUT:
                _draw_faults(viewer.policy)
            case Verdict.REFUSED | Verdict.ADMITTED:  # admitted, and on the list of no connection
                _draw_refused(viewer)
            case verdict:
                _draw_signed_out(viewer.policy, expired=verdict is Verdict.EXPIRED)


def draw_viewer(viewer: Viewer) -> None:
    """Draw the viewer's name and the way out, where there is a sign-in."""
    policy, claims = viewer.policy, viewer.claims
    if not policy.sign_in:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="viewer"):
        st.text(viewer_name(claims), width="stretch")
        st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign_out", on_click=st.logout)
    if may_have_more(claims, policy):
        st.caption("Who may look has changed since you signed in. Sign in again to see all that is yours.")
        st.button("Sign in again", icon=":material/login:", key="sign_in_again", on_click=st.login)


def _draw_signed_out(policy: Policy, *, expired: bool) -> None:
    st.title("Training job configurations", anchor=False)
    st.markdown(
        "What your team's ModelArts projects have, on which engines, since when. Sign in with your"
        " organisation's account to look."
    )
    if _came_with(FAILED):
        st.error(f"Signing in did not work. Try again; if it stays, {_ask(policy)}.", icon=":material/error:")
    if _came_with(TOO_MANY):
        st.error(
            "You are in more of the listed groups than a sign-in can hold. To be let in, "
            f"{_ask(policy)} to list fewer groups, such as one that has you all.",
            icon=":material/error:",
        )
    if expired:
        st.info(
            f"A sign-in lasts for {policy.sign_in_hours:g} h, and yours is older.", icon=":material/schedule:"
        )
    elsewhere = _right_address()
    if elsewhere:
        st.info("Signing in works at the dashboard's own address only.", icon=":material/link:")
        st.link_button("Go there", elsewhere, icon=":material/login:", type="primary", width="stretch")
    else:
        st.button("Sign in", icon=":material/login:", type="primary", width="stretch", on_click=st.login)


def _draw_refused(viewer: Viewer) -> None:
    claims, policy = viewer.claims, viewer.policy
    st.title("This account may not look", anchor=False)
    st.markdown(f"You are signed in as {literal(_account(claims))}.")
    if is_unverified(claims):
        st.markdown("Your sign-in provider has not verified this e-mail address, so no list counts it.")
    reasons = list(_reasons(policy, claims))
    for missing in reasons:
        st.markdown(advice(missing))
    st.markdown(f"If you should see this dashboard, {_ask(policy)} to add the account.")
    is_older = any(missing.reason is Cause.OLDER for missing in reasons)
    with st.container(horizontal=True):
        label = "Sign in again" if is_older else "Use another account"
        st.button(label, icon=":material/switch_account:", type="primary", on_click=st.login)
        st.button("Sign out", icon=":material/logout:", key="sign_out", on_click=st.logout)


def _reasons(policy: Policy, claims: Mapping[str, object]) -> Iterator[MissingGroups]:
    """Yield why no group lets this account in: each reason once, of the whole or else of the connections."""
    is_refused = rules.verdict(policy, claims) is Verdict.REFUSED
    lists = (policy.access,) if is_refused else policy.connections.values()
    yield from dict.fromkeys(
        missing for access in lists if (missing := missing_groups(access, claims, policy))
    )


def _came_with(query: str) -> bool:
    """Return whether the address says how a sign-in ended."""
    name, _, value = query.partition("=")
    return value in st.query_params.get_all(name)


def _draw_faults(policy: Policy) -> None:
    st.title("The dashboard is shut", anchor=False)
    st.error("Who may look is not set up correctly, so nobody may.", icon=":material/settings_alert:")
    for fault in policy.faults:
        st.text(f"• {fault}")
    if not policy.faults[0].startswith(UNREADABLE):
        st.caption("In secrets.toml it looks like this; docs/access.md explains it:")
        st.code(EXAMPLE, language=None, wrap_lines=True)
    st.caption("Nothing is shown until this is put right; then reload this page.")


def _account(claims: Mapping[str, object]) -> str:
    email = claims.get("email")
    name = viewer_name(claims)
    return name if not isinstance(email, str) or short(email) == name else f"{name}, {short(email)}"


def _ask(policy: Policy) -> str:
    return f"ask {literal(policy.contact)}" if policy.contact else "ask whoever runs this dashboard"


def _right_address() -> str:
    """Return this page at the address that a sign-in leads to; "" when the viewer is there already."""
    here, home = urlsplit(st.context.url or ""), urlsplit(rules.origin())
    if not here.netloc or (here.scheme, here.netloc) == (home.scheme, home.netloc):
        return ""
    pairs = [(key, value) for key in st.query_params for value in st.query_params.get_all(key)]
    return here._replace(scheme=home.scheme, netloc=home.netloc, query=urlencode(pairs)).geturl()
