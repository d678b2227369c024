"""Requests: authorised, bounded in time, repeated where that may help, failures as exceptions.

The bounds stand in docs/wrapper.md. What authorises a request may ask elsewhere first (IAM: 30 s at most):
that is part of the attempt, its time and its failures.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from modelarts_api.credentials import Credentials
from modelarts_api.errors import (
    EXCERPT_LENGTH,
    TEXT_LENGTH,
    ModelArtsError,
    RateLimitError,
    TransportError,
    printable,
    transport_kind,
    words_of,
)
from modelarts_api.http.deadline import Deadline, DeadlineAdapter
from modelarts_api.http.exchange import Attempt, Observer, observed_by, report
from modelarts_api.http.limits import LoadPacing, Pacer, RetryPolicy
from modelarts_api.http.proxy import Network
from modelarts_api.http.response import PROJECT, Request, Response, ResponseReader

T = TypeVar("T")
_NO_ANSWER: Final = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError)
# The protocol that TLS agreed on, None without TLS, and until when the service's certificate is valid.
Agreement = tuple[str | None, datetime | None]


class _Session(requests.Session):
    def __init__(self, connections: int) -> None:
        super().__init__()
        self.headers.update({"Accept": "application/json", "User-Agent": "modelarts-dashboard"})
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.stream = True
        for scheme in ("http://", "https://"):
            self.mount(scheme, DeadlineAdapter(1, connections, pool_block=True))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: none is followed. To look at one, requests would read its body, however large."""


