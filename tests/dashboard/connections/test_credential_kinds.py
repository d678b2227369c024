"""Every way to write a connection down, and every contradiction: what comes of it, and what is said."""

from __future__ import annotations

import tomllib
from typing import Any

import certifi
import pytest

from dashboard.connections import Connection, ConnectionProblem, Settings, read_settings
from modelarts_api import AccessKeyCredentials, PasswordCredentials, TokenCredentials
from modelarts_api.regions import HUAWEI_CLOUD, REGIONS, WITHOUT_MODELARTS, endpoint_of, region_of

TOKEN: dict[str, Any] = {"token": "SECRETtoken0123456789"}
KEY: dict[str, Any] = {"access_key": "ACCESSkey0123456789", "secret_key": "SECRETkey0123456789"}
LOGIN: dict[str, Any] = {"username": "auditor", "password": "SECRETpassword", "domain": "OTC0001"}
PLACE: dict[str, Any] = {"region": "cn-north-4"}
PROJECT: dict[str, Any] = {"project_id": "0123abc"}
SECRETS = (TOKEN["token"], KEY["access_key"], KEY["secret_key"], LOGIN["password"])


def entry(table: dict[str, Any], name: str = "prod") -> Connection | ConnectionProblem:
    """What comes of one table."""
    (only,) = read_settings({"connections": {name: table}}, {}).entries
    return only


def connected(table: dict[str, Any]) -> Connection:
    found = entry(table)
    assert isinstance(found, Connection), found
    return found


def problem(table: dict[str, Any], name: str = "prod") -> ConnectionProblem:
    found = entry(table, name)
    assert isinstance(found, ConnectionProblem)
    assert not [secret for secret in SECRETS if secret in repr(found)]
    return found


@pytest.mark.parametrize(
    ("credentials", "kind", "shown"),
    [
        (TOKEN, TokenCredentials, "token"),
        (KEY, AccessKeyCredentials, "access key ACCE…"),
        ({**KEY, "security_token": "SECRETsts"}, AccessKeyCredentials, "access key ACCE…, temporary"),
        ({**KEY, "access_key": "short"}, AccessKeyCredentials, "access key"),
        (LOGIN, PasswordCredentials, "password of auditor in OTC0001"),
    ],
)
def test_each_kind_of_credentials_connects(credentials: dict[str, Any], kind: type, shown: str) -> None:
    connection = connected({**PLACE, **PROJECT, **credentials})
    assert isinstance(connection.credentials, kind)
    assert connection.shown_credentials == shown
    assert not [secret for secret in SECRETS if secret in repr(connection)]


def test_the_values_arrive_where_they_belong() -> None:
    key = connected({**PLACE, **PROJECT, **KEY, "security_token": "sts-token"}).credentials
    assert isinstance(key, AccessKeyCredentials)
    assert key.project_id == "0123abc"
    assert set(key.secrets()) == {KEY["access_key"], KEY["secret_key"], "sts-token"}
    login = connected({**PLACE, **PROJECT, **LOGIN}).credentials
    assert repr(login) == (
        "PasswordCredentials('https://iam.cn-north-4.myhuaweicloud.com', 'auditor', '***', 'OTC0001', "
        "project_id='0123abc')"
    )


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_tells_both_addresses(region: str) -> None:
    connection = connected({"region": region, **PROJECT, **LOGIN})
    others = {"eu-de": "otc.t-systems.com", "eu-west-101": "myhuaweicloud.eu", "ae-ad-1": "g42cloud.com"}
    domain = "myhuaweicloud.com" if region in HUAWEI_CLOUD else others[region]
    assert connection.endpoint == f"https://modelarts.{region}.{domain}"
    assert f"'https://iam.{region}.{domain}'" in repr(connection.credentials)
    assert region_of(connection.endpoint) == region


def test_open_telekom_cloud_is_eu_de() -> None:
    assert endpoint_of("modelarts", "eu-de") == "https://modelarts.eu-de.otc.t-systems.com"
    assert endpoint_of("iam", "eu-de") == "https://iam.eu-de.otc.t-systems.com"


