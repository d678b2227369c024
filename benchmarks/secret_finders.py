"""Run by `benchmarks.secrets` in a process, and if needed an environment, of its own: one finder of secrets.

`python -P secret_finders.py FINDER` reads a JSON list of [name, text] from its standard input, and writes a
JSON object: the spans found in each text, milliseconds for all, megabytes above what Python took. (Without
-P, this folder's secrets.py would hide the standard library's.)
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

Find = Callable[[str, str], list[tuple[int, int]]]
ROUNDS = 5


def main() -> None:
    """Load the finder, let it warm up on every text, then measure."""
    before = _resident()
    with FINDERS[sys.argv[1]]() as find:
        texts = json.load(sys.stdin)
        found = [find(name, text) for name, text in texts]
        times = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            for name, text in texts:
                find(name, text)
            times.append((time.perf_counter() - begin) * 1000)
    json.dump(
        {"spans": found, "milliseconds": min(times), "megabytes": (_resident() - before) / 1e6}, sys.stdout
    )


@contextmanager
def ours() -> Iterator[Find]:
    """Yield the dashboard's own rules."""
    from dashboard.parsing.secrets import find_secrets

    yield lambda name, text: [(secret.start, secret.end) for secret in find_secrets(text, field=name)]


@contextmanager
def detect_secrets() -> Iterator[Find]:
    """Yield detect-secrets with its default plugins and filters.

    It scans files as its users do; `scan_line`, made for trying it out, tells every word as a secret. Of the
    names that a file could have, .yaml let it find most.
    """
    from detect_secrets.core.scan import scan_file  # type: ignore[import-not-found]  # of its own environment
    from detect_secrets.settings import default_settings  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as folder, default_settings():
        path = Path(folder) / "command.yaml"

        def find(name: str, text: str) -> list[tuple[int, int]]:
            path.write_text(_assigned(name, text) + "\n", encoding="utf-8")
            return _spans(text, [secret.secret_value for secret in scan_file(str(path))])

        yield find


@contextmanager
def betterleaks() -> Iterator[Find]:
    """Yield betterleaks with its default rules, through its library."""
    from betterleaks import scan_string  # type: ignore[import-not-found]  # of its own environment

    yield lambda name, text: _spans(text, [found.secret for found in scan_string(_assigned(name, text))])


def _assigned(name: str, text: str) -> str:
    """Return a run parameter as these know it: in an environment file."""
    return f"{name}={text}" if name else text


def _spans(text: str, values: list[str | None]) -> list[tuple[int, int]]:
    """Return where the values stand; they tell lines and columns differently, or not at all."""
    places = {(text.find(value), len(value)) for value in values if value}
    return sorted((start, start + length) for start, length in places if start >= 0)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


FINDERS: dict[str, Callable[[], AbstractContextManager[Find]]] = {
    "ours": ours,
    "detect-secrets": detect_secrets,
    "betterleaks": betterleaks,
}

if __name__ == "__main__":
    main()
