"""Where the public clouds are: the addresses of ModelArts and of IAM by region.

Sources: https://developer.huaweicloud.com/intl/en-us/endpoint and, for eu-de,
https://docs.otc.t-systems.com/regions-and-endpoints/. Other regions have an address too; it is just not known
here, so a Client takes any.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

OPEN_TELEKOM_CLOUD: Final = ("eu-de",)
HUAWEI_CLOUD: Final = (
    "cn-north-1",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-north-11",
    "cn-north-12",
    "cn-east-3",
    "cn-east-4",
    "cn-south-1",
    "cn-southwest-2",
    "cn-southwest-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "la-south-2",
    "la-north-2",
    "sa-brazil-1",
    "af-south-1",
    "af-north-1",
    "me-east-1",
    "tr-west-1",
)
REGIONS: Final = (*HUAWEI_CLOUD, *OPEN_TELEKOM_CLOUD)
SERVICES: Final = ("modelarts", "iam")
_DOMAINS: Final = {
    **dict.fromkeys(HUAWEI_CLOUD, "myhuaweicloud.com"),
    **dict.fromkeys(OPEN_TELEKOM_CLOUD, "otc.t-systems.com"),
}


def endpoint_of(service: str, region: str) -> str:
    """The address of "modelarts" or "iam" in a region. KeyError if the region is not known.

    >>> endpoint_of("iam", "eu-de")
    'https://iam.eu-de.otc.t-systems.com'
    """
    if service not in SERVICES:
        raise ValueError(f"service must be one of {', '.join(SERVICES)}, not {service!r}")
    return f"https://{service}.{region}.{_DOMAINS[region]}"


def region_of(endpoint: str) -> str | None:
    """The region whose public address of ModelArts or IAM this is, known or not; None for any other host.

    >>> region_of("https://modelarts.cn-north-4.myhuaweicloud.com"), region_of("https://models.example.com")
    ('cn-north-4', None)
    """
    labels = (urlsplit(endpoint.strip()).hostname or "").split(".")
    service, region, domain = labels[0], ".".join(labels[1:2]), ".".join(labels[2:])
    return region if service in SERVICES and domain in _DOMAINS.values() else None
