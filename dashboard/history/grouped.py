"""The families of loaded inventories: worked out once for all who look, in a thread of their own."""

from __future__ import annotations

import threading
from typing import Final
from weakref import WeakKeyDictionary

from dashboard.data.courtesy import COURTESY
from dashboard.data.loads import LoadedInventory
from dashboard.data.rows import Rows
from dashboard.history.families import Families, families


class GroupedInventories:
    """The families of inventories' rows, as long as somebody keeps these. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[Rows, _Work] = WeakKeyDictionary()

    def families(self, inventory: LoadedInventory, patience: float = 0.0) -> Families | None:
        """Return the families, None while they are worked out; waits so many seconds at most."""
        with self._lock:
            work = self._found.get(inventory.rows)
            if work is None:
                work = self._found[inventory.rows] = _Work()
                threading.Thread(target=work.run, args=(inventory,), name="families", daemon=True).start()
        work.done.wait(patience)
        return work.result


class _Work:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.result: Families | None = None

    def run(self, inventory: LoadedInventory) -> None:
        try:
            with COURTESY.in_turn(len(inventory.records)):
                self.result = families(inventory.records)
        finally:
            self.done.set()


GROUPED: Final = GroupedInventories()
