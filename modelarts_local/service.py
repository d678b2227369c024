"""LocalService: a project, its content while it runs, and the servers it runs on."""

import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from modelarts_local.authorisation import Authorisation, PasswordAuthorisation, authorisation_of
from modelarts_local.delivery import Delivery
from modelarts_local.faults import Fault, FaultBody, Faults
from modelarts_local.gateway import Gateway
from modelarts_local.mutations import Mutations
from modelarts_local.request_log import RequestLog
from modelarts_local.routes import create_application, detailed
from modelarts_local.samples.catalogue import Catalogue
from modelarts_local.samples.project import generate_configurations
from modelarts_local.samples.vendor_samples import vendor_samples
from modelarts_local.server import HOST, RunningServer
from modelarts_local.throttle import Throttle

PROJECT_ID = "10ca1000000040008000000000000001"


class LocalService:
    """The documented list, detail and engines calls over HTTP on 127.0.0.1, and v2's engines and flavors.

    `configurations` is how many to make up (seeded; the same number and seed give the same project on the
    same day) or the very mappings to serve, under the wire's names and whatever their content. A mapping with
    any of the detail call's own fields is that call's whole answer, and the list shows it without them; for
    one with none of them the detail call makes plausible ones up from its name. `samples` is the same for
    `config_type=sample`; None gives the built-in eighteen.

    `auth` is what a request must bring: "token", "password" (a token of the service's own IAM, which then
    listens at `iam_url`) or "access-key" (a signature), with made-up values that `authorisation` tells; or an
    authorisation with your own. `token` is short for that one token. Without either anybody may ask.

    `throttle_per_second` is how many requests a second are answered, and how many at once after a pause;
    those beyond get a 429, with a Retry-After in "seconds" or as a "date" if `throttle_retry_after` says so.

    Without `offers_v2` the calls of API v2 are unknown paths, as in clouds that do not have them. With
    `mutate_seconds` a configuration is edited, renamed, copied or removed every so many seconds, by the seed.

    A context manager, or `start()` and `stop()`. `latency_ms` is added to every answer and can be set while
    the service runs, as can the throttle (`throttle`), faults (`fail`), the content (`add`, `remove`, `edit`)
    and what `authorisation` demands.
    """

    def __init__(
        self,
        configurations: int | Sequence[Mapping[str, Any]] = 320,
        *,
        seed: int = 0,
        latency_ms: float = 0,
        auth: str | Authorisation | None = None,
        token: str | None = None,
        port: int = 0,
        samples: int | Sequence[Mapping[str, Any]] | None = None,
        throttle_per_second: float | None = None,
        throttle_retry_after: str | None = None,
        offers_v2: bool = True,
        mutate_seconds: float | None = None,
    ) -> None:
        # In one piece: a service's parts, each made of those before it.
        self.project_id = PROJECT_ID
        self.seed = seed
        self.offers_v2 = offers_v2
        self.mutations = Mutations(self, seed)
        self._mutate_seconds = mutate_seconds
        self._wanted_port = port
        self._wanted_iam_port = 0
        custom: Iterable[Mapping[str, Any]] = (
            generate_configurations(configurations, seed)
            if isinstance(configurations, int)
            else configurations
        )
        sample = vendor_samples(samples) if samples is None or isinstance(samples, int) else samples
        self.catalogues = {"custom": Catalogue.of(custom), "sample": Catalogue.of(sample)}
        self._changes = threading.Lock()
        self.authorisation = authorisation_of(auth, token)
        self._gateway = Gateway(create_application(self), latency_ms, self.authorisation)
        if throttle_per_second is not None:
            self.throttle(throttle_per_second, throttle_retry_after)
        self._running: RunningServer | None = None
        self._iam_gateway: Gateway | None = None
        self._running_iam: RunningServer | None = None
        if isinstance(self.authorisation, PasswordAuthorisation):
            iam = self.authorisation.iam
            iam.project_id = self.project_id
            self._iam_gateway = Gateway(iam.application, latency_ms, faults=self._gateway.faults)

    def start(self) -> Self:
        """Listen; returns when requests are answered. Raises OSError if the port is taken.

        After a stop it listens where it did before.
        """
        if self._running is not None:
            raise RuntimeError("the local service runs already")
        self._running = RunningServer(self._gateway, self._wanted_port)
        self._wanted_port = self._running.port
        if self._iam_gateway is not None:
            self._running_iam = RunningServer(self._iam_gateway, self._wanted_iam_port)
            self._wanted_iam_port = self._running_iam.port
        if self._mutate_seconds is not None:
            self.mutations.start(self._mutate_seconds)
        return self

    def stop(self) -> None:
        """Stop listening, and drop what is still being answered."""
        self.mutations.stop()
        for running in (self._running, self._running_iam):
            if running is not None:
                running.stop()
        self._running = self._running_iam = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """Return the port in use. Raises RuntimeError unless the service runs."""
        if self._running is None:
            raise RuntimeError("the local service does not run")
        return self._running.port

    @property
    def url(self) -> str:
        """Return the endpoint, without a slash at the end. Raises RuntimeError unless the service runs."""
        return f"http://{HOST}:{self.port}"

    @property
    def iam_url(self) -> str:
        """Return the address of the service's own IAM. RuntimeError unless it runs, with auth="password"."""
        if self._running_iam is None:
            raise RuntimeError("no IAM of the local service runs")
        return f"http://{HOST}:{self._running_iam.port}"

    @property
    def iam_requests(self) -> RequestLog:
        """Return what came in at the IAM so far, without the bodies. RuntimeError unless auth="password"."""
        if self._iam_gateway is None:
            raise RuntimeError("the local service has no IAM")
        return self._iam_gateway.requests

    @property
    def requests(self) -> RequestLog:
        """Return what came in so far; `requests.clear()` forgets it."""
        return self._gateway.requests

    @property
    def latency_ms(self) -> float:
        """Return milliseconds before every answer."""
        return self._gateway.latency_ms

    @latency_ms.setter
    def latency_ms(self, latency_ms: float) -> None:
        for gateway in (self._gateway, self._iam_gateway):
            if gateway is not None:
                gateway.latency_ms = latency_ms

    def throttle(self, per_second: float | None, retry_after: str | None = None) -> None:
        """Answer so many requests a second from now on; None: as many as come."""
        self._gateway.throttle = None if per_second is None else Throttle(per_second, retry_after)

    def add(self, configuration: Mapping[str, Any], config_type: str = "custom") -> None:
        """Add one, at the end; created now unless it says otherwise (samples carry no creation time)."""
        created = {"create_time": int(time.time() * 1000)} if config_type == "custom" else {}
        with self._changes:
            changed = self.catalogues[config_type].with_row({**created, **configuration})
            self.catalogues[config_type] = changed

    def remove(self, name: str, config_type: str = "custom") -> None:
        """Remove whatever has that name. Raises KeyError if nothing has."""
        with self._changes:
            self.catalogues[config_type] = self.catalogues[config_type].without(name)

    def edit(self, name: str, config_type: str = "custom", **fields: Any) -> None:
        """Change fields of the first configuration of that name, under the wire's names: the rest stays.

        `config_name` renames it. KeyError if there is none of the name.
        """
        with self._changes:
            catalogue = self.catalogues[config_type]
            wire = {**self._wire(catalogue, name), **fields}
            self.catalogues[config_type] = catalogue.replacing(name, wire)

    def names(self, config_type: str = "custom") -> list[str]:
        """Return the names there are now, in the order in which their rows came."""
        return self.catalogues[config_type].names()

    def details(self, name: str, config_type: str = "custom") -> dict[str, Any]:
        """Return all that a configuration says now. KeyError if there is none of the name."""
        return self._wire(self.catalogues[config_type], name)

    def _wire(self, catalogue: Catalogue, name: str) -> dict[str, Any]:
        row = catalogue.find(name)
        if row is None:
            raise KeyError(name)
        wire: dict[str, Any] = json.loads(detailed(row, self.seed))
        return wire

    def fail(
        self,
        status: int | None = 503,
        body: FaultBody = None,
        headers: Mapping[str, str] | None = None,
        *,
        times: int | None = None,
        path_contains: str = "training-job-configs",
        delay_s: float = 0,
        drip_s: float = 0,
        cut_off: bool = False,
        reset: bool = False,
        silent: bool = False,
        gzip: bool = False,
        content_length: int | None = None,
    ) -> Fault:
        """Answer so from now on: for the next `times` requests, or until the fault is lifted.

        What is answered:

        - `status`; None is the true answer's, so that only its body or its delivery is wrong.
        - `body`: bytes and text as they are, mappings and lists as JSON; a function gets the true body, as
          bytes, and returns any of these: `lambda page: page[:-40]`. None is the true body if `status` is
          None, otherwise the documented envelope with a code that fits.
        - `headers` are added, or replace those of the same name. `gzip` compresses the body and says so.

        How it is delivered:

        - `delay_s` seconds pass first. `drip_s` seconds pass after every byte of the body.
        - `silent`: no answer at all, and the connection stays open. `reset`: half of the body, then a RST.
        - `cut_off`: the connection is closed one byte before the announced length. `content_length` is
          announced, whatever the body's, and the connection is closed after the body.

        `path_contains` is looked for in the path, a `?` and the query as it was sent: `&page=3&` is one page
        of an inventory; the IAM's path is `/v3/auth/tokens`. Of several faults that fit a request, the oldest
        one that is not used up answers. For a refused connection `stop()` the service; `start()` listens on
        the same port again.
        """
        delivery = Delivery(drip_s, cut_off, reset, silent, content_length)
        fault = Fault(status, body, headers or {}, path_contains, delay_s, times, gzip, delivery)
        return self._faults.add(fault)

    @property
    def _faults(self) -> Faults:
        return self._gateway.faults
