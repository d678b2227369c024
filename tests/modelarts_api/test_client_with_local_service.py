"""The client and the embedded service, end to end."""

from __future__ import annotations

import pytest

from modelarts_api import AuthenticationError, Client, ConfigurationQuery, TokenCredentials
from modelarts_local import LocalService


def test_a_sample_project_is_listed_searched_and_opened() -> None:
    with LocalService(configurations=3214) as service, Client(service.url, service.project_id) as client:
        page = client.list_configurations(ConfigurationQuery(per_page=25, page=2))
        inventory = client.list_all_configurations()
        assert page.total == inventory.reported_total == 3214
        assert inventory.complete
        assert inventory.requests == 4
        assert page.configurations == inventory.configurations[25:50]
        assert not any(configuration.problems for configuration in inventory.configurations)
        name = inventory.configurations[0].name
        assert name is not None
        detail = client.get_configuration(name)
        assert (detail.name, detail.created_at) == (name, inventory.configurations[0].created_at)
        assert detail.problems == ()
        found = client.list_all_configurations(search_content=name)
        assert name in {configuration.name for configuration in found.configurations}
        samples = client.list_all_configurations(config_type="sample")
        assert samples.complete
        assert all(configuration.created_at is None for configuration in samples.configurations)
        assert all(engine.engine_name and not engine.problems for engine in client.list_engines())


def test_a_token_is_asked_for() -> None:
    with LocalService(configurations=3, token="let-me-in") as service:
        with Client(service.url, service.project_id, TokenCredentials("let-me-in")) as client:
            assert client.list_configurations().total == 3
        with (
            Client(service.url, service.project_id, TokenCredentials("wrong-word")) as client,
            pytest.raises(AuthenticationError) as caught,
        ):
            client.list_configurations()
        assert caught.value.error_code
        assert caught.value.request_id


def test_a_project_that_changes_while_it_loads_is_loaded_right() -> None:
    with LocalService(configurations=2500) as service, Client(service.url, service.project_id) as client:
        changes = iter([lambda: service.add({"config_name": "zzz-new"})])

        def change_once(_loaded: int, _total: int) -> None:
            next(changes, lambda: None)()

        inventory = client.list_all_configurations(on_progress=change_once)
    assert inventory.complete
    assert len(inventory.configurations) == inventory.reported_total == 2501
    assert inventory.configurations[0].name == "zzz-new"
