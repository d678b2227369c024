"""Run as a process of its own, where a disk is full or read-only: `confined.py full|read-only URL`.

Says on its standard output what it saw, one line each.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboard.store.database import open_database
from dashboard.store.errors import DatabaseFullError, StoreError
from dashboard.store.location import read_location
from dashboard.store.snapshots import list_snapshots, put_snapshot
from dashboard.store.verification import verify
from dashboard.store.waivers import add_waivers, list_waivers
from tests.dashboard.store.builders import waiver

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def full(url: str) -> None:
    """Store snapshots of what cannot be compressed until there is no room, then make some and go on."""
    file = read_location(url).file
    assert file is not None
    ballast = file.with_name("ballast")
    ballast.write_bytes(bytes(500_000))
    with open_database(url) as database:
        acknowledged = 0
        try:
            while True:
                rows = [{"config_name": f"c{number}", "x": os.urandom(500).hex()} for number in range(40)]
                put_snapshot(database, "p", "custom", BEGIN + timedelta(days=acknowledged), rows)
                acknowledged += 1
        except DatabaseFullError as error:
            print("full:", error.problem.endswith("database or disk is full."))
        print("acknowledged some:", acknowledged > 0)
        print("all there:", len(list_snapshots(database)) == acknowledged)
        print("faults:", verify(database))
        try:
            add_waivers(database, [waiver(reason="x" * 1_000_000)], "anna", BEGIN)
        except DatabaseFullError:
            print("waivers:", list_waivers(database))
        ballast.unlink()
        put_snapshot(database, "p", "custom", BEGIN + timedelta(days=900), [{"config_name": "last"}])
        print("goes on:", len(list_snapshots(database)) == acknowledged + 1)
    with open_database(url) as database:
        print("opened again:", verify(database), len(list_snapshots(database)) == acknowledged + 1)


def read_only(url: str) -> None:
    """Open what may not be written."""
    try:
        open_database(url).close()
    except StoreError as error:
        print(type(error).__name__)
        print(error)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    {"full": full, "read-only": read_only}[sys.argv[1]](sys.argv[2])
