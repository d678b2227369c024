"""What training jobs can run on: v1's engines, and the engines and flavors of API v2."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from modelarts_api.reading import Problems, Wire, WireObject, integer, part, text


@dataclass(frozen=True, slots=True)
class _Offer(WireObject):
    problems: tuple[str, ...] = field(default=(), kw_only=True)
    _raw: dict[str, Any] = field(default_factory=dict, kw_only=True, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Engine(_Offer):
    """An AI engine version of API v1."""

    engine_type: int | None = None
    engine_name: str | None = None
    engine_id: int | None = None
    engine_version: str | None = None


@dataclass(frozen=True, slots=True)
class TrainingEngine(_Offer):
    """An engine of API v2. Its id is a text, not v1's number; `v1_compatible` ones are v1's, kept.

    Source: https://support.huaweicloud.com/intl/en-us/api-modelarts/ShowTrainingJobEngines.html
    """

    engine_id: str | None = None
    engine_name: str | None = None
    engine_version: str | None = None
    v1_compatible: bool = False
    run_user: str | None = None
    cpu_image_url: str | None = None
    gpu_image_url: str | None = None
    image_version: str | None = None

    @classmethod
    def _more(cls, wire: Wire, problems: Problems) -> dict[str, Any]:
        image = part(wire, "image_info", problems)
        names = ("cpu_image_url", "gpu_image_url", "image_version")
        return {name: text(image, name, problems, "image_info.") for name in names}


@dataclass(frozen=True, slots=True)
class TrainingFlavor(_Offer):
    """A flavor of API v2: what one node has, and how many of them a job may have at most (`max_num`).

    `flavor_type` is CPU, GPU or Ascend. `memory` and `disk` are a size and its unit, such as (64, "GB").
    Source: https://support.huaweicloud.com/intl/en-us/api-modelarts/ShowTrainingJobFlavors.html
    """

    flavor_id: str | None = None
    flavor_name: str | None = None
    flavor_type: str | None = None
    max_num: int | None = None
    cpu_arch: str | None = None
    cpu_cores: int | None = None
    gpu_count: int | None = None
    gpu_name: str | None = None
    gpu_memory: str | None = None
    npu_count: int | None = None
    npu_name: str | None = None
    npu_memory: str | None = None
    memory: tuple[int | None, str | None] = (None, None)
    disk: tuple[int | None, str | None] = (None, None)

    @classmethod
    def _more(cls, wire: Wire, problems: Problems) -> dict[str, Any]:
        info = part(wire, "flavor_info", problems)
        cpu = part(info, "cpu", problems)
        # The published tables have max_num in one place, the published answers in the other.
        found: dict[str, Any] = {
            "max_num": integer(wire if "max_num" in wire else info, "max_num", problems),
            "cpu_arch": text(cpu, "arch", problems, "cpu."),
            "cpu_cores": integer(cpu, "core_num", problems, "cpu."),
        }
        for kind in ("gpu", "npu"):
            unit = part(info, kind, problems)
            found[f"{kind}_count"] = integer(unit, "unit_num", problems, f"{kind}.")
            found[f"{kind}_name"] = text(unit, "product_name", problems, f"{kind}.")
            found[f"{kind}_memory"] = text(unit, "memory", problems, f"{kind}.")
        for kind in ("memory", "disk"):
            size = part(info, kind, problems)
            found[kind] = (
                integer(size, "size", problems, f"{kind}."),
                text(size, "unit", problems, f"{kind}."),
            )
        return found
