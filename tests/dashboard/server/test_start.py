"""A start that would open the data to others is refused, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit import config

from dashboard.data.projects import Projects, projects
from dashboard.history.taker import taker
from dashboard.server import start
from dashboard.server.metrics import measurements
from tests.dashboard.guarded import AUTH, Secrets, options, secrets

__all__ = ["secrets"]

Listen = Callable[[str | None], None]


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listen]:
    """Have Streamlit's own server listen on an address; None for every one."""
    monkeypatch.setattr(config, "_server_mode", "starlette-app")
    with options({"server.address": config.get_option("server.address")}):
        yield lambda address: config.set_option("server.address", address)


@pytest.fixture
def _nothing_loaded() -> Iterator[None]:
    for kept in (projects, taker, measurements):
        kept.cache_clear()
    yield
    for kept in (projects, taker, measurements):
        kept.cache_clear()


@pytest.mark.usefixtures("_nothing_loaded")
def test_from_the_start_loads_are_measured_kept_and_audited() -> None:
    before = Projects()
    start._watch_loads()
    found = projects()
    for hook in ("observe", "on_whole", "on_loaded"):
        assert getattr(found, hook).__module__ != getattr(before, hook).__module__, hook


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost"])
def test_on_this_machine_it_starts(secrets: Secrets, listen: Listen, address: str) -> None:
    listen(address)
    start.check()


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "dashboard.example.com", None])
def test_elsewhere_without_a_sign_in_it_does_not(
    secrets: Secrets, listen: Listen, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(address)
    with pytest.raises(SystemExit) as refusal:
        start.check()
    told = str(refusal.value)
    assert (address or "every address") in told
    for way_out in ("[auth]", "127.0.0.1", "trusted_network = true", "DASHBOARD_TRUSTED_NETWORK=true"):
        assert way_out in told

    monkeypatch.setenv("DASHBOARD_TRUSTED_NETWORK", "true")
    start.check()
    monkeypatch.delenv("DASHBOARD_TRUSTED_NETWORK")
    secrets.write("[access]\ntrusted_network = true\n")
    start.check()
    secrets.write(AUTH)
    start.check()


def test_with_a_sign_in_that_is_wrong_it_starts_to_say_so(secrets: Secrets, listen: Listen) -> None:
    """It listens, and every request but for the page that names the faults is refused."""
    listen("0.0.0.0")
    secrets.write(AUTH.replace("client_id", "client"))
    start.check()


@pytest.mark.parametrize("text", ['auth = "yes"\n', "[[auth]]\nx = 1\n"])
def test_what_streamlit_would_fail_at_is_refused(secrets: Secrets, listen: Listen, text: str) -> None:
    secrets.write(text)
    with pytest.raises(SystemExit, match="auth is not a table"):
        start.check()


def test_another_server_may_listen_where_it_likes(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not go by server.address: then every request is looked at instead."""
    monkeypatch.setattr(config, "_server_mode", None)
    with options({"server.address": "0.0.0.0"}):
        start.check()
