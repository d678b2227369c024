"""What happened on the wire: one record and one line of log for every HTTP request.

The lines go to the logger `modelarts_api`, as JSON on one line: INFO for what came back good, WARNING for
what failed. They are silent until a program asks for them:

    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("modelarts_api").setLevel(logging.INFO)

A line holds the fields of `Exchange`, and so neither the text of a query nor a secret.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

OK: Final = "ok"

_log = logging.getLogger("modelarts_api")
# Without it, Python itself prints the warnings of a program that has configured no logging.
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request as it happened, whether or not an answer came.

    `host` has the port with it; `path` is as it was sent, without the query; `page` is the list call's.
    `status` is None if no status line came, and `request_id` the service's own word for this request.
    `seconds` run from the request to the last byte of the answer. `attempt` is 1 for the first of a call.
    `outcome` is "ok" or the name of the exception, whose `error_code` is given. `clock_difference` is how
    many seconds this computer's clock is ahead of the one that the answer's Date tells, good to about a
    second; None without a Date. `at` is when the request began, in UTC.
    """

    method: str
    host: str
    path: str
    page: int | None
    status: int | None
    error_code: str | None
    request_id: str | None
    seconds: float
    attempt: int
    outcome: str
    clock_difference: float | None
    at: datetime

    def line(self) -> str:
        """The record as one line of JSON, in ASCII: no text from elsewhere can break or forge a line."""
        seconds = round(self.seconds, 4)
        return json.dumps(
            asdict(self) | {"at": self.at.isoformat(timespec="milliseconds"), "seconds": seconds}
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
    level = logging.INFO if exchange.outcome == OK else logging.WARNING
    if _log.isEnabledFor(level):
        _log.log(level, "%s", exchange.line())
    for observer in _observers.get():
        try:
            observer(exchange)
        except Exception:  # noqa: BLE001 - the observer is not ours
            _log.exception("on_exchange raised; the request goes on")
