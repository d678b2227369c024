"""The results of a run as text: one format a file, each a function from Results to pieces of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final

from dashboard.audit.results import Results

Write = Callable[[Results], Iterator[str]]
FORMATS: Final[Mapping[str, str]] = {
    "table": "dashboard.audit.formats.table",
    "json": "dashboard.audit.formats.json_run",
    "csv": "dashboard.audit.formats.csv_rows",
    "html": "dashboard.report.run_report",
    "sarif": "dashboard.audit.formats.sarif",
    "ocsf": "dashboard.audit.formats.ocsf",
    "junit": "dashboard.audit.formats.junit",
}
"""Each format's name, and the module that writes it. The report is a room of its own, above this one."""


def writer(name: str) -> Write:
    """Return what writes a format; only that is imported."""
    write: Write = import_module(FORMATS[name]).write
    return write
