"""The rows that every variant shows, and which names each view must bring up first."""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import requests

PER_PAGE = 25
# So many rows are surely inside the visible part of the table.
VISIBLE = 6
Row = dict[str, Any]


def load(url: str, project_id: str) -> list[Row]:
    """Load every custom configuration as the service sends it."""
    rows: list[Row] = []
    with requests.Session() as session:
        while True:
            query = f"per_page=1000&page={len(rows) // 1000 + 1}&sortBy=create_time&order=asc"
            answer = session.get(f"{url}/v1/{project_id}/training-job-configs?{query}", timeout=60).json()
            rows += answer["configs"]
            if not answer["configs"] or len(rows) >= answer["config_total_count"]:
                return rows


class Rows:
    """The rows as they were created, oldest first."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        self.texts = [
            f"{row.get('user_command') or ''}\n{row.get('user_image_url') or ''}".lower() for row in self.rows
        ]

    def matching(self, contains: str = "", engines: Collection[str] = ()) -> list[Row]:
        """Return the rows with this in the command or the image, and with any of these engines."""
        needle = contains.lower()
        return [
            row
            for row, text in zip(self.rows, self.texts, strict=True)
            if needle in text and (not engines or row.get("engine_name") in engines)
        ]

    def names(self, *, order: str, page: int = 1, engine: str = "", search: str = "") -> list[str]:
        """Return the names on one page of 25 under these filters."""
        ordered: Iterable[Row] = self.rows if order == "asc" else reversed(self.rows)
        needle = search.lower()
        first, last = (page - 1) * PER_PAGE, page * PER_PAGE
        names: list[str] = []
        for row in ordered:
            if engine and row.get("engine_name") != engine:
                continue
            if needle and needle not in f"{row['config_name']}\n{row.get('config_desc') or ''}".lower():
                continue
            names.append(row["config_name"])
            if len(names) == last:
                break
        return names[first:]

    def engines(self, more_than: int = 0) -> list[str]:
        """Return the names of engines that more than so many rows have, the most frequent first."""
        counts = Counter(row.get("engine_name") or "" for row in self.rows)
        return [name for name, count in counts.most_common() if name and count > more_than]

    def searches(self, number: int) -> list[str]:
        """Return parts of names that about one row in twenty has, all different; each alters the top rows."""
        counts = Counter(
            part for row in self.rows for part in set(re.findall(r"[a-z]{3,}", row["config_name"].lower()))
        )
        wanted = len(self.rows) / 20
        nearest = sorted(counts, key=lambda part: (abs(counts[part] - wanted), part))
        found = list(itertools.islice(filter(self._changes_first_rows, nearest), number))
        if len(found) < number:
            raise ValueError(f"{number} different searches are needed, the names offer {len(found)}")
        return found

    def _changes_first_rows(self, search: str) -> bool:
        everything, found = self.names(order="asc"), self.names(order="asc", search=search)
        return bool(fresh(found, everything) and fresh(everything, found))


def fresh(names: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the names that an interaction brings into sight: in the first rows, not on the page before."""
    return [name for name in names[:VISIBLE] if name not in set(before)]
