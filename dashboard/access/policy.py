"""All rules of who may look: what `[auth]`, `[access]` and the connections' tables of secrets.toml say.

Pure: no clock, no network, no Streamlit. Whatever is wrong in these tables is a named fault, and while there
is one nobody may look: a mistake must never open what was meant to be closed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from urllib.parse import urlsplit

from dashboard.access.allow_list import Access, may_look, read_access
from dashboard.access.loopback import is_loopback
from dashboard.secrets_file import misspelt_tables, unknown_key

AUTH_KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
"""What Streamlit's sign-in needs; `client_kwargs` may stand beside them."""
OWN_KEYS = ("contact", "sign_in_hours", "trusted_network")
"""The keys of `[access]` that a connection's table does not have."""
MIN_SECRET, MIN_KINDS = 32, 8
EXAMPLE_SECRET = "replace-with-the-output-of-openssl-rand-hex-32"  # noqa: S105 - published, so it is refused
CALLBACK = "/oauth2callback"
NO_TABLE = "auth is not a table: write [auth] on a line of its own, and its keys below"
TRUSTED_VARIABLE = "DASHBOARD_TRUSTED_NETWORK"
TRUTHS: Mapping[str, bool] = {"": False, "0": False, "false": False, "1": True, "true": True}


class Verdict(Enum):
    """What a viewer may do at this moment."""

    ADMITTED = "may look"
    SIGNED_OUT = "has to sign in"
    EXPIRED = "has to sign in again"
    REFUSED = "is signed in and on no list"
    SHUT = "nobody may look"


@dataclass(frozen=True)
class Policy:
    """All rules as they are configured. Without `sign_in` and without faults there is no sign-in at all.

    `connections` holds the lists of single connections, which narrow `access` and never widen it.
    """

    sign_in: bool = False
    access: Access = field(default_factory=Access)
    connections: Mapping[str, Access] = field(default_factory=dict)
    contact: str = ""
    sign_in_hours: float | None = None
    trusted_network: bool = False
    metrics_token: str = field(default="", repr=False)
    faults: tuple[str, ...] = ()

    def verdict(self, claims: Mapping[str, object], now: float) -> Verdict:
        """Return what somebody with these claims may do; `now` in seconds since 1970."""
        if self.faults:
            return Verdict.SHUT
        if not self.sign_in:
            return Verdict.ADMITTED
        if claims.get("is_logged_in") is not True:
            return Verdict.SIGNED_OUT
        if self._expired(claims.get("iat"), now):
            return Verdict.EXPIRED
        return Verdict.ADMITTED if may_look(self.access, claims) else Verdict.REFUSED

    def may_see(self, connection: str, claims: Mapping[str, object]) -> bool:
        """Return whether a connection exists for somebody who is admitted."""
        return connection not in self.connections or may_look(self.connections[connection], claims)

    @cached_property
    def listed_groups(self) -> Mapping[str, frozenset[str]]:
        """Return all groups that are on a list, by the claim that they are looked for in."""
        listed: dict[str, frozenset[str]] = {}
        for access in (self.access, *self.connections.values()):
            if access.groups:
                listed[access.groups_claim] = listed.get(access.groups_claim, frozenset()) | access.groups
        return listed

    @cached_property
    def edition(self) -> str:
        """Return eight letters that are others when other groups are listed."""
        lists = sorted((claim, sorted(groups)) for claim, groups in self.listed_groups.items())
        return hashlib.sha256(json.dumps(lists).encode()).hexdigest()[:8]

    def _expired(self, issued_at: object, now: float) -> bool:
        """Return whether a sign-in is too old; one that does not tell its time is, once there is a limit."""
        if self.sign_in_hours is None:
            return False
        if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
            return True
        return now - issued_at > self.sign_in_hours * 3600


def read_policy(secrets: Mapping[str, object], environment: Mapping[str, str], base: str = "") -> Policy:
    """Read all rules from secrets.toml's tables and the environment: faults instead of guesses.

    `base` is the path that the dashboard is served under, such as `/modelarts`; "" for none.
    """
    faults = misspelt_tables(secrets)
    sign_in = "auth" in secrets
    if sign_in:
        _check_auth(secrets["auth"], base, faults)
    given = secrets.get("access", {})
    table = dict(given) if isinstance(given, Mapping) else {}
    own = {key: table.pop(key) for key in OWN_KEYS if key in table}
    access = _read_list(table if isinstance(given, Mapping) else given, "[access]", faults)
    connections = _read_connections(secrets.get("connections"), faults)
    if not sign_in:
        demanding = ["[access]"] if table or own.keys() - {"trusted_network"} else []
        demanding += [f"[connections.{name}.access]" for name in connections]
        faults += [f"{where} says who may look, but without [auth] nobody can sign in" for where in demanding]
    contact = _read_contact(own.get("contact", ""), faults)
    policy = Policy(
        sign_in=sign_in,
        access=access,
        connections=connections,
        contact=contact,
        sign_in_hours=_read_hours(own.get("sign_in_hours"), faults),
        trusted_network=_read_trust(own.get("trusted_network", False), environment, faults),
        metrics_token=_read_metrics(secrets.get("metrics", {}), faults),
    )
    return shut(*faults, contact=contact) if faults else policy


def shut(*faults: str, contact: str = "") -> Policy:
    """Return a policy by which nobody may look, and why."""
    return Policy(sign_in=True, contact=contact, faults=faults)


