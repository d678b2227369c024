"""The environment: our own variables, and those that people have set for other tools already.

Ours are MODELARTS_ and a key in capitals. The others belong to the vendor's SDK (HUAWEICLOUD_SDK_*), to
Terraform (HW_*) and to OpenStack's clients (OS_*). In that order, the first tool that has credentials gives
them, all of them: a half of one tool's is never completed by another's. Of the rest:

- the endpoint or region, and the project: ours, else that tool's own; the SDK and Terraform, whose variables
  are of one cloud, complete each other;
- domain and IAM's address: ours, else that tool's own, and only for a password;
- without an endpoint or region, the region whose IAM it is, or that the project's name begins with.

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
    CredentialsKind,
    RawConnection,
)
from modelarts_api.regions import REGIONS, region_in, region_of

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
OLDER: Final = {
    "OS_PROJECT_NAME": "OS_TENANT_NAME",
    "OS_PROJECT_ID": "OS_TENANT_ID",
    "OS_USER_DOMAIN_NAME": "OS_DOMAIN_NAME",
}
"""What older programs call the same; it counts where the newer name is not set."""
VARIABLES: Final = frozenset((*(name for family in FAMILIES for name in family.values()), *OLDER.values()))


def environment_connection(environment: Mapping[str, str]) -> RawConnection | None:
    """Return the connection that the environment describes; None if it has none of the variables."""
    if not any(environment.get(variable) for variable in VARIABLES):
        return None
    families = (OURS, SDK, TERRAFORM, _as_set(OPENSTACK, environment))
    giver = _first(families, SECRET, environment) or _first(families, KEYS, environment) or OURS
    beside = [OURS, giver, *(family for family in (SDK, TERRAFORM) if giver in (SDK, TERRAFORM))]
    is_login = any(environment.get(giver[key]) for key in PASSWORD.needs[:2] if key in giver)
    chosen = {key: giver[key] for key in SECRET if key in giver}
    chosen |= {key: OURS[key] for key in KEYS if key not in (*SECRET, *PLACE, *PROJECT)}
    for key in LOGIN if is_login else ():
        chosen |= _variables(_first([OURS, giver], [key], environment), [key])
    chosen |= _variables(_first(beside, PLACE, environment), PLACE)
    chosen |= _project(beside, environment, is_login=is_login)
    values = {key: environment[name] for key, name in chosen.items() if environment.get(name)}
    if not values.keys() & PLACE and (region := _region(beside, environment)):
        values["region"], chosen["region"] = region, OURS["region"]
    words = {**OURS, **giver, **{key: chosen[key] for key in values}}
    return RawConnection(NAME, NAME, values, words, _usual(giver))


def _usual(family: Family) -> CredentialsKind | None:
    """Return the credentials that a tool's users have, if they have set none yet."""
    if family is OURS:
        return None
    return ACCESS_KEY if family in (SDK, TERRAFORM) else PASSWORD


def _as_set(family: Family, environment: Mapping[str, str]) -> Family:
    """Return the family with the names that are set: older ones where the newer are not."""
    older = {name for name, old in OLDER.items() if environment.get(old) and not environment.get(name)}
    return {key: OLDER[name] if name in older else name for key, name in family.items()}


def _region(families: Iterable[Family], environment: Mapping[str, str]) -> str | None:
    """Return the known region that the host of IAM or the name of the project tells."""
    for family in families:
        iam, name = (environment.get(family.get(key, ""), "") for key in ("iam_endpoint", "project_name"))
        for region in (region_of(iam), region_in(name)):
            if region in REGIONS:
                return region
    return None


def _project(families: Iterable[Family], environment: Mapping[str, str], *, is_login: bool) -> dict[str, str]:
    """Choose the project: only a login can do with its name. Other tools often tell both: the id counts."""
    by_id = None if is_login else _first(families, ["project_id"], environment)
    family = by_id or _first(families, PROJECT, environment)
    chosen = _variables(family, PROJECT)
    if family is not OURS and environment.get(chosen.get("project_id", "")):
        chosen.pop("project_name", None)
    return chosen


def _first(families: Iterable[Family], keys: Iterable[str], environment: Mapping[str, str]) -> Family | None:
    """Return the first family with any of these keys set."""
    wanted = tuple(keys)
    return next((f for f in families if any(environment.get(f[key]) for key in wanted if key in f)), None)


def _variables(family: Family | None, keys: Iterable[str]) -> dict[str, str]:
    return {key: family[key] for key in keys if key in family} if family is not None else {}
