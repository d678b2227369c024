"""Requests: authorised, bounded in time, repeated where that may help, failures as exceptions.

The bounds, in one place; `timeout` and `time_limit` of a Client set the first three:

- Connecting to an address takes 5 s at most, and agreeing on TLS 5 s more.
- An answer in which 30 s pass without a byte is given up.
- A call takes 60 s at most, repetitions and waits included (or one connection and one answer's silence, if
  those are longer); every wait for bytes is cut to what is left, so an answer that drips ends too.
- Repeated up to 3 times: no complete answer, and 429, 500, 502, 503, 504. Before each repetition a random
  wait of up to 0.5, 1, 2, 4, then 8 s; after a 429 of 2 to 5 s; or what Retry-After says, up to 30 s. A wait
  that would pass the 60 s is not begun.
- What authorises a request may ask elsewhere first (IAM: 30 s at most): that is part of the attempt, its time
  and its failures.
- A load of many pages is a call for each page. It ends with the first page that fails, and does not wait for
  those still under way. Once its first page has come, a 429 ends it only when no page has come for 90 s, and
  waiting for a turn counts for no page (see `pacing`).
- Name resolution is the system's own and in no bound of ours.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from modelarts_api.credentials import Credentials
from modelarts_api.errors import (
    EXCERPT_LENGTH,
    ModelArtsError,
    RateLimitError,
    TransportError,
    printable,
)
from modelarts_api.http.answers import Answer, AnswerReader, Failure, Read
from modelarts_api.http.deadline import Deadline, DeadlineAdapter
from modelarts_api.http.exchanges import Exchange, Observer, observed_by, report
from modelarts_api.http.handshake import Agreement, agree
from modelarts_api.http.network import Network
from modelarts_api.http.pacing import Pace, Turns
from modelarts_api.http.question import Question, Try
from modelarts_api.http.retrying import RetryPolicy

T = TypeVar("T")
_NO_ANSWER: Final = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: even to look at a redirect, requests would read its whole body, however large."""


