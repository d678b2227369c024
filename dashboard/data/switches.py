"""Environment variables that say yes or no."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

WORDS: Final = {"true": True, "false": False}


def read_switch(variable: str, environment: Mapping[str, str] = os.environ) -> bool | None:
    """Return what a variable says, None where it says nothing; ValueError, in words, if it is neither."""
    text = environment.get(variable, "").strip().lower()
    if text and text not in WORDS:
        raise ValueError(f"{variable} must be true or false")
    return WORDS.get(text)