class Transport:
    """The pooled session of a client, safe to share between threads."""

    def __init__(
        self,
        credentials: Credentials,
        timeout: tuple[float, float],
        policy: RetryPolicy,
        connections: int,
        *,
        network: Network,
        on_exchange: Observer | None = None,
    ) -> None:
        self.network = network
        self._credentials = credentials
        self._connect, self._read = timeout
        self._policy = policy
        self._on_exchange = on_exchange
        self._reader = ResponseReader(credentials, network)
        self._pacer = Pacer(connections)
        self._places = threading.BoundedSemaphore(connections)
        self._session = _Session(connections)

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def begin_load(self) -> LoadPacing:
        """Return the pace of a new load."""
        return LoadPacing(self._pacer, self._policy)

    def authorise(self, url: str, seconds: float) -> None:
        """Have ready what authorises a request to `url`. Raises what asking for it raises."""
        with observed_by(self._on_exchange), self._credentials.attempt(url, seconds):
            pass

    def agree(self, url: str, seconds: float) -> Agreement:
        """Open a connection as a request to `url` would, and close it: what TLS agreed on.

        `seconds` are for each of connecting and TLS. Raises TransportError.
        """
        way = self._session.merge_environment_settings(url, stream=None, cert=None, **self.network.settings)
        adapter = self._session.get_adapter(url)
        try:
            with Deadline(self._policy.clock, 2 * seconds):
                request = requests.Request("GET", url).prepare()
                pool = adapter.get_connection_with_tls_context(  # type: ignore[attr-defined]
                    request, way["verify"], proxies=way["proxies"]
                )
                adapter.cert_verify(pool, url, way["verify"], None)  # type: ignore[attr-defined]
                return _agree(pool, seconds)
        except _NO_ANSWER as error:
            lost = self._lost(url, error)
        raise lost

    def call(
        self, request: Request[T], load: LoadPacing | None = None, within: float | None = None
    ) -> Response[T]:
        """Return the response to a request. Raises TransportError, InvalidResponseError or ApiError.

        `load` is the load that it belongs to. With `within`, it takes so many seconds at most, and is only
        repeated with credentials renewed after a 401.
        """
        total = max(self._policy.total, self._connect + self._read) if within is None else within
        policy = replace(self._policy, total=total, retries=self._policy.retries if within is None else 0)
        load = load if load is not None else self.begin_load()
        made = 0
        with observed_by(self._on_exchange):
            while True:
                with load.permit(), Deadline(policy.clock, policy.total) as deadline:
                    attempt = self._persist(request, policy, deadline, load, made)
                if isinstance(attempt.outcome, Response):
                    load.accepted()
                    return attempt.outcome
                if not attempt.again:
                    raise attempt.outcome
                made = attempt.number

    def _persist(
        self, request: Request[T], policy: RetryPolicy, deadline: Deadline, load: LoadPacing, made: int
    ) -> Attempt[T]:
        """Return the last attempt of this permit. `made` counts the requests of earlier ones."""
        repeated, renewed = 0, False
        while True:
            made, asked_at = made + 1, time.monotonic()
            attempt = self._attempt(request, deadline, made)
            error = attempt.outcome
            if not isinstance(error, ModelArtsError):
                return attempt
            if not renewed and self._renews(attempt):
                renewed = True
                continue
            if isinstance(error, RateLimitError):
                attempt.again = load.refused(error, asked_at)
                if load.has_begun:
                    return attempt
            wait = policy.wait(repeated, error, error.retry_after)
            if load.cancelled or wait is None or wait >= deadline.remaining():
                return attempt
            policy.sleep(wait)
            if load.cancelled:
                return attempt
            repeated += 1

    def _renews(self, attempt: Attempt[T]) -> bool:
        response = attempt.response
        if response is None or response.status_code != 401:
            return False
        return self._credentials.renew(response.request)

    def _attempt(self, request: Request[T], deadline: Deadline, number: int) -> Attempt[T]:
        attempt = Attempt(request, number)
        try:
            with self._credentials.attempt(request.url, deadline.remaining()), self._place(deadline):
                url = request.url.replace(PROJECT, self._credentials.project_id or "")
                attempt = Attempt(request, number, url)
                # An auth of ours is always given, so that none is taken from a .netrc file.
                with self._session.request(
                    request.method,
                    url,
                    json=request.body,
                    auth=self._credentials,
                    timeout=self._timeout(deadline),
                    **self.network.settings,
                ) as attempt.response:
                    attempt.outcome = self._reader.read(attempt.response, request, number)
        except ModelArtsError as error:
            attempt.outcome = error
        except _NO_ANSWER as error:
            # Not raised here: what requests raises holds the request, and with it the credentials.
            attempt.outcome = self._lost(attempt.url, error if deadline.remaining() > 0 else None)
        if attempt.url:  # only now: an observer is not to hold a connection, or a key
            report(attempt.exchange(self._reader))
        return attempt

    def _timeout(self, deadline: Deadline) -> tuple[float, float]:
        left = max(deadline.remaining(), 0.001)
        return min(self._connect, left), min(self._read, left)

    @contextmanager
    def _place(self, deadline: Deadline) -> Iterator[None]:
        """Hold one of the connections. urllib3 would wait for one without end."""
        if not self._places.acquire(timeout=max(deadline.remaining(), 0.0)):
            raise TransportError("no connection was free in time: all are waiting for answers")
        try:
            yield
        finally:
            self._places.release()

    def _lost(self, url: str, error: BaseException | None) -> TransportError:
        """Return the error of a request without an answer; None means that its time is over."""
        reason, kind = "the time for the request is over", ""
        if error is not None:
            cause = _root(error)
            words = re.sub(r"//[^/@\s]*@", "//***@", words_of(cause)[:TEXT_LENGTH])
            words = printable(words, EXCERPT_LENGTH)
            reason = self._reader.redact(f"{type(cause).__name__} ({words})", TEXT_LENGTH)
            kind = transport_kind(cause)
        place = f"{urlsplit(url).netloc}{self.network.via()}"
        return TransportError(f"no complete answer from {place}: {reason}", kind)


def _root(error: BaseException) -> BaseException:
    """Return what lies at the bottom of a chain of exceptions, such as ConnectionRefusedError."""
    while error.__context__ is not None:
        error = error.__context__
    return error


def _agree(pool: Any, seconds: float) -> Agreement:
    """Connect by a pool of urllib3, through its proxy if it has one, and close.

    `seconds` bound each step of connecting. Raises what urllib3, ssl and socket raise.
    """
    connection = pool._new_conn()  # what the pool itself calls; nothing public opens one without a request
    connection.timeout = seconds
    try:
        if pool.proxy is not None and pool.scheme == "https":
            pool._prepare_proxy(connection)
        else:
            connection.connect()
        protocol = getattr(connection.sock, "version", lambda: None)()
        expiry = (connection.sock.getpeercert() or {}).get("notAfter") if protocol else None
    finally:
        connection.close()
    return protocol, datetime.fromtimestamp(ssl.cert_time_to_seconds(expiry), UTC) if expiry else None
