"""Client: the calls of the API, each a method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

from modelarts_api.credentials import Credentials
from modelarts_api.detail import ConfigurationDetail
from modelarts_api.errors import UndocumentedShapeError
from modelarts_api.http.answers import Answer, Read
from modelarts_api.http.endpoint import checked_endpoint
from modelarts_api.http.exchanges import Observer
from modelarts_api.http.network import Network, without_userinfo
from modelarts_api.http.pacing import Turns
from modelarts_api.http.retrying import TIME_LIMIT, RetryPolicy
from modelarts_api.http.transport import Transport
from modelarts_api.inventory import LoadedPage, load_inventory
from modelarts_api.models import (
    CONFIG_TYPES,
    MAX_PER_PAGE,
    Configuration,
    ConfigurationQuery,
    Engine,
    Inventory,
    ResultPage,
    read_configurations,
)
from modelarts_api.reading import integer

T = TypeVar("T")
_DEFAULT_QUERY = ConfigurationQuery()


class Client:
    """The training job configurations of one project. A context manager; threads may share it.

    `endpoint` is a URL such as https://modelarts.eu-de.otc.t-systems.com. Credentials that know their project
    tell its id: `Client(endpoint, credentials.project_id, credentials)`. `timeout` is the seconds to
    wait for a connection and for data. A call that fails in a way that may pass is repeated up to
    `retries` times, for `time_limit` seconds at most in all. At most `max_connections` requests run at the
    same time. The bounds are listed in `modelarts_api.http.transport`.

    `ca_bundle` is the path of a PEM file: the certificate authorities to trust instead of the usual ones.
    `proxy` is the http:// or https:// URL of a proxy, with user:password@ if it asks for them. Both win over
    the environment; see `modelarts_api.http.network`. Credentials that ask IAM have settings of their own.

    `on_exchange` is called with an `Exchange` once for every HTTP request, those that the credentials make at
    IAM for a call included, in the thread that made it, which goes on when it returns: it must be quick and
    not call the client. What it raises is logged and changes nothing else.

    Raises ValueError for settings that cannot work, without a value that may hold a password.

    Every call raises TransportError if no answer comes, InvalidResponseError if the answer is not of the
    documented shape, and an ApiError if the service reports a failure.
    """

    def __init__(
        self,
        endpoint: str,
        project_id: str,
        credentials: Credentials | None = None,
        *,
        timeout: tuple[float, float] = (5, 30),
        retries: int = 3,
        max_connections: int = 8,
        time_limit: float = TIME_LIMIT,
        ca_bundle: str | None = None,
        proxy: str | None = None,
        on_exchange: Observer | None = None,
        _policy: RetryPolicy | None = None,
    ) -> None:
        self._endpoint = checked_endpoint("endpoint", endpoint)
        self._project_id = project_id
        self._project_url = f"{self._endpoint}/v1/{_segment('project_id', project_id)}"
        _check_bounds(timeout, retries, max_connections, time_limit)
        self._max_connections = max_connections
        self._credentials = credentials if credentials is not None else Credentials()
        policy = _policy if _policy is not None else RetryPolicy(retries=retries, total=time_limit)
        self._network = Network(ca_bundle, proxy)
        self._transport = Transport(
            self._credentials,
            timeout,
            policy,
            max_connections,
            network=self._network,
            on_exchange=on_exchange,
        )

    @property
    def endpoint(self) -> str:
        """The URL of the service, without a slash at its end."""
        return self._endpoint

    @property
    def project_id(self) -> str:
        """The project whose configurations these are."""
        return self._project_id

    @property
    def credentials(self) -> Credentials:
        """What authorises the requests."""
        return self._credentials

    @property
    def transport(self) -> Transport:
        """What sends the requests: for the diagnosis, which must go the same way."""
        return self._transport

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        bundle = f", ca_bundle={self._network.ca_bundle!r}" if self._network.ca_bundle else ""
        proxy = f", proxy={without_userinfo(self._network.proxy)!r}" if self._network.proxy else ""
        return f"Client({self._endpoint!r}, {self._project_id!r}, {self._credentials!r}{bundle}{proxy})"

    def close(self) -> None:
        """Close the pooled connections."""
        self._transport.close()

    def list_configurations(self, query: ConfigurationQuery = _DEFAULT_QUERY) -> ResultPage:
        """One page of the configurations that match, in one request (repetitions aside)."""
        page = self._page(query)
        return ResultPage(tuple(page.configurations), page.total)

    def list_all_configurations(
        self,
        *,
        search_content: str = "",
        config_type: str = "custom",
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Inventory:
        """Every configuration that matches, in one order, however many there are.

        `on_progress(loaded, total)` is called from this thread after each page; it begins again when
        the set changed while it was loading and is therefore loaded once more.

        All of it or none: a page that fails ends the load with its exception, and is never left out. Where
        the service throttles (429), the load slows down instead, and goes on as long as a page comes every
        90 s; RateLimitError tells that none did, or that the first page did not come within a call's bounds.
        """
        turns = self._transport.turns()

        def load(page: int) -> LoadedPage:
            query = ConfigurationQuery(search_content, config_type, page=page, per_page=MAX_PER_PAGE)
            return self._page(query, turns)

        try:
            return load_inventory(load, self._max_connections, on_progress)
        finally:
            turns.give_up()

    def get_configuration(self, name: str, *, config_type: str = "custom") -> ConfigurationDetail:
        """One configuration with everything that it says. NotFoundError if there is none of this name.

        Source: https://support.huaweicloud.com/intl/en-us/api-modelarts/modelarts_03_0062.html
        """
        if config_type not in CONFIG_TYPES:
            raise ValueError(f"config_type must be one of {', '.join(CONFIG_TYPES)}, not {config_type!r}")
        path = f"training-job-configs/{_segment('name', name)}"
        return self._get(path, {"config_type": config_type}, _read_detail).content

    def list_engines(self) -> list[Engine]:
        """The AI engines that training jobs can use."""
        return self._get("job/ai-engines", {"job_type": "train"}, _read_engines).content

    def probe(self, seconds: float) -> ResultPage:
        """The first row, in one request that takes so many seconds at most and is not repeated.

        Only a token that was refused may be renewed and tried again, by its own rules.
        """
        url = self._url("training-job-configs", ConfigurationQuery(per_page=1).parameters())
        total, configurations = self._transport.get_once(url, _read_page, seconds).content
        return ResultPage(tuple(configurations), total)

    def _page(self, query: ConfigurationQuery, turns: Turns | None = None) -> LoadedPage:
        answer = self._get("training-job-configs", query.parameters(), _read_page, turns)
        total, configurations = answer.content
        return LoadedPage(total, configurations, answer.began_at, answer.attempts)

    def _get(
        self, path: str, parameters: dict[str, str], read: Read[T], turns: Turns | None = None
    ) -> Answer[T]:
        return self._transport.get(self._url(path, parameters), read, turns)

    def _url(self, path: str, parameters: dict[str, str]) -> str:
        # quote, not quote_plus: a signature covers the query as it is sent, and a space in it is %20.
        return f"{self._project_url}/{path}?{urlencode(parameters, quote_via=quote)}"


def _read_page(payload: dict[str, Any]) -> tuple[int, list[Configuration]]:
    total = integer(payload, "config_total_count", [])
    rows = payload.get("configs")
    if total is None or total < 0:
        raise UndocumentedShapeError("config_total_count is not a number of configurations")
    if not isinstance(rows, list) and not (rows is None and total == 0):
        raise UndocumentedShapeError("configs is not an array")
    return total, read_configurations(rows or [])


def _read_detail(payload: dict[str, Any]) -> ConfigurationDetail:
    if "config_name" not in payload:
        raise UndocumentedShapeError("config_name is missing")
    return ConfigurationDetail.from_wire(payload)


def _read_engines(payload: dict[str, Any]) -> list[Engine]:
    engines = payload.get("engines")
    if not isinstance(engines, list):
        raise UndocumentedShapeError("engines is not an array")
    return [Engine.from_wire(engine) for engine in engines]


def _check_bounds(
    timeout: tuple[float, float], retries: int, max_connections: int, time_limit: float
) -> None:
    if len(timeout) != 2 or min(timeout) <= 0:
        raise ValueError(f"timeout must be two numbers above 0, not {timeout!r}")
    if retries < 0:
        raise ValueError(f"retries must be at least 0, not {retries!r}")
    if max_connections < 1:
        raise ValueError(f"max_connections must be at least 1, not {max_connections!r}")
    if time_limit <= 0:
        raise ValueError(f"time_limit must be above 0, not {time_limit!r}")


def _segment(field: str, value: str) -> str:
    """`value` as one segment of a path: not empty, and not one that leads elsewhere."""
    if not isinstance(value, str) or not value.strip() or value in (".", ".."):
        raise ValueError(f"{field} must be a name, not {value!r}")
    return quote(value, safe="")
