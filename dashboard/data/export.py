"""Rows to files: all that match, in the table's order, under the API's field names.

CSV is read by spreadsheets, which run cells that begin like a formula: those get an apostrophe in front
(OWASP, "CSV injection"). Numbers stay numbers. JSON is the service's own rows, unchanged.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from dashboard.data.parameters import Choices
from dashboard.data.view import View

FIELDS = (
    "config_name",
    "config_desc",
    "create_time",
    "engine_type",
    "engine_name",
    "engine_id",
    "engine_version",
    "user_image_url",
    "user_command",
)
_SIGNS = frozenset("=+-@")
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"})
"""Unicode categories of what can stand before a sign without being seen."""


def to_csv(records: Iterable[Mapping[str, object]]) -> bytes:
    """UTF-8 CSV (RFC 4180) with the documented fields first, then any others that the rows carry."""
    rows = list(records)
    others = sorted({field for row in rows for field in row} - set(FIELDS))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(field) for field in (*FIELDS, *others)])
    writer.writerows([_cell(row.get(field)) for field in (*FIELDS, *others)] for row in rows)
    return text.getvalue().encode("utf-8", errors="backslashreplace")


def to_json(records: Iterable[Mapping[str, object]]) -> bytes:
    """A UTF-8 JSON array of the service's rows. Numbers that JSON does not know become their names."""
    rows = [_json_value(dict(record)) for record in records]
    text = json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False)
    return text.encode("utf-8", errors="backslashreplace")


def file_name(project_id: str, view: View, loaded_at: datetime, ending: str) -> str:
    """A file name that says which project, type and filters, and when (UTC) the rows were loaded."""
    parts = [project_id, view.config_type]
    for parameter, values in view.filters():
        said = "" if isinstance(parameter, Choices) else f"{parameter.said}-"
        parts += [f"{said}{value}" for value in values]
    slug = "_".join(re.sub(r"[^\w.-]+", "-", part).strip("-.")[:40] for part in parts)
    slug = slug.encode()[:150].decode(errors="ignore")  # a file name has at most 255 bytes on Linux
    return f"training-job-configs_{slug}_{loaded_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.{ending}"


def _cell(value: object) -> object:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)) or _is_finite(value):
        return value
    text = value if isinstance(value, str) else json.dumps(_json_value(value), ensure_ascii=False)
    return f"'{text}" if _runs(text) else text


def _runs(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, whatever unseen characters it begins with."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    seen = next((c for c in text if not c.isspace() and unicodedata.category(c) not in _UNSEEN), "")
    return unicodedata.normalize("NFKC", seen)[:1] in _SIGNS


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def _json_value(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _json_value(inner) for key, inner in value.items()}
    return [_json_value(inner) for inner in value] if isinstance(value, list | tuple) else value
