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
from dashboard.data.loads import load_inventory
from modelarts_api import Client, TokenCredentials


def main() -> None:
    """Import, load, show; the differences to what the imports took."""
    endpoint, project_id = sys.argv[1:]
    gc.collect()
    before = _resident()
    with Client(endpoint, project_id, TokenCredentials("benchmark")) as client:
        loaded_inventory = load_inventory(client, "", "custom", lambda _progress: None)
    gc.collect()
    loaded = _resident()
    draw(*aggregates(loaded_inventory.frame))
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
