"""Values from the API as text, and labels beside values as HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from markupsafe import Markup


def plain(value: object) -> str | None:
    """Return a value from the API as text; None stays None."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def pretty_json(record: Mapping[str, object]) -> str:
    """Return a record as indented JSON."""
    return json.dumps(dict(record), ensure_ascii=False, indent=2, default=str)


def facts(pairs: Iterable[tuple[str, str | Markup | None]]) -> Markup:
    """Return labels and values as a description list, escaped, each kept to its own direction of writing.

    A value that is None or empty shows a dash; line breaks of a value stay.
    """
    rows = Markup("").join(
        Markup("<dt><bdi>{}</bdi></dt><dd><bdi>{}</bdi></dd>").format(label, value or "–")
        for label, value in pairs
    )
    return Markup('<dl class="facts" translate="no">{}</dl>').format(rows)
