"""Run the benchmarks: ``python -m benchmarks``; the tables are printed and kept in results.md."""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from os import environ
from pathlib import Path

from benchmarks import (
    audit,
    browser,
    details,
    exports,
    floods,
    history,
    loading,
    overview,
    secrets,
    sessions,
    sharing,
    store,
)
from benchmarks import sizes as large
from benchmarks.report import Table, machine

RESULTS = Path(__file__).parent / "results.md"
SIZES, QUICK_SIZES = [10_000, 100_000], [1_000, 5_000]
LARGE_SIZES, QUICK_LARGE_SIZES = [300_000, 1_000_000], [20_000]
ALONE = "sizes"
"""The part that is measured only when it is asked for: it takes long, and much memory."""
CROWD = sessions.Crowd()
Part = Callable[[], Iterator[Table]]


def main() -> None:
    """Run what was asked for; only a full run replaces results.md, unless ``--output`` names another file."""
    options = _options()
    chromium = _chromium()
    lines = ["# Results", "", *machine(chromium), ""]
    begin, parts = time.monotonic(), _parts(options, chromium)
    if options.only not in {None, *parts}:
        sys.exit(f"There is no part {options.only!r}: it is one of {', '.join(parts)}.")
    for name, part in parts.items():
        if options.only == name or (options.only is None and name != ALONE):
            for table in part():
                lines += [table.markdown(), ""]
                print(table.markdown(), end="\n\n", flush=True)
    lines.append(f"The run took {time.monotonic() - begin:,.0f} s.")
    print(lines[-1])
    full = options.only is None and not options.quick and options.crowd == CROWD
    output = options.output or (RESULTS if full else None)
    if output is not None:
        output.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="PART", help="one part of them")
    parser.add_argument("--quick", action="store_true", help="small and few: to see that everything works")
    parser.add_argument("--output", type=Path, help="where to keep the tables (a full run: results.md)")
    for name, what in {
        "sessions": "how many viewers `sessions` has",
        "seconds": "for how long each of them interacts",
        "think-seconds": "how long each of them thinks in between, on average",
        "open-seconds": "in which time they open, one by one; 0: at the same moment",
    }.items():
        default = getattr(CROWD, name.replace("-", "_"))
        parser.add_argument(f"--{name}", type=type(default), default=default, help=f"{what} ({default:g})")
    options = parser.parse_args()
    options.crowd = sessions.Crowd(
        options.sessions, options.seconds, options.think_seconds, options.open_seconds
    )
    return options


def _parts(options: argparse.Namespace, chromium: str) -> dict[str, Part]:
    quick = options.quick
    crowd = sessions.QUICK if quick and options.crowd == CROWD else options.crowd
    sizes = QUICK_SIZES if quick else SIZES
    times = 2 if quick else 7
    return {
        "loading": lambda: loading.tables(sizes, times),
        "details": lambda: details.tables([500] if quick else [10_000], 1),
        "overview": lambda: overview.tables(sizes, times),
        "history": lambda: history.tables(sizes, min(times, 3)),
        "audit": lambda: audit.tables(sizes, min(times, 5)),
        "store": lambda: store.tables(sizes, times),
        "secrets": lambda: secrets.tables(sizes, min(times, 5)),
        "browser": lambda: browser.tables(sizes, times, chromium),
        "sharing": lambda: sharing.tables(sizes, min(times, 3)),
        "exports": lambda: exports.tables(sizes[-1:]),
        "sessions": lambda: sessions.tables(quick=quick, crowd=crowd),
        "floods": lambda: floods.tables(quick=quick),
        ALONE: lambda: large.tables(QUICK_LARGE_SIZES if quick else LARGE_SIZES),
    }


def _chromium() -> str:
    for name in (environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    sys.exit("No Chromium found: install one, or set CHROMIUM to its executable.")


if __name__ == "__main__":
    main()
