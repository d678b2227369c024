"""The other yardstick: Datasette with datasette-dashboards over the same rows in SQLite.

It gets what its users would give it: an immutable database, indexes on what is sorted and filtered, facet
suggestions off, a dashboard with the same two charts, a total, a table and filters.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.environments import executables
from benchmarks.processes import answers, free_port, running
from benchmarks.rows import PER_PAGE, Row

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
COLUMNS = (
    "config_name",
    "config_desc",
    "create_time",
    "engine_name",
    "engine_version",
    "user_image_url",
    "user_command",
)
INDEXES = ("config_name", "create_time", "engine_name, engine_version")
# What stands in double brackets is left out unless the filter is set.
FILTER = (
    "WHERE 1 [[ AND engine_name = :engine ]] "
    "[[ AND (config_name LIKE '%' || :search || '%' OR config_desc LIKE '%' || :search || '%') ]]"
)
DASHBOARD, TABLE_PAGE = "/-/dashboards/overview", "/project/configurations"


@contextmanager
def served(rows: Sequence[Row], folder: Path) -> Iterator[str]:
    """Run Datasette over ``rows``, its files in ``folder``; yields its address."""
    database = folder / "project.db"
    _write(rows, database)
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps(_metadata(), indent=2), encoding="utf-8")
    port = free_port()
    command: list[str | Path] = [
        executables("datasette", REQUIREMENTS) / "datasette",
        "serve",
        "--immutable",
        database,
    ]
    command += ["--metadata", metadata, "--setting", "suggest_facets", "off"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with running(command, answers(f"http://127.0.0.1:{port}{TABLE_PAGE}"), folder=folder) as url:
        yield url


def _write(rows: Sequence[Row], path: Path) -> None:
    values = ([row.get(column) for column in COLUMNS] for row in rows)
    # Datasette compares with the text of its address: without a type no number would be beyond that.
    declared = (f"{column} {'INTEGER' if column == 'create_time' else 'TEXT'}" for column in COLUMNS)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(f"CREATE TABLE configurations ({', '.join(declared)})")
        connection.executemany(f"INSERT INTO configurations VALUES ({', '.join('?' * len(COLUMNS))})", values)
        for number, columns in enumerate(INDEXES):
            connection.execute(f"CREATE INDEX index_{number} ON configurations ({columns})")
        connection.execute("ANALYZE")
    connection.close()


def _metadata() -> dict[str, Any]:
    month = "strftime('%Y-%m-01', create_time / 1000, 'unixepoch')"
    charts = {
        "total": _chart("Configurations", "metric", "SELECT count(*) AS total", {"field": "total"}),
        "usage": _chart(
            "Engine usage",
            "vega-lite",
            "SELECT engine_name, engine_version, count(*) AS number",
            _bars(_axis("number"), _axis("engine_name", sort="-x"), "engine_version"),
            "GROUP BY engine_name, engine_version",
        ),
        "timeline": _chart(
            "Created",
            "vega-lite",
            f"SELECT {month} AS month, engine_name, count(*) AS number",
            _bars(_axis("month", kind="temporal"), _axis("number"), "engine_name"),
            "AND create_time IS NOT NULL GROUP BY month, engine_name",
        ),
        "configurations": _chart(
            "Configurations",
            "table",
            f"SELECT {', '.join(COLUMNS)}",
            {},
            f"ORDER BY create_time DESC LIMIT {PER_PAGE}",
        ),
    }
    engines = "SELECT DISTINCT engine_name FROM configurations WHERE engine_name <> '' ORDER BY 1"
    filters = {
        "search": {"name": "Search", "type": "text"},
        "engine": {"name": "Engine", "type": "select", "db": "project", "query": engines},
    }
    layout = [["total", "total"], ["usage", "timeline"], ["configurations", "configurations"]]
    overview = {"title": "Configurations", "layout": layout, "filters": filters, "charts": charts}
    return {"plugins": {"datasette-dashboards": {"overview": overview}}}


def _chart(title: str, library: str, select: str, display: dict[str, Any], end: str = "") -> dict[str, Any]:
    query = f"{select} FROM configurations {FILTER} {end}"
    return {"title": title, "db": "project", "query": query, "library": library, "display": display}


def _axis(field: str, kind: str = "", **options: str) -> dict[str, Any]:
    return {"field": field, "type": kind or ("quantitative" if field == "number" else "nominal"), **options}


def _bars(x: dict[str, Any], y: dict[str, Any], color: str) -> dict[str, Any]:
    colors = {"field": color, "type": "nominal", "legend": None}
    return {"mark": {"type": "bar", "tooltip": True}, "encoding": {"x": x, "y": y, "color": colors}}
