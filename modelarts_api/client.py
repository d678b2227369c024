"""Client: the calls of the API, each a method."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

from modelarts_api.credentials import Credentials
from modelarts_api.detail import ConfigurationDetail
from modelarts_api.detail_load import DetailLoad, DetailLoader
from modelarts_api.errors import InvalidNameError, SettingError, UndocumentedShapeError
from modelarts_api.http.exchange import Observer
from modelarts_api.http.limits import TIME_LIMIT, RetryPolicy
from modelarts_api.http.proxy import Network, checked_endpoint, without_userinfo
from modelarts_api.http.response import PROJECT, Request, Response
from modelarts_api.http.transport import Transport
from modelarts_api.inventory import read_inventory
from modelarts_api.models import (
    CONFIG_TYPES,
    MAX_PER_PAGE,
    Configuration,
    ConfigurationQuery,
    Inventory,
    ResultPage,
    Shared,
    check_choice,
    read_configurations,
)
from modelarts_api.reading import WireObject, integer, read
from modelarts_api.training import Engine, TrainingEngine, TrainingFlavor

T = TypeVar("T")
W = TypeVar("W", bound=WireObject)
_Rows = tuple[int, list[Configuration]]
_DEFAULT_QUERY = ConfigurationQuery()


class Client:
    """The training job configurations of one project. A context manager; threads may share it.

    Credentials that know their project need no `project_id` beside them; making a client asks nobody
    anything. `timeout` is the seconds to wait for a connection and for data, `time_limit` those of a call in
    all, with up to `retries` repetitions. `ca_bundle` is the path of a PEM file: the authorities to trust
    instead of the usual ones. `proxy` is a URL, with user:password@ if it asks for them.

    `on_exchange` is called with an `Exchange` once for every HTTP request, those to IAM included, in the
    thread that made it, which goes on when it returns: it must be quick and not call the client. What it
    raises is logged and changes nothing else.

    Raises SettingError for settings that cannot work. Every call raises TransportError if no answer comes,
    InvalidResponseError if it is not of the documented shape, an ApiError if the service reports a failure.
    """

    def __init__(
        self,
        endpoint: str,
        project_id: str | None = None,
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
        self.endpoint = checked_endpoint("endpoint", endpoint)
        self.credentials = credentials if credentials is not None else Credentials()
        self._project_id = _checked_project(project_id, self.credentials)
        _check_bounds(timeout, retries, max_connections, time_limit)
        self._connections = max_connections
        policy = _policy if _policy is not None else RetryPolicy(retries=retries, total=time_limit)
        network = Network(ca_bundle, proxy)
        self.transport = Transport(
            self.credentials, timeout, policy, max_connections, network=network, on_exchange=on_exchange
        )

    @property
    def project_id(self) -> str | None:
        """Return the id of the project; None until IAM has told that of one known by its name."""
        return self._project_id or self.credentials.project_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        network = self.transport.network
        bundle = f", ca_bundle={network.ca_bundle!r}" if network.ca_bundle else ""
        proxy = f", proxy={without_userinfo(network.proxy)!r}" if network.proxy else ""
        return f"Client({self.endpoint!r}, {self.project_id!r}, {self.credentials!r}{bundle}{proxy})"

    def close(self) -> None:
        """Close the pooled connections."""
        self.transport.close()

    def list_configurations(
        self, query: ConfigurationQuery = _DEFAULT_QUERY, *, within: float | None = None
    ) -> ResultPage:
        """Return one page of the configurations that match, in one request (repetitions aside).

        With `within`, it takes so many seconds at most, and is only repeated with a token that was renewed.
        """
        return _page(self.transport.call(self._listing(query), within=within))

    def list_all_configurations(
        self,
        *,
        search_content: str = "",
        config_type: str = "custom",
        on_progress: Callable[[int, int], None] | None = None,
        shared: Shared | None = None,
    ) -> Inventory:
        """Return every configuration that matches, in one order, however many there are.

        `on_progress(loaded, total)` is called from this thread after each page; it begins again when the set
        changed while it was loading and is therefore loaded once more. A page that fails ends the load with
        its exception, and is never left out. Where the service throttles (429), the load slows down instead,
        and goes on as long as a page comes every 90 s.

        `shared(row)` is called with each JSON object, in the threads that read: it returns the one to keep in
        its place, so that a load shares with an earlier one what has not changed. Both must say the same.
        """
        pacing = self.transport.begin_load()

        def load(page: int) -> ResultPage:
            query = ConfigurationQuery(search_content, config_type, page=page, per_page=MAX_PER_PAGE)
            return _page(self.transport.call(self._listing(query, shared), pacing))

        try:
            return read_inventory(load, self._connections, on_progress)
        finally:
            pacing.cancel()

    def get_configuration(self, name: str, *, config_type: str = "custom") -> ConfigurationDetail:
        """Return one configuration with everything that it says. NotFoundError if there is none of this name.

        InvalidNameError if none can be asked for by it.
        """
        return self.transport.call(self._detail(name, config_type)).content

    def load_details(
        self,
        names: Iterable[str],
        *,
        config_type: str = "custom",
        on_progress: Callable[[int, int], None] | None = None,
        on_detail: Callable[[str, ConfigurationDetail], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> DetailLoad:
        """Return the details of many configurations, with at most `max_connections` requests at a time.

        `on_progress(done, total)` and `on_detail(name, detail)` are called from this thread as they come.
        Once `stop()` is true the load ends. Of what the service says nothing is raised: see `DetailLoad`.
        """
        check_choice("config_type", config_type, CONFIG_TYPES)
        pacing = self.transport.begin_load()

        def fetch(name: str) -> ConfigurationDetail:
            return self.transport.call(self._detail(name, config_type), pacing).content

        return DetailLoader(fetch, pacing, on_progress, on_detail).run(names, self._connections, stop)

    def list_engines(self) -> list[Engine]:
        """Return the AI engines that training jobs of API v1 can use."""
        return self._list("v1", "job/ai-engines?job_type=train", "engines", Engine)

    def list_training_engines(self) -> list[TrainingEngine]:
        """Return the engines of API v2. NotFoundError where a cloud has no such call."""
        return self._list("v2", "training-job-engines", "items", TrainingEngine)

    def list_training_flavors(self) -> list[TrainingFlavor]:
        """Return the flavors of API v2. NotFoundError where a cloud has no such call."""
        return self._list("v2", "training-job-flavors", "flavors", TrainingFlavor)

    def _list(self, version: str, path: str, field: str, kind: type[W]) -> list[W]:
        def read(payload: dict[str, Any]) -> list[W]:
            values = payload.get(field)
            if not isinstance(values, list):
                raise UndocumentedShapeError(f"{field} is not an array")
            return [kind.from_wire(value) for value in values]

        return self.transport.call(self._request(version, path, read)).content

    def _listing(self, query: ConfigurationQuery, shared: Shared | None = None) -> Request[_Rows]:
        # quote, not quote_plus: a signature covers the query as it is sent, and a space in it is %20.
        path = f"training-job-configs?{urlencode(query.parameters(), quote_via=quote)}"
        return self._request("v1", path, partial(_read_page, shared=shared))

    def _detail(self, name: str, config_type: str) -> Request[ConfigurationDetail]:
        check_choice("config_type", config_type, CONFIG_TYPES)
        if not _is_segment(name):
            raise InvalidNameError("name", f"must be a name, not {name!r}")
        path = f"training-job-configs/{quote(name, safe='')}?config_type={config_type}"
        return self._request("v1", path, _read_detail)

    def _request(self, version: str, path: str, read: Callable[[dict[str, Any]], T]) -> Request[T]:
        project = PROJECT if self._project_id is None else quote(self._project_id, safe="")
        return Request(f"{self.endpoint}/{version}/{project}/{path}", read)


def _page(response: Response[_Rows]) -> ResultPage:
    total, configurations = response.content
    return ResultPage(tuple(configurations), total, response.began_at, response.requests)


def _read_page(payload: dict[str, Any], shared: Shared | None) -> _Rows:
    total = read(integer, payload, "config_total_count", [])
    rows = payload.get("configs")
    if total is None or total < 0:
        raise UndocumentedShapeError("config_total_count is not a number of configurations")
    if not isinstance(rows, list) and not (rows is None and total == 0):
        raise UndocumentedShapeError("configs is not an array")
    return total, read_configurations(rows or [], shared)


def _read_detail(payload: dict[str, Any]) -> ConfigurationDetail:
    if "config_name" not in payload:
        raise UndocumentedShapeError("config_name is missing")
    return ConfigurationDetail.from_wire(payload)


def _checked_project(project_id: str | None, credentials: Credentials) -> str | None:
    """Return the project's id; None if it is known by its name alone, and IAM has yet to tell."""
    known = project_id if project_id is not None else credentials.project_id
    if known is not None and not _is_segment(known):
        raise SettingError("project_id", f"must be a name, not {known!r}")
    if known is None and credentials.project_name is None:
        raise SettingError("project_id", "must be given: these credentials do not know their project")
    return known


def _check_bounds(
    timeout: tuple[float, float], retries: int, max_connections: int, time_limit: float
) -> None:
    if len(timeout) != 2 or min(timeout) <= 0:
        raise SettingError("timeout", f"must be two numbers above 0, not {timeout!r}")
    for field, value, least in (("retries", retries, 0), ("max_connections", max_connections, 1)):
        if value < least:
            raise SettingError(field, f"must be at least {least}, not {value!r}")
    if time_limit <= 0:
        raise SettingError("time_limit", f"must be above 0, not {time_limit!r}")


def _is_segment(value: str) -> bool:
    """Return whether a text can be one segment of a path: not blank, and none that leads elsewhere."""
    try:
        return bool(value.strip() and value.encode()) and value not in (".", "..")
    except (AttributeError, UnicodeEncodeError):
        return False
