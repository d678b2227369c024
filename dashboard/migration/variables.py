"""Masks in a configuration become variables: named, so that files can say what has to be filled in.

``--password=••• (password, 7 characters)`` becomes ``--password=@@PASSWORD@@``: one word to a shell, and to
every reader of the files that are made of it. Secrets themselves never come here: the door masks them first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

ALGORITHM_ID: Final = "ALGORITHM_ID"
"""The variable for the algorithm's id, which is known when it has been created. It is no secret."""
MARKER: Final = re.compile(r"@@([A-Z][A-Z0-9_]*)@@")
MAX_DEPTH: Final = 16
TOO_DEEP: Final = f"(nested deeper than {MAX_DEPTH} levels)"
MAX_NAME: Final = 40

_MASK: Final = "•••"
_MASKED: Final = re.compile(r"••• \(([A-Za-z ]{3,30}), (\d{1,6}) characters?\)")
_LABELS: Final = ("label", "name", "key")
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_CONTAINERS: Final = (dict, list, tuple, Mapping)


@dataclass(frozen=True, slots=True)
class Variable:
    """A secret of a configuration by its variable's name: what it is, and v1's fields that it stood in."""

    name: str
    what: str
    fields: tuple[str, ...]


class Leaf(NamedTuple):
    """A value of a configuration: its path (``parameter[0].value``), and the name that says what it is.

    Of a run parameter the name is its label, of everything else the field's. A tuple: there are many.
    """

    path: str
    name: str
    value: Any


def marker(name: str) -> str:
    """Return what stands in a text in place of a variable's value."""
    return f"@@{name}@@"


def leaves(wire: Mapping[str, Any]) -> Iterator[Leaf]:
    """Yield every value that is no object and no array; empty ones count as values, and so does TOO_DEEP."""
    stack: list[tuple[str, str, Any, int]] = [
        (str(key), str(key), wire[key], 1) for key in reversed(list(wire))
    ]
    while stack:
        path, name, value, depth = stack.pop()
        if type(value) in _SCALARS or not isinstance(value, _CONTAINERS) or not value:
            yield Leaf(path, name, value)
        elif depth >= MAX_DEPTH:
            yield Leaf(path, name, TOO_DEEP)
        elif isinstance(value, Mapping):
            inner = _name_of_value(value, name)
            stack += [
                (f"{path}.{key}", inner if key == "value" else str(key), item, depth + 1)
                for key, item in reversed(list(value.items()))
            ]
        else:
            stack += [
                (f"{path}[{index}]", name, value[index], depth + 1) for index in reversed(range(len(value)))
            ]


def _name_of_value(value: Mapping[str, Any], name: str) -> str:
    """Return what names the value of a run parameter: its label."""
    return next((value[key] for key in _LABELS if isinstance(value.get(key), str)), name)


def conceal(wire: dict[str, Any]) -> tuple[dict[str, Any], tuple[Variable, ...]]:
    """Return a configuration with variables in place of its masks, and these variables.

    One without masks is returned itself. What is nested deeper than MAX_DEPTH is cut off.
    """
    if not _have_mask(wire.values()):
        return wire, ()
    texts = [leaf for leaf in leaves(wire) if isinstance(leaf.value, str)]
    naming = _Naming("\n".join(leaf.value for leaf in texts))
    replaced = {leaf.path: naming.replace(leaf) for leaf in texts if _MASK in leaf.value}
    return _rebuilt(wire, replaced), naming.variables()


def _have_mask(values: Iterable[Any], depth: int = 1) -> bool:
    """Return whether a mask stands in any of some values, or within one, down to MAX_DEPTH."""
    for value in values:
        if isinstance(value, str):
            if _MASK in value:
                return True
        elif depth < MAX_DEPTH and type(value) not in _SCALARS and isinstance(value, _CONTAINERS):
            items = value if isinstance(value, (list, tuple)) else value.values()
            if _have_mask(items, depth + 1):
                return True
    return False


@dataclass(slots=True)
class _Naming:
    """The variables of one configuration while they are named; `joined` are all of its texts."""

    joined: str
    whats: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def replace(self, leaf: Leaf) -> str:
        """Return the text of a leaf with a variable in place of each mask.

        Which secrets are the same cannot be told: each has a name of its own.
        """
        return _MASKED.sub(lambda masked: self._variable(masked, leaf), leaf.value)

    def variables(self) -> tuple[Variable, ...]:
        """Return all of them, in the order in which they were found."""
        return tuple(Variable(name, what, (self.places[name],)) for name, what in self.whats.items())

    def _variable(self, masked: re.Match[str], leaf: Leaf) -> str:
        kind, length = masked[1], int(masked[2])
        wanted = leaf.name if leaf.path.endswith(".value") else kind
        base = re.sub(r"[^A-Z0-9]+", "_", wanted.upper()[:MAX_NAME]).strip("_") or "SECRET"
        name = self._free_name(base if "A" <= base[0] <= "Z" else f"SECRET_{base}")
        self.whats[name] = f"{kind}, {length} character{'' if length == 1 else 's'}"
        self.places[name] = leaf.path
        return marker(name)

    def _free_name(self, base: str) -> str:
        """Return a name that no other variable has, and that stands nowhere in the configuration already."""
        number, name = 1, base
        while name in self.whats or name == ALGORITHM_ID or marker(name) in self.joined:
            number += 1
            name = f"{base}_{number}"
        return name


def _rebuilt(wire: dict[str, Any], replaced: Mapping[str, str]) -> dict[str, Any]:
    def rebuild(value: Any, path: str, depth: int) -> Any:
        if path in replaced:
            return replaced[path]
        if not isinstance(value, _CONTAINERS) or not value:
            return value
        if depth >= MAX_DEPTH:
            return TOO_DEEP
        if isinstance(value, Mapping):
            return {str(key): rebuild(item, f"{path}.{key}", depth + 1) for key, item in value.items()}
        return [rebuild(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]

    return {str(key): rebuild(value, str(key), 1) for key, value in wire.items()}
