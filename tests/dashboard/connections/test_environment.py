"""The environment: whose variables count, what goes together, and what never does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.connections import VARIABLES, Connection, ConnectionProblem, read_settings
from dashboard.connections.environment import FAMILIES, OLDER, OPENSTACK, OURS, SDK, TERRAFORM
from modelarts_api import AccessKeyCredentials, PasswordCredentials, TokenCredentials
from tests.dashboard.builders import EXAMPLES

FULL_SDK = {
    "HUAWEICLOUD_SDK_AK": "sdk-key",
    "HUAWEICLOUD_SDK_SK": "s1",
    "HUAWEICLOUD_SDK_PROJECT_ID": "sdk-id",
}
FULL_HW = {"HW_ACCESS_KEY": "hw-key", "HW_SECRET_KEY": "s2", "HW_REGION_NAME": "cn-east-3"}
HW_LOGIN = {
    "HW_DOMAIN_NAME": "hw-domain",
    "HW_AUTH_URL": "https://iam.hw.example/v3",
    "HW_PROJECT_NAME": "hw-name",
}
FULL_OS = {
    "OS_AUTH_URL": "https://iam.eu-de.otc.t-systems.com/v3",
    "OS_USERNAME": "os-user",
    "OS_PASSWORD": "s3",
    "OS_USER_DOMAIN_NAME": "os-domain",
    "OS_PROJECT_NAME": "os-name",
    "OS_PROJECT_ID": "os-id",
    "OS_REGION_NAME": "eu-de",
}
OS_TOKEN = {"OS_TOKEN": "os-token", "OS_PROJECT_ID": "os-id", "OS_REGION_NAME": "eu-de"}
OURS_TOKEN = {"MODELARTS_TOKEN": "our-token"}
OURS_PLACE = {"MODELARTS_ENDPOINT": "http://127.0.0.1:9", "MODELARTS_PROJECT_ID": "our-id"}
SDK_NAMES = "HUAWEICLOUD_SDK_AK HUAWEICLOUD_SDK_SK HUAWEICLOUD_SDK_PROJECT_ID HUAWEICLOUD_SDK_SECURITY_TOKEN"
TERRAFORM_NAMES = (
    "HW_ACCESS_KEY HW_SECRET_KEY HW_SECURITY_TOKEN HW_REGION_NAME HW_PROJECT_NAME HW_DOMAIN_NAME HW_AUTH_URL"
    " HW_PROJECT_ID HW_AUTH_TOKEN HW_USER_NAME HW_USER_PASSWORD"
)
OPENSTACK_NAMES = (
    "OS_AUTH_URL OS_USERNAME OS_PASSWORD OS_USER_DOMAIN_NAME OS_PROJECT_NAME OS_PROJECT_ID OS_REGION_NAME"
    " OS_TOKEN"
)


def from_environment(*variables: dict[str, str]) -> Connection | ConnectionProblem:
    """What comes of these variables."""
    merged: dict[str, str] = {}
    for group in variables:
        merged |= group
    (only,) = read_settings({}, merged).entries
    return only


# The precedence as a table: variables → endpoint, project, credentials (as they are shown).
PRECEDENCE: dict[str, tuple[list[dict[str, str]], tuple[str, str, str]]] = {
    "ours alone": ([OURS_PLACE, OURS_TOKEN], ("http://127.0.0.1:9", "our-id", "our-token")),
    "the SDK needs a place": ([FULL_SDK, OURS_PLACE], ("http://127.0.0.1:9", "our-id", "sdk-key")),
    "the SDK and a region of ours": (
        [FULL_SDK, {"MODELARTS_REGION": "af-south-1"}],
        ("https://modelarts.af-south-1.myhuaweicloud.com", "sdk-id", "sdk-key"),
    ),
    "the SDK and Terraform complete each other": (
        [FULL_SDK, {"HW_REGION_NAME": "cn-east-3"}],
        ("https://modelarts.cn-east-3.myhuaweicloud.com", "sdk-id", "sdk-key"),
    ),
    "the SDK before Terraform": (
        [FULL_HW, HW_LOGIN, FULL_SDK],
        ("https://modelarts.cn-east-3.myhuaweicloud.com", "sdk-id", "sdk-key"),
    ),
    "Terraform with an id of the SDK": (
        [FULL_HW, HW_LOGIN, {"HUAWEICLOUD_SDK_PROJECT_ID": "sdk-id"}],
        ("https://modelarts.cn-east-3.myhuaweicloud.com", "sdk-id", "hw-key"),
    ),
    "Terraform with an id of ours": (
        [FULL_HW, HW_LOGIN, {"MODELARTS_PROJECT_ID": "our-id"}],
        ("https://modelarts.cn-east-3.myhuaweicloud.com", "our-id", "hw-key"),
    ),
    "Terraform's password": (
        [
            {"HW_USER_NAME": "hw-user", "HW_USER_PASSWORD": "s4", "HW_REGION_NAME": "cn-east-3"},
            HW_LOGIN,
        ],
        ("https://modelarts.cn-east-3.myhuaweicloud.com", "hw-name", "hw-user@https://iam.hw.example"),
    ),
    "Terraform's token": (
        [{"HW_AUTH_TOKEN": "hw-token", "HW_PROJECT_ID": "hw-id", "HW_REGION_NAME": "cn-east-3"}, HW_LOGIN],
        ("https://modelarts.cn-east-3.myhuaweicloud.com", "hw-id", "hw-token"),
    ),
    "Terraform before OpenStack": (
        [FULL_HW, FULL_OS, {"MODELARTS_PROJECT_ID": "our-id"}],
        ("https://modelarts.cn-east-3.myhuaweicloud.com", "our-id", "hw-key"),
    ),
    "OpenStack's password, the id before the name": (
        [FULL_OS],
        ("https://modelarts.eu-de.otc.t-systems.com", "os-id", "os-user@https://iam.eu-de.otc.t-systems.com"),
    ),
    "OpenStack's token": (
        [OS_TOKEN, {"OS_AUTH_URL": "https://iam.example/v3", "OS_USER_DOMAIN_NAME": "d"}],
        ("https://modelarts.eu-de.otc.t-systems.com", "os-id", "os-token"),
    ),
    "OpenStack never goes to another cloud": (
        [FULL_OS, {"HW_REGION_NAME": "cn-east-3", "HUAWEICLOUD_SDK_PROJECT_ID": "sdk-id"}],
        ("https://modelarts.eu-de.otc.t-systems.com", "os-id", "os-user@https://iam.eu-de.otc.t-systems.com"),
    ),
    "our token before every other tool's": (
        [OURS_PLACE, OURS_TOKEN, FULL_SDK, FULL_HW, FULL_OS],
        ("http://127.0.0.1:9", "our-id", "our-token"),
    ),
    "our IAM for OpenStack's password": (
        [FULL_OS, {"MODELARTS_IAM_ENDPOINT": "https://iam.our.example"}],
        ("https://modelarts.eu-de.otc.t-systems.com", "os-id", "os-user@https://iam.our.example"),
    ),
    "our endpoint before their region": (
        [FULL_OS, {"MODELARTS_ENDPOINT": "https://gateway.example"}],
        ("https://gateway.example", "os-id", "os-user@https://iam.eu-de.otc.t-systems.com"),
    ),
}


@pytest.mark.parametrize(("variables", "wanted"), PRECEDENCE.values(), ids=PRECEDENCE)
def test_precedence(variables: list[dict[str, str]], wanted: tuple[str, str, str]) -> None:
    found = from_environment(*variables)
    assert isinstance(found, Connection), found
    assert (found.name, found.source) == ("environment", "environment")
    assert (found.endpoint, found.project, seen(found)) == wanted


def seen(connection: Connection) -> str:
    """Whose credentials these are."""
    credentials: Any = connection.credentials
    if isinstance(credentials, TokenCredentials):
        return credentials.secrets()[0]
    if isinstance(credentials, AccessKeyCredentials):
        return credentials.secrets()[1]
    assert isinstance(credentials, PasswordCredentials)
    found = re.fullmatch(r"PasswordCredentials\('(.*)', '(.*)', '\*\*\*', .*\)", repr(credentials))
    assert found
    return f"{found[2]}@{found[1]}"


def test_a_projects_name_is_enough_with_openstacks_password() -> None:
    by_name = {name: value for name, value in FULL_OS.items() if name != "OS_PROJECT_ID"}
    found = from_environment(by_name)
    assert isinstance(found, Connection)
    assert found.project == "os-name"


OLD_OS = {
    "OS_AUTH_URL": "https://iam.eu-de.otc.t-systems.com/v3",
    "OS_USERNAME": "os-user",
    "OS_PASSWORD": "s3",
    "OS_DOMAIN_NAME": "os-domain",
    "OS_TENANT_NAME": "eu-de_vision",
}


def test_the_older_names_count_where_the_newer_are_not_set() -> None:
    found = from_environment(OLD_OS, {"OS_REGION_NAME": "eu-de"})
    assert isinstance(found, Connection), found
    assert found.project == "eu-de_vision"
    assert "'os-domain', project_name='eu-de_vision'" in repr(found.credentials)
    newer = from_environment(OLD_OS, FULL_OS)
    assert isinstance(newer, Connection), newer
    assert newer.project == "os-id"
    assert "'os-domain'" in repr(newer.credentials)
    token = from_environment(OS_TOKEN | {"OS_PROJECT_ID": ""}, {"OS_TENANT_ID": "old-id"})
    assert isinstance(token, Connection), token
    assert token.project_id == "old-id"


@pytest.mark.parametrize(
    ("variables", "endpoint"),
    [
        (OLD_OS, "https://modelarts.eu-de.otc.t-systems.com"),
        (
            OLD_OS | {"OS_AUTH_URL": "https://iam.myhuaweicloud.eu/v3"},
            "https://modelarts.eu-west-101.myhuaweicloud.eu",
        ),
        (OLD_OS | {"OS_AUTH_URL": "https://iam.example.com/v3"}, "https://modelarts.eu-de.otc.t-systems.com"),
        (OLD_OS | {"OS_REGION_NAME": "cn-north-4"}, "https://modelarts.cn-north-4.myhuaweicloud.com"),
        (OLD_OS | {"MODELARTS_ENDPOINT": "https://own.example"}, "https://own.example"),
        (FULL_SDK | {"HW_PROJECT_NAME": "cn-east-3"}, "https://modelarts.cn-east-3.myhuaweicloud.com"),
        (
            {**OS_TOKEN, "OS_REGION_NAME": "", "OS_AUTH_URL": "https://iam.eu-de.otc.t-systems.com"},
            "https://modelarts.eu-de.otc.t-systems.com",
        ),
    ],
)
def test_the_region_is_that_of_iams_host_or_of_the_projects_name(
    variables: dict[str, str], endpoint: str
) -> None:
    found = from_environment(variables)
    assert isinstance(found, Connection), found
    assert found.endpoint == endpoint


@pytest.mark.parametrize(
    "changes", [{"OS_TENANT_NAME": "vision"}, {"OS_TENANT_NAME": "mars-1_x"}, {"OS_TENANT_NAME": "eu-dex"}]
)
def test_without_a_known_region_in_either_the_place_is_missing(changes: dict[str, str]) -> None:
    found = from_environment(OLD_OS | {"OS_AUTH_URL": "https://iam.mars-1.myhuaweicloud.com/v3"}, changes)
    assert isinstance(found, ConnectionProblem)
    assert "MODELARTS_ENDPOINT is missing (or OS_REGION_NAME)" in found.faults


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ([{"HW_ACCESS_KEY": "hw-key"}, {"HUAWEICLOUD_SDK_SK": "s1"}], "HUAWEICLOUD_SDK_AK is missing"),
        ([OURS_PLACE, {"MODELARTS_ACCESS_KEY": "a"}, FULL_HW], "MODELARTS_SECRET_KEY is missing"),
        ([FULL_SDK], "MODELARTS_ENDPOINT is missing (or MODELARTS_REGION)"),
        ([FULL_HW], "HW_PROJECT_ID is missing"),
        (
            [FULL_HW, HW_LOGIN],
            "HW_PROJECT_ID is missing: HW_PROJECT_NAME is enough only with username",
        ),
        ([{"HW_REGION_NAME": "cn-east-3"}], "HW_ACCESS_KEY is missing"),
        ([{"OS_AUTH_URL": "https://iam.example/v3"}], "OS_USERNAME is missing"),
        ([FULL_OS, OS_TOKEN], "two kinds of credentials, OS_TOKEN beside OS_USERNAME, OS_PASSWORD and"),
        ([FULL_OS, {"OS_REGION_NAME": "RegionOne"}], "OS_REGION_NAME is not a region whose address is known"),
        ([OURS_TOKEN, FULL_OS], "MODELARTS_PROJECT_ID is missing"),
        ([OURS_PLACE, OURS_TOKEN, {"MODELARTS_DOMAIN": "d"}], "MODELARTS_DOMAIN goes with username and"),
        (
            [OURS_PLACE, {"MODELARTS_PROJECT_NAME": "n"}, OURS_TOKEN],
            "both MODELARTS_PROJECT_ID and MODELARTS_",
        ),
        ([OURS_PLACE, OURS_TOKEN, {"MODELARTS_REGION": "eu-de"}], ""),
        (
            [
                FULL_SDK,
                {"MODELARTS_ENDPOINT": "https://iam.eu-de.otc.t-systems.com", "MODELARTS_REGION": "af-1"},
            ],
            "MODELARTS_ENDPOINT and MODELARTS_REGION disagree",
        ),
    ],
)
def test_what_is_begun_is_named_by_its_variables(variables: list[dict[str, str]], fault: str) -> None:
    found = from_environment(*variables)
    if not fault:
        assert isinstance(found, Connection)
        return
    assert isinstance(found, ConnectionProblem)
    assert [said for said in found.faults if said.startswith(fault) or fault in said], found.faults
    assert not {"sdk-key", "hw-key", "s1", "s2", "s3", "os-token", "our-token"} & set(
        re.split(r"\W", repr(found))
    )


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_a_single_variable_is_a_beginning_and_never_sample_data(variable: str) -> None:
    settings = read_settings({}, {variable: "x"})
    assert not settings.nothing_configured
    assert settings.connections == ()


def test_a_blank_variable_is_none() -> None:
    assert read_settings({}, dict.fromkeys(VARIABLES, "")).nothing_configured


def test_the_variables_have_the_names_that_other_tools_give_them() -> None:
    known = ((SDK_NAMES, SDK), (TERRAFORM_NAMES, TERRAFORM), (OPENSTACK_NAMES, OPENSTACK))
    for names, family in known:
        assert set(family.values()) == set(names.split())
    assert set(OLDER.values()) == {"OS_TENANT_ID", "OS_TENANT_NAME", "OS_DOMAIN_NAME"}
    assert set(OLDER) < set(OPENSTACK.values())
    assert len(VARIABLES) == sum(len(family) for family in FAMILIES) + len(OLDER)


@pytest.mark.parametrize(
    "begun",
    [
        {"MODELARTS_TOKEN": "x"},
        {"HUAWEICLOUD_SDK_AK": "x"},
        {"HW_SECRET_KEY": "x"},
        {"OS_USERNAME": "x"},
        {"OS_TOKEN": "x"},
        {"MODELARTS_PASSWORD": "x", "MODELARTS_PROJECT_NAME": "y"},
    ],
)
def test_the_example_is_in_the_variables_of_the_tool_and_complete(begun: dict[str, str]) -> None:
    found = from_environment(begun)
    assert isinstance(found, ConnectionProblem)
    lines = [re.fullmatch(r'export (\w+)="(.+)"', line) for line in found.example.splitlines()]
    shown = {line[1]: line[2].replace("…", "x") for line in lines if line}
    assert len(shown) == len(lines)
    assert set(begun) <= set(shown)
    assert isinstance(from_environment(shown), Connection)


@EXAMPLES
@given(
    st.dictionaries(
        st.sampled_from(sorted(VARIABLES)), st.sampled_from(["", "x", "eu-de", "https://h", " ", "\udcff"])
    )
)
def test_no_environment_raises_and_credentials_are_of_one_tool(environment: dict[str, str]) -> None:
    given_ones = {name for name, value in environment.items() if value}
    settings = read_settings({}, environment)
    assert len(settings.entries) == (1 if given_ones else 0)
    for connection in settings.connections:
        families = [
            family
            for family in FAMILIES
            if any(environment.get(family.get(key, "")) for key in ("token", "access_key", "password"))
        ]
        expected = families[0]
        credentials = connection.credentials
        key = (
            "token"
            if isinstance(credentials, TokenCredentials)
            else "access_key"
            if isinstance(credentials, AccessKeyCredentials)
            else "password"
        )
        assert environment[expected[key]].strip()


def test_ours_are_the_keys_in_capitals() -> None:
    assert OURS["iam_endpoint"] == "MODELARTS_IAM_ENDPOINT"
    assert OURS["label"] == "MODELARTS_LABEL"


def test_the_documentation_names_every_variable_of_other_tools() -> None:
    text = (Path(__file__).parents[3] / "docs" / "connections.md").read_text(encoding="utf-8")
    for prefix, family in (("HUAWEICLOUD_SDK_", SDK), ("HW_", TERRAFORM), ("OS_", OPENSTACK | OLDER)):
        assert f"`{prefix}…`" in text
        assert [name for name in family.values() if f"`{name.removeprefix(prefix)}`" not in text] == []
