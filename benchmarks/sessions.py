"""Many viewers at once, as real WebSocket clients, while one connection fails and another is slow.

The dashboard has four connections. Its viewers are spread over them; those of the bare page all have the one
project that it knows. Each viewer works through filters of its own, thinking in between, and checks every
screen: range and names must be the ones of its own filters and connection.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import rows, streamlit_servers
from benchmarks.processes import cpu_seconds, peak_bytes, resident_bytes
from benchmarks.report import Table, milliseconds, ratio
from benchmarks.rows import Rows
from benchmarks.service import Connection
from benchmarks.streamlit_servers import Server
from benchmarks.visitors import ANSWER_SECONDS, Findings, Plan, Viewer, onlooker, viewers
from modelarts_local import LocalService

NORTH, SOUTH, SLOW, FAILING = "north", "south", "slow", "failing"
SHARES = {NORTH: 0.4, SOUTH: 0.4, SLOW: 0.1, FAILING: 0.1}
"""Of the viewers, by connection."""
SIZES = {NORTH: 10_000, SOUTH: 8_000, SLOW: 3_000, FAILING: 100}
QUICK_SIZES = {NORTH: 1_500, SOUTH: 1_200, SLOW: 1_100, FAILING: 100}
SLOW_MS = 2_000
START_SECONDS, QUIET_SECONDS, QUIET_SHARE = 300.0, 4, 0.1
"""A server is left alone until it has taken less of a processor than this share for so many seconds."""
SETTLE_SECONDS = 2.0
"""After the last step, before memory is read."""


@dataclass(frozen=True)
class Crowd:
    """How many sessions, how long each interacts and thinks in between, and in which time they open."""

    sessions: int = 50
    seconds: float = 60.0
    think_seconds: float = 5.0
    open_seconds: float = 0.0

    def plan(self, viewers: int) -> Plan:
        """Return what so many viewers of it do."""
        return Plan(
            viewers,
            seconds=self.seconds,
            think_seconds=self.think_seconds,
            open_seconds=self.open_seconds,
        )

    @property
    def shares(self) -> dict[str, int]:
        """Return sessions by connection; each has one at least."""
        return {name: max(1, round(self.sessions * share)) for name, share in SHARES.items()}


QUICK = Crowd(sessions=5, seconds=8.0)


@dataclass(frozen=True)
class Measured:
    """A server with its crowd: what they found, its memory and processor time, requests to each service.

    `resting` is its memory before they come, `requests_before` what it has asked for by then.
    """

    viewers: int
    findings: Findings
    resting: int
    resident: int
    peak: int
    cpu_seconds: float
    requests_before: Mapping[str, int]
    requests: Mapping[str, int]


@dataclass(frozen=True)
class Subject:
    """What is measured: how its server starts, and the services behind it."""

    start: Callable[[], AbstractContextManager[Server]]
    services: Mapping[str, LocalService]

    def measure(self, few: Sequence[Viewer], people: Sequence[Viewer], plan: Plan) -> Measured:
        """Start a server that a few look at, until it has done all it does by itself; then all come.

        Details are loaded when somebody looks for the first time, and audited while somebody looks.
        """
        for service in self.services.values():
            service.requests.clear()
        with self.start() as server:
            _wait_until_quiet(server.pid)
            first = Plan(len(few), most_steps=len(few[0].steps))
            resting = asyncio.run(_visit(server, few, first, lambda: _wait_until_quiet(server.pid)))
            before, used = self._requests(), cpu_seconds(server.pid)
            resident = asyncio.run(_visit(server, people, plan, lambda: time.sleep(SETTLE_SECONDS)))
            spent, peak = cpu_seconds(server.pid) - used, peak_bytes(server.pid)
            requests = self._requests()
        return Measured(len(people), plan.findings, resting, resident, peak, spent, before, requests)

    def _requests(self) -> dict[str, int]:
        return {name: len(service.requests) for name, service in self.services.items()}


def tables(*, quick: bool, crowd: Crowd | None = None) -> Iterator[Table]:
    """Measure latency, memory and correctness, beside the bare page; then requests by connection."""
    crowd = crowd or (QUICK if quick else Crowd())
    shares = crowd.shares
    with ExitStack() as stack:
        services = _services(stack, QUICK_SIZES if quick else SIZES)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        connections = {
            name: Connection(service.url, service.project_id) for name, service in services.items()
        }
        groups = [_people(name, services[name], number) for name, number in shares.items()]
        people = [viewer for group in groups for viewer in group]
        of_bare_page = viewers("", _rows(services[NORTH]), len(people))
        services[SLOW].latency_ms = SLOW_MS
        services[FAILING].fail(503)
        dashboard = Subject(lambda: streamlit_servers.dashboard_of(connections, folder), services)
        bare = Subject(lambda: streamlit_servers.bare_server(connections[NORTH], folder), services)
        ours = dashboard.measure([group[0] for group in groups], people, crowd.plan(len(people)))
        theirs = bare.measure(of_bare_page[:1], of_bare_page, crowd.plan(len(of_bare_page)))
    yield _comparison((ours, theirs), crowd)
    yield _requests(ours, shares)


def _wait_until_quiet(pid: int) -> None:
    """Wait until a server has next to nothing to do for a while, or as long as there is patience."""
    deadline, quiet, used = time.monotonic() + START_SECONDS, 0, cpu_seconds(pid)
    while quiet < QUIET_SECONDS and time.monotonic() < deadline:
        time.sleep(1)
        now = cpu_seconds(pid)
        quiet, used = quiet + 1 if now - used < QUIET_SHARE else 0, now


def _services(stack: ExitStack, sizes: Mapping[str, int]) -> dict[str, LocalService]:
    return {
        name: stack.enter_context(LocalService(size, seed=seed))
        for seed, (name, size) in enumerate(sizes.items(), start=1)
    }


def _rows(service: LocalService) -> Rows:
    return Rows(rows.load(service.url, service.project_id))


def _people(name: str, service: LocalService, number: int) -> list[Viewer]:
    query = f"connection={name}"
    return [onlooker(query)] * number if name == FAILING else viewers(query, _rows(service), number)


async def _visit(server: Server, people: Sequence[Viewer], plan: Plan, settle: Callable[[], None]) -> int:
    """Let all visit; return the server's memory while all of them are still there, once it has settled."""
    async with asyncio.TaskGroup() as group:
        for viewer in people:
            group.create_task(viewer.visit(server.url, plan))
        await plan.all_stay.wait()
        await asyncio.to_thread(settle)
        resident = resident_bytes(server.pid)
        plan.leave.set()
    return resident


