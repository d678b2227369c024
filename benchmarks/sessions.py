"""Many viewers at once, as real WebSocket clients, while one connection fails and another is slow.

The dashboard has four connections. Its viewers are spread over them; those of the bare page all have the one
project that it knows. Each viewer works through filters of its own, thinking in between, and checks every
screen: range and names must be the ones of its own filters and connection.
"""

import asyncio
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import rows, streamlit_servers
from benchmarks.processes import resident_bytes
from benchmarks.report import Table, milliseconds, ratio
from benchmarks.rows import Rows
from benchmarks.service import Connection
from benchmarks.streamlit_servers import Server
from benchmarks.visitors import ANSWER_SECONDS, Findings, Plan, Viewer, onlooker, viewers
from modelarts_local import LocalService

NORTH, SOUTH, SLOW, FAILING = "north", "south", "slow", "failing"
SHARES = {NORTH: 20, SOUTH: 20, SLOW: 5, FAILING: 5}
"""Viewers of each connection, of fifty."""
SIZES = {NORTH: 10_000, SOUTH: 8_000, SLOW: 3_000, FAILING: 100}
QUICK_SIZES = {NORTH: 1_500, SOUTH: 1_200, SLOW: 1_100, FAILING: 100}
SLOW_MS = 2_000
THINK_SECONDS = 5.0
SETTLE_SECONDS = 2.0
"""After the last step, before memory is read."""


@dataclass(frozen=True)
class Measured:
    """One server with so many viewers: what they found, its memory, the requests to each service."""

    viewers: int
    findings: Findings
    resident: int
    requests: Mapping[str, int]


@dataclass(frozen=True)
class Subject:
    """What is measured: how its server starts, and the services behind it."""

    start: Callable[[], AbstractContextManager[Server]]
    services: Mapping[str, LocalService]

    def measure(self, people: Sequence[Viewer], plan: Plan) -> Measured:
        """A fresh server; all come at the same moment."""
        for service in self.services.values():
            service.requests.clear()
        with self.start() as server:
            resident = asyncio.run(_visit(server, people, plan))
            requests = {name: len(service.requests) for name, service in self.services.items()}
        return Measured(len(people), plan.findings, resident, requests)


def tables(*, quick: bool) -> Iterator[Table]:
    """Latency, memory and correctness, beside the bare page; then requests by connection."""
    shares = {name: max(1, number // 10) for name, number in SHARES.items()} if quick else SHARES
    seconds = 8.0 if quick else 60.0
    with ExitStack() as stack:
        services = _services(stack, QUICK_SIZES if quick else SIZES)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        connections = {
            name: Connection(service.url, service.project_id) for name, service in services.items()
        }
        groups = [_people(name, services[name], number) for name, number in shares.items()]
        crowd = [viewer for group in groups for viewer in group]
        of_bare_page = viewers("", _rows(services[NORTH]), len(crowd))
        services[SLOW].latency_ms = SLOW_MS
        services[FAILING].fail(503)
        dashboard = Subject(lambda: streamlit_servers.dashboard_of(connections, folder), services)
        bare = Subject(lambda: streamlit_servers.bare_server(connections[NORTH], folder), services)
        pairs = [
            (
                subject.measure(few, Plan(len(few), most_steps=len(few[0].steps))),
                subject.measure(many, Plan(len(many), seconds=seconds, think_seconds=THINK_SECONDS)),
            )
            for subject, few, many in (
                (dashboard, [group[0] for group in groups], crowd),
                (bare, of_bare_page[:1], of_bare_page),
            )
        ]
    yield _comparison(pairs, seconds)
    yield _requests(pairs[0], shares)


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


async def _visit(server: Server, people: Sequence[Viewer], plan: Plan) -> int:
    """All visit; the memory of the server while all of them are still there."""
    async with asyncio.TaskGroup() as group:
        for viewer in people:
            group.create_task(viewer.visit(server.url, plan))
        await plan.all_stay.wait()
        await asyncio.sleep(SETTLE_SECONDS)
        resident = resident_bytes(server.pid)
        plan.leave.set()
    return resident


def _comparison(pairs: Sequence[tuple[Measured, Measured]], seconds: float) -> Table:
    """Each pair: few viewers, then all of them; the dashboard's and the bare page's."""
    many = pairs[0][1].viewers
    table = Table(
        f"{many} sessions at the same time",
        ["", "dashboard", "bare page", "dashboard / bare page"],
        note=f"WebSocket clients that open at the same moment and then interact for {seconds:.0f} s,"
        f" thinking {THINK_SECONDS:.0f} s on average: filters by a text and by engines of their own, order,"
        " pages. Milliseconds, from the change of a widget to the end of the run that shows its rows; without"
        " the sessions whose connection fails, and for opening without the slow ones. Memory: resident with"
        " all sessions there, less that of a server with one session a connection, divided by the others."
        f" Lost: no right answer within {ANSWER_SECONDS:.0f} s. Foreign: a range or rows that no filter of"
        " the session has.",
    )
    times = [all_of.findings.milliseconds for _, all_of in pairs]
    opened = [
        max(elapsed for query, elapsed in all_of.findings.opened if SLOW not in query) for _, all_of in pairs
    ]
    rows_of_times = {
        "interaction, median": [statistics.median(values) for values in times],
        "interaction, 95th percentile": [
            statistics.quantiles(values, n=20, method="inclusive")[18] for values in times
        ],
        "interaction, slowest": [max(values) for values in times],
        "until all have the page": opened,
    }
    for label, (ours, theirs) in rows_of_times.items():
        table.add(label, milliseconds(ours), milliseconds(theirs), ratio(ours, theirs))
    memory = [
        (all_of.resident - few.resident) / (all_of.viewers - few.viewers) / 1e6 for few, all_of in pairs
    ]
    table.add("memory for a session, MB", *(f"{value:.2f}" for value in memory), ratio(*memory))
    counted = [all_of.findings for _, all_of in pairs]
    for label, numbers in {
        "interactions": [found.asked for found in counted],
        "answers lost": [found.lost for found in counted],
        "foreign screens": [found.foreign for found in counted],
    }.items():
        table.add(label, *map(str, numbers), "")
    return table


def _requests(pair: tuple[Measured, Measured], shares: Mapping[str, int]) -> Table:
    few, all_of = pair
    table = Table(
        "Requests to each service",
        ["connection", "sessions", "requests, one session", "requests, all sessions"],
        note=f"The dashboard's, of the run above and of one with one session a connection. {SLOW}: the"
        f" service answers after {SLOW_MS} ms. {FAILING}: it answers 503 to everything, so the requests are"
        " the attempts of the time that the run took.",
    )
    for name, number in shares.items():
        table.add(name, str(number), str(few.requests[name]), str(all_of.requests[name]))
    return table
