"""Rows to files: all that match, in the table's order, under the API's field names.

CSV is read by spreadsheets, which run cells that begin like a formula: those get an apostrophe in front
(OWASP, "CSV injection"). Numbers stay numbers. JSON is the service's own rows, unchanged.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from dashboard.view import View

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
_RUNS = re.compile(r"^[\s\u200b-\u200f\u2066-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")


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
    """A UTF-8 JSON array of the service's rows."""
    text = json.dumps([dict(record) for record in records], ensure_ascii=False, indent=1)
    return text.encode("utf-8", errors="backslashreplace")


def file_name(project_id: str, view: View, loaded_at: datetime, ending: str) -> str:
    """A file name that says which project, type and filters, and when (UTC) the rows were loaded."""
    facets = view.facets
    parts = [project_id, view.config_type]
    parts += [f"search-{view.search}"] if view.search else []
    parts += [*facets.engines, *facets.versions]
    parts += [f"contains-{facets.contains}"] if facets.contains else []
    parts += [f"from-{facets.created_from}"] if facets.created_from else []
    parts += [f"to-{facets.created_to}"] if facets.created_to else []
    slug = "_".join(re.sub(r"[^A-Za-z0-9.-]+", "-", part).strip("-.")[:40] for part in parts)
    return f"training-job-configs_{slug[:150]}_{loaded_at:%Y%m%dT%H%M%SZ}.{ending}"


def _cell(value: object) -> object:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if _RUNS.match(text) else text
