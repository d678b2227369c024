"""A record as fields side by side with other records: one value for each path.

    config_desc                    a field of the wire
    parameter[lr].value            run parameters by their label, volumes by where they are mounted
    data_source[0].data_url        other lists by number, from 0
    user_command                   a command without its arguments: its frame
    user_command[--lr]             an argument or variable of it: `command_parts` has the labels
    volumes[/cache].nfs.read_only  objects by key

Labels and keys that are no plain word are quoted as JSON, and what comes again has a number: ``[lr#2]``.
A command that cannot be taken apart is one value. The order of what has labels is in no value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from dashboard.data.record import COMMAND, PARAMETERS
from dashboard.history.command_parts import CommandParts, command_parts
from dashboard.history.fields import place
from dashboard.history.labels import numbered, written

MAX_DEPTH: Final = 12
"""Levels of a field that have paths of their own; the documented ones have four."""
SCALARS: Final = frozenset({str, int, float, bool, type(None)})
Flat = dict[str, Any]
Reader = Callable[[str], CommandParts | None]

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


def flattened(record: Mapping[str, Any], read: Reader = command_parts) -> Flat:
    """Return a record's values by path, in the order of the API's fields, then of the unknown ones.

    `read` is asked for the parts of its command; whoever has many records reads each distinct one once.
    """
    flat: Flat = {}
    for key in sorted(record, key=place):
        value = record[key]
        parts = read(value) if key == COMMAND and isinstance(value, str) else None
        if parts is not None:
            flat |= _of_command(parts)
        elif type(value) in SCALARS:
            flat[_key_path("", key)] = value
        else:
            flat.update(_leaves(_key_path("", key), value, key, 0))
    return flat


def as_one_text(flat: Flat, record: Mapping[str, Any]) -> Flat:
    """Return the values with the command as one, for a comparison with one that cannot be taken apart."""
    kept = {path: value for path, value in flat.items() if not is_of_command(path)}
    return kept | {COMMAND: record[COMMAND]}


def is_of_command(path: str) -> bool:
    """Return whether a path is the command's, or that of one of its arguments or variables."""
    return path == COMMAND or path.startswith(f"{COMMAND}[")


def labels_of(root: str, value: object) -> list[str] | None:
    """Return the labels, as paths have them, of the items of a list that is told by label; else None."""
    if not isinstance(value, list | tuple) or not value:
        return None
    labels = [_label(root, item) for item in value]
    texts = [written(label) for label in labels if label is not None]
    return numbered(texts) if len(texts) == len(labels) else None


def _of_command(parts: CommandParts) -> Flat:
    values = {f"{COMMAND}[{label}]": value for label, value in parts.values.items()}
    return {COMMAND: parts.frame, **values}


def _leaves(path: str, value: object, root: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield each path below a value with what stands there."""
    if not isinstance(value, Mapping | list | tuple) or not value or depth >= MAX_DEPTH:
        yield path, value
        return
    if isinstance(value, Mapping):
        inner = [(_key_path(path, str(key)), item) for key, item in value.items()]
    elif depth == 0 and (labels := labels_of(root, value)):
        inner = [
            (f"{path}[{label}]", _without_label(root, item))
            for label, item in zip(labels, value, strict=True)
        ]
    else:
        inner = [(f"{path}[{number}]", item) for number, item in enumerate(value)]
    for inner_path, item in inner:
        yield from _leaves(inner_path, item, root, depth + 1)


def _label(root: str, item: object) -> str | None:
    """Return what an item of a list is known by: a parameter's label, the place of a volume."""
    if not isinstance(item, Mapping):
        return None
    if root == PARAMETERS:
        label = item.get("label")
    elif root == "volumes" and len(item) == 1:
        (volume,) = item.values()
        label = volume.get("dest_path") if isinstance(volume, Mapping) else None
    else:
        return None
    return label if isinstance(label, str) else None


def _without_label(root: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
    if root == PARAMETERS:
        return {key: value for key, value in item.items() if key != "label"}
    ((kind, volume),) = item.items()
    return {kind: {key: value for key, value in volume.items() if key != "dest_path"}}


def _key_path(path: str, key: str) -> str:
    if not _PLAIN_KEY.fullmatch(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key
