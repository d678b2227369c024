"""Which connections exist, what is said of those that are not usable, and that no secret is ever shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.connections import Settings, read_settings, sample_connection
from dashboard.connections.environment import OURS
from dashboard.connections.raw_connection import KEYS
from modelarts_api import Client
from tests.dashboard.builders import EXAMPLES

TOKEN = "MIIEsecretTOKENvalue0123456789"
GOOD: dict[str, object] = {
    "endpoint": "https://modelarts.example.com",
    "project_id": "0123456789abcdef",
    "token": TOKEN,
}
NEEDED = ("endpoint", "project_id", "token")
GOOD_ENVIRONMENT = {OURS[key]: str(value) for key, value in GOOD.items()}
MISSING = {
    "endpoint": "endpoint is missing (or region)",
    "project_id": "project_id is missing",
    "token": "token is missing",
}


def _settings(**changes: object) -> Settings:
    return read_settings({"connections": {"prod": {**GOOD, **changes}}}, {})


def _settings_of(**table: object) -> Settings:
    return read_settings({"connections": {"prod": table}}, {})


def _faults(settings: Settings) -> tuple[str, ...]:
    assert settings.connections == ()
    assert not settings.nothing_configured
    (problem,) = settings.problems
    return problem.faults


def test_every_table_of_the_secrets_is_a_connection_in_their_order() -> None:
    other = {**GOOD, "endpoint": "http://127.0.0.1:8080/"}
    settings = read_settings({"connections": {"prod": GOOD, "a": other}}, GOOD_ENVIRONMENT)
    assert [(c.name, c.source, c.is_sample) for c in settings.connections] == [
        ("prod", "secrets.toml", False),
        ("a", "secrets.toml", False),
    ]
    assert settings.problems == ()
    assert not settings.nothing_configured
    first = settings.connections[0]
    assert (first.endpoint, first.project_id) == (GOOD["endpoint"], GOOD["project_id"])
    assert first.credentials is not None
    assert first.credentials.secrets() == (TOKEN,)


def test_a_broken_table_does_not_hide_a_good_one() -> None:
    settings = read_settings({"connections": {"bad": {}, "good": GOOD}}, {})
    assert [c.name for c in settings.connections] == ["good"]
    assert [p.name for p in settings.problems] == ["bad"]


def test_the_environment_counts_only_without_a_table() -> None:
    (connection,) = read_settings({}, GOOD_ENVIRONMENT).connections
    assert (connection.name, connection.source) == ("environment", "environment")
    broken = read_settings({"connections": {"prod": {}}}, GOOD_ENVIRONMENT)
    assert broken.connections == ()
    assert [p.source for p in broken.problems] == ["secrets.toml"]


@pytest.mark.parametrize("environment", [{}, dict.fromkeys(GOOD_ENVIRONMENT, ""), {"PATH": "/bin"}])
def test_without_any_source_nothing_is_configured(environment: dict[str, str]) -> None:
    assert read_settings({}, environment).nothing_configured
    assert read_settings({"other": {"x": 1}, "connections": {}}, environment).nothing_configured


@pytest.mark.parametrize("missing", NEEDED)
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_a_missing_key_is_named(missing: str, empty: object) -> None:
    table = {**GOOD, missing: empty}
    assert _faults(read_settings({"connections": {"prod": table}}, {})) == (MISSING[missing],)


def test_without_any_credentials_every_kind_is_offered() -> None:
    (fault,) = _faults(_settings_of(endpoint=GOOD["endpoint"], project_id="p"))
    assert fault == (
        "credentials are missing: give token, or access_key and secret_key, or username, password and domain"
    )


@pytest.mark.parametrize("missing", ["endpoint", "project_id"])
def test_a_missing_variable_is_named_as_a_variable(missing: str) -> None:
    """One variable alone is a beginning: the others are asked for, sample data never stands in."""
    environment = {name: value for name, value in GOOD_ENVIRONMENT.items() if name != OURS[missing]}
    (fault,) = _faults(read_settings({}, environment))
    assert fault.startswith(f"{OURS[missing]} is missing")


def test_all_that_is_missing_is_named_at_once() -> None:
    faults = _faults(read_settings({"connections": {"prod": {}}}, {}))
    assert faults[:2] == (MISSING["endpoint"], MISSING["project_id"])
    assert faults[2].startswith("credentials are missing")
    assert len(faults) == 3


@pytest.mark.parametrize("key", NEEDED)
@pytest.mark.parametrize("value", [1, 1.5, True, 0, False, [], [TOKEN], {"a": TOKEN}])
def test_a_value_that_is_not_text_is_named(key: str, value: object) -> None:
    assert _faults(_settings(**{key: value})) == (f"{key} is not text",)


@pytest.mark.parametrize("table", [None, "x", 3, True, [], [GOOD]])
def test_a_connection_that_is_no_table_is_a_problem(table: object) -> None:
    (fault,) = _faults(read_settings({"connections": {"prod": table}}, {}))
    assert fault == "[connections.prod] is not a table of keys"


@pytest.mark.parametrize("connections", ["x", 3, [GOOD], True])
def test_connections_that_are_no_table_are_a_problem_and_not_sample_data(connections: object) -> None:
    assert _faults(read_settings({"connections": connections}, {}))


def test_an_unknown_key_is_named_with_those_there_are() -> None:
    (fault,) = _faults(_settings(zzz="x"))
    assert "zzz" in fault
    assert all(key in fault for key in KEYS)


def test_a_misspelt_key_is_guessed() -> None:
    (fault,) = _faults(_settings(lable="x"))
    assert fault == "lable is not a key of a connection; is label meant?"


@pytest.mark.parametrize(
    "endpoint",
    [
        "modelarts.example.com",
        "modelarts.example.com:443",
        "ftp://modelarts.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://:443",
        "//modelarts.example.com",
        "http://[::1",
        "https://modelarts.example.com:port",
        "https://modelarts.example.com:99999",
        "https://modelarts.example.com:0",
        "https://modelarts.example.com?region=x",
        "https://modelarts.example.com#x",
    ],
)
def test_an_endpoint_that_no_client_takes_is_a_problem(endpoint: str) -> None:
    faults = _faults(_settings(endpoint=endpoint))
    assert len(faults) == 1
    assert faults[0].startswith("endpoint ")


@pytest.mark.parametrize("userinfo", ["user:hunter2@", "user@", ":hunter2@", "@", "%40:hunter2@"])
def test_an_endpoint_with_userinfo_is_a_problem_that_does_not_repeat_it(userinfo: str) -> None:
    settings = _settings(endpoint=f"https://{userinfo}modelarts.example.com")
    (fault,) = _faults(settings)
    assert fault.startswith("endpoint ")
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("token", ["two words", "tök", "a\nb", "a\x00b"])
def test_a_token_that_cannot_be_sent_is_a_problem_that_does_not_repeat_it(token: str) -> None:
    settings = _settings(token=token)
    (fault,) = _faults(settings)
    assert fault.startswith("token ")
    assert token not in fault


@pytest.mark.parametrize("project_id", [".", ".."])
def test_a_project_that_makes_no_address_is_a_problem(project_id: str) -> None:
    (fault,) = _faults(_settings(project_id=project_id))
    assert fault.startswith("project_id ")


@pytest.mark.parametrize("key", NEEDED)
def test_undecodable_bytes_in_the_environment_are_a_problem(key: str) -> None:
    """Python reads them as lone surrogates, which cannot be sent."""
    environment = {**GOOD_ENVIRONMENT, OURS[key]: GOOD_ENVIRONMENT[OURS[key]] + "\udcff"}
    (fault,) = _faults(read_settings({}, environment))
    assert fault.startswith(OURS[key])


_TEXTS = st.text(max_size=12) | st.sampled_from(["https://h", "http://h:1/x", "https://h:x", "http://[", "."])


@EXAMPLES
@given(st.dictionaries(st.sampled_from(KEYS), _TEXTS), st.text(max_size=6) | st.just("prod"))
def test_whatever_the_texts_are_there_is_a_problem_or_a_client(table: dict[str, str], name: str) -> None:
    settings = read_settings({"connections": {name: table}}, {})
    assert len(settings.entries) == 1
    for connection in settings.connections:
        Client(connection.endpoint, connection.project, connection.credentials).close()


_VALUES = st.none() | st.booleans() | st.integers() | st.lists(st.text(max_size=3), max_size=2)


@EXAMPLES
@given(st.dictionaries(st.sampled_from([*KEYS, "x", "access"]), _VALUES), st.text(max_size=8))
def test_malformed_tables_never_raise(table: dict[str, object], name: str) -> None:
    assert _faults(read_settings({"connections": {name: table}}, {}))


@pytest.mark.parametrize("broken", [{"endpoint": ""}, {"project_id": 3}, {"x": 1}, {"endpoint": "ftp://h"}])
def test_no_secret_is_in_a_fault_or_repr(broken: dict[str, object]) -> None:
    for settings in (_settings(), _settings(**broken), read_settings({}, GOOD_ENVIRONMENT)):
        assert TOKEN not in repr(settings) + str(settings)
        assert TOKEN[:8] not in repr(settings)


def test_the_fingerprint_tells_connections_apart_without_a_secret_in_it() -> None:
    changes: list[dict[str, object]] = [
        {},
        {"token": "another"},
        {"project_id": "another"},
        {"endpoint": "https://another.example"},
        {"proxy": "http://proxy.example:3128"},
    ]
    prints = [_settings(**change).connections[0].fingerprint for change in changes]
    prints.append(read_settings({"connections": {"other": GOOD}}, {}).connections[0].fingerprint)
    assert len(set(prints)) == len(prints)
    assert prints[0] == _settings().connections[0].fingerprint
    assert TOKEN not in prints[0]
    assert prints[0] == _settings(label="Production").connections[0].fingerprint


def test_surrounding_blanks_are_dropped() -> None:
    padded = {key: f"  {value}\n" for key, value in GOOD.items()}
    assert _settings(**padded).connections[0].fingerprint == _settings().connections[0].fingerprint


def test_the_sample_connection_says_that_it_is_one() -> None:
    connection = sample_connection("http://127.0.0.1:1", "p")
    assert connection.is_sample
    assert connection.credentials is None
    assert connection.fingerprint != sample_connection("http://127.0.0.1:2", "p").fingerprint
