"""Dashboards to attack: one with sample data, one behind a sign-in. No attack makes a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modelarts_local import LocalService
from tests.browser.guarded import ACCESS, PEOPLE, Guarded
from tests.browser.provider import Provider
from tests.browser.served import Dashboard

CONFIGURATIONS = 60


@pytest.fixture(scope="session")
def project() -> Iterator[LocalService]:
    """A project that only viewers may see anything of."""
    with LocalService(CONFIGURATIONS, seed=3) as running:
        yield running


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """A provider that knows everybody."""
    with Provider() as running:
        for subject, claims in PEOPLE.items():
            running.enrol(subject, **claims)
        yield running


@pytest.fixture(scope="session")
def behind_sign_in(
    project: LocalService, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    """A dashboard of the project behind a sign-in at the provider."""
    guarded = Guarded(project, provider, tmp_path_factory.mktemp("guarded"))
    with guarded.dashboard:
        yield guarded


@pytest.fixture
def guarded(behind_sign_in: Guarded) -> Iterator[Guarded]:
    """The dashboard behind a sign-in, with its usual rules, and a log without a traceback afterwards."""
    usual = behind_sign_in.path.read_bytes()
    yield behind_sign_in
    if behind_sign_in.path.read_bytes() != usual:
        behind_sign_in.write(ACCESS)
        behind_sign_in.wait_for(302, "/auth/login")
    assert "Traceback" not in behind_sign_in.dashboard.output


@pytest.fixture(scope="session")
def without_sign_in() -> Iterator[Dashboard]:
    """A dashboard where nobody signs in, with the sample project."""
    with Dashboard() as running:
        yield running


@pytest.fixture
def sample(without_sign_in: Dashboard) -> Iterator[Dashboard]:
    """The dashboard with the sample project, and a log without a traceback afterwards."""
    yield without_sign_in
    assert "Traceback" not in without_sign_in.output


@pytest.fixture(params=["sign-in", "sample data"])
def attacked(request: pytest.FixtureRequest) -> Dashboard:
    """Each of the two in turn."""
    if request.param == "sign-in":
        guarded: Guarded = request.getfixturevalue("guarded")
        return guarded.dashboard
    running: Dashboard = request.getfixturevalue("sample")
    return running
