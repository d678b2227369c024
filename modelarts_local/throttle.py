"""A limit of requests a second, as the API gateway has one: a token bucket that refills all the time."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from math import ceil

from starlette.responses import JSONResponse

from modelarts_local.failures import gateway_envelope

RETRY_AFTER_FORMS = (None, "seconds", "date")


class Throttle:
    """Lets `per_second` requests through a second, and as many (one at least) at once after a pause.

    `retry_after` is how a refusal says when to come again: in "seconds" or as a "date", both rounded up, or
    not at all.
    """

    def __init__(self, per_second: float, retry_after: str | None = None) -> None:
        if per_second <= 0:
            raise ValueError(f"throttle_per_second must be above 0, not {per_second!r}")
        if retry_after not in RETRY_AFTER_FORMS:
            raise ValueError(f"throttle_retry_after must be None, 'seconds' or 'date', not {retry_after!r}")
        self.per_second = per_second
        self.retry_after = retry_after
        self._lock = threading.Lock()
        self._room = max(per_second, 1.0)
        self._level = self._room
        self._filled_at = time.monotonic()

    def refuses(self) -> bool:
        """Return whether this request is one too many; counts it if not."""
        with self._lock:
            now = time.monotonic()
            self._level = min(self._level + (now - self._filled_at) * self.per_second, self._room)
            self._filled_at = now
            if self._level < 1:
                return True
            self._level -= 1
            return False

    def response(self, request_id: str) -> JSONResponse:
        """Return the gateway's refusal. Its words are as published, with this limit in them."""
        limit = f"limit:{self.per_second:g},time:1 second"
        message = f"The throttling threshold has been reached: policy user over ratelimit,{limit}"
        content = gateway_envelope("APIG.0308", message, request_id)
        return JSONResponse(content, HTTPStatus.TOO_MANY_REQUESTS, self._headers())

    def _headers(self) -> dict[str, str]:
        seconds = ceil((1 - self._level) / self.per_second)
        if self.retry_after == "seconds":
            return {"Retry-After": str(seconds)}
        if self.retry_after == "date":
            # A date is cut to the second.
            moment = datetime.now(UTC) + timedelta(seconds=seconds + 1)
            return {"Retry-After": format_datetime(moment, usegmt=True)}
        return {}
