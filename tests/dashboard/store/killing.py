"""Kill a writing process at random moments and see what is left: whole snapshots, all that were acknowledged.

    python -m tests.dashboard.store.killing --times 100 [--url postgresql://…]

The tests do it a few times. The writer stores snapshots, adds waivers and prunes, and says before and after
each what it does, so that it is known what it was killed in.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboard.store.database import Database, open_database
from dashboard.store.retention import prune
from dashboard.store.snapshots import configurations_of, list_snapshots, put_snapshot
from dashboard.store.verification import verify
from dashboard.store.waivers import add_waivers, list_waivers
from tests.dashboard.store.builders import configurations, waiver

ROOT = Path(__file__).parents[3]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
COUNT, KEPT = 1_500, 12
MAX_DELAY_SECONDS = 0.4


@dataclass
class Outcome:
    """What many kills left behind. `faults` has to stay empty; `killed_in` says at what they came."""

    faults: list[str] = field(default_factory=list)
    killed_in: Counter[str] = field(default_factory=Counter)


def kill_often(url: str, times: int, seed: int = 0) -> Outcome:
    """Kill a writer so many times, each at a random moment, and look through the database after each."""
    lots = random.Random(seed)
    outcome = Outcome()
    for _ in range(times):
        lines = _killed(url, lots.uniform(0, MAX_DELAY_SECONDS))
        outcome.killed_in[lines[-1].split()[0]] += 1
        with open_database(url) as database:
            outcome.faults += _faults(database, lines)
    return outcome


def write(url: str) -> None:
    """Write until killed. A line begins with what has begun, or with `done` and what has been committed."""
    with open_database(url) as database:
        for number in _numbers(database):
            _say(f"snapshot {number}")
            rows = configurations(COUNT, **{f"c{(number * 7 + at) % COUNT}": str(number) for at in range(15)})
            snapshot, _ = put_snapshot(database, "p", "custom", BEGIN + timedelta(days=number), rows)
            _say(f"done snapshot {snapshot.id}")
            _say(f"waivers {number}")
            add_waivers(database, [waiver(configuration=f"{number}/{at}") for at in range(20)], "anna", BEGIN)
            _say(f"done waivers {number}")
            if number % 4 == 3:
                _say("prune")
                prune(database, BEGIN, keep_last=KEPT)
                _say("done prune")


def _numbers(database: Database) -> Iterator[int]:
    """From where the last writer was killed; what has waivers is over, whether it was acknowledged or not."""
    number = 1 + max([int(kept.configuration.split("/")[0]) for kept in list_waivers(database)], default=-1)
    while True:
        yield number
        number += 1


def _say(line: str) -> None:
    print(line, flush=True)


def _killed(url: str, delay: float) -> list[str]:
    """What a writer said until it was killed, so long after its first commit."""
    command = [sys.executable, "-m", "tests.dashboard.store.killing", "--write", "--url", url]
    with tempfile.TemporaryFile("w+") as errors:
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT)
        assert writer.stdout is not None
        said = [writer.stdout.readline(), writer.stdout.readline()]
        time.sleep(delay)
        writer.kill()
        said += writer.stdout.readlines()
        writer.stdout.close()
        if writer.wait() != -9:
            errors.seek(0)
            raise RuntimeError(f"the writer ended by itself:\n{errors.read()}")
    return [line.rstrip("\n") for line in said if line.endswith("\n")]


def _faults(database: Database, lines: list[str]) -> list[str]:
    faults = list(verify(database))
    snapshots = list_snapshots(database)
    acknowledged = [int(line.split()[2]) for line in lines if line.startswith("done snapshot")]
    if acknowledged and acknowledged[-1] not in {snapshot.id for snapshot in snapshots}:
        faults.append(f"snapshot {acknowledged[-1]} was acknowledged and is not there")
    if acknowledged and len(snapshots) < min(KEPT, len(acknowledged)):
        faults.append(f"{len(acknowledged)} snapshots were acknowledged, and {len(snapshots)} are there")
    if snapshots and len(configurations_of(database, snapshots[-1])) != COUNT:
        faults.append("the last snapshot is not whole")
    of_each = Counter(kept.configuration.split("/")[0] for kept in list_waivers(database))
    faults += [f"{count} of 20 waivers of {number}" for number, count in of_each.items() if count != 20]
    accepted = [line.split()[2] for line in lines if line.startswith("done waivers")]
    faults += [f"waivers {number} were acknowledged and are not there" for number in {*accepted} - {*of_each}]
    return faults


def main() -> None:
    """Kill, and say what came of it; the exit status is 1 if anything was torn or lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.dashboard.store.killing")
    parser.add_argument("--times", type=int, default=100, help="how many times (100)")
    parser.add_argument("--url", help="of an empty database (a new SQLite file)")
    parser.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(options.url)
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_often(options.url or f"sqlite:///{folder}/dashboard.db", options.times)
    print(f"killed {options.times} times, in: {dict(outcome.killed_in)}; faults: {outcome.faults or 'none'}")
    sys.exit(1 if outcome.faults else 0)


if __name__ == "__main__":
    main()
