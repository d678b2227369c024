"""One configuration with everything that it says: parameters, inputs, output, resources, volumes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from modelarts_api.models import Configuration
from modelarts_api.reading import Problems, Wire, flag, integer, objects, text

_INTEGERS: Final = ("worker_server_num", "model_id", "spec_id", "gpu_num")
_TEXTS: Final = (
    "app_url", "boot_file_url", "spec_code", "cpu", "core", "gpu_type", "data_url", "dataset_id",
    "dataset_version_id", "dataset_name", "dataset_version_name", "train_url", "log_url", "pool_id",
    "pool_name", "nas_mount_path", "nas_share_addr", "nas_type",
)  # fmt: skip
_NAMES: Final = {"worker_server_num": "worker_count", "app_url": "code_url", "train_url": "output_url"}
_VOLUME_KINDS: Final[tuple[Literal["nfs", "host_path"], ...]] = ("nfs", "host_path")


@dataclass(frozen=True, slots=True)
class RunParameter:
    """A run parameter, or an environment variable of a custom image. `value` is what came, of any type."""

    label: str | None
    value: Any = field(hash=False)

    @classmethod
    def read_all(cls, wire: Wire, problems: Problems) -> tuple[Self, ...]:
        """What `parameter` holds."""
        items = objects(wire, "parameter", problems)
        return tuple(cls(text(item, "label", problems, path), item.get("value")) for path, item in items)


@dataclass(frozen=True, slots=True)
class DataSource:
    """One of a job's inputs: an OBS path, or a dataset and its version."""

    type: str | None
    data_url: str | None
    dataset_id: str | None
    dataset_version: str | None

    @classmethod
    def read_all(cls, wire: Wire, problems: Problems) -> tuple[Self, ...]:
        """What `data_source` holds."""
        names = ("type", "data_url", "dataset_id", "dataset_version")
        items = objects(wire, "data_source", problems)
        return tuple(cls(*(text(item, name, problems, path) for name in names)) for path, item in items)


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume that is mounted into the job. `id` is an NFS volume's alone."""

    kind: Literal["nfs", "host_path"]
    id: str | None
    source_path: str | None
    destination_path: str | None
    read_only: bool = False

    @classmethod
    def read_all(cls, wire: Wire, problems: Problems) -> tuple[Self, ...]:
        """What `volumes` holds: each item names its kind by the field it uses."""
        volumes = []
        for path, item in objects(wire, "volumes", problems):
            kinds = [kind for kind in _VOLUME_KINDS if isinstance(item.get(kind), dict)]
            if not kinds:
                problems.append(f"{path}: expected an object under nfs or host_path")
            volumes += [cls._read(kind, item[kind], problems, f"{path}.{kind}") for kind in kinds]
        return tuple(volumes)

    @classmethod
    def _read(cls, kind: Literal["nfs", "host_path"], wire: Wire, problems: Problems, path: str) -> Self:
        volume_id, source, destination = (
            text(wire, name, problems, path) for name in ("id", "src_path", "dest_path")
        )
        return cls(kind, volume_id, source, destination, flag(wire, "read_only", problems, path))


@dataclass(frozen=True, slots=True)
class ConfigurationDetail(Configuration):
    """A training job configuration with everything that the detail call documents.

    Source: https://support.huaweicloud.com/intl/en-us/api-modelarts/modelarts_03_0062.html
    """

    worker_count: int | None = None
    code_url: str | None = None
    boot_file_url: str | None = None
    model_id: int | None = None
    parameters: tuple[RunParameter, ...] = ()
    spec_id: int | None = None
    spec_code: str | None = None
    cpu: str | None = None
    core: str | None = None
    gpu_num: int | None = None
    gpu_type: str | None = None
    data_url: str | None = None
    dataset_id: str | None = None
    dataset_version_id: str | None = None
    dataset_name: str | None = None
    dataset_version_name: str | None = None
    data_sources: tuple[DataSource, ...] = ()
    output_url: str | None = None
    log_url: str | None = None
    pool_id: str | None = None
    pool_name: str | None = None
    volumes: tuple[Volume, ...] = ()
    nas_mount_path: str | None = None
    nas_share_addr: str | None = None
    nas_type: str | None = None

    @classmethod
    def _fields(cls, wire: Wire, problems: Problems) -> dict[str, Any]:
        fields = Configuration._fields(wire, problems)
        for name in _INTEGERS:
            fields[_NAMES.get(name, name)] = integer(wire, name, problems)
        for name in _TEXTS:
            fields[_NAMES.get(name, name)] = text(wire, name, problems)
        fields["parameters"] = RunParameter.read_all(wire, problems)
        fields["data_sources"] = DataSource.read_all(wire, problems)
        fields["volumes"] = Volume.read_all(wire, problems)
        return fields
