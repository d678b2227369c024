"""Is it the network, the clock, the credentials, or the permission? One question after the other.

>>> from modelarts_api import Client
>>> [step.state for step in diagnose(Client("http://127.0.0.1:9", "0123abc"))]
['passed', 'failed', 'not assessed', 'not assessed', 'not assessed', 'not assessed', 'not assessed']
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

from modelarts_api.client import Client
from modelarts_api.errors import TransportError
from modelarts_api.http.network import with_scheme, without_userinfo
from modelarts_api.verdict import Verdict

T = TypeVar("T")
State = Literal["passed", "failed", "not assessed"]

RESOLUTION_SECONDS: Final = 5.0
CONNECTION_SECONDS: Final = 5.0
TLS_SECONDS: Final = 10.0
REQUEST_SECONDS: Final = 20.0
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Step:
    """One question and its answer.

    `seconds` is what the answer took: a look-up, a connection, or the request by which it was judged; 0 if
    there was none. `detail` says in a sentence what was seen, or why nothing could be; it may quote the
    service, and never holds a secret. `error` is the exception, if the step failed with one.
    """

    name: str
    state: State
    seconds: float
    detail: str
    error: Exception | None = None


def diagnose(client: Client) -> Iterator[Step]:
    """Seven steps, each as soon as it is known, on the client's own way: its proxy, its trusted certificates.

    | step | question | bound |
    |---|---|---|
    | name resolution | has the host an address? with a proxy, the proxy's host | 5 s |
    | TCP connection | does it take a connection? with a proxy, the proxy | 5 s |
    | TLS | is the service who it says it is? through the proxy; not assessed for http | 10 s |
    | clock | is ours within 15 minutes of the service's Date? | the four together 20 s |
    | authentication | does IAM give a token, does the service take the token or the signature? | |
    | permission | may these credentials list this project's configurations? | |
    | first page | can the first row be read? | |

    The last four are judged by one request for one row, which is not repeated. Credentials that were refused
    before are not sent again: that refusal is the answer, until somebody calls their `try_again()`. A step
    that could not be reached because an earlier one failed is not assessed. Raises nothing but a bug.
    """
    hop = _Hop.of(client)
    failed = ""
    checks: tuple[tuple[str, Callable[[_Hop], str]], ...] = (
        ("name resolution", _resolve),
        ("TCP connection", _connect),
        ("TLS", lambda _: _agree(client)),
    )
    for name, check in checks:
        step = _checked(name, check, hop) if not failed else _skipped(name, failed)
        failed = failed or (name if step.state == "failed" else "")
        yield step
    if failed:
        yield from (_skipped(name, failed) for name in Verdict.NAMES)
    else:
        yield from _judged(client)


@dataclass
class _Hop:
    """The first host that a request is sent to: the proxy, or the service."""

    host: str
    port: int
    words: str
    addresses: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, client: Client) -> _Hop:
        proxy = client.transport.network.proxy_for(client.endpoint)
        try:
            parts = urlsplit(with_scheme(proxy) if proxy else client.endpoint)
            words = f"the proxy {without_userinfo(with_scheme(proxy))}" if proxy else "the service"
            return cls(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80), words)
        except ValueError:
            return cls("", 0, "the proxy in the environment")


class _NotAssessedError(Exception):
    """There is nothing to assess; the words say why."""


def _checked(name: str, check: Callable[[_Hop], str], hop: _Hop) -> Step:
    started = time.perf_counter()
    error: TransportError | None = None
    state: State = "passed"
    try:
        detail = check(hop)
    except _NotAssessedError as reason:
        state, detail = "not assessed", str(reason)
    except TransportError as failure:
        state, detail, error = "failed", str(failure), failure
    seconds = time.perf_counter() - started if state != "not assessed" else 0.0
    return Step(name, state, seconds, detail, error)


def _skipped(name: str, failed: str) -> Step:
    return Step(name, "not assessed", 0.0, f"{failed} failed")


def _resolve(hop: _Hop) -> str:
    def look_up() -> list[Any]:
        return socket.getaddrinfo(hop.host, hop.port, type=socket.SOCK_STREAM)

    if not hop.host:
        raise TransportError(f"the address of {hop.words} cannot be read")
    try:
        found = _within(RESOLUTION_SECONDS, look_up)
    except (OSError, UnicodeError, TransportError) as error:
        reason = "it is no host name" if isinstance(error, UnicodeError) else _words(error)
    else:
        hop.addresses = list(dict.fromkeys((family, place) for family, _, _, _, place in found))
        shown = ", ".join(place[0] for _, place in hop.addresses[:4])
        if _is_address(hop.host):
            return f"{hop.host}, of {hop.words}, is an address already"
        return f"{hop.host}, of {hop.words}, is {shown}"
    raise TransportError(f"no address for {hop.host}, of {hop.words}: {reason}")


def _connect(hop: _Hop) -> str:
    end = time.monotonic() + CONNECTION_SECONDS
    reason = "no address"
    for family, place in hop.addresses:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as sock:
            try:
                sock.settimeout(max(end - time.monotonic(), 0.001))
                sock.connect(place)
            except OSError as error:
                reason = _words(error)
            else:
                return f"{hop.words} takes connections at {place[0]} port {place[1]}"
    raise TransportError(f"no connection to {hop.words} at {hop.host} port {hop.port}: {reason}")


def _agree(client: Client) -> str:
    if urlsplit(client.endpoint).scheme != "https":
        raise _NotAssessedError("the endpoint is http: nothing is encrypted")
    agreed = _within(TLS_SECONDS, lambda: client.transport.agree(client.endpoint, TLS_SECONDS / 2))
    if agreed is None:
        raise TransportError("the connection is not encrypted, although the endpoint is https")
    until = f", with a certificate valid until {agreed.valid_until:%Y-%m-%d}" if agreed.valid_until else ""
    proxy = client.transport.network.proxy_for(client.endpoint)
    through = f", through the proxy {without_userinfo(with_scheme(proxy))}" if proxy else ""
    return f"{agreed.protocol} with the service{until}{through}"


def _judged(client: Client) -> Iterator[Step]:
    verdict = Verdict.of(client, lambda probe: _within(REQUEST_SECONDS + 1, probe), REQUEST_SECONDS)
    for name, judgement in zip(Verdict.NAMES, verdict.judgements(), strict=True):
        yield Step(name, *judgement)


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` returns or raises; TransportError after so long: nothing ends the system's own look-up."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            outcome.set_exception(error)

    threading.Thread(target=copy_context().run, args=(run,), name="modelarts-diagnosis", daemon=True).start()
    try:
        return outcome.result(seconds)
    except TimeoutError:
        if outcome.done():
            raise
        raise TransportError(f"nothing within {seconds:g} s") from None
