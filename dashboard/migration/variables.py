"""Secrets are taken out of a configuration before anything is made of it; a variable stands in their place.

``--password=hunter2`` becomes ``--password=@@PASSWORD@@``: a word like any other to a shell, so commands are
read as before, and nothing that is made of them can hold the secret. What has been masked already
(``••• (password, 7 characters)``) becomes the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from dashboard.migration.fields import DETAILED, INNER, LISTED
from dashboard.parsing.secrets import find_secrets, mask
from dashboard.parsing.secrets.finding import may_hold_secrets

ALGORITHM_ID: Final = "ALGORITHM_ID"
"""The variable for the algorithm's id, which is known when it has been created. It is no secret."""
MARKER: Final = re.compile(r"@@([A-Z][A-Z0-9_]*)@@")
MAX_DEPTH: Final = 16
TOO_DEEP: Final = f"(nested deeper than {MAX_DEPTH} levels)"
MIN_SECRET: Final = 3
"""Characters; the finder of secrets knows no shorter ones."""
MIN_ECHOED: Final = 8
"""A secret of so many characters is looked for in all other texts of the configuration, too."""
MAX_PASSES: Final = 8
"""Taking one secret out can uncover another; a second pass has always been enough."""
MAX_NAME: Final = 40
MAX_CLEAN, MAX_CLEAN_LENGTH = 10_000, 200
"""So many texts without secrets are remembered, of so many characters at most."""

_MASKED: Final = re.compile(r"••• \(([A-Za-z ]{3,30}), (\d{1,6}) characters?\)")
_LABELS: Final = ("label", "name", "key")
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_QUIET: Final = LISTED | DETAILED | INNER
"""Names that announce no secret."""


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
        if type(value) in _SCALARS or not isinstance(value, Mapping | list | tuple) or not value:
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


class Concealer:
    """Takes the secrets out of many configurations. It remembers texts without any, never one with."""

    def __init__(self) -> None:
        self._clean: set[str] = set()

    def conceal(self, wire: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[Variable, ...]]:
        """Return a configuration with variables in place of its secrets, and these variables.

        One without secrets is returned itself. What is nested deeper than MAX_DEPTH is cut off.
        """
        if not _are_suspect(_all_texts(wire)):
            return wire, ()
        texts = [leaf for leaf in leaves(wire) if _may_hold(leaf)]
        lines = [_line(leaf) for leaf in texts]
        concealment = _Concealment("\n".join(lines))
        pairs = [pair for pair in zip(lines, texts, strict=True) if pair[0] not in self._clean]
        replaced = {leaf.path: self._replaced(concealment, line, leaf) for line, leaf in _suspects(pairs)}
        if not concealment.whats:
            return wire, ()
        for leaf in texts:
            text = replaced.get(leaf.path, str(leaf.value))
            replaced[leaf.path] = concealment.without_echoes(leaf.path, text)
        return _rebuilt(wire, replaced), concealment.variables()

    def _replaced(self, concealment: _Concealment, line: str, leaf: Leaf) -> str:
        text = concealment.replace(leaf)
        if text == str(leaf.value) and len(self._clean) < MAX_CLEAN and len(line) <= MAX_CLEAN_LENGTH:
            self._clean.add(line)
        return text


def _all_texts(wire: Mapping[str, Any]) -> str:
    """Return everything in which a secret could be as one text, which most often has no sign of any."""
    lines = []
    for key, value in wire.items():
        if key in _QUIET and type(value) in _SCALARS:
            if type(value) is str and len(value) >= MIN_SECRET:
                lines.append(value)
        else:
            lines += [_line(leaf) for leaf in leaves({key: value}) if _may_hold(leaf)]
    return "\n".join(lines)


def _line(leaf: Leaf) -> str:
    return str(leaf.value) if leaf.name in _QUIET else f"{leaf.path} {leaf.name}={leaf.value}"


def _are_suspect(text: str) -> bool:
    return "•••" in text or may_hold_secrets(text)


