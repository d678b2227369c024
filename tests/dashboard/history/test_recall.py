"""What is asked of the history again and again is worked out once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.history.recall import _Shared
from dashboard.store.errors import StoreError


def test_all_who_ask_at_once_wait_for_one_result() -> None:
    everybody = threading.Barrier(4)
    asked: list[int] = []

    def work() -> int:
        asked.append(1)
        return len(asked)

    shared = _Shared(work)

    def ask(_: int) -> int:
        everybody.wait()
        return shared.result()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [1, 1, 1, 1]


def test_after_a_failure_the_next_asks_again() -> None:
    asked: list[int] = []

    def work() -> int:
        asked.append(1)
        if len(asked) == 1:
            raise StoreError("locked")
        return 7

    shared = _Shared(work)
    with pytest.raises(StoreError):
        shared.result()
    assert shared.result() == 7