def test_a_public_endpoint_tells_where_its_iam_is() -> None:
    connection = connected({"endpoint": "https://modelarts.eu-de.otc.t-systems.com", **PROJECT, **LOGIN})
    assert "'https://iam.eu-de.otc.t-systems.com'" in repr(connection.credentials)


def test_iam_may_be_anywhere() -> None:
    iam = "https://iam.example.com:8443/v3"
    connection = connected({"endpoint": "http://10.0.0.1", **PROJECT, **LOGIN, "iam_endpoint": iam})
    assert "'https://iam.example.com:8443'" in repr(connection.credentials)


def test_an_endpoint_of_ones_own_takes_iam_from_the_region() -> None:
    connection = connected({"endpoint": "https://gateway.example.com", **PLACE, **PROJECT, **LOGIN})
    assert connection.endpoint == "https://gateway.example.com"
    assert "'https://iam.cn-north-4.myhuaweicloud.com'" in repr(connection.credentials)


def test_an_endpoint_and_its_region_may_both_be_there() -> None:
    endpoint = "https://modelarts.xx-new-9.myhuaweicloud.com"
    assert connected({"endpoint": endpoint, "region": "xx-new-9", **PROJECT, **TOKEN}).endpoint == endpoint


def test_a_projects_name_is_enough_with_a_password_and_asks_nobody_yet() -> None:
    connection = connected({**PLACE, "project_name": "cn-north-4_team", **LOGIN})
    assert (connection.project_id, connection.project_name) == ("", "cn-north-4_team")
    assert connection.project == "cn-north-4_team"


def test_a_label_is_shown_and_the_name_stays_the_word() -> None:
    assert connected({**PLACE, **PROJECT, **TOKEN}).title == "prod"
    labelled = connected({**PLACE, **PROJECT, **TOKEN, "label": " Vision team, production " + "x" * 99})
    assert labelled.name == "prod"
    assert labelled.title.startswith("Vision team, production x")
    assert len(labelled.title) == 80


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "half an access key": ({"access_key": "a"}, "secret_key is missing"),
    "the other half": ({"secret_key": "SECRETkey0123456789"}, "access_key is missing"),
    "a security token alone": ({"security_token": "s"}, "access_key is missing"),
    "a login without its domain": ({"username": "u", "password": "p"}, "domain is missing"),
    "a password alone": ({"password": "SECRETpassword"}, "username is missing"),
    "two kinds": ({**TOKEN, **KEY}, "two kinds of credentials, token beside access_key and secret_key"),
    "two kinds, one begun": ({**TOKEN, "username": "u"}, "two kinds of credentials, token beside username"),
    "three kinds": ({**TOKEN, **KEY, **LOGIN}, "two kinds of credentials"),
    "a token and a domain": ({**TOKEN, "domain": "d"}, "domain goes with username and password only"),
    "a key and IAM": ({**KEY, "iam_endpoint": "https://i"}, "iam_endpoint goes with username and password"),
    "a project twice": ({**TOKEN, "project_name": "n"}, "both project_id and project_name: keep one"),
    "two regions": (
        {**TOKEN, "endpoint": "https://modelarts.eu-de.otc.t-systems.com"},
        "endpoint and region disagree",
    ),
    "two regions, one unknown": (
        {**TOKEN, "region": "xx-1", "endpoint": "https://modelarts.cn-north-4.myhuaweicloud.com"},
        "endpoint and region disagree",
    ),
    "an unknown region": ({**TOKEN, "region": "mars-1"}, "region is not a region whose address is known"),
    "no way to IAM": (
        {**LOGIN, "region": "", "endpoint": "https://h.example"},
        "iam_endpoint is missing: the endpoint does not tell",
    ),
    "no way to IAM of an unknown region": (
        {**LOGIN, "region": "xx-1", "endpoint": "https://modelarts.xx-1.myhuaweicloud.com"},
        "iam_endpoint is missing",
    ),
    "access is no table": ({**TOKEN, "access": "everybody"}, "access is not a table of keys"),
    "a label that is no text": ({**TOKEN, "label": 7}, "label is not text"),
}


