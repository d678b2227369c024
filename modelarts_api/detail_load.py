"""The details of many configurations, side by side and at the pace of the client's loads.

One name at a time until something has come, then as many at once as the client has connections. What fails is
named and ends nothing, unless it would fail for every other name too: credentials that are not accepted, a
throttle beyond all patience, or failures in a row (three before any detail has come, fifty after).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final

from modelarts_api import errors
from modelarts_api.detail import ConfigurationDetail
from modelarts_api.errors import ModelArtsError
from modelarts_api.http.limits import LoadPacing

MAX_FAILURES, MAX_FIRST_FAILURES = 50, 3
_STOP_SECONDS: Final = 0.1
_NO_TROUBLE: Final = (errors.NotFoundError, errors.InvalidNameError)


@dataclass(frozen=True, slots=True)
class DetailLoad:
    """What has come, and what has not.

    `details` are by name, in the order of the names; `errors` tell why a name has failed. What is `left` was
    not asked for, or nobody waited for its answer: a load of these names goes on where this one was ended, by
    `stop` or by the error `ended_by`.
    """

    details: Mapping[str, ConfigurationDetail]
    errors: Mapping[str, ModelArtsError]
    left: tuple[str, ...] = ()
    ended_by: ModelArtsError | None = None

    @property
    def complete(self) -> bool:
        """Return whether the details of every name have come."""
        return not self.errors and not self.left


@dataclass
class DetailLoader:
    """One load: `fetch` asks for one name, `on_progress` and `on_detail` are called by who calls `run`."""

    fetch: Callable[[str], ConfigurationDetail]
    pacing: LoadPacing
    on_progress: Callable[[int, int], None] | None
    on_detail: Callable[[str, ConfigurationDetail], None] | None
    _details: dict[str, ConfigurationDetail] = field(default_factory=dict)
    _errors: dict[str, ModelArtsError] = field(default_factory=dict)
    _ended_by: ModelArtsError | None = None
    _in_a_row: int = 0

    def run(self, names: Iterable[str], connections: int, stop: Callable[[], bool]) -> DetailLoad:
        """Load, with so many threads. Whatever a callback raises ends it and is raised."""
        wanted = tuple(dict.fromkeys(names))
        waiting, asked = deque(wanted), dict[Future[ConfigurationDetail], str]()
        executor = ThreadPoolExecutor(connections, thread_name_prefix="modelarts-detail")
        try:
            while (waiting or asked) and self._ended_by is None and not stop():
                while waiting and len(asked) < (2 * connections if self.pacing.has_begun else 1):
                    name = waiting.popleft()
                    asked[executor.submit(self.fetch, name)] = name
                for future in wait(asked, _STOP_SECONDS, FIRST_COMPLETED).done:
                    self._take(asked.pop(future), future)
                    if self.on_progress is not None:
                        self.on_progress(len(self._details) + len(self._errors), len(wanted))
        finally:
            self.pacing.cancel()
            # Nobody is kept waiting for what is still under way; it ends by its own bounds.
            executor.shutdown(wait=False, cancel_futures=True)
        details = {name: self._details[name] for name in wanted if name in self._details}
        left = tuple(name for name in wanted if name not in details and name not in self._errors)
        return DetailLoad(details, self._errors, left, self._ended_by)

    def _take(self, name: str, future: Future[ConfigurationDetail]) -> None:
        try:
            self._details[name] = detail = future.result()
        except (errors.AuthenticationError, errors.RateLimitError) as error:
            self._ended_by = self._ended_by or error  # the name stays among those that are left
        except ModelArtsError as error:
            self._errors[name] = error
            if isinstance(error, errors.ApiError) and not isinstance(error, errors.ServiceError):
                self.pacing.accepted()  # no detail, but an answer: the load goes on
            self._in_a_row = 0 if isinstance(error, _NO_TROUBLE) else self._in_a_row + 1
            if self._in_a_row >= (MAX_FAILURES if self._details else MAX_FIRST_FAILURES):
                self._ended_by = error
        else:
            self._in_a_row = 0
            if self.on_detail is not None:
                self.on_detail(name, detail)