class Transport:
    """The pooled session of a client, safe to share between threads."""

    def __init__(
        self,
        credentials: Credentials,
        timeout: tuple[float, float],
        policy: RetryPolicy,
        connections: int,
        *,
        network: Network | None = None,
        on_exchange: Observer | None = None,
    ) -> None:
        self._credentials = credentials
        self._connect, self._read = timeout
        self._policy = policy
        self._network = network if network is not None else Network()
        self._on_exchange = on_exchange
        self._answers = AnswerReader(credentials, self._network)
        self._pace = Pace(connections)
        self._places = threading.BoundedSemaphore(connections)
        self._session = _Session()
        self._session.headers.update({"Accept": "application/json", "User-Agent": "modelarts-dashboard"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            adapter = DeadlineAdapter(pool_connections=1, pool_maxsize=connections, pool_block=True)
            self._session.mount(scheme, adapter)

    @property
    def network(self) -> Network:
        """The way that the requests go."""
        return self._network

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def agree(self, url: str, seconds: float) -> Agreement | None:
        """Open a connection as a request to `url` would, and close it: what TLS agreed on, None without TLS.

        `seconds` are for each of connecting and TLS. Raises TransportError.
        """
        way = self._session.merge_environment_settings(
            url, dict(self._network.proxies), None, self._network.verify, None
        )
        adapter = self._session.get_adapter(url)
        try:
            with Deadline(self._policy.clock, 2 * seconds):
                request = requests.Request("GET", url).prepare()
                pool = adapter.get_connection_with_tls_context(  # type: ignore[attr-defined]
                    request, way["verify"], proxies=way["proxies"]
                )
                adapter.cert_verify(pool, url, way["verify"], None)  # type: ignore[attr-defined]
                return agree(pool, seconds)
        except _NO_ANSWER as error:
            reason = _reason(error)
        raise self._lost(url, reason)

    def turns(self) -> Turns:
        """The turns of a new load."""
        return Turns(self._pace, self._policy)

    def get(self, url: str, read: Read[T], turns: Turns | None = None) -> Answer[T]:
        """GET `url`, byte for byte. Raises TransportError, InvalidResponseError or ApiError.

        `read` makes something of the JSON object, or raises UndocumentedShapeError. `turns` are those of the
        load that the request belongs to.
        """
        return self._call(Question("GET", url), read, turns=turns)

    def post(self, url: str, body: Mapping[str, Any], read: Read[T]) -> Answer[T]:
        """POST `body` as JSON; otherwise like `get`, repetitions included."""
        return self._call(Question("POST", url, body), read)

    def get_once(self, url: str, read: Read[T], seconds: float) -> Answer[T]:
        """Like `get`, but within so many seconds, and repeated only with credentials renewed after a 401."""
        return self._call(Question("GET", url), read, replace(self._policy, retries=0, total=seconds))

    def _call(
        self,
        question: Question,
        read: Read[T],
        bounds: RetryPolicy | None = None,
        turns: Turns | None = None,
    ) -> Answer[T]:
        policy = bounds or replace(self._policy, total=max(self._policy.total, self._connect + self._read))
        turns = turns if turns is not None else self.turns()
        made = 0
        with observed_by(self._on_exchange):
            while True:
                with turns.turn(), Deadline(policy.clock, policy.total) as deadline:
                    outcome = self._persist(question, read, policy, deadline=deadline, turns=turns, made=made)
                if isinstance(outcome, Answer):
                    turns.accepted()
                    return outcome
                if not outcome.again:
                    raise outcome.error
                made = outcome.attempts

    def _persist(
        self,
        question: Question,
        read: Read[T],
        policy: RetryPolicy,
        *,
        deadline: Deadline,
        turns: Turns,
        made: int,
    ) -> Answer[T] | Failure:
        """The answer, or the failure that ends this turn. `made` counts the requests of earlier ones."""
        # One loop, not split: what ends it depends on everything that happened in it.
        attempt, renewed = 0, False
        while True:
            made += 1
            asked_at = time.monotonic()
            outcome = replace(self._attempt(question, read, deadline, made), attempts=made)
            if isinstance(outcome, Answer):
                return outcome
            if outcome.rejected is not None and not renewed:
                renewed = True
                if self._credentials.renew(outcome.rejected):
                    continue
            if isinstance(outcome.error, RateLimitError):
                again = turns.refused(outcome.error, asked_at)
                if turns.has_begun:
                    return replace(outcome, again=again)
            wait = policy.wait(attempt, outcome.error, outcome.retry_after)
            if turns.given_up or wait is None or wait >= deadline.remaining():
                return outcome
            policy.sleep(wait)
            if turns.given_up:
                return outcome
            attempt += 1

    def _attempt(
        self, question: Question, read: Read[T], deadline: Deadline, number: int
    ) -> Answer[T] | Failure:
        try:
            with self._credentials.attempt(question.url, deadline.remaining()), self._place(deadline):
                outcome, exchange = self._send(question, read, deadline, number)
        except ModelArtsError as error:
            return Failure(error, error.retry_after if isinstance(error, RateLimitError) else None)
        # Only now: an observer is not to hold a connection, or a key's turn.
        report(exchange)
        return outcome

    @contextmanager
    def _place(self, deadline: Deadline) -> Iterator[None]:
        """One of the connections. urllib3 would wait for one without end."""
        if not self._places.acquire(timeout=max(deadline.remaining(), 0.0)):
            raise TransportError("no connection was free in time: all are waiting for answers")
        try:
            yield
        finally:
            self._places.release()

    def _send(
        self, question: Question, read: Read[T], deadline: Deadline, number: int
    ) -> tuple[Answer[T] | Failure, Exchange]:
        left = max(deadline.remaining(), 0.001)
        heard: requests.Response | None = None
        outcome: Answer[T] | Failure | None = None
        sent = Try.now(question, number)
        try:
            # An auth of ours is always given, so that none is taken from a .netrc file.
            with self._session.request(
                question.method,
                question.url,
                json=question.body,
                auth=self._credentials,
                timeout=(min(self._connect, left), min(self._read, left)),
                allow_redirects=False,
                stream=True,
                proxies=dict(self._network.proxies),
                verify=self._network.verify,
            ) as heard:
                outcome = self._answers.outcome(heard, read)
        except _NO_ANSWER as error:
            reason = _reason(error) if deadline.remaining() > 0 else "the time for the request is over"
        # Outside of the handler: what requests raises holds the request, and with it the credentials.
        if outcome is None:
            outcome = Failure(self._lost(question.url, reason))
        return outcome, sent.exchange(heard, outcome, self._answers)

    def _lost(self, url: str, reason: str) -> TransportError:
        shown = self._answers.conceal(reason)
        return TransportError(f"no complete answer from {urlsplit(url).netloc}{self._network.via()}: {shown}")


def _reason(error: BaseException) -> str:
    """What lies at the bottom of a chain of exceptions: ConnectionRefusedError (Connection refused)."""
    while error.__context__ is not None:
        error = error.__context__
    words = (error.strerror if isinstance(error, OSError) else None) or str(error)
    without_userinfo = re.sub(r"//[^/@\s]*@", "//***@", words)
    return f"{type(error).__name__} ({printable(without_userinfo, EXCERPT_LENGTH)})"
