"""What a connection offers to API v2's training jobs: its lists of engines and flavors, where it gave them.

Taken from records of any kind: the wrapper's `TrainingEngine` and `TrainingFlavor`, or objects of the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dashboard.parsing import EngineVersion, parse_engine_version


@dataclass(frozen=True)
class EngineOffer:
    """An engine that jobs can run on. `v1_compatible` ones are v1's, kept with their images."""

    engine_id: str
    engine_name: str = ""
    engine_version: str = ""
    v1_compatible: bool = False

    @cached_property
    def parsed(self) -> EngineVersion | None:
        """Return what its version says, else what its id says."""
        return parse_engine_version(self.engine_version) or parse_engine_version(self.engine_id)


@dataclass(frozen=True)
class FlavorOffer:
    """A flavor: its type (CPU, GPU, Ascend), cards of a node, and the largest number of nodes."""

    flavor_id: str
    flavor_type: str = ""
    cards: int | None = None
    max_nodes: int | None = None


@dataclass(frozen=True)
class Offers:
    """What a connection offers; None for what it was not asked for, or did not answer."""

    engines: tuple[EngineOffer, ...] | None = None
    flavors: tuple[FlavorOffer, ...] | None = None

    @cached_property
    def engines_by_version(self) -> Mapping[str, EngineOffer]:
        """Return the engines by version in small letters; of equal ones the first."""
        found: dict[str, EngineOffer] = {}
        for engine in self.engines or ():
            found.setdefault(engine.engine_version.lower(), engine)
        return found

    @cached_property
    def engines_by_id(self) -> Mapping[str, EngineOffer]:
        """Return the engines by id."""
        return {engine.engine_id: engine for engine in self.engines or ()}

    @cached_property
    def flavors_by_id(self) -> Mapping[str, FlavorOffer]:
        """Return the flavors by id."""
        return {flavor.flavor_id: flavor for flavor in self.flavors or ()}


NOTHING_ASKED = Offers()


def read_offers(engines: Iterable[Any] | None = None, flavors: Iterable[Any] | None = None) -> Offers:
    """Return what a connection offers. Records without an id are left out."""
    read_engines = None if engines is None else tuple(_engine(one) for one in engines)
    read_flavors = None if flavors is None else tuple(_flavor(one) for one in flavors)
    return Offers(
        None if read_engines is None else tuple(one for one in read_engines if one.engine_id),
        None if read_flavors is None else tuple(one for one in read_flavors if one.flavor_id),
    )


def _engine(record: Any) -> EngineOffer:
    return EngineOffer(
        _text(record, "engine_id"),
        _text(record, "engine_name"),
        _text(record, "engine_version"),
        _value(record, "v1_compatible") is True,
    )


def _flavor(record: Any) -> FlavorOffer:
    info = _value(record, "flavor_info")
    inner = info if isinstance(info, Mapping) else {}
    cards = [_number(record, "gpu_count"), _number(record, "npu_count")]
    cards += [
        _number(inner[kind], "unit_num") for kind in ("gpu", "npu") if isinstance(inner.get(kind), Mapping)
    ]
    flavor_type = _text(record, "flavor_type")
    known = [number for number in cards if number is not None]
    return FlavorOffer(
        _text(record, "flavor_id"),
        flavor_type,
        max(known, default=0 if flavor_type == "CPU" else None),
        _number(record, "max_num") or _number(inner, "max_num"),
    )


def _value(record: Any, name: str) -> Any:
    return record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)


def _text(record: Any, name: str) -> str:
    value = _value(record, name)
    return value if isinstance(value, str) else ""


def _number(record: Any, name: str) -> int | None:
    value = _value(record, name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