def _suspects(pairs: Sequence[tuple[str, Leaf]]) -> Iterator[tuple[str, Leaf]]:
    """Yield the leaves in which a secret could be: halved until a half has no sign of any, or is one leaf."""
    if not pairs or not _are_suspect("\n".join(line for line, _ in pairs)):
        return
    if len(pairs) == 1:
        yield pairs[0]
        return
    half = len(pairs) // 2
    yield from _suspects(pairs[:half])
    yield from _suspects(pairs[half:])


def _may_hold(leaf: Leaf) -> bool:
    """Return whether a value could be a secret or hold one: texts, and numbers under a name of their own."""
    kind = type(leaf.value)
    return kind is str or (kind in {int, float} and leaf.name not in _QUIET)


@dataclass(slots=True)
class _Concealment:
    """The secrets of one configuration, while they are looked for; it goes when they have been replaced."""

    joined: str
    found: dict[str, str] = field(default_factory=dict, repr=False)
    whats: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[str, None]] = field(default_factory=dict)

    def replace(self, leaf: Leaf) -> str:
        """Return the text of a leaf without its secrets."""
        text = _MASKED.sub(lambda masked: self._masked(masked, leaf), str(leaf.value))
        for _ in range(MAX_PASSES):
            secrets = find_secrets(text, field=leaf.name)
            if not secrets:
                break
            for secret in reversed(secrets):
                value = text[secret.start : secret.end]
                name = self._name(value, leaf, str(secret.kind), secret.length)
                text = text[: secret.start] + marker(name) + text[secret.end :]
        return text

    def without_echoes(self, path: str, text: str) -> str:
        """Return a text without the secrets that were found elsewhere."""
        for value, name in self.found.items():
            if len(value) >= MIN_ECHOED and value in text:
                text = text.replace(value, marker(name))
                self.places[name][path] = None
        return text

    def variables(self) -> tuple[Variable, ...]:
        """Return all of them, in the order in which they were found."""
        return tuple(Variable(name, what, tuple(self.places[name])) for name, what in self.whats.items())

    def _masked(self, masked: re.Match[str], leaf: Leaf) -> str:
        # Which secrets are the same cannot be told any more: each has a name of its own.
        return marker(self._new_name(leaf, masked[1], int(masked[2])))

    def _name(self, value: str, leaf: Leaf, kind: str, length: int) -> str:
        if value not in self.found:
            self.found[value] = self._new_name(leaf, kind, length)
        name = self.found[value]
        self.places[name][leaf.path] = None
        return name

    def _new_name(self, leaf: Leaf, kind: str, length: int) -> str:
        wanted = leaf.name if leaf.path.endswith(".value") else kind
        base = re.sub(r"[^A-Z0-9]+", "_", wanted.upper()[:MAX_NAME]).strip("_") or "SECRET"
        name = self._free_name(base if "A" <= base[0] <= "Z" else f"SECRET_{base}")
        self.whats[name] = f"{kind}, {length} character{'' if length == 1 else 's'}"
        self.places[name] = {leaf.path: None}
        return name

    def _free_name(self, base: str) -> str:
        """Return a name that no other secret has, and that stands nowhere in the configuration already."""
        number, name = 1, base
        while name in self.whats or name == ALGORITHM_ID or marker(name) in self.joined:
            number += 1
            name = f"{base}_{number}"
        return name


def _shown_key(key: object) -> str:
    return str(key) if key in _QUIET else mask(str(key))


def _rebuilt(wire: Mapping[str, Any], replaced: Mapping[str, str]) -> Mapping[str, Any]:
    def rebuild(value: Any, path: str, depth: int) -> Any:
        if path in replaced:
            return value if replaced[path] == str(value) else replaced[path]
        if not isinstance(value, Mapping | list | tuple) or not value:
            return value
        if depth >= MAX_DEPTH:
            return TOO_DEEP
        if isinstance(value, Mapping):
            return {_shown_key(key): rebuild(item, f"{path}.{key}", depth + 1) for key, item in value.items()}
        return [rebuild(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]

    return {_shown_key(key): rebuild(value, str(key), 1) for key, value in wire.items()}
