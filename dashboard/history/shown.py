"""Values as text that deceives nobody: for a terminal, for Markdown, for CSV, for JSON.

Text of a configuration is hostile: it may hold escape sequences, marks that turn the direction, line ends,
Markdown, HTML and formulas. All of it is shown, and nothing of it does anything.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from dashboard.history.values import ABSENT, UNKNOWN, Missing

MAX_SHOWN: Final = 300
"""Characters of a value in a text for people; CSV and JSON hold all of it."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BEFORE_FORMULA: Final = frozenset({*_UNSEEN, "Zs", "Mn", "Me"})
_FORMULA: Final = frozenset("=+-@")
_TICKS: Final = re.compile(r"`+")


def value_text(value: object) -> str:
    """Return a value as text: a text as it is, a number or a list as JSON, and in words what is not there."""
    if isinstance(value, Missing):
        return value.value
    return value if isinstance(value, str) else json_text(value)


def visible(text: str, limit: int | None = MAX_SHOWN) -> str:
    """Return a text on one line, characters that cannot be seen as escapes, cut at a number of characters."""
    cut = text if limit is None or len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(_escaped(c) if unicodedata.category(c) in _UNSEEN else c for c in cut)


def code(value: object, limit: int | None = MAX_SHOWN) -> str:
    """Return a value as Markdown that interprets nothing of it: a code span, or words for nothing."""
    if isinstance(value, Missing):
        return f"*{value.value}*"
    text = visible(value_text(value), limit)
    if not text.strip():
        return "*empty*" if not text else "*blank*"
    if "|" in text:  # a table would take it for a border, within code spans as well
        return f"<code>{_entities(text)}</code>"
    fence = "`" * (max((len(run) for run in _TICKS.findall(text)), default=0) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def json_text(value: object, indent: int | None = None) -> str:
    """Return JSON (RFC 8259): numbers that it does not know as texts, what is not there as null."""
    text = json.dumps(_json_value(value), ensure_ascii=False, indent=indent, allow_nan=False)
    return text.encode("utf-8", errors="backslashreplace").decode()


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV (RFC 4180) that a spreadsheet does not run: what it would has an apostrophe in front."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _escaped(character: str) -> str:
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    number = ord(character)
    return (
        f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    )


def _entities(text: str) -> str:
    """Return text for HTML within Markdown: no sign of either is left."""
    return re.sub(r"[|\\`*_~\[\]$:#!]", lambda sign: f"&#{ord(sign[0])};", escape(text))


def _json_value(value: object) -> object:
    if value is ABSENT or value is UNKNOWN:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _json_value(inner) for key, inner in value.items()}
    return [_json_value(inner) for inner in value] if isinstance(value, list | tuple) else value


def _cell(value: Any) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    if value is None or isinstance(value, Missing):
        return "" if value is not UNKNOWN else value.value
    text = value_text(value).encode("utf-8", errors="backslashreplace").decode()
    return f"'{text}" if _runs(text) else text


def _runs(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula, whatever unseen it begins with."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    seen = next((c for c in text if unicodedata.category(c) not in _BEFORE_FORMULA), "")
    return unicodedata.normalize("NFKC", seen)[:1] in _FORMULA
