"""Run by ``benchmarks.overview`` in a process of its own: load an inventory as the dashboard does, print MB.

``python -m benchmarks.memory ENDPOINT PROJECT_ID`` writes a JSON object of stage → megabytes (10^6 bytes).
"""

import gc
import json
import os
import resource
import sys
from pathlib import Path

from benchmarks.overview import aggregates, draw
from dashboard.data.loads import InventoryLoad
from modelarts_api import Client, TokenCredentials

LIMIT_SECONDS = 100


def main() -> None:
    """Import, load, show; the differences to what the imports took."""
    endpoint, project_id = sys.argv[1:]
    gc.collect()
    before = _resident()
    with Client(endpoint, project_id, TokenCredentials("benchmark")) as client:
        load = InventoryLoad(lambda: client, "", "custom")
        load.start_if_due()
        load.wait(LIMIT_SECONDS)
        snapshot = load.state.snapshot
    if snapshot is None:
        raise RuntimeError(f"no inventory: {load.state.error!r}")
    gc.collect()
    loaded = _resident()
    draw(*aggregates(snapshot.frame))
    gc.collect()
    shown = _resident()
    stages = {"kept when loaded": loaded, "kept after everything was shown": shown, "peak": _peak()}
    print(json.dumps({stage: (value - before) / 1e6 for stage, value in stages.items()}))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
