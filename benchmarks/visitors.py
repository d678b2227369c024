"""What each of many viewers does, and what the screen must show to each: nobody asks for the same."""

import asyncio
import itertools
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from benchmarks.rows import PER_PAGE, Rows
from benchmarks.socket_session import SocketSession, Value, page_of
from dashboard.parsing.secrets import mask

ANSWER_SECONDS, LOAD_SECONDS = 30.0, 90.0
MAX_ENGINES = 12
Screen = tuple[str, tuple[str, ...]]
"""Which rows of how many ("26–50 of 3,214"), and the names of those rows."""


@dataclass
class Findings:
    """What came of the visits to one server. `foreign` counts screens that show what is not the viewer's.

    `pages` are the milliseconds until the page was there, with the first view in it where it has one.
    """

    milliseconds: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    opened: list[tuple[str, float]] = field(default_factory=list)
    asked: int = 0
    lost: int = 0
    foreign: int = 0


@dataclass
class Plan:
    """What all viewers of a server do: so many steps or seconds, and in between they think."""

    viewers: int
    seconds: float = 120
    most_steps: int | None = None
    think_seconds: float = 0
    open_seconds: float = 0
    findings: Findings = field(default_factory=Findings)

    def __post_init__(self) -> None:
        self._random = random.Random(7)
        self._come = self._staying = 0
        self.all_stay = asyncio.Event()
        self.leave = asyncio.Event()

    async def come(self) -> None:
        """Wait for one's turn to open: one by one, evenly over the seconds that there are for it."""
        self._come += 1
        await asyncio.sleep(self.open_seconds * (self._come - 1) / self.viewers)

    async def think(self) -> None:
        """Pause: short pauses are frequent, long ones are not."""
        if self.think_seconds:
            await asyncio.sleep(self._random.expovariate(1 / self.think_seconds))

    async def stay(self) -> None:
        """Keep the session open, now that all is done, until all are."""
        self._staying += 1
        if self._staying == self.viewers:
            self.all_stay.set()
        await self.leave.wait()


@dataclass(frozen=True)
class Step:
    """A viewer gives a widget a value; then the screen shows this."""

    key: str
    value: Value
    then: Callable[[SocketSession, Findings], bool]


@dataclass(frozen=True)
class Viewer:
    """Opens the dashboard, sees `opening`, and walks the steps round and round."""

    query: str
    opening: Callable[[SocketSession, Findings], bool]
    steps: Sequence[Step]
    is_timed: bool = True

    async def visit(self, url: str, plan: Plan) -> None:
        """Do what the plan says; an answer that does not come, or is another's, ends the visit."""
        findings, doing = plan.findings, "opening"
        async with AsyncExitStack() as stack:
            await plan.come()
            try:
                began = time.monotonic()
                await page_of(url, self.query)
                findings.pages.append((time.monotonic() - began) * 1000)
                session = await stack.enter_async_context(SocketSession(url, self.query))
                done = await session.until(lambda screen: self.opening(screen, findings), LOAD_SECONDS)
                if self.is_timed:
                    findings.opened.append((self.query, (done - began) * 1000))
                for step in itertools.islice(itertools.cycle(self.steps), plan.most_steps):
                    await plan.think()
                    if time.monotonic() > done + plan.seconds:
                        break
                    doing = f"{step.key}={step.value}"
                    await self._take(step, session, findings)
            except (TimeoutError, OSError) as error:
                findings.lost += 1
                print(f"lost at {doing}: {error!r}")
            await plan.stay()

    async def _take(self, step: Step, session: SocketSession, findings: Findings) -> None:
        findings.asked += 1
        began = time.monotonic()
        await session.choose(step.key, step.value)
        done = await session.until(lambda screen: step.then(screen, findings), ANSWER_SECONDS)
        if self.is_timed:
            findings.milliseconds.append((done - began) * 1000)


def viewers(query: str, rows: Rows, number: int) -> list[Viewer]:
    """Return so many viewers of one project; each looks for another text or another pair of engines."""
    pairs = itertools.cycle(itertools.combinations(rows.engines(more_than=PER_PAGE)[:MAX_ENGINES], 2))
    needles = itertools.islice(itertools.cycle(_needles(rows)), number)
    return [_viewer(query, rows, needle, list(next(pairs))) for needle in needles]


def onlooker(query: str) -> Viewer:
    """Return a viewer of a connection that fails: there must be a notice, and no rows of anybody."""

    def told(session: SocketSession, findings: Findings) -> bool:
        findings.foreign += session.names() is not None
        return bool(session.alerts())

    return Viewer(
        query,
        told,
        [Step("config_type", "sample", told), Step("config_type", "custom", told)],
        is_timed=False,
    )


def _viewer(query: str, rows: Rows, needle: str, engines: list[str]) -> Viewer:
    """Return a viewer whose steps lead back to the opening screen."""
    state: dict[str, Value] = {"contains": "", "engine": [], "order": "desc", "page": 1}
    changes: list[tuple[str, Value]] = [
        *(("contains", needle), ("page", 2), ("order", "asc"), ("contains", "")),
        *(("engine", engines[:1]), ("engine", engines), ("page", 2), ("order", "desc"), ("engine", [])),
    ]
    opening = _screen(rows, state)
    screens = []
    for key, value in changes:
        state |= {"page": 1, key: value}
        screens.append(_screen(rows, state))
    own = {opening, *screens}
    steps = [Step(key, value, _shows(then, own)) for (key, value), then in zip(changes, screens, strict=True)]
    return Viewer(query, _shows(opening, own), steps)


def _shows(wanted: Screen, own: set[Screen]) -> Callable[[SocketSession, Findings], bool]:
    def true(session: SocketSession, findings: Findings) -> bool:
        ranges = [text for text in session.texts() if re.fullmatch(r"[\d,]+–[\d,]+ of [\d,]+", text)]
        names = session.names()
        if len(ranges) != 1 or names is None:
            return False
        screen = (ranges[0], tuple(names))
        findings.foreign += screen not in own
        return screen == wanted

    return true


def _screen(rows: Rows, state: Mapping[str, Value]) -> Screen:
    engines = state["engine"]
    assert isinstance(engines, list)
    matching = rows.matching(str(state["contains"]), engines)
    ordered = matching if state["order"] == "asc" else matching[::-1]
    first = (int(str(state["page"])) - 1) * PER_PAGE
    names = tuple(str(row["config_name"]) for row in ordered[first : first + PER_PAGE])
    return f"{first + 1:,}–{first + len(names):,} of {len(matching):,}", names


def _needles(rows: Rows) -> Iterator[str]:
    """Yield words of commands and images that more than a page of rows have, each with rows of its own.

    None of a text with a secret: the dashboard masks it, and finds other rows than the service.
    """
    seen: set[tuple[str, ...]] = set()
    texts = {text: mask(text) for text in rows.texts}
    masked = "".join(f"{text}\n{shown}\n" for text, shown in texts.items() if shown != text).lower()
    for word in sorted({word for text in texts for word in re.findall(r"[a-z0-9_.-]{4,}", text)}):
        if word in masked:
            continue
        matching = tuple(str(row["config_name"]) for row in rows.matching(word))
        if len(matching) > PER_PAGE and matching not in seen:
            seen.add(matching)
            yield word
