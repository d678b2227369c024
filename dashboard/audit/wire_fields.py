"""The wire's names of fields: those of the list, and those that the detail call adds.

The wrapper has the same (a test compares them); listed here, so that a command which asks nothing of the
service need not import what speaks to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

LIST_FIELDS: Final = (
    "config_name",
    "config_desc",
    "create_time",
    "engine_type",
    "engine_name",
    "engine_id",
    "engine_version",
    "user_image_url",
    "user_command",
)
DETAIL_FIELDS: Final = (
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
"""Of these each is a text or a number."""
OBJECT_FIELDS: Final = ("parameter", "data_source", "volumes")
OTHER: Final = "*"
"""Stands for every field that is not documented."""
KNOWN: Final = frozenset((*LIST_FIELDS, *DETAIL_FIELDS, *OBJECT_FIELDS))
RULE_FIELDS: Final = (*LIST_FIELDS, *DETAIL_FIELDS)
_PARAMETER: Final = re.compile(r"parameter\[(?P<label>[^\[\]]{1,128})\]")


def is_rule_field(name: str) -> bool:
    """Return whether a rule may look at a field of this name."""
    return name in RULE_FIELDS or parameter_label(name) is not None


def parameter_label(name: str) -> str | None:
    """Return the label of "parameter[LABEL]"; None for another name."""
    found = _PARAMETER.fullmatch(name)
    return None if found is None else found["label"]


def is_among(path: str, fields: Sequence[str]) -> bool:
    """Return whether the field that a path begins at is one of these."""
    field = root(path)
    return field in fields or (OTHER in fields and field not in KNOWN)


def root(path: str) -> str:
    """Return the field that a path begins at: "parameter" of "parameter[lr].value"."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]
