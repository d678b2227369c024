"""Where the public clouds are: the addresses of ModelArts and of IAM by region.

Sources: https://developer.huaweicloud.com/intl/en-us/endpoint and the vendor's SDK; for eu-de
https://docs.otc.t-systems.com/regions-and-endpoints/; for eu-west-101 the European site, which documents
ModelArts (https://support.huaweicloud.com/eu/api-modelarts/modelarts_03_0139.html) and names hosts under
myhuaweicloud.eu alone; for ae-ad-1 public programs that use modelarts.ae-ad-1.g42cloud.com.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

HUAWEI_CLOUD: Final = (
    *("cn-north-1", "cn-north-2", "cn-north-4", "cn-north-9", "cn-north-11", "cn-north-12"),
    *("cn-east-3", "cn-east-4", "cn-south-1", "cn-southwest-2", "cn-southwest-3"),
    *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"),
    *("la-south-2", "la-north-2", "sa-brazil-1", "af-south-1", "af-north-1", "me-east-1", "tr-west-1"),
)
# Regions that are there, with an IAM, but of which no source says that they have ModelArts.
WITHOUT_MODELARTS: Final = (
    *("cn-east-2", "cn-east-5", "cn-south-2", "ap-southeast-5", "eu-west-0"),
    *("na-mexico-1", "my-kualalumpur-1", "ru-moscow-1"),
)
_DOMAINS: Final = {
    **dict.fromkeys(HUAWEI_CLOUD, "myhuaweicloud.com"),
    "eu-west-101": "myhuaweicloud.eu",
    "eu-de": "otc.t-systems.com",
    "ae-ad-1": "g42cloud.com",
}
REGIONS: Final = tuple(_DOMAINS)
SERVICES: Final = ("modelarts", "iam")


def endpoint_of(service: str, region: str) -> str:
    """Return the address of "modelarts" or "iam" in a region. KeyError if the region is not known.

    >>> endpoint_of("iam", "eu-de")
    'https://iam.eu-de.otc.t-systems.com'
    """
    if service not in SERVICES:
        raise ValueError(f"service must be one of {', '.join(SERVICES)}, not {service!r}")
    return f"https://{service}.{region}.{_DOMAINS[region]}"


def region_of(endpoint: str) -> str | None:
    """Return the region whose public address of ModelArts or IAM this is, known or not; None for others.

    >>> region_of("https://modelarts.cn-north-4.myhuaweicloud.com"), region_of("https://models.example.com")
    ('cn-north-4', None)
    """
    try:
        host = (urlsplit(endpoint.strip()).hostname or "").rstrip(".")
    except ValueError:
        return None
    if host == "iam.myhuaweicloud.eu":  # this domain has one region
        return "eu-west-101"
    service, _, place = host.partition(".")
    region, _, domain = place.partition(".")
    return region if service in SERVICES and domain in _DOMAINS.values() else None


def region_in(project_name: str) -> str | None:
    """Return the known region that a project's name begins with, as IAM makes it for every region.

    >>> region_in("eu-de_vision"), region_in("cn-north-1"), region_in("cn-north-12"), region_in("vision")
    ('eu-de', 'cn-north-1', 'cn-north-12', None)
    """
    region = project_name.partition("_")[0]
    return region if region in REGIONS else None
