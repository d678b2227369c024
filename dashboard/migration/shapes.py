"""The two bodies of API v2: every field that may be set, its type and the vendor's class for it.

One declaration for the validator, for Terraform's blocks and for the classes of the vendor's SDK. Where the
three differ, it says so: `no_sdk` fields are not in the SDK's class, `json_text` ones are JSON in Terraform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Type = Literal["text", "number", "whole", "flag", "texts", "map"]
_EXACT: Final[Mapping[object, type]] = {"text": str, "whole": int, "flag": bool}


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a body: its class in the vendor's SDK, and its fields.

    `exact` has Python's own type of those fields where every value of the field's type is of that one.
    """

    sdk: str
    fields: Mapping[str, Type | Object | Array] = field(hash=False)
    exact: Mapping[str, type] = field(init=False, hash=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        exact = {
            name: _EXACT[kind] for name, kind in self.fields.items() if kind in ("text", "whole", "flag")
        }
        object.__setattr__(self, "exact", exact)


@dataclass(frozen=True, slots=True)
class Array:
    """A list of objects."""

    of: Object


_PARAMETER_CONSTRAINT: Final = Object(
    "ParametersConstraint",
    {
        **dict.fromkeys(("type", "valid_type"), "text"),
        **dict.fromkeys(("editable", "required", "sensitive"), "flag"),
        "valid_range": "texts",
    },
)
_PARAMETER: Final = Object(
    "Parameters",
    {**dict.fromkeys(("name", "value", "description"), "text"), "constraint": _PARAMETER_CONSTRAINT},
)
ALGORITHM: Final = Object(
    "Algorithm",
    {
        "metadata": Object(
            "AlgorithmMetadata", dict.fromkeys(("name", "description", "workspace_id"), "text")
        ),
        "job_config": Object(
            "AlgorithmJobConfig",
            {
                **dict.fromkeys(("code_dir", "boot_file", "command"), "text"),
                "engine": Object(
                    "AlgorithmCreateEngine",
                    dict.fromkeys(("engine_id", "engine_name", "engine_version", "image_url"), "text"),
                ),
                "parameters": Array(_PARAMETER),
                "parameters_customization": "flag",
                "inputs": Array(
                    Object(
                        "AlgorithmCreateInput",
                        {
                            **dict.fromkeys(("name", "description"), "text"),
                            "remote_constraints": Array(Object("RemoteConstraint", {"data_type": "text"})),
                        },
                    )
                ),
                "outputs": Array(
                    Object("AlgorithmCreateOutput", dict.fromkeys(("name", "description"), "text"))
                ),
            },
        ),
        "resource_requirements": Array(
            Object("ResourceRequirement", {"key": "text", "values": "texts", "operator": "text"})
        ),
    },
)
"""POST /v2/{project_id}/algorithms."""

_DATASET: Final = Object("InputDataInfoDataset", dict.fromkeys(("id", "version_id", "name"), "text"))
_CHANNEL: Final[Mapping[str, Type | Object | Array]] = dict.fromkeys(
    ("name", "description", "local_dir", "access_method"), "text"
)
JOB: Final = Object(
    "Job",
    {
        "kind": "text",
        "metadata": Object("JobMetadata", dict.fromkeys(("name", "description", "workspace_id"), "text")),
        "algorithm": Object(
            "JobAlgorithm",
            {
                **dict.fromkeys(
                    ("id", "subscription_id", "item_version_id", "code_dir", "boot_file"), "text"
                ),
                **dict.fromkeys(("command", "local_code_dir", "working_dir"), "text"),
                "engine": Object(
                    "JobEngine",
                    dict.fromkeys(("engine_id", "engine_name", "engine_version", "image_url"), "text"),
                ),
                "parameters": Array(_PARAMETER),
                "inputs": Array(
                    Object(
                        "Input",
                        {
                            **_CHANNEL,
                            "remote": Object(
                                "InputDataInfo",
                                {"obs": Object("InputDataInfoObs", {"obs_url": "text"}), "dataset": _DATASET},
                            ),
                        },
                    )
                ),
                "outputs": Array(
                    Object(
                        "Output",
                        {
                            **_CHANNEL,
                            "remote": Object("Remote", {"obs": Object("RemoteObs", {"obs_url": "text"})}),
                        },
                    )
                ),
                "environments": "map",
            },
        ),
        "spec": Object(
            "Spec",
            {
                "resource": Object(
                    "SpecResource",
                    {
                        **dict.fromkeys(("flavor_id", "pool_id"), "text"),
                        "node_count": "whole",
                        "main_container_customized_flavor": Object(
                            "MainContainerCustomizedFlavor",
                            dict.fromkeys(("cpu_core_num", "mem_size", "accelerator_num"), "number"),
                        ),
                    },
                ),
                "volumes": Array(
                    Object(
                        "SpecVolumes",
                        {
                            "nfs": Object(
                                "Nfs",
                                {
                                    **dict.fromkeys(("nfs_server_path", "local_path"), "text"),
                                    "read_only": "flag",
                                },
                            ),
                            "pfs": Object("Pfs", dict.fromkeys(("pfs_path", "local_path"), "text")),
                            "obs": Object("Obs", dict.fromkeys(("obs_path", "local_path"), "text")),
                        },
                    )
                ),
                "log_export_path": Object("LogExportPath", dict.fromkeys(("obs_url", "host_path"), "text")),
            },
        ),
    },
)
"""POST /v2/{project_id}/training-jobs."""