def _comparison(both: tuple[Measured, Measured], crowd: Crowd) -> Table:
    """Compare the dashboard's and the bare page's."""
    many = both[0].viewers
    table = Table(
        f"{many} sessions at the same time",
        ["", "dashboard", "bare page", "dashboard / bare page"],
        note=f"WebSocket clients that open within {crowd.open_seconds:.0f} s and interact for"
        f" {crowd.seconds:.0f} s, thinking {crowd.think_seconds:.0f} s on average: filters by a text and by"
        " engines of their own, order,"
        " pages. Milliseconds, from the change of a widget to the end of the run that shows its rows; without"
        " the sessions whose connection fails, and for opening without the slow ones. Memory: resident with"
        " all sessions there, less what it was before they came, divided by their number."
        f" Lost: no right answer within {ANSWER_SECONDS:.0f} s. Foreign: a range or rows that no filter of"
        " the session has.",
    )
    found = [one.findings for one in both]
    times = [one.milliseconds for one in found]
    pages = [one.pages for one in found]
    opened = [[elapsed for query, elapsed in one.opened if SLOW not in query] for one in found]
    rows_of_times = {
        "interaction, median": map(statistics.median, times),
        "interaction, 95th percentile": map(_high, times),
        "interaction, slowest": map(max, times),
        "page with the first view, median": map(statistics.median, pages),
        "page with the first view, 95th percentile": map(_high, pages),
        "live page, median": map(statistics.median, opened),
        "live page, 95th percentile": map(_high, opened),
        "until all have the page": map(max, opened),
    }
    for label, (ours, theirs) in rows_of_times.items():
        table.add(label, milliseconds(ours), milliseconds(theirs), ratio(ours, theirs))
    memory = [(one.resident - one.resting) / one.viewers / 1e6 for one in both]
    table.add("memory for a session, MB", *(f"{value:.2f}" for value in memory), ratio(*memory))
    peaks, spent = ([getattr(one, name) for one in both] for name in ("peak", "cpu_seconds"))
    table.add("peak memory, MB", *(f"{value / 1e6:.0f}" for value in peaks), ratio(*peaks))
    table.add("the server's processor time, s", *(f"{value:.1f}" for value in spent), ratio(*spent))
    for label, numbers in {
        "interactions": [one.asked for one in found],
        "answers lost": [one.lost for one in found],
        "foreign screens": [one.foreign for one in found],
    }.items():
        table.add(label, *map(str, numbers), "")
    return table


def _high(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[18]


def _requests(ours: Measured, shares: Mapping[str, int]) -> Table:
    table = Table(
        "Requests to each service",
        ["connection", "sessions", "requests of one session", "more of all sessions"],
        note=f"The dashboard's: until the one session a connection that comes first has everything, details"
        f" included, and then in the run above. {SLOW}: the service answers after {SLOW_MS} ms. {FAILING}: it"
        " answers 503 to everything, so the requests are the attempts of the time that the run took.",
    )
    for name, number in shares.items():
        first, all_of = ours.requests_before[name], ours.requests[name]
        table.add(name, str(number), f"{first:,}", f"{all_of - first:,}")
    return table
