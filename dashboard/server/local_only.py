"""Without a sign-in the dashboard is for this machine alone: whether a request comes from here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dashboard.access.loopback import is_loopback
from dashboard.access.policy import TRUSTED_VARIABLE, Policy

ADVICE = (
    "Set up the sign-in ([auth] in secrets.toml; docs/access.md), or listen on 127.0.0.1 only. If"
    " everybody who can reach this network may see the data, say so: trusted_network = true below [access] in"
    f" secrets.toml, or {TRUSTED_VARIABLE}=true."
)

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]*)?")
"""A name or an address, and a port: not what begins like one (`[::1].evil.example`)."""


def is_needed(policy: Policy) -> bool:
    """Return whether requests from elsewhere are refused: there is no sign-in and no trusted network."""
    return not policy.sign_in and not policy.trusted_network


def arrived_here(scope: Mapping[str, Any]) -> bool:
    """Return whether a request came to an address of this machine alone and asked for it by such a name.

    The name matters because a page elsewhere may have its own host name resolved to 127.0.0.1 (DNS
    rebinding), and because a reverse proxy hands on the name by which others reach it. A Unix socket is here.
    """
    host, port = scope.get("server") or ("", None)
    if port is not None and not is_loopback(host):
        return False
    hosts = [HOST.fullmatch(value.decode("latin-1")) for name, value in scope["headers"] if name == b"host"]
    return bool(hosts) and all(host and is_loopback(host[1]) for host in hosts)