@pytest.mark.parametrize(("values", "fault"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_contradiction_is_a_problem_that_says_what_to_mend(values: dict[str, Any], fault: str) -> None:
    found = problem({**PLACE, **PROJECT, **values})
    assert [said for said in found.faults if fault in said], found.faults


@pytest.mark.parametrize("credentials", [TOKEN, KEY])
def test_a_projects_name_is_not_enough_without_a_password(credentials: dict[str, Any]) -> None:
    (fault,) = problem({**PLACE, "project_name": "n", **credentials}).faults
    assert fault.startswith("project_id is missing: project_name is enough only with username, password")


def test_an_unknown_region_names_those_that_are_known_and_the_way_out() -> None:
    (fault,) = problem({"region": "mars-1", **PROJECT, **TOKEN}).faults
    assert all(region in fault for region in REGIONS)
    assert "give endpoint instead" in fault


@pytest.mark.parametrize("region", WITHOUT_MODELARTS)
def test_a_region_of_which_no_source_says_that_it_has_modelarts_names_the_endpoint_as_the_way(
    region: str,
) -> None:
    (fault,) = problem({"region": region, **PROJECT, **TOKEN}).faults
    assert fault.startswith("region is a region of which no source says that it has ModelArts")
    assert "give endpoint instead" in fault
    endpoint = f"https://modelarts.{region}.myhuaweicloud.com"
    assert connected({"endpoint": endpoint, "region": region, **PROJECT, **TOKEN}).endpoint == endpoint


def test_every_region_that_people_have_is_known_or_has_its_message() -> None:
    asked = "eu-west-0 eu-west-101 ap-southeast-5 cn-east-2 cn-east-5 cn-south-2 na-mexico-1 ae-ad-1"
    asked += " my-kualalumpur-1 ru-moscow-1"
    assert set(asked.split()) == set(WITHOUT_MODELARTS) | {"eu-west-101", "ae-ad-1"}
    assert not set(WITHOUT_MODELARTS) & set(REGIONS)


@pytest.mark.parametrize(
    "endpoint", ["https://iam.myhuaweicloud.eu/v3", "https://iam.eu-west-101.myhuaweicloud.eu."]
)
def test_the_european_site_is_eu_west_101(endpoint: str) -> None:
    assert region_of(endpoint) == "eu-west-101"


@pytest.mark.parametrize("endpoint", ["https://[::1", "iam", "", "https://obs.eu-de.otc.t-systems.com"])
def test_what_is_no_public_address_is_of_no_region(endpoint: str) -> None:
    assert region_of(endpoint) is None


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ({}, ["region", "project_id", "access_key", "secret_key"]),
        ({"token": ""}, ["region", "project_id", "token"]),
        ({"token": "x", "endpoint": "y"}, ["endpoint", "project_id", "token"]),
        ({"access_key": "x"}, ["region", "project_id", "access_key", "secret_key"]),
        ({"security_token": "x"}, ["region", "project_id", "access_key", "secret_key", "security_token"]),
        ({"username": "x"}, ["region", "project_id", "username", "password", "domain"]),
        ({"project_name": "x"}, ["region", "project_name", "username", "password", "domain"]),
        ({"iam_endpoint": "x"}, ["region", "project_id", "username", "password", "domain", "iam_endpoint"]),
        (
            {"password": "x", "endpoint": "https://h"},
            ["endpoint", "project_id", "username", "password", "domain", "iam_endpoint"],
        ),
    ],
)
def test_the_example_fits_what_they_seem_to_want_and_is_complete(
    table: dict[str, Any], keys: list[str]
) -> None:
    found = tomllib.loads(problem(table).example)["connections"]["prod"]
    assert list(found) == keys
    assert isinstance(entry({**found, **{k: "x" for k, v in found.items() if v == "…"}}), Connection)


