"""One configuration with everything that it says: parameters, inputs, output, resources, volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from modelarts_api.models import Configuration
from modelarts_api.reading import Problems, Wire, objects, read, read_fields, text

_VOLUME_KINDS: Final[tuple[Literal["nfs", "host_path"], ...]] = ("nfs", "host_path")


@dataclass(frozen=True, slots=True)
class RunParameter:
    """A run parameter, or an environment variable of a custom image. `value` is what came, of any type."""

    label: str | None
    value: Any = field(hash=False)


@dataclass(frozen=True, slots=True)
class DataSource:
    """One of a job's inputs: an OBS path, or a dataset and its version."""

    type: str | None = None
    data_url: str | None = None
    dataset_id: str | None = None
    dataset_version: str | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume that is mounted into the job. `id` is an NFS volume's alone."""

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {"source_path": "src_path", "destination_path": "dest_path"}

    kind: Literal["nfs", "host_path"]
    id: str | None = None
    source_path: str | None = None
    destination_path: str | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class ConfigurationDetail(Configuration):
    """A training job configuration with everything that the detail call documents.

    Source: https://support.huaweicloud.com/intl/en-us/api-modelarts/modelarts_03_0062.html
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        **Configuration.WIRE_NAMES,
        "worker_count": "worker_server_num", "code_url": "app_url", "output_url": "train_url",
    }  # fmt: skip

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
    def _more(cls, wire: Wire, problems: Problems) -> dict[str, Any]:
        parameters, sources = (objects(wire, name, problems) for name in ("parameter", "data_source"))
        return {
            **Configuration._more(wire, problems),
            "parameters": tuple(
                RunParameter(read(text, item, "label", problems, path), item.get("value"))
                for path, item in parameters
            ),
            "data_sources": tuple(
                DataSource(**read_fields(DataSource, item, problems, path)) for path, item in sources
            ),
            "volumes": tuple(_read_volumes(wire, problems)),
        }


def _read_volumes(wire: Wire, problems: Problems) -> Iterator[Volume]:
    """Read what `volumes` holds: each item names its kind by the field it uses."""
    for path, item in objects(wire, "volumes", problems):
        kinds = [kind for kind in _VOLUME_KINDS if isinstance(item.get(kind), dict)]
        if not kinds:
            problems.append(f"{path[:-1]}: expected an object under nfs or host_path")
        yield from (
            Volume(kind, **read_fields(Volume, item[kind], problems, f"{path}{kind}.")) for kind in kinds
        )
