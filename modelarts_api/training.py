"""What training jobs can run on: v1's engines, and the engines and flavors of API v2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from modelarts_api.reading import Problems, Wire, WireObject, integer, read


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

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        name: f"image_info.{name}" for name in ("cpu_image_url", "gpu_image_url", "image_version")
    }

    engine_id: str | None = None
    engine_name: str | None = None
    engine_version: str | None = None
    v1_compatible: bool = False
    run_user: str | None = None
    cpu_image_url: str | None = None
    gpu_image_url: str | None = None
    image_version: str | None = None


@dataclass(frozen=True, slots=True)
class TrainingFlavor(_Offer):
    """A flavor of API v2: what one node has, and how many of them a job may have at most (`max_num`).

    `flavor_type` is CPU, GPU or Ascend.
    Source: https://support.huaweicloud.com/intl/en-us/api-modelarts/ShowTrainingJobFlavors.html
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "cpu_arch": "flavor_info.cpu.arch", "cpu_cores": "flavor_info.cpu.core_num",
        "gpu_count": "flavor_info.gpu.unit_num", "gpu_name": "flavor_info.gpu.product_name",
        "gpu_memory": "flavor_info.gpu.memory", "npu_count": "flavor_info.npu.unit_num",
        "npu_name": "flavor_info.npu.product_name", "npu_memory": "flavor_info.npu.memory",
        "memory_size": "flavor_info.memory.size", "memory_unit": "flavor_info.memory.unit",
        "disk_size": "flavor_info.disk.size", "disk_unit": "flavor_info.disk.unit",
    }  # fmt: skip

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
    memory_size: int | None = None
    memory_unit: str | None = None
    disk_size: int | None = None
    disk_unit: str | None = None

    @classmethod
    def _more(cls, wire: Wire, problems: Problems) -> dict[str, Any]:
        # The published table has it in one place, the published answers in the other.
        where = "max_num" if "max_num" in wire else "flavor_info.max_num"
        return {"max_num": read(integer, wire, where, problems)}