@pytest.mark.parametrize("name", ["prod", "eu.de", "größe", "生产", "a-b_c"])
def test_a_word_is_a_name(name: str) -> None:
    assert isinstance(entry({**PLACE, **PROJECT, **TOKEN}, name), Connection)
    assert list(tomllib.loads(problem({}, name).example)["connections"]) == [name]


@pytest.mark.parametrize("name", ["", " ", "my project", 'a"b', "a/b", "a&b", "x" * 65, "<b>"])
def test_what_is_no_word_is_no_name_and_the_example_has_one(name: str) -> None:
    found = problem({**PLACE, **PROJECT, **TOKEN}, name)
    assert found.faults[0].startswith("its name is not a word")
    (word,) = tomllib.loads(found.example)["connections"]
    assert isinstance(entry({**PLACE, **PROJECT, **TOKEN}, word), Connection)


def test_the_order_is_that_of_the_file_broken_ones_included() -> None:
    good = {**PLACE, **PROJECT, **TOKEN}
    settings = read_settings({"connections": {"c": good, "a": {}, "b": good}}, {})
    assert [(e.name, isinstance(e, Connection)) for e in settings.entries] == [
        ("c", True),
        ("a", False),
        ("b", True),
    ]


def test_the_access_table_is_kept_as_it_is_and_shown_nowhere() -> None:
    access = {"emails": ["a@example.com"], "claims": {"groups": ["ml"]}}
    connection = connected({**PLACE, **PROJECT, **TOKEN, "access": access})
    assert connection.access == access
    assert problem({**PLACE, **PROJECT, "access": access}).access == connection.access
    assert "example.com" not in repr(connection)
    assert hash(connection) == hash(connection)


def test_credentials_that_stay_the_same_are_kept_over_a_change_of_the_settings() -> None:
    """They remember what was refused; a change elsewhere in the file must not make them try again."""
    good = {**PLACE, **PROJECT, **KEY}
    first = read_settings({"connections": {"a": good}}, {})
    changed = {"a": {**good, "label": "A"}, "b": good, "c": {}}
    second = read_settings({"connections": changed}, {}).keeping(first)
    assert second.connections[0].credentials is first.connections[0].credentials
    assert second.connections[0].label == "A"
    assert second.connections[1].credentials is not first.connections[0].credentials
    other = read_settings({"connections": {"a": {**good, "secret_key": "other"}}}, {}).keeping(first)
    assert other.connections[0].credentials is not first.connections[0].credentials
    assert Settings().keeping(first) == Settings()


NETWORK = {
    "no such file": ({"ca_bundle": "/nowhere/ca.pem"}, "ca_bundle "),
    "no certificate": ({"ca_bundle": __file__}, "ca_bundle "),
    "no scheme": ({"proxy": "proxy.example:3128"}, "proxy must be"),
    "a path": ({"proxy": "http://auditor:SECRETpassword@proxy.example/path"}, "proxy must be"),
    "no Latin-1": ({"proxy": "http://SECRETpassword%E2%82%AC:x@proxy.example"}, "proxy"),
}


@pytest.mark.parametrize(("values", "fault"), NETWORK.values(), ids=NETWORK)
@pytest.mark.parametrize("credentials", [TOKEN, LOGIN], ids=["token", "password"])
def test_a_way_there_that_cannot_be_gone_is_a_problem(
    credentials: dict[str, Any], values: dict[str, Any], fault: str
) -> None:
    (said,) = problem({**PLACE, **PROJECT, **credentials, **values}).faults
    assert said.startswith(fault)


def test_a_way_there_is_taken_to_iam_too_and_its_password_stays_hidden() -> None:
    proxy = "http://auditor:SECRETpassword@proxy.example:3128"
    way = {"proxy": proxy, "ca_bundle": certifi.where()}
    connection = connected({**PLACE, **PROJECT, **LOGIN, **way})
    assert (connection.proxy, connection.ca_bundle) == (proxy, certifi.where())
    assert "SECRETpassword" not in repr(connection)
    direct = connected({**PLACE, **PROJECT, **LOGIN})
    assert connection.fingerprint != direct.fingerprint
