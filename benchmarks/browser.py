"""The dashboard in a browser, next to a bare Streamlit page, Datasette and NiceGUI over the same rows."""

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from benchmarks import datasette, nicegui, rows, streamlit_servers
from benchmarks.report import Table, kilobytes, milliseconds, ratio
from benchmarks.rows import Rows
from benchmarks.samples import Samples
from benchmarks.screens import (
    FIRST_COLD,
    FIRST_WARM,
    STEPS,
    WARM,
    DatasetteScreen,
    NiceGuiScreen,
    StreamlitScreen,
)
from benchmarks.service import Connection
from benchmarks.tab import VIEWPORT, Measured, browser
from modelarts_local import LocalService

OURS, BARE, DATASETTE, NICEGUI = PEERS = "dashboard", "bare page", "Datasette", "NiceGUI"
Screen = StreamlitScreen | DatasetteScreen | NiceGuiScreen
Variant = tuple[int, str]
Seen = tuple[str, Measured, int]


def tables(sizes: Sequence[int], repetitions: int, chromium: str) -> Iterator[Table]:
    """Measure times, bytes and requests to the service, by size; then what the tenfold size costs."""
    samples = Samples()
    with ExitStack() as stack:
        services = {size: stack.enter_context(LocalService(size)) for size in sizes}
        screens: dict[Variant, Screen] = {}
        for size, service in services.items():
            screens |= _screens(stack, size, service)
        searches = {size: screens[size, OURS].rows.searches(repetitions + 1) for size in sizes}
        playwright = stack.enter_context(sync_playwright())
        window = stack.enter_context(browser(playwright, chromium))
        for repetition in range(-1, repetitions):  # the first round only warms the servers
            for variant, screen in _turned(screens, repetition):
                size = variant[0]
                visit = _visit(window, variant, screen, searches[size][repetition], services[size])
                if repetition >= 0:
                    _keep(samples, variant, visit)
    for size in sizes:
        yield _times(size, samples, repetitions)
        yield _bytes(size, samples)
    if len(sizes) > 1:
        yield _growth(sizes, samples)


def _screens(stack: ExitStack, size: int, service: LocalService) -> dict[Variant, Screen]:
    connection = Connection(service.url, service.project_id)
    loaded = rows.load(service.url, service.project_id)
    expected = Rows(loaded)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    bare = stack.enter_context(streamlit_servers.bare_page(connection, folder))
    ours = stack.enter_context(streamlit_servers.dashboard(connection))
    other = stack.enter_context(datasette.served(loaded, folder))
    nice = stack.enter_context(nicegui.served(connection, folder))
    return {
        (size, OURS): StreamlitScreen(ours, expected),
        (size, BARE): StreamlitScreen(bare, expected),
        (size, DATASETTE): DatasetteScreen(other, expected),
        (size, NICEGUI): NiceGuiScreen(nice, expected),
    }


def _turned(screens: dict[Variant, Screen], by: int) -> list[tuple[Variant, Screen]]:
    """Return all of them, another first each time."""
    turn = by % len(screens)
    return list(itertools.islice(itertools.cycle(screens.items()), turn, turn + len(screens)))


def _visit(
    window: Browser, variant: Variant, screen: Screen, search: str, service: LocalService
) -> list[Seen]:
    """Make one visit in a browser context, and so with a cache, of its own."""
    seen: list[Seen] = []
    context = window.new_context(viewport=VIEWPORT)
    try:
        service.requests.clear()
        for step, measured in screen.visit(context, search):
            seen.append((step, measured, len(service.requests)))
            service.requests.clear()
    except Error as error:
        error.add_note(f"on {variant} at {screen.url}, after {[step for step, *_ in seen]}")
        raise
    finally:
        context.close()
    return seen


def _keep(samples: Samples, variant: Variant, visit: list[Seen]) -> None:
    for step, measured, requests in visit:
        samples[*variant, step, "ms"].append(measured.milliseconds)
        samples[*variant, step, "bytes"].append(measured.received)
        samples[*variant, step, "requests"].append(requests)


def _times(size: int, samples: Samples, repetitions: int) -> Table:
    table = Table(
        f"In the browser, {size:,} configurations: time",
        ["", *PEERS, *(f"{OURS} / {peer}" for peer in PEERS[1:])],
        note=f"Milliseconds, medians of {repetitions} interleaved visits.",
    )
    for step in (FIRST_COLD, FIRST_WARM, *STEPS):
        ours, *others = (samples.median((size, name, step, "ms")) for name in PEERS)
        table.add(step, *map(milliseconds, (ours, *others)), *(ratio(ours, other) for other in others))
    return table


def _bytes(size: int, samples: Samples) -> Table:
    table = Table(
        f"In the browser, {size:,} configurations: bytes to the browser, requests to the service",
        ["", *PEERS, f"{OURS} / {BARE}", f"requests of the {OURS}", "the most"],
        note="Thousands of bytes on the wire, medians. The requests are those of one visit's step, with the "
        "median and the largest number seen.",
    )
    for step in STEPS:
        received = [samples.median((size, name, step, "bytes")) for name in PEERS]
        requests = (size, OURS, step, "requests")
        most = max(samples[requests], default=0)
        table.add(
            step,
            *map(kilobytes, received),
            ratio(*received[:2]),
            f"{samples.median(requests) or 0:.0f}",
            f"{most:.0f}",
        )
    return table


def _growth(sizes: Sequence[int], samples: Samples) -> Table:
    small, large = min(sizes), max(sizes)
    table = Table(f"In the browser: {large:,} configurations / {small:,}", ["", *PEERS])
    for step in STEPS[STEPS.index(WARM) :]:
        medians = [
            (samples.median((large, name, step, "ms")), samples.median((small, name, step, "ms")))
            for name in PEERS
        ]
        table.add(step, *(ratio(big, little) for big, little in medians))
    return table
