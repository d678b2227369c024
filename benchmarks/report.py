"""Figures as Markdown: tables, and the machine that they were measured on."""

import importlib.metadata
import os
import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime

PACKAGES = ("streamlit", "pandas", "plotly", "pyarrow", "requests", "starlette", "uvicorn", "playwright")


@dataclass
class Table:
    """A Markdown table with a heading above and a note below it."""

    title: str
    columns: list[str]
    note: str = ""
    rows: list[list[str]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """Append a row; there must be a cell for each column."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns in {self.title!r}")
        self.rows.append(list(cells))

    def markdown(self) -> str:
        """Return the table, the first column left-aligned and the others right-aligned."""
        rule = [":--", *["--:"] * (len(self.columns) - 1)]
        lines = ["| " + " | ".join(cells) + " |" for cells in (self.columns, rule, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, *(["", self.note] if self.note else [])])


def milliseconds(value: float | None) -> str:
    """Write ``1234.5`` as ``1,234``; an em dash for what was not measured."""
    return "—" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def ratio(value: float | None, reference: float | None) -> str:
    """Return how many times ``reference`` the value is, to two decimals."""
    return "—" if value is None or not reference else f"{value / reference:.2f}"


def kilobytes(value: float | None) -> str:
    """Return bytes as thousands of bytes, with one decimal below 100."""
    if value is None:
        return "—"
    return f"{value / 1000:,.1f}" if value < 100_000 else f"{value / 1000:,.0f}"


def machine(chromium: str) -> list[str]:
    """Return what the figures were measured on, as Markdown list items."""
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    browser = subprocess.run(  # its version line is the last; wrappers may print before it
        [chromium, "--version"], capture_output=True, text=True, timeout=30, check=True
    ).stdout.splitlines()[-1]
    return [
        f"- {os.cpu_count()} cores, {_memory_gib():.0f} GiB of memory, {platform.system()}; service, servers "
        "and browser share them, over 127.0.0.1",
        f"- Python {platform.python_version()}, {packages}",
        f"- {browser.strip()}",
        f"- measured {datetime.now(UTC):%Y-%m-%d}, load average before the run {os.getloadavg()[0]:.1f}",
    ]


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
