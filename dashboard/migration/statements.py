"""What is claimed of the way from API v1 to v2, how firmly, and on whose word.

No official map from v1 to v2 has been found. So every rule, reason and suggestion says whether a reference
documents it, whether it was only seen in published answers and examples, or whether it is our judgement; and
each names its source. These three are never mixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Basis(StrEnum):
    """How firm a statement is."""

    DOCUMENTED = "documented"
    SEEN = "seen"
    JUDGEMENT = "judgement"


class Origin(StrEnum):
    """Where a value of the result comes from."""

    FIELD = "v1 field"
    RULE = "rule"
    DEFAULT = "default"
    CHOICE = "choice of the team"


class Verdict(StrEnum):
    """What becomes of a configuration."""

    READY = "ready"
    DECISION = "decision"
    BLOCKED = "blocked"


class Weight(StrEnum):
    """What a reason does to the verdict; a warning does nothing to it."""

    DECISION = "decision"
    BLOCKER = "blocker"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement can be looked up: what it is called, and its address where it has one."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """How one field of the result is made, or why a field of v1 has no place in it.

    `code` is stable. `source` is a key of SOURCES. Each is there once, in `rules`, and equal to itself alone.
    """

    code: str
    origin: Origin
    text: str
    basis: Basis
    source: str


_SUPPORT: Final = "https://support.huaweicloud.com"
_REGISTRY: Final = "https://registry.terraform.io/providers/huaweicloud/huaweicloud/latest/docs/resources"
SOURCES: Mapping[str, Citation] = {
    "v1-create": Citation(
        "API reference, creating a training job configuration",
        f"{_SUPPORT}/intl/en-us/api-modelarts/modelarts_03_0058.html",
    ),
    "v1-detail": Citation(
        "API reference, details of a training job configuration",
        f"{_SUPPORT}/intl/en-us/api-modelarts/modelarts_03_0062.html",
    ),
    "v1-image": Citation(
        "Guide of the old training management, custom images",
        f"{_SUPPORT}/en-us/engineers-modelarts/modelarts_23_0087.html",
    ),
    "create-algorithm": Citation(
        "API reference, CreateAlgorithm", f"{_SUPPORT}/api-modelarts/CreateAlgorithm.html"
    ),
    "create-job": Citation(
        "API reference, CreateTrainingJob", f"{_SUPPORT}/intl/en-us/api-modelarts/CreateTrainingJob.html"
    ),
    "engines-call": Citation(
        "API reference, ShowTrainingJobEngines",
        f"{_SUPPORT}/intl/en-us/api-modelarts/ShowTrainingJobEngines.html",
    ),
    "sdk": Citation("The vendor's Python SDK, huaweicloudsdkmodelarts 3.1.219, models of v2", ""),
    "terraform-algorithm": Citation(
        "Terraform provider, huaweicloud_modelarts_algorithm", f"{_REGISTRY}/modelarts_algorithm"
    ),
    "terraform-job": Citation(
        "Terraform provider, huaweicloud_modelarts_training_job", f"{_REGISTRY}/modelarts_training_job"
    ),
    "switching": Citation(
        "FAQ, switching from the old training to the new",
        f"{_SUPPORT}/intl/en-us/modelarts_faq/modelarts_05_0260.html",
    ),
    "two-directories": Citation(
        "FAQ, why paths are under /work or /ma-user",
        f"{_SUPPORT}/intl/en-us/modelarts_faq/modelarts_05_0515.html",
    ),
    "boot-command": Citation(
        "Guide, boot commands of custom images",
        f"{_SUPPORT}/intl/en-us/develop-modelarts/develop-modelarts-1416.html",
    ),
    "boot-command-help": Citation(
        "Console help, boot command", f"{_SUPPORT}/intl/tr-tr/drawer-modelarts/ma_drawer_038.html"
    ),
    "preset-images": Citation(
        "Guide, preset training images",
        f"{_SUPPORT}/intl/en-us/develop-modelarts/develop-modelarts-1417.html",
    ),
    "datasets-ended": Citation("Huawei Cloud's notice: the old datasets ended on 2024-10-31", ""),
    "published-v1": Citation("Published answers of API v1", ""),
    "published-v2": Citation("Published answers and examples of API v2", ""),
    "connection": Citation("The connection's own answer", ""),
    "team": Citation("The team's decisions", ""),
    "ours": Citation("Our judgement; no source says it", ""),
}
"""Everything that statements rest on, by the key that they name it by."""


def rule(code: str, origin: Origin, basis: Basis, source: str, text: str) -> Rule:
    """Return a rule. Raises KeyError for a source that is not listed."""
    SOURCES[source]
    return Rule(code, origin, text, basis, source)
