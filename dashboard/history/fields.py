"""The documented fields of a configuration, and which class a change of each is of.

- *security*: what is trusted, reached or opened changes: registries, volumes, secrets, unencrypted addresses
- *reproducibility*: another run of it can come out differently
- *cosmetic*: neither; also one form of nothing for another (null for ""), 0.1 for "0.10", and order

The table is the rule; what a value says can make a change graver or lighter than its field (`change_class`).
A field that nobody has documented is taken for one that can change a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from dashboard.data.record import DETAIL_FIELDS, IMAGE, LIST_FIELDS, root_of
from dashboard.history.values import MASK, is_empty, same_number
from dashboard.parsing import ImageReference, parse_image_reference

SECRETS: Final = "masked_secrets"
DETAIL_SECRETS: Final = "masked_detail_secrets"
"""No fields of the wire: by field of the list, or of the details, the fingerprints of what was masked."""
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


def _fields(names: str, change: ChangeClass) -> dict[str, ChangeClass]:
    return dict.fromkeys(names.split(), change)


FIELDS: Final[Mapping[str, ChangeClass]] = {
    **_fields("config_name config_desc create_time", COSMETIC),
    **_fields("engine_type engine_name engine_id engine_version", REPRODUCIBILITY),
    **_fields("user_image_url user_command", REPRODUCIBILITY),
    **_fields("worker_server_num app_url boot_file_url model_id parameter", REPRODUCIBILITY),
    **_fields("spec_id spec_code cpu core gpu_num gpu_type", REPRODUCIBILITY),
    **_fields("data_url dataset_id dataset_version_id data_source", REPRODUCIBILITY),
    **_fields("dataset_name dataset_version_name", COSMETIC),
    **_fields("train_url pool_id", REPRODUCIBILITY),
    **_fields("log_url pool_name", COSMETIC),
    **_fields(SECRETS, SECURITY),
    **_fields(DETAIL_SECRETS, SECURITY),
    **_fields("volumes nas_share_addr", SECURITY),
    **_fields("nas_mount_path nas_type", REPRODUCIBILITY),
}
"""In the order in which they are shown. Of images, commands and parameters `change_class` knows more."""
KEPT_LIST_FIELDS: Final = frozenset((*LIST_FIELDS, SECRETS))
KEPT_DETAIL_FIELDS: Final = frozenset((*DETAIL_FIELDS, DETAIL_SECRETS))
"""What records are kept with: the fields of the wire, and the fingerprints."""
DEFAULTS: Final[Mapping[str, object]] = {"read_only": False}
"""What it means that a field is not there, where that is documented."""
_ORDER: Final = {name: number for number, name in enumerate(FIELDS)}


def has_details(record: Mapping[str, Any]) -> bool:
    """Return whether a record's details were loaded: it has a field that only these have."""
    return not KEPT_DETAIL_FIELDS.isdisjoint(record)


def place(field: str) -> tuple[int, str]:
    """Return what a field is sorted by: the API's order, then the unknown ones by name."""
    number = _ORDER.get(field)
    if number is None:
        root = root_of(field)
        number = _ORDER.get(root)
        return (len(_ORDER), root) if number is None else (number, "")
    return number, ""


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
    return FIELDS.get(root_of(field), REPRODUCIBILITY)


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
