"""Is it the network, the clock, the credentials, or the permission? One question after the other.

>>> from modelarts_api import Client
>>> [step.state for step in diagnose(Client("http://127.0.0.1:9", "0123abc"))]
['passed', 'failed', 'not assessed', 'not assessed', 'not assessed', 'not assessed', 'not assessed']
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal, TypeVar
from urllib.parse import urlsplit

from modelarts_api import errors
from modelarts_api.auth.access_key import CLOCK_TOLERANCE
from modelarts_api.client import Client
from modelarts_api.credentials import Credentials
from modelarts_api.errors import ModelArtsError, TransportError, transport_kind, words_of
from modelarts_api.http.exchange import Exchange, observed_by
from modelarts_api.http.proxy import without_userinfo
from modelarts_api.models import ConfigurationQuery, ResultPage

T = TypeVar("T")
RESOLUTION_SECONDS: Final = 5.0
CONNECTION_SECONDS: Final = 5.0
TLS_SECONDS: Final = 10.0
REQUEST_SECONDS: Final = 20.0
CLOCK_WARNING: Final = 60.0
_PORTS: Final = {"http": 80, "https": 443}
_ONE_ROW: Final = ConfigurationQuery(per_page=1)
_SERVICE: Final = "the service"


@dataclass(frozen=True, slots=True)
class Step:
    """One question and its answer.

    `seconds` is what the answer took: a look-up, a connection, or the requests by which it was judged; 0 if
    nothing was assessed. `detail` says in a sentence what was seen, or why nothing could be; it may quote the
    service, and never holds a secret. `error` is there if the step failed, and only then; it has the remedy.
    """

    name: str
    state: Literal["passed", "failed", "not assessed"]
    seconds: float
    detail: str
    error: Exception | None = None


def diagnose(client: Client) -> Iterator[Step]:
    """Yield the steps, each as soon as it is known, on the client's own way: its proxy, its certificates.

    From `clock` on they are judged by one request for one row, which is only repeated with a token that was
    renewed. Credentials that were refused before are not sent again: that refusal is the answer, until
    somebody calls their `try_again()`. A step that could not be reached because an earlier one failed is not
    assessed. Raises nothing but a bug.
    """
    hop, probe = _Hop.of(client), _Probe(client)
    checks: dict[str, Callable[[], str]] = {
        "name resolution": hop.resolve,
        "TCP connection": hop.connect,
        "TLS": hop.agree,
        **({"sign-in at IAM": partial(_sign_in, client)} if client.credentials.project_name else {}),
        "clock": probe.clock,
        "authentication": probe.authentication,
        "permission": probe.permission,
        "first page": probe.first_page,
    }
    failed = ""
    for name, check in checks.items():
        step = Step(name, "not assessed", 0.0, f"{failed} failed") if failed else _checked(name, check, probe)
        if step.state == "failed" and name != "clock":  # which only signatures need
            failed = name
        yield step


class _NotAssessedError(Exception):
    """There is nothing to assess; the words say why."""


def _checked(name: str, check: Callable[[], str], probe: _Probe) -> Step:
    started = time.perf_counter()
    error: ModelArtsError | None = None
    try:
        detail = check()
    except _NotAssessedError as reason:
        return Step(name, "not assessed", 0.0, str(reason))
    except ModelArtsError as failure:
        detail, error = str(failure), failure
    seconds = sum(exchange.seconds for exchange in probe.exchanges) or time.perf_counter() - started
    return Step(name, "failed" if error else "passed", seconds, detail, error)


@dataclass
class _Hop:
    """The first host that a request is sent to: the proxy, or the service."""

    client: Client
    words: str
    host: str = ""
    port: int = 0
    addresses: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, client: Client) -> _Hop:
        proxy = client.transport.network.proxy_for(client.endpoint)
        try:
            parts = urlsplit(proxy or client.endpoint)
            words = f"the proxy {without_userinfo(proxy)}" if proxy else _SERVICE
            return cls(client, words, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80))
        except ValueError:
            return cls(client, "the proxy in the environment")

    def resolve(self) -> str:
        if not self.host:
            raise TransportError(f"the address of {self.words} cannot be read", "name")
        look_up = partial(socket.getaddrinfo, self.host, self.port, type=socket.SOCK_STREAM)
        try:
            found = _within(RESOLUTION_SECONDS, look_up)
        except (OSError, UnicodeError, TransportError) as error:
            reason = "it is no host name" if isinstance(error, UnicodeError) else words_of(error)
        else:
            self.addresses = list(dict.fromkeys((str(place[0]), int(place[1])) for *_, place in found))
            shown = ", ".join(host for host, _ in self.addresses[:4])
            return f"{self.host}, of {self.words}, is {shown}"
        raise TransportError(f"no address for {self.host}, of {self.words}: {reason}", "name")

    def connect(self) -> str:
        seconds, reason, kind = CONNECTION_SECONDS / len(self.addresses), "", ""
        for host, port in self.addresses:
            try:
                socket.create_connection((host, port), seconds).close()
            except OSError as error:
                reason, kind = words_of(error), transport_kind(error) or "silent"
            else:
                return f"{self.words} takes connections at {host} port {port}"
        seen = f"no connection to {self.words} at {self.host} port {self.port}: {reason}"
        raise TransportError(seen, kind)

    def agree(self) -> str:
        url, transport = self.client.endpoint, self.client.transport
        if urlsplit(url).scheme != "https":
            raise _NotAssessedError("the endpoint is http: nothing is encrypted")
        protocol, end = _within(TLS_SECONDS + 1, lambda: transport.agree(url, TLS_SECONDS / 2))
        if protocol is None:
            raise TransportError("the connection is not encrypted, although the endpoint is https", "tls")
        until = f", with a certificate valid until {end:%Y-%m-%d}" if end else ""
        through = "" if self.words == _SERVICE else f", through {self.words}"
        return f"{protocol} with the service{until}{through}"


def _sign_in(client: Client) -> str:
    _within(REQUEST_SECONDS + 1, lambda: client.transport.authorise(client.endpoint, REQUEST_SECONDS))
    return f"IAM says that {client.credentials.project_name} is the project {client.project_id}"


class _Probe:
    """What one request for one row, made by `clock`, says of it, of credentials, permission and data."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.exchanges: list[Exchange] = []
        self.page: ResultPage | None = None
        self.error: ModelArtsError | None = None

    def clock(self) -> str:
        self._ask()
        dated = [exchange for exchange in self.exchanges if exchange.clock_difference is not None]
        if not dated:
            raise self._unsaid("the answer has no Date")
        own = [exchange for exchange in dated if self._is_own(exchange)]
        exchange = (own or dated)[-1]
        difference = exchange.clock_difference or 0.0
        clock = "the service's" if own else f"that of IAM at {exchange.host}"
        if abs(difference) <= 2:
            return f"this computer's clock agrees with {clock}"
        direction = "ahead of" if difference > 0 else "behind"
        detail = f"this computer's clock is {_duration(abs(difference))} {direction} {clock}"
        if abs(difference) > CLOCK_TOLERANCE:
            error = ModelArtsError(f"{detail}: signatures are refused beyond 15 minutes")
            error.meaning, error.remedy = "This computer's clock is wrong.", "Let it be set by NTP."
            raise error
        late = ": set it right, beyond 15 minutes signatures are refused"
        return f"{detail}{late}" if abs(difference) > CLOCK_WARNING else detail

    def authentication(self) -> str:
        error = self.error
        if isinstance(error, errors.AuthenticationError):
            raise error
        if type(self.client.credentials) is Credentials:
            raise _NotAssessedError("there are no credentials")
        if error is not None and not any(map(self._is_own, self.exchanges)):
            raise error
        issuers = [exchange.host for exchange in self.exchanges if not self._is_own(exchange)]
        said = [f"IAM at {issuers[-1]} has issued a token"] if issuers else []
        if error is None or _is_about_permission(error):
            said.append("the service takes these credentials")
        if not said:
            raise self._unsaid("the answer does not tell")
        return "; ".join(said)

    def permission(self) -> str:
        if self.error is None:
            return "these credentials may list this project's configurations"
        if _is_about_permission(self.error):
            raise self.error
        raise self._unsaid("the answer does not tell")

    def first_page(self) -> str:
        if self.error is not None or self.page is None:
            raise self.error or TransportError("there was no answer")
        total = self.page.total
        if total and not self.page.configurations:
            raise errors.InvalidResponseError(f"a total of {total:,}, and no row on the first page", 200)
        return f"1 of {total:,} read" if total else "there are no configurations"

    def _ask(self) -> None:
        ask = partial(self.client.list_configurations, _ONE_ROW, within=REQUEST_SECONDS)
        try:
            with observed_by(self.exchanges.append):
                self.page = _within(REQUEST_SECONDS + 1, ask)
        except ModelArtsError as error:
            self.error = error

    def _unsaid(self, of_the_answer: str) -> _NotAssessedError:
        """Return why something is not known, which an answer leaves open for the reason given."""
        if not self.exchanges:
            return _NotAssessedError("nothing was sent")
        answered = any(exchange.status and self._is_own(exchange) for exchange in self.exchanges)
        return _NotAssessedError(of_the_answer if answered else "the service did not answer")

    def _is_own(self, exchange: Exchange) -> bool:
        """Return whether it was with the service, not with IAM."""
        place = urlsplit(self.client.endpoint)
        return exchange.host == place.netloc and exchange.path.endswith("/training-job-configs")


def _is_about_permission(error: ModelArtsError) -> bool:
    """Return whether the credentials are good, and may not see this, or are of another project."""
    other = isinstance(error, errors.ApiError) and error.known is errors.OTHER_PROJECT
    return other or isinstance(error, errors.PermissionDeniedError)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7_200 else f"{seconds / 3600:.1f} hours"


def _within(seconds: float, call: Callable[[], T]) -> T:
    """Return or raise what `call` does; TransportError after so long: nothing ends the system's look-up."""
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
        if outcome.done():  # by now, or it is the call's own
            return outcome.result()
        raise TransportError(f"nothing within {seconds:g} s") from None
