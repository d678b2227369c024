"""Which values each kind of decision may have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
ENVIRONMENT_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
TYPES: Final = ("Integer", "Float", "String", "Boolean")
MAX_TEXT: Final = 8192
OWN_CODE, KEEP, DROP, PUBLIC = "own-code", "keep", "drop", "public"
_VOLUMES: Final = {
    "nfs": ("nfs_server_path", "local_path"),
    "pfs": ("pfs_path", "local_path"),
    "obs": ("obs_path", "local_path"),
}

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_TEXT


def _is_table(value: Any, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> bool:
    return (
        isinstance(value, Mapping)
        and set(needed) <= value.keys() <= {*needed, *allowed}
        and all(_is_text(one) for one in value.values())
    )


def _is_engine(value: Any) -> bool:
    return _is_text(value) or _is_table(value, ("image_url",), ("command",))


def _is_dataset(value: Any) -> bool:
    return value == KEEP or _is_table(value, ("obs_url",)) or _is_table(value, ("id", "version_id"))


def _is_volume(value: Any) -> bool:
    if value == DROP:
        return True
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    ((kind, inner),) = value.items()
    if kind not in _VOLUMES or not isinstance(inner, Mapping):
        return False
    texts = {key: one for key, one in inner.items() if not (kind == "nfs" and key == "read_only")}
    return _is_table(texts, _VOLUMES[kind]) and isinstance(inner.get("read_only", False), bool)


def _is_environment(value: Any) -> bool:
    if value == DROP:
        return True
    if not isinstance(value, Mapping) or not value or not value.keys() <= {"name", "value"}:
        return False
    name = value.get("name", "X")
    return (
        isinstance(name, str)
        and ENVIRONMENT_NAME.fullmatch(name) is not None
        and isinstance(value.get("value", ""), str)
    )


def _is_pool(value: Any) -> bool:
    return _is_text(value) or _is_table(value, ("pool_id",), ("flavor_id",))


KINDS: Final[Mapping[str, tuple[Check, str]]] = {
    "engine": (_is_engine, "an engine's id, or a table with image_url and, if you like, command"),
    "registry": (
        lambda value: value == "" or _is_text(value),
        "what stands before the image's path, or empty",
    ),
    "image": (_is_text, "an image: organisation/name:tag"),
    "command": (_is_text, "a start command"),
    "code": (
        lambda value: _is_table(value, ("code_dir",), ("boot_file",)),
        "a table with code_dir and boot_file",
    ),
    "name": (
        lambda value: isinstance(value, str) and NAME.fullmatch(value) is not None,
        "1 to 64 letters, digits, _ and -",
    ),
    "model": (lambda value: value == OWN_CODE, OWN_CODE),
    "dataset": (_is_dataset, f"{KEEP}, or a table with obs_url, or one with id and version_id"),
    "volume": (_is_volume, f"{DROP}, or a table with nfs, pfs or obs and its paths"),
    "parameter": (lambda value: value in TYPES, f"one of {', '.join(TYPES)}"),
    "parameter-value": (lambda value: isinstance(value, str), "a text"),
    "environment": (_is_environment, f"{DROP}, or a table with name, value, or both"),
    "path": (_is_text, "a path: /bucket/folder/ or obs://bucket/folder/"),
    "flavor": (_is_text, "a flavor's id"),
    "nodes": (lambda value: type(value) is int and value > 0, "a number of nodes"),
    "pool": (_is_pool, f"{PUBLIC}, a pool's id, or a table with pool_id and, if you like, flavor_id"),
}
"""Every kind, what its values have to be, and how to say that."""


def fault_of_value(kind: str, value: Any) -> str | None:
    """Return what a value of a known kind should have been; None where it is that."""
    check, wanted = KINDS[kind]
    return None if check(value) else f"the value should be {wanted}"
