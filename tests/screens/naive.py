"""What a screen should show, computed the plain way from the service's own answers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import requests

from dashboard.parsing.secrets import mask
from modelarts_local import LocalService
from modelarts_local.request_log import RecordedRequest

Row = dict[str, Any]
PER_PAGE = 300


def listed(service: LocalService, **query: Any) -> list[Row]:
    """Every row of the list call with these parameters, page after page; newest first by default."""
    sorting = "config_name" if query.get("config_type") == "sample" else "create_time"
    rows: list[Row] = []
    while True:
        page = len(rows) // PER_PAGE + 1
        answer = requests.get(
            f"{service.url}/v1/{service.project_id}/training-job-configs",
            {"per_page": PER_PAGE, "page": page, "sortBy": sorting, "order": "desc", **query},
            headers={"X-Auth-Token": "any"},
            timeout=30,
        ).json()
        rows += [{name: masked(value) for name, value in row.items()} for row in answer["configs"]]
        if not answer["configs"] or len(rows) == answer["config_total_count"]:
            return rows


def lists(service: LocalService) -> list[RecordedRequest]:
    """The requests for lists among all that came in: the audit asks for the engines, too."""
    return [request for request in service.requests if request.path.endswith("/training-job-configs")]


def masked(value: Any) -> Any:
    """A value of the service as everybody sees it."""
    return mask(value) if isinstance(value, str) else value


def shown(row: Row) -> tuple[object, ...]:
    """A row as the table shows it: name, description (None for none), creation time in ms."""
    return row.get("config_name"), row.get("config_desc") or None, row.get("create_time")


def engine(row: Row) -> str:
    """The engine a row counts for."""
    return row.get("engine_name") or (
        "No engine, own image" if row.get("user_image_url") else "No engine given"
    )


def contains(row: Row, text: str) -> bool:
    """Whether the start command or the image holds a text, in whatever case."""
    return any(text.lower() in (row.get(field) or "").lower() for field in ("user_command", "user_image_url"))


def created_day(row: Row) -> date | None:
    """The UTC day of creation."""
    created = row.get("create_time")
    return datetime.fromtimestamp(created / 1000, UTC).date() if created else None


def created_between(row: Row, first: date, last: date) -> bool:
    """Whether a row was created on one of these days or between them."""
    day = created_day(row)
    return day is not None and first <= day <= last


def counted(values: list[str]) -> list[tuple[str, int]]:
    """How often each value comes, most first, then by name."""
    return sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))


def in_berlin(row: Row) -> str:
    """The creation time as a cell tells it to a viewer in Berlin."""
    at = datetime.fromtimestamp(row["create_time"] / 1000, ZoneInfo("Europe/Berlin"))
    return f"{at:%Y-%m-%d %H:%M}"
