"""What fits into memory, and what does not is told before it is tried."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from dashboard.data import memory
from dashboard.data.background import Job
from dashboard.data.loads import load_inventory
from dashboard.data.memory import MIN_TOTAL, MemoryLimit, Room, TooLargeError, memory_limit, resident_bytes
from dashboard.data.projects import InventoryJob
from modelarts_local import LocalService
from tests.dashboard.builders import client_of

MB = 10**6


def system(root: Path, cgroup: str, **files: str) -> Path:
    """A machine's files, double underscores in their names for slashes."""
    for name, text in {"proc/self/cgroup": cgroup, **files}.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_least_of_a_unit_and_what_it_is_in_counts(tmp_path: Path) -> None:
    root = system(
        tmp_path,
        "0::/system.slice/dashboard@8501.service\n",
        **{
            "sys/fs/cgroup/system.slice/dashboard@8501.service/memory.max": "max\n",
            "sys/fs/cgroup/system.slice/memory.max": f"{300 * MB}\n",
            "sys/fs/cgroup/memory.max": f"{400 * MB}\n",
        },
    )
    assert memory_limit(root) == MemoryLimit(300 * MB, "memory.max of the control group")


def test_a_container_sees_its_own_group_only(tmp_path: Path) -> None:
    root = system(tmp_path, "0::/docker/4711\n", **{"sys/fs/cgroup/memory.max": f"{200 * MB}\n"})
    assert memory_limit(root).size == 200 * MB


def test_version_1_is_read_too(tmp_path: Path) -> None:
    folder = "sys/fs/cgroup/memory"
    root = system(
        tmp_path,
        "5:cpu,cpuacct:/a\n4:memory:/a\n",
        **{f"{folder}/a/memory.limit_in_bytes": "100000000\n", f"{folder}/memory.limit_in_bytes": "9" * 18},
    )
    assert memory_limit(root) == MemoryLimit(100 * MB, "memory.limit_in_bytes of the control group")


@pytest.mark.parametrize("text", ["max", "", "many"])
def test_without_a_limit_the_machine_is_one(tmp_path: Path, text: str) -> None:
    root = system(tmp_path, "0::/\n", **{"sys/fs/cgroup/memory.max": text})
    assert memory_limit(root).source == "the memory of this machine"
    assert memory_limit(tmp_path / "nowhere") == memory_limit(root)


def test_what_is_there_already_needs_little_more() -> None:
    record = {"config_name": "x" * 1000}
    size, total = sys.getsizeof(record) + sys.getsizeof(record["config_name"]), 10 * MIN_TOTAL
    limit = MemoryLimit(resident_bytes() + size * total * 2, "a test")
    for known, fits in ((0, False), (total, True)):
        room = Room(known)
        room.weigh(record)
        if fits:
            room.check(total, limit)
        else:
            with pytest.raises(TooLargeError, match="200,000 rows would need "):
                room.check(total, limit)


def test_few_rows_are_never_refused() -> None:
    room = Room(0)
    room.weigh({"config_name": "x"})
    room.check(MIN_TOTAL - 1, MemoryLimit(1, "a test"))


def test_a_load_that_does_not_fit_brings_nothing_and_keeps_what_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with LocalService(40) as service, client_of(service) as client:
        work = partial(load_inventory, client, "", "custom")
        load: InventoryJob = Job(work, fresh_seconds=300, retry_seconds=30)
        load.start_if_due()
        assert load.wait(30)
        before = load.state.result
        monkeypatch.setattr(memory, "MIN_TOTAL", 1)
        monkeypatch.setattr(memory, "memory_limit", lambda: MemoryLimit(1000, "a test"))
        load.start_if_due(now=True)
        assert load.wait(30)
    assert isinstance(load.state.error, TooLargeError)
    assert load.state.result is before is not None
    assert load.state.error.rows == 40
