"""A link to an export of a view, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from dashboard.data.parameters import CONNECTION
from dashboard.data.view import View, rows_query

FORMATS: Final[Mapping[str, str]] = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}
"""What each is called on screen, by the ending of the file."""


def address_query(connection: str, view: View) -> str:
    """Return the query of an export's address, encoded."""
    return urlencode([(CONNECTION, connection), *rows_query(view)])


def link(ending: str, query: str, total: int) -> Markup:
    """Return a link to all rows that match; `query` is that of `address_query`."""
    name = FORMATS[ending]
    said = f"{name}: all {total:,} matching rows"
    return Markup(
        '<a class="export" href="{}" target="_blank" rel="noopener" aria-label="{}" title="{}">{}</a>'
    ).format(f"export.{ending}?{query}", said, said, name)
