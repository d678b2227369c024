"""The results of a run as text: one format a file, each a function from Results to pieces of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final

from dashboard.audit.results import Results

Write = Callable[[Results], Iterator[str]]
FORMATS: Final[Mapping[str, str]] = {
    "table": "table",
    "json": "json_run",
    "csv": "csv_rows",
    "html": "html_report",
    "sarif": "sarif",
    "ocsf": "ocsf",
    "junit": "junit",
}
"""Each format's name, and the module of this package that writes it."""


def writer(name: str) -> Write:
    """Return what writes a format; only that is imported."""
    write: Write = import_module(f"{__name__}.{FORMATS[name]}").write
    return write
