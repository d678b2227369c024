"""What happened on the wire: one record and one line of log for every HTTP request.

The lines go to the logger `modelarts_api`: INFO for what came back good, WARNING for what failed; silent
until a program asks for them. They hold the fields of `Exchange`: no text of a query, and no secret.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import requests

from modelarts_api.errors import EXCERPT_LENGTH, ModelArtsError, printable
from modelarts_api.http.response import Request, Response, ResponseReader, clock_difference

T = TypeVar("T")
_log = logging.getLogger("modelarts_api")
# Without it, Python itself prints the warnings of a program that has configured no logging.
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request as it happened, whether or not an answer came.

    `clock_difference` is how many seconds this computer's clock is ahead of the one that the answer's Date
    tells, good to about a second; None without a Date.
    """

    method: str
    host: str  # with the port
    path: str  # as it was sent, without the query
    page: int | None  # the list call's
    status: int | None  # None if no status line came
    error_code: str | None
    request_id: str | None
    seconds: float  # from the request to the last byte of the answer
    attempt: int  # 1 for the first of a call
    outcome: str  # "ok" or the name of the exception
    clock_difference: float | None
    at: datetime  # when the request began, in UTC

    @property
    def succeeded(self) -> bool:
        """Return whether what was asked for came."""
        return self.outcome == "ok"

    def line(self) -> str:
        """Return the record as a line of JSON, in ASCII: no text from elsewhere can break or forge a line."""
        seconds, at = round(self.seconds, 4), self.at.isoformat(timespec="milliseconds")
        return json.dumps(asdict(self) | {"at": at, "seconds": seconds})


class Attempt(Generic[T]):
    """One HTTP request, begun now; `number` counts those of a call from 1.

    `outcome` is there once it is over. With `again`, the load that it belongs to is to ask once more.
    """

    outcome: Response[T] | ModelArtsError

    def __init__(self, request: Request[T], number: int, url: str = "") -> None:
        self.request, self.number, self.url = request, number, url
        self.response: requests.Response | None = None
        self.again = False
        self._at, self._started = datetime.now(UTC), time.perf_counter()

    def exchange(self, reader: ResponseReader) -> Exchange:
        """Return the record, now that it is over."""
        response, error = self.response, self.outcome
        code = getattr(error, "error_code", None)
        request_id = getattr(error, "request_id", None)
        if request_id is None and response is not None:
            request_id = reader.request_id(response)
        place = urlsplit(self.url)
        page = re.search("(?:^|&)page=([0-9]{1,18})(?:&|$)", place.query)
        return Exchange(
            method=self.request.method,
            host=place.netloc,
            path=printable(reader.redact(place.path, EXCERPT_LENGTH), EXCERPT_LENGTH),
            page=int(page[1]) if page else None,
            status=None if response is None else response.status_code,
            error_code=printable(code, 64) if code else None,
            request_id=printable(request_id, 128) if request_id else None,
            seconds=time.perf_counter() - self._started,
            attempt=self.number,
            outcome=type(error).__name__ if isinstance(error, ModelArtsError) else "ok",
            clock_difference=None if response is None else clock_difference(response, self._at),
            at=self._at,
        )


Observer = Callable[[Exchange], None]
_observers: ContextVar[tuple[Observer, ...]] = ContextVar("observers", default=())


@contextmanager
def observed_by(observer: Observer | None) -> Iterator[None]:
    """Tell `observer` of every exchange that this thread makes inside, those with IAM included."""
    token = _observers.set((*_observers.get(), observer) if observer is not None else _observers.get())
    try:
        yield
    finally:
        _observers.reset(token)


def report(exchange: Exchange) -> None:
    """Log the exchange and tell the observers; one that raises is logged and changes nothing else."""
    level = logging.INFO if exchange.succeeded else logging.WARNING
    if _log.isEnabledFor(level):
        _log.log(level, "%s", exchange.line())
    for observer in _observers.get():
        try:
            observer(exchange)
        except Exception:  # noqa: BLE001 - the observer is not ours
            _log.exception("on_exchange raised; the request goes on")
