"""The documented calls: list, detail, engines; and of API v2, engines and flavors.

As in the public API references under "Training Job Parameter Configuration" and "Querying Job Engines". What
no reference says is this service's choice: the answer to values out of range, to a page past the end, to an
unsupported sort, and what a search covers. Clients must not rely on any of it.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from modelarts_local.failures import RefusalError, unknown_path_response
from modelarts_local.samples.catalogue import SORT_FIELDS, Catalogue, StoredRow, encode_json
from modelarts_local.samples.details import generate_details
from modelarts_local.samples.engines import ENGINES
from modelarts_local.samples.training import training_engines, training_flavors

MAX_PER_PAGE = 1000


class Project(Protocol):
    """What the calls answer from."""

    @property
    def project_id(self) -> str:
        """Return the only project that calls may name."""

    @property
    def seed(self) -> int:
        """Return what the details that nobody stored are drawn from."""

    @property
    def offers_v2(self) -> bool:
        """Return whether the calls of API v2 are there."""

    @property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Return them by configuration type: `custom`, `sample`."""


class Calls:
    """The calls over one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def list_configurations(self, request: Request) -> Response:
        """Answer with a page of configurations."""
        self._check_project(request)
        return _json_response(_list_page(request.query_params, self._project.catalogues))

    async def show_configuration(self, request: Request) -> Response:
        """Answer with one configuration and its details."""
        self._check_project(request)
        catalogue = _catalogue(request.query_params, self._project.catalogues)
        return _json_response(_detail(request.path_params["config_name"], catalogue, self._project.seed))

    async def list_engines(self, request: Request) -> Response:
        """Answer with the engines of the API's first version."""
        self._check_project(request)
        return _json_response(_engines(request.query_params))

    async def list_training_engines(self, request: Request) -> Response:
        """Answer with the engines of API v2."""
        self._check_v2(request)
        items = training_engines()
        return _json_response(encode_json({"total": len(items), "items": items}))

    async def list_training_flavors(self, request: Request) -> Response:
        """Answer with the flavors of API v2, of one type if it is asked for."""
        self._check_v2(request)
        flavors = training_flavors(request.query_params.get("flavor_type", ""))
        return _json_response(encode_json({"total_count": len(flavors), "flavors": flavors}))

    def _check_v2(self, request: Request) -> None:
        if not self._project.offers_v2:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        self._check_project(request)

    def _check_project(self, request: Request) -> None:
        if request.path_params["project_id"] != self._project.project_id:
            message = "The project in the URL is not the project of the token."
            raise RefusalError(HTTPStatus.NOT_FOUND, "ModelArts.0210", message)


def create_application(project: Project) -> Starlette:
    """Return the documented calls as an ASGI application."""
    calls = Calls(project)
    application = Starlette(
        routes=[
            Route("/v1/{project_id}/training-job-configs", calls.list_configurations),
            # `path`, because a name that came with a slash in it must be reachable too.
            Route("/v1/{project_id}/training-job-configs/{config_name:path}", calls.show_configuration),
            Route("/v1/{project_id}/job/ai-engines", calls.list_engines),
            Route("/v2/{project_id}/training-job-engines", calls.list_training_engines),
            Route("/v2/{project_id}/training-job-flavors", calls.list_training_flavors),
        ],
        exception_handlers={RefusalError: _refused, 404: _unknown_path, 405: _unknown_path},
    )
    application.router.redirect_slashes = False
    return application


def _list_page(query: Mapping[str, str], catalogues: Mapping[str, Catalogue]) -> bytes:
    catalogue = _catalogue(query, catalogues)
    sort_by, order = _sort(query)
    page = _positive_integer(query, "page", 1)
    per_page = _positive_integer(query, "per_page", 10)
    if per_page > MAX_PER_PAGE:
        raise _invalid("per_page", query["per_page"])
    return catalogue.page(query.get("search_content", ""), sort_by, order, page, per_page)


def _detail(name: str, catalogue: Catalogue, seed: int) -> bytes:
    row = catalogue.find(name)
    if row is None:
        message = "The training job configuration does not exist."
        raise RefusalError(HTTPStatus.NOT_FOUND, "ModelArts.0015", message)
    return detailed(row, seed)


def detailed(row: StoredRow, seed: int) -> bytes:
    """Return the row with its details: its own if it came with any, otherwise made from its name."""
    if row.detailed is not None:
        return row.detailed
    listed: dict[str, Any] = json.loads(row.listed)
    return encode_json({**listed, **generate_details(listed, seed)})


def _engines(query: Mapping[str, str]) -> bytes:
    if query.get("job_type", "train") != "train":
        raise _invalid("job_type", query["job_type"])
    return encode_json({"is_success": True, "engines": [engine.wire() for engine in ENGINES]})


def _catalogue(query: Mapping[str, str], catalogues: Mapping[str, Catalogue]) -> Catalogue:
    config_type = query.get("config_type", "custom")
    if config_type not in catalogues:
        raise _invalid("config_type", config_type)
    return catalogues[config_type]


def _sort(query: Mapping[str, str]) -> tuple[str, str]:
    sort_by, order = query.get("sortBy", "config_name"), query.get("order", "desc")
    without_time = sort_by == "create_time" and query.get("config_type") == "sample"
    if sort_by not in SORT_FIELDS or order not in {"asc", "desc"} or without_time:
        message = f"Unsupported sort: sortBy={sort_by[:64]}, order={order[:64]}."
        raise RefusalError(HTTPStatus.BAD_REQUEST, "ModelArts.2790", message)
    return sort_by, order


def _positive_integer(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    # int() would also take a sign, blanks, underscores and the digits of other scripts.
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) < 1:
        raise _invalid(name, text)
    return int(text)


def _invalid(name: str, value: str) -> RefusalError:
    return RefusalError(HTTPStatus.BAD_REQUEST, "ModelArts.0101", f"Invalid argument {name}: {value[:64]}.")


def _json_response(content: bytes) -> Response:
    return Response(content, media_type="application/json")


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, RefusalError):
        raise error
    return error.response(request.state.request_id)


async def _unknown_path(request: Request, _error: Exception) -> Response:
    return unknown_path_response(request.state.request_id)