def _check_auth(table: object, base: str, faults: list[str]) -> None:
    if not isinstance(table, Mapping):
        faults.append(NO_TABLE)
        return
    known = (*AUTH_KEYS, "client_kwargs")
    for key, value in table.items():
        if isinstance(value, Mapping) and key not in known:
            faults.append(f"[auth.{key}] is a second provider: the dashboard knows one, directly in [auth]")
        elif key not in known:
            faults.append(unknown_key(str(key), "[auth]", known))
    given = {key: table[key] for key in AUTH_KEYS if key in table and table[key] != ""}
    faults += [f"[auth] {key} is missing" for key in AUTH_KEYS if key not in given]
    faults += [f"[auth] {key} is not text" for key, value in given.items() if not isinstance(value, str)]
    if not isinstance(table.get("client_kwargs", {}), Mapping):
        faults.append("[auth] client_kwargs is not a table")
    texts = {key: value for key, value in given.items() if isinstance(value, str)}
    if "cookie_secret" in texts:
        _check_secret("[auth] cookie_secret", texts["cookie_secret"], faults)
    for key in ("redirect_uri", "server_metadata_url"):
        if key in texts:
            _check_url(key, texts[key], faults)
    _check_redirect(texts.get("redirect_uri", ""), base, faults)


def _check_redirect(redirect: str, base: str, faults: list[str]) -> None:
    """Check that the provider leads back to the dashboard: a sign-in would end on somebody else's page."""
    host = _host(redirect)
    path = redirect.partition("//")[2].removeprefix(host)
    if redirect and not redirect.endswith(CALLBACK):
        faults.append(f"[auth] redirect_uri does not end with {CALLBACK}")
    elif path and path != base + CALLBACK:
        faults.append(
            f"[auth] redirect_uri does not lead to {base}{CALLBACK} on its host, where the dashboard is:"
            " make it and server.baseUrlPath agree"
        )
    if host != host.lower() or host.endswith((":443", ":80")):
        faults.append("[auth] redirect_uri: write the host in lower case, without :443 or :80")


def _check_secret(label: str, secret: str, faults: list[str]) -> None:
    """Tell what is wrong with the secret: a cookie is as good as it, and whoever guesses it is anybody."""
    advice = "make one with: openssl rand -hex 32"
    if secret == EXAMPLE_SECRET:
        faults.append(f"{label} is the example's, which everybody knows; {advice}")
    elif len(secret) < MIN_SECRET:
        faults.append(f"{label} is shorter than {MIN_SECRET} characters; {advice}")
    elif len(set(secret)) < MIN_KINDS:
        faults.append(f"{label} has fewer than {MIN_KINDS} different characters; {advice}")


def _check_url(key: str, url: str, faults: list[str]) -> None:
    """Check that an address is https, or http on this machine."""
    try:
        scheme, host = urlsplit(url).scheme, urlsplit(url).hostname or ""
    except ValueError:
        scheme, host = "", ""
    if scheme not in {"http", "https"} or not host or "@" in _host(url):
        faults.append(f"[auth] {key} is not an address that begins with https:// and a host")
    elif scheme == "http" and not is_loopback(host):
        faults.append(f"[auth] {key} begins with http://, which anybody on the way can read: use https://")


def _host(url: str) -> str:
    """Return what stands between // and the path: a browser compares it to the letter."""
    return re.split(r"[/?#]", url.partition("//")[2], maxsplit=1)[0]


def _read_list(table: object, where: str, faults: list[str]) -> Access:
    found = read_access(table, where)
    if isinstance(found, Access):
        return found
    faults += found
    return Access()


def _read_connections(tables: object, faults: list[str]) -> dict[str, Access]:
    """Return the allow-list of each connection that has one."""
    listed = tables.items() if isinstance(tables, Mapping) else ()
    return {
        str(name): _read_list(table["access"], f"[connections.{name}.access]", faults)
        for name, table in listed
        if isinstance(table, Mapping) and "access" in table
    }


def _read_contact(contact: object, faults: list[str]) -> str:
    if isinstance(contact, str):
        return contact.strip()
    faults.append("[access] contact is not text")
    return ""


def _read_hours(hours: object, faults: list[str]) -> float | None:
    if hours is None:
        return None
    if isinstance(hours, int | float) and not isinstance(hours, bool) and 0 < hours < float("inf"):
        return float(hours)
    faults.append("[access] sign_in_hours is not a number of hours above 0")
    return None


def _read_trust(trusted: object, environment: Mapping[str, str], faults: list[str]) -> bool:
    written = environment.get(TRUSTED_VARIABLE, "").strip().lower()
    if written not in TRUTHS:
        faults.append(f"{TRUSTED_VARIABLE} is neither true nor false")
    if not isinstance(trusted, bool):
        faults.append("[access] trusted_network is neither true nor false")
    return trusted is True or TRUTHS.get(written, False)


def _read_metrics(table: object, faults: list[str]) -> str:
    if not isinstance(table, Mapping):
        faults.append("metrics is not a table: write [metrics] on a line of its own, and its token below")
        return ""
    faults += [unknown_key(str(key), "[metrics]", ("token",)) for key in table if key != "token"]
    if "token" not in table:
        return ""
    token = table["token"]
    if not isinstance(token, str):
        faults.append("[metrics] token is not text")
        return ""
    _check_secret("[metrics] token", token, faults)
    return token
