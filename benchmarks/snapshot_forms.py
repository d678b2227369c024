"""Other ways to keep snapshots, to measure the store's own against: what they take in SQLite."""

import random
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard

from benchmarks.changing_project import Row
from dashboard.store.canonical import canonical


def zstd(text: bytes, level: int, dictionary: Any = None) -> bytes:
    """Compress."""
    return zstandard.ZstdCompressor(level=level, dict_data=dictionary).compress(text)


def other_forms(series: list[list[Row]]) -> dict[str, int]:
    """Measure other ways to keep them in SQLite: a row for each content, and when it was there."""
    first: list[bytes | bytearray | memoryview[int]] = [canonical(row).encode() for row in series[0]]
    trained = zstandard.train_dictionary(110_000, first)
    kept_trained = len(zstd(trained.as_bytes(), 19))
    return {
        "SQLite, a row a content, zstd each": _rows_form(series, lambda line: zstd(line, 9)),
        "SQLite, a row a content, zstd with a trained dictionary": kept_trained
        + _rows_form(series, lambda line: zstd(line, 9, trained)),
    }


def _rows_form(series: list[list[Row]], pack: Callable[[bytes], bytes]) -> int:
    numbers: dict[str, int] = {}
    stays: list[list[int]] = []
    held: dict[str, int] = {}
    for at, rows in enumerate(series):
        lines = dict.fromkeys(map(canonical, rows))
        held = {line: stay for line, stay in held.items() if line in lines}
        for line in lines:
            if line not in held:
                held[line] = len(stays)
                stays.append([numbers.setdefault(line, len(numbers)), at, at])
            stays[held[line]][2] = at
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.db"
        connection = sqlite3.connect(file)
        connection.execute("CREATE TABLE contents (id INTEGER PRIMARY KEY, hash BLOB UNIQUE, content BLOB)")
        connection.execute(
            "CREATE TABLE stays (content, first, last, PRIMARY KEY (content, first)) WITHOUT ROWID"
        )
        lots = random.Random(1)  # a hash cut to 16 bytes takes what 16 random ones take
        values = [(number, lots.randbytes(16), pack(line.encode())) for line, number in numbers.items()]
        connection.executemany("INSERT INTO contents VALUES (?, ?, ?)", values)
        connection.executemany("INSERT INTO stays VALUES (?, ?, ?)", stays)
        connection.commit()
        connection.execute("VACUUM")
        connection.close()
        return file.stat().st_size
