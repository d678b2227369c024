import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import requests

from modelarts_local import LocalService
from modelarts_local.samples.project import generate_configurations

Fetch = Callable[..., requests.Response]


@pytest.fixture
def fetch() -> Fetch:
    """A GET below the project: fetch(service, "training-job-configs", page=2)."""

    def get(
        service: LocalService,
        path: str = "training-job-configs",
        headers: dict[str, str] | None = None,
        **query: object,
    ) -> requests.Response:
        url = f"{service.url}/v1/{service.project_id}/{path}"
        return requests.get(url, params=query, headers=headers, timeout=10)

    return get


@pytest.fixture(scope="module")
def project() -> Iterator[LocalService]:
    """The sample project as of one day, the same whenever the tests run; not to be changed."""
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    with LocalService(list(generate_configurations(320, now=now))) as service:
        yield service
