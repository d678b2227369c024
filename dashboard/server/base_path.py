"""Where the dashboard is served: below which path, and what a request asks for there."""

from __future__ import annotations

from typing import Any

from streamlit import config


def base_path() -> str:
    """Return the configured path that everything is below, such as "/modelarts"; "" when it is the root."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def split_path(scope: Any) -> tuple[str, str]:
    """Return what a proxy or server.baseUrlPath puts in front of a request's path, and the rest of it.

    What does not lie below the configured path keeps its whole path: it is none of the dashboard's.
    """
    path: str = scope["path"]
    before = ""
    for prefix in (str(scope.get("root_path", "")).rstrip("/"), base_path()):
        if prefix and path.startswith(f"{prefix}/"):
            before, path = before + prefix, path.removeprefix(prefix)
    return before, path
