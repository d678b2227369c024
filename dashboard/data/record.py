"""A configuration's record, the object that the service sends of it: its fields, by their names on the wire.

The wrapper has the same names (a test compares them); listed here, so that a command which asks nothing of
the service need not import what speaks to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

Record = Mapping[str, Any]
NAME: Final = "config_name"
DESCRIPTION: Final = "config_desc"
CREATED: Final = "create_time"
ENGINE: Final = "engine_name"
VERSION: Final = "engine_version"
IMAGE: Final = "user_image_url"
COMMAND: Final = "user_command"
PARAMETERS: Final = "parameter"
LIST_FIELDS: Final = (
    NAME,
    DESCRIPTION,
    CREATED,
    "engine_type",
    ENGINE,
    "engine_id",
    VERSION,
    IMAGE,
    COMMAND,
)
"""What the list has."""
SCALAR_DETAIL_FIELDS: Final = (
    "worker_server_num",
    "app_url",
    "boot_file_url",
    "model_id",
    "spec_id",
    "spec_code",
    "cpu",
    "core",
    "gpu_num",
    "gpu_type",
    "data_url",
    "dataset_id",
    "dataset_version_id",
    "dataset_name",
    "dataset_version_name",
    "train_url",
    "log_url",
    "pool_id",
    "pool_name",
    "nas_mount_path",
    "nas_share_addr",
    "nas_type",
)
"""Of what the detail call adds, those that are a text or a number."""
DETAIL_FIELDS: Final = (PARAMETERS, "data_source", "volumes", *SCALAR_DETAIL_FIELDS)
"""What the detail call adds; the first three are arrays of objects."""
ONLY_IMAGE: Final = "No engine, own image"
"""Stands for the engine of a configuration that names none and brings an image of its own."""
NO_ENGINE: Final = "No engine given"
"""Stands for the engine of a configuration that names none and brings no image either."""
_ROOT: Final = re.compile(r"[^.\[]+")


def name_of(record: Mapping[str, object]) -> str:
    """Return a configuration's name, "" where it has none."""
    name = record.get(NAME)
    return name if isinstance(name, str) else ""


def root_of(path: str) -> str:
    """Return the field that a path begins with: "parameter" of "parameter[lr].value"."""
    found = _ROOT.match(path)
    return path if found is None else found[0]
