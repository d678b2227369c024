"""How to call whoever is looking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MAX_SHOWN: Final = 80


def viewer_name(claims: Mapping[str, object]) -> str:
    """Return how to call somebody: name, else e-mail address, else what the provider has; in one line."""
    for claim in ("name", "email", "preferred_username", "sub"):
        value = claims.get(claim)
        if isinstance(value, str) and value.strip():
            return short(value)
    return "somebody without a name"


def short(text: str) -> str:
    """Return a text in one line, cut at MAX_SHOWN characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_SHOWN else f"{flat[: MAX_SHOWN - 1]}…"
