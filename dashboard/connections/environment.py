"""The environment: our own variables, and those that people have set for other tools already.

Ours are MODELARTS_ and a key in capitals. The others belong to the vendor's SDK (HUAWEICLOUD_SDK_*), to
Terraform (HW_*) and to OpenStack's clients (OS_*). In that order, the first tool that has credentials gives
them, all of them: a half of one tool's is never completed by another's. Of the rest:

- the endpoint or region, and the project: ours, else that tool's own; the SDK and Terraform, whose variables
  are of one cloud, complete each other;
- domain and IAM's address: ours, else that tool's own, and only for a password.

What other tools are told beside that, a project's name beside its id for example, is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dashboard.connections.raw_connection import (
    ACCESS_KEY,
    KEYS,
    PASSWORD,
    PLACE,
    PROJECT,
    SECRET,
    Kind,
    RawConnection,
)

NAME: Final = "environment"
LOGIN: Final = ("domain", "iam_endpoint")
Family = Mapping[str, str]

OURS: Final[Family] = {key: f"MODELARTS_{key.upper()}" for key in KEYS}
SDK: Final[Family] = {
    "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
    "access_key": "HUAWEICLOUD_SDK_AK",
    "secret_key": "HUAWEICLOUD_SDK_SK",
    "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
}
TERRAFORM: Final[Family] = {
    "region": "HW_REGION_NAME",
    "project_id": "HW_PROJECT_ID",
    "project_name": "HW_PROJECT_NAME",
    "token": "HW_AUTH_TOKEN",
    "access_key": "HW_ACCESS_KEY",
    "secret_key": "HW_SECRET_KEY",
    "security_token": "HW_SECURITY_TOKEN",
    "username": "HW_USER_NAME",
    "password": "HW_USER_PASSWORD",
    "domain": "HW_DOMAIN_NAME",
    "iam_endpoint": "HW_AUTH_URL",
}
OPENSTACK: Final[Family] = {
    "region": "OS_REGION_NAME",
    "project_id": "OS_PROJECT_ID",
    "project_name": "OS_PROJECT_NAME",
    "token": "OS_TOKEN",
    "username": "OS_USERNAME",
    "password": "OS_PASSWORD",
    "domain": "OS_USER_DOMAIN_NAME",
    "iam_endpoint": "OS_AUTH_URL",
}
FAMILIES: Final = (OURS, SDK, TERRAFORM, OPENSTACK)
VARIABLES: Final = frozenset(variable for family in FAMILIES for variable in family.values())


def environment_connection(environment: Mapping[str, str]) -> RawConnection | None:
    """The connection that the environment describes; None if it has none of the variables."""
    if not any(environment.get(variable) for variable in VARIABLES):
        return None
    giver = _first(FAMILIES, SECRET, environment) or _first(FAMILIES, KEYS, environment) or OURS
    beside = [OURS, giver, *(family for family in (SDK, TERRAFORM) if giver in (SDK, TERRAFORM))]
    is_login = any(environment.get(giver[key]) for key in PASSWORD.needs[:2] if key in giver)
    chosen = {key: giver[key] for key in SECRET if key in giver}
    chosen |= {key: OURS[key] for key in KEYS if key not in (*SECRET, *PLACE, *PROJECT)}
    for key in LOGIN if is_login else ():
        chosen |= _variables(_first([OURS, giver], [key], environment), [key])
    chosen |= _variables(_first(beside, PLACE, environment), PLACE)
    chosen |= _project(beside, environment, is_login=is_login)
    values = {key: environment[name] for key, name in chosen.items() if environment.get(name)}
    words = {**OURS, **giver, **{key: chosen[key] for key in values}}
    return RawConnection(NAME, NAME, values, words, _usual(giver))


def _usual(family: Family) -> Kind | None:
    """The credentials that a tool's users have, if they have set none yet."""
    if family is OURS:
        return None
    return PASSWORD if family is OPENSTACK else ACCESS_KEY


def _project(families: Iterable[Family], environment: Mapping[str, str], *, is_login: bool) -> dict[str, str]:
    """Only a login can do with a project's name. Other tools are often told both: the id counts."""
    by_id = None if is_login else _first(families, ["project_id"], environment)
    family = by_id or _first(families, PROJECT, environment)
    chosen = _variables(family, PROJECT)
    if family is not OURS and environment.get(chosen.get("project_id", "")):
        chosen.pop("project_name", None)
    return chosen


def _first(families: Iterable[Family], keys: Iterable[str], environment: Mapping[str, str]) -> Family | None:
    """The first family with any of these keys set."""
    wanted = tuple(keys)
    return next((f for f in families if any(environment.get(f[key]) for key in wanted if key in f)), None)


def _variables(family: Family | None, keys: Iterable[str]) -> dict[str, str]:
    return {key: family[key] for key in keys if key in family} if family is not None else {}
