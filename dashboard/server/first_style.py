"""The style of the first view: our own rules, and the theme's colours from Streamlit's settings."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path
from typing import Final

from streamlit import config

from dashboard.report import svg

HERE: Final = Path(__file__).parent.parent
FILES: Final = ("style.css", "report/charts.css", "report/first_view.css")
COLOURS: Final = {
    "background-color": "backgroundColor",
    "secondary-background-color": "secondaryBackgroundColor",
    "text-color": "textColor",
    "primary-color": "primaryColor",
    "link-color": "linkColor",
    "border-color": "borderColor",
}
"""Streamlit's names in CSS and in its settings, for what our own rules use."""
SIDEBAR: Final = {
    "first-sidebar": "backgroundColor",
    "first-sidebar-secondary": "secondaryBackgroundColor",
}
NOTICES: Final = {
    "info": ("#1c83e11a", "#004280", "#3d9df333", "#c7ebff"),
    "warning": ("#ffe31233", "#926c05", "#ffe31233", "#ffffc2"),
    "error": ("#ff2b2b17", "#7d353b", "#ff6c6c33", "#ffdede"),
}
"""Streamlit's own for its notices: background and text, light and dark."""


@cache
def style() -> str:
    """Return all rules that the first view needs. They hold for as long as the server runs."""
    rules = "".join((HERE / name).read_text(encoding="utf-8") for name in FILES)
    return _packed(f"#first-view{{{';'.join(_variables())}}}{svg.colours()}{rules}")


def _variables() -> list[str]:
    values = {f"st-{name}": _both(option) for name, option in COLOURS.items()}
    values |= {name: _both(f"sidebar.{option}") for name, option in SIDEBAR.items()}
    for kind, (light, text, dark, dark_text) in NOTICES.items():
        values[f"first-{kind}"] = f"light-dark({light},{dark})"
        values[f"first-{kind}-text"] = f"light-dark({text},{dark_text})"
    values["st-font"] = _option("theme.font")
    values["st-code-font"] = _option("theme.codeFont")
    values["st-base-radius"] = _option("theme.baseRadius")
    values["first-wordmark"], values["first-mark"] = _picture("wordmark.svg"), _picture("favicon.svg")
    return [f"--{name}:{value}" for name, value in values.items()]


def _both(option: str) -> str:
    light, dark = (_option(f"theme.{shade}.{option}") for shade in ("light", "dark"))
    return f"light-dark({light},{dark})"


def _option(name: str) -> str:
    """Return a setting; who runs the server writes it, and whatever could end a rule is left out."""
    return re.sub(r"[;{}<>]", "", str(config.get_option(name) or "initial"))


def _picture(name: str) -> str:
    packed = base64.b64encode((HERE / name).read_bytes()).decode()
    return f"url(data:image/svg+xml;base64,{packed})"


def _packed(rules: str) -> str:
    """Return rules without comments and the space that nobody needs."""
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL))
