"""Everything that matches, page by page, although the set may change in between.

Rows are found by their position, so a row inserted or deleted while the pages are read shifts others
from a page to the next, where they are read twice or not at all. One pass over the pages is believed
if nothing can have shifted:

- every page reports the same total, has the length that it should have, and all of them make up the total;
- no row comes on two pages;
- every row is older than the pass. An insertion that a deletion balances keeps the total, but it brings
  a row whose creation time is later. A row that does not tell its time, as samples don't, leaves it open.

A single page is always of one moment. A pass that is not believed is repeated, up to four in all; two in
a row that agree row by row and make up the total are believed too. Otherwise the last one is what is known.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

from modelarts_api.errors import InvalidRequestError, ModelArtsError, NotFoundError
from modelarts_api.models import MAX_PER_PAGE, Configuration, Inventory, ResultPage

MAX_PASSES: Final = 4
# Ten million configurations: against a service that never runs out of pages.
MAX_PAGES: Final = 10_000
# Between the moment that a row is given as its creation time and the one when a list shows it.
_LAG: Final = timedelta(seconds=2)

Progress = Callable[[int, int], None]


class _Pass:
    """One reading of all pages."""

    def __init__(self, first: ResultPage) -> None:
        length = len(first.configurations)
        # A service may give fewer rows than it is asked for.
        self.page_size = length if 0 < length < min(MAX_PER_PAGE, first.total) else MAX_PER_PAGE
        self.total, self.began_at = first.total, first.began_at
        self.pages: list[tuple[Configuration, ...]] = []
        self.loaded = self.requests = 0
        self.refusal: ModelArtsError | None = None
        self._one_total = self._all_dated = True
        self._ended = False
        self.add(first)

    @property
    def last_page(self) -> int:
        """Return the page that the total makes the last; after one that is full, an empty one must follow."""
        return self.total // self.page_size + 1

    def add(self, page: ResultPage | ModelArtsError) -> None:
        """Take the next page. One that is empty, refused, or repeats the one before it, is after the end."""
        if isinstance(page, ModelArtsError):
            self.requests += 1
            self._ended = True
            self.refusal = self.refusal or (page if self.loaded < self.total else None)
            return
        self.requests += page.requests
        rows = page.configurations
        self._ended = not rows or (bool(self.pages) and rows == self.pages[-1])
        if self._ended:
            return
        self.pages.append(rows)
        self.loaded += len(rows)
        self._one_total = self._one_total and page.total == self.total
        before = self.began_at - _LAG
        dated = all(row.created_at is not None and row.created_at < before for row in rows)
        self._all_dated = self._all_dated and dated

    def goes_on(self) -> bool:
        """Return whether there may be another page: the total is not reached, or the last page was full."""
        if self._ended or len(self.pages) >= MAX_PAGES:
            return False
        return self.loaded < self.total or len(self.pages[-1]) >= self.page_size

    def adds_up(self) -> bool:
        return self._one_total and self.loaded == self.total

    def undisturbed(self) -> bool:
        """Return whether every row is there once, judging by this pass alone."""
        if not self.adds_up() or len(self.pages) <= 1:
            return self.adds_up()
        full = all(len(page) == self.page_size for page in self.pages[:-1])
        return full and self._all_dated and not _on_two_pages(self.pages)

    def agrees_with(self, other: _Pass | None) -> bool:
        return other is not None and self.total == other.total and self.pages == other.pages


def read_inventory(
    load: Callable[[int], ResultPage], connections: int, on_progress: Progress | None = None
) -> Inventory:
    """Read all pages; `load` gets one by its number (from 1), in up to `connections` threads at a time.

    Whatever `load` or `on_progress` raises ends the load and is raised.
    """
    requests = 0
    previous: _Pass | None = None
    executor = ThreadPoolExecutor(connections, thread_name_prefix="modelarts-page")
    try:
        for attempt in range(1, MAX_PASSES + 1):
            loaded_at = datetime.now(UTC)
            current = _read_pages(load, executor, connections, on_progress)
            requests += current.requests
            settled = current.agrees_with(previous)
            complete = current.undisturbed() or (settled and current.adds_up())
            if complete or settled or attempt == MAX_PASSES:
                break
            previous = current
    finally:
        # A failure is not kept waiting for pages that are still under way; they end by their own bounds.
        executor.shutdown(wait=False, cancel_futures=True)
    if current.refusal is not None and not complete:
        raise current.refusal
    rows = (row for page in current.pages for row in page) if complete else _once(current.pages)
    return Inventory(tuple(rows), current.total, complete, loaded_at, requests)


def _read_pages(
    load: Callable[[int], ResultPage],
    executor: ThreadPoolExecutor,
    connections: int,
    on_progress: Progress | None,
) -> _Pass:
    current = _Pass(load(1))
    report = on_progress or (lambda _loaded, _total: None)
    report(current.loaded, current.total)
    ahead: deque[Future[ResultPage | ModelArtsError]] = deque()
    asked = taken = 1
    try:
        while current.goes_on():
            while len(ahead) < 2 * connections and asked < max(current.last_page, taken + 1):
                asked += 1
                ahead.append(executor.submit(_load_or_refusal, load, asked))
            current.add(ahead.popleft().result())
            taken += 1
            report(current.loaded, current.total)
    finally:
        not_begun = {future for future in ahead if future.cancel()}
    for future in ahead:
        if future not in not_begun:
            current.add(future.result())
    return current


def _load_or_refusal(load: Callable[[int], ResultPage], number: int) -> ResultPage | ModelArtsError:
    """Return a page, or why there is none of this number: after the end it may be refused (undocumented)."""
    try:
        return load(number)
    except (InvalidRequestError, NotFoundError) as error:
        return error


def _on_two_pages(pages: list[tuple[Configuration, ...]]) -> bool:
    """Return whether a row of one page is there, with the same content, on another."""
    seen, again = set[str | None](), set[str | None]()
    for page in pages:
        names = {row.name for row in page}
        again |= names & seen
        seen |= names
    suspects = [tuple(row for row in page if row.name in again) for page in pages] if again else []
    return sum(map(len, suspects)) > sum(1 for _ in _once(suspects))


def _once(pages: list[tuple[Configuration, ...]]) -> Iterator[Configuration]:
    """Yield the rows in order; one of several pages only as often as it is on a single one of them."""
    allowed: Counter[str] = Counter()
    for page in pages:
        allowed |= Counter(map(_content, page))
    for page in pages:
        for row in page:
            content = _content(row)
            if allowed[content] > 0:
                allowed[content] -= 1
                yield row


def _content(row: Configuration) -> str:
    return json.dumps(dict(row.raw), sort_keys=True)
