"""A project whose rows change while they are served."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from modelarts_api import Inventory
from tests.modelarts_api.scripted_service import Reply, Request, ScriptedService, listing

LONG_AGO = 1_524_189_990_635


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {"config_name": f"config-{number:05}", "create_time": LONG_AGO + number, **fields}


class Project:
    """A project's rows, served in pages; `after` changes it when the nth request (from 1) is answered."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = sorted(rows, key=lambda row: str(row["config_name"]), reverse=True)
        self.after: dict[int, Callable[[], None]] = {}
        self.after_each: Callable[[], None] = lambda: None
        self.total: Callable[[], int] = lambda: len(self.rows)
        self.page_limit = 1000
        self.past_the_end: Callable[[], Reply] = lambda: listing([], self.total(), Date=now())
        self._lock = threading.Lock()
        self._answered = 0

    @classmethod
    def of(cls, size: int) -> Project:
        return cls([row(number) for number in range(size)])

    def answer(self, request: Request) -> Reply:
        with self._lock:
            size = min(int(request.query["per_page"]), self.page_limit)
            start = (int(request.query["page"]) - 1) * size
            page = self.rows[start : start + size]
            reply = listing(page, self.total(), Date=now()) if page or start == 0 else self.past_the_end()
            self._answered += 1
            self.after.get(self._answered, lambda: None)()
            self.after_each()
            return reply

    def insert(self, new: dict[str, Any]) -> None:
        self.rows = sorted([*self.rows, new], key=lambda row: str(row["config_name"]), reverse=True)

    def insert_now(self, name: str) -> None:
        self.insert({"config_name": name, "create_time": int(time.time() * 1000)})

    def load(self, connections: int = 1, **arguments: Any) -> Inventory:
        with (
            ScriptedService(self.answer) as service,
            service.client(max_connections=connections) as client,
        ):
            inventory = client.list_all_configurations(**arguments)
        assert inventory.requests == len(service.requests)
        self.requests = service.requests
        return inventory

    def is_shown_by(self, inventory: Inventory) -> bool:
        return [dict(configuration.raw) for configuration in inventory.configurations] == self.rows


def now() -> str:
    return format_datetime(datetime.now(UTC), usegmt=True)
