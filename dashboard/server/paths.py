"""Paths of requests, and the path that the dashboard is served under (`server.baseUrlPath`)."""

from __future__ import annotations

from starlette.types import Scope
from streamlit import config

LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
STREAM = "/_stcore/stream"


def base() -> str:
    """Return what stands before every path, such as `/modelarts`; "" when nothing does."""
    name = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{name}" if name else ""


def home(query: str = "") -> str:
    """Return the address of the first page on this host. It is made of the settings, of nothing that came."""
    return f"{base()}/{query and '?'}{query}"


def is_at(scope: Scope, *paths: str) -> bool:
    """Return whether a request is for exactly one of these paths below the base."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(f"{root}/"):
        path = path.removeprefix(root)
    return path in {base() + known for known in paths}


def split(scope: Scope) -> tuple[str, str]:
    """Return what a proxy or server.baseUrlPath puts in front of a request's path, and the rest of it.

    What does not lie below the configured path keeps its whole path: it is none of the dashboard's.
    """
    path: str = scope["path"]
    before = ""
    for prefix in (str(scope.get("root_path", "")).rstrip("/"), base()):
        if prefix and path.startswith(f"{prefix}/"):
            before, path = before + prefix, path.removeprefix(prefix)
    return before, path
