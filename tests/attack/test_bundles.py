"""Addresses that nobody serves: what a flood of them leaves in memory, and takes from the real bundles."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

import pytest
import requests

from modelarts_local import LocalService
from tests.attack.viewers import Attacked, attacked
from tests.screens.several import rows_of

PATHS = 15_000
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A dashboard that nobody has signed in to."""
    with (
        LocalService(rows_of("any", 3)) as service,
        attacked({"secret": service}, tmp_path_factory.mktemp("bundles")) as running,
    ):
        yield running


def ask(site: Attacked, paths: Iterator[str]) -> set[int]:
    """Ask for these, many at a time without waiting for answers; the statuses."""
    parts = urlsplit(site.url)
    statuses: set[int] = set()
    for some in batched(paths, 100):
        *others, last = [
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip\r\n" for path in some
        ]
        questions = "".join(f"{head}\r\n" for head in others) + f"{last}Connection: close\r\n\r\n"
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as connection:
            connection.sendall(questions.encode())
            answers = b"".join(iter(lambda: connection.recv(2**18), b""))
        found = re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)
        assert len(found) == len(some)
        statuses |= set(map(int, found))
    return statuses


def batched(paths: Iterator[str], count: int) -> Iterator[list[str]]:
    """So many at a time."""
    while some := list(islice(paths, count)):
        yield some


def test_a_flood_of_addresses_is_not_remembered_and_real_bundles_stay_packed(site: Attacked) -> None:
    bundle = next(iter(re.findall(r"static/js/index[^\"]+\.js", requests.get(site.url, timeout=60).text)))
    packed = requests.get(f"{site.url}/{bundle}", timeout=60)
    assert packed.headers["Content-Encoding"] == "gzip"
    ask(site, (f"/static/warm-up-{number}.js" for number in range(500)))
    before = site.resident_bytes()

    statuses = ask(site, (f"/static/js/{number}-{'x' * (number % 800)}.js" for number in range(PATHS)))

    assert statuses == {404}
    assert site.resident_bytes() - before < 10 * MEGABYTE
    again = requests.get(f"{site.url}/{bundle}", timeout=60)
    assert again.headers["Content-Encoding"] == "gzip"
    assert again.content == packed.content


def test_other_addresses_of_files_leave_no_trace_in_the_log(site: Attacked) -> None:
    """Streamlit would write a traceback for each of the component's; the fixture sees that there is none."""
    component = "/_stcore/bidi-components/streamlit-plotly-basic.chart"
    names = ("nothing.js", "%2e%2e/chart.py", "..%5cchart.py", "x" * 900, "%00", "%ff", "a/b/c", "")
    for folder in (component, "/static"):
        assert ask(site, (f"{folder}/{name}" for name in names)) <= {400, 404}
    assert ask(site, iter(["/static/" + "x" * 2_000, "/" + "x" * 20_000])) == {414}
