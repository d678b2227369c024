"""Databases that are ready: making the tables is most of a first start, and every test needs the same."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from dashboard.store.database import open_database


def ready_database(folder: Path) -> str:
    """Put an SQLite file that has its tables and nothing in them into a folder; its URL."""
    file = folder / "dashboard.db"
    file.touch(mode=0o600)
    file.write_bytes(_empty())
    return f"sqlite:///{file}"


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory(prefix="dashboard-") as folder:
        file = Path(folder) / "dashboard.db"
        open_database(f"sqlite:///{file}").close()
        return file.read_bytes()
