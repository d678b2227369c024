"""The documented fields of a configuration, and which class a change of each is of.

- *security*: what is trusted, reached or opened changes: registries, volumes, secrets, unencrypted addresses
- *reproducibility*: another run of it can come out differently
- *cosmetic*: neither; also one form of nothing for another (null for ""), 0.1 for "0.10", and order

The table is the rule; what a value says can make a change graver or lighter than its field (`change_class`).
A field that nobody has documented is taken for one that can change a result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from dashboard.history.values import MASK, is_empty, same_number
from dashboard.parsing import ImageReference, parse_image_reference

NAME: Final = "config_name"
CREATED: Final = "create_time"
SECRETS: Final = "masked_secrets"
DETAIL_SECRETS: Final = "masked_detail_secrets"
"""No fields of the wire: by field of the list, or of the details, the fingerprints of what was masked."""
IMAGE: Final = "user_image_url"
COMMAND: Final = "user_command"
PARAMETERS: Final = "parameter"
UNENCRYPTED: Final = "http://"


class ChangeClass(StrEnum):
    """What a change concerns."""

    SECURITY = "security"
    REPRODUCIBILITY = "reproducibility"
    COSMETIC = "cosmetic"

    @property
    def rank(self) -> int:
        """Return 0 for the gravest."""
        return list(ChangeClass).index(self)


SECURITY, REPRODUCIBILITY, COSMETIC = ChangeClass


@dataclass(frozen=True)
class Field:
    """A documented field: the class of its changes, and whether only the detail call has it."""

    change: ChangeClass
    is_detail: bool


def _fields(names: str, change: ChangeClass, *, is_detail: bool) -> dict[str, Field]:
    return dict.fromkeys(names.split(), Field(change, is_detail))


FIELDS: Final[Mapping[str, Field]] = {
    **_fields("config_name config_desc create_time", COSMETIC, is_detail=False),
    **_fields("engine_type engine_name engine_id engine_version", REPRODUCIBILITY, is_detail=False),
    **_fields("user_image_url user_command", REPRODUCIBILITY, is_detail=False),
    **_fields("worker_server_num app_url boot_file_url model_id parameter", REPRODUCIBILITY, is_detail=True),
    **_fields("spec_id spec_code cpu core gpu_num gpu_type", REPRODUCIBILITY, is_detail=True),
    **_fields("data_url dataset_id dataset_version_id data_source", REPRODUCIBILITY, is_detail=True),
    **_fields("dataset_name dataset_version_name", COSMETIC, is_detail=True),
    **_fields("train_url pool_id", REPRODUCIBILITY, is_detail=True),
    **_fields("log_url pool_name", COSMETIC, is_detail=True),
    **_fields(SECRETS, SECURITY, is_detail=False),
    **_fields(DETAIL_SECRETS, SECURITY, is_detail=True),
    **_fields("volumes nas_share_addr", SECURITY, is_detail=True),
    **_fields("nas_mount_path nas_type", REPRODUCIBILITY, is_detail=True),
}
"""In the order in which they are shown. Of images, commands and parameters `change_class` knows more."""
LIST_FIELDS: Final = frozenset(name for name, field in FIELDS.items() if not field.is_detail)
DETAIL_FIELDS: Final = frozenset(FIELDS) - LIST_FIELDS
DEFAULTS: Final[Mapping[str, object]] = {"read_only": False}
"""What it means that a field is not there, where that is documented."""
_ROOT: Final = re.compile(r"[^.\[]+")
_ORDER: Final = {name: number for number, name in enumerate(FIELDS)}


def has_details(record: Mapping[str, Any]) -> bool:
    """Return whether a record's details were loaded: it has a field that only these have."""
    return not DETAIL_FIELDS.isdisjoint(record)


def name_of(record: Mapping[str, Any]) -> str:
    """Return a configuration's name, "" where it has none."""
    name = record.get(NAME)
    return name if isinstance(name, str) else ""


def place(field: str) -> tuple[int, str]:
    """Return what a field is sorted by: the API's order, then the unknown ones by name."""
    number = _ORDER.get(field)
    if number is None:
        root = root_of(field)
        number = _ORDER.get(root)
        return (len(_ORDER), root) if number is None else (number, "")
    return number, ""


def root_of(field: str) -> str:
    """Return the field of the wire that a path begins with."""
    found = _ROOT.match(field)
    return field if found is None else found[0]


def change_class(field: str, before: object, after: object) -> ChangeClass:
    """Return the class of a change of a field, given by its path, from one value to another."""
    if says_nothing(field, before) and says_nothing(field, after):
        return COSMETIC
    if _is_secret(before) or _is_secret(after) or _is_open(before) != _is_open(after):
        return SECURITY
    if field == IMAGE:
        return _image_class(before, after)
    if same_number(before, after):
        return COSMETIC
    return FIELDS.get(root_of(field), Field(REPRODUCIBILITY, is_detail=False)).change


def says_nothing(field: str, value: object) -> bool:
    """Return whether a field holds nothing, or what it means that it is not there."""
    return is_empty(value) or (value is False and field.rpartition(".")[2] in DEFAULTS)


def _is_secret(value: object) -> bool:
    return isinstance(value, str) and MASK in value


def _is_open(value: object) -> bool:
    return isinstance(value, str) and UNENCRYPTED in value.lower()


def _image_class(before: object, after: object) -> ChangeClass:
    """Return SECURITY for another registry, or a firmer or looser naming (digest, tag, `latest`, nothing)."""
    one, other = _image(before), _image(after)
    if one is None or other is None:
        return SECURITY
    same_trust = (one.registry, one.tag_kind) == (other.registry, other.tag_kind)
    return REPRODUCIBILITY if same_trust else SECURITY


def _image(value: object) -> ImageReference | None:
    return parse_image_reference(value) if isinstance(value, str) else None
