"""Families: configurations that run the same thing, what each family agrees on, and who deviates.

Of one family are configurations with the same

- engine, by name: the version is what they may deviate in;
- image, by registry and repository: so is the tag or digest;
- command, normalised and without its arguments and its variables' values (`command_parts` calls that the
  frame). One that cannot be taken apart counts as a whole. Without a command it is the boot file that is run;
  where that is not known (it is a detail), nothing.

The *usual* value of a field is the one that two thirds of the members have of which the field is known, two
at least. Where there is none, nobody deviates. 0.01 and "0.01" are one value here, and so are all forms of
nothing. Names, descriptions and times are of one configuration alone, and left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os.path import commonprefix
from typing import Any, Final

from dashboard.data.courtesy import let_go, politely
from dashboard.data.record import COMMAND, CREATED, DESCRIPTION, ENGINE, IMAGE, NAME, Record, root_of
from dashboard.history.command_parts import CommandReader
from dashboard.history.edits import NOTHING_IGNORED, Ignored
from dashboard.history.fields import KEPT_LIST_FIELDS, has_details, place
from dashboard.history.flat import Flat, flattened
from dashboard.history.shown import value_text, visible
from dashboard.history.values import ABSENT, is_empty
from dashboard.parsing import parse_image_reference

BOOT_FILE: Final = "boot_file_url"
OWN: Final = frozenset({NAME, CREATED, DESCRIPTION})
"""Fields that say nothing of what a configuration runs."""
NOTHING: Final = ("nothing",)
MIN_AGREEING: Final = 2
MIN_SHARE: Final = 2 / 3
MAX_NAMED: Final = 3
"""So many deviations stand in the short text."""
MAX_VALUE: Final = 40
"""Characters of a value there."""
MAX_SAME: Final = 8
"""Of what two long values begin with in common, so many characters."""


@dataclass(frozen=True, order=True)
class FamilyKey:
    """What the members of a family share; "" where they have none."""

    engine: str
    image: str
    command: str


@dataclass(frozen=True)
class Usual:
    """The value that most members have, how many that are, and of how many the field is known."""

    value: Any
    members: int
    known: int


@dataclass(frozen=True)
class Deviation:
    """A field in which a configuration differs from what is usual in its family."""

    field: str
    value: Any
    usual: Any


@dataclass(frozen=True)
class Family:
    """Configurations that run the same thing; `members` are positions in what was grouped, ascending.

    `usual` is the consensus by path, `deviations` what each member that deviates differs in.
    """

    key: FamilyKey
    members: tuple[int, ...]
    usual: Mapping[str, Usual]
    deviations: Mapping[int, tuple[Deviation, ...]]

    @cached_property
    def consensus(self) -> Flat:
        """Return the usual values by path: a configuration of its own to compare with."""
        return {path: usual.value for path, usual in self.usual.items()}

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the paths in which some member deviates: those of the map."""
        deviating = {one.field for found in self.deviations.values() for one in found}
        return tuple(path for path in self.usual if path in deviating)


@dataclass(frozen=True)
class Families:
    """All families, the largest first, and which of them each configuration is of, by position."""

    families: tuple[Family, ...]
    family_of: tuple[int, ...]

    def differs_by(self, position: int) -> str:
        """Return what a configuration differs from its family by, short; "" if by nothing."""
        return differs_text(self.families[self.family_of[position]].deviations.get(position, ()))


def families(records: Sequence[Record], ignored: Ignored = NOTHING_IGNORED) -> Families:
    """Return the families of some records. Raises nothing."""
    read = CommandReader()
    groups: defaultdict[FamilyKey, list[int]] = defaultdict(list)
    flats = [flattened(record, read) for record in politely(records)]
    for position, (record, flat) in enumerate(politely(zip(records, flats, strict=True))):
        groups[_key(record, flat)].append(position)
    largest_first = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    found = tuple(_family(key, members, records, flats, ignored) for key, members in largest_first)
    family_of = {position: at for at, family in enumerate(found) for position in family.members}
    let_go(flats)
    return Families(found, tuple(family_of[position] for position in range(len(records))))


def differs_text(deviations: Sequence[Deviation]) -> str:
    """Return deviations in a line: "user_command[--lr] 0.2 (usually 0.1), 2 more"."""
    said = []
    for one in deviations[:MAX_NAMED]:
        value, usual = short_pair(one.value, one.usual)
        said.append(f"{visible(one.field, MAX_VALUE)} {value} (usually {usual})")
    if len(deviations) > MAX_NAMED:
        said.append(f"{len(deviations) - MAX_NAMED:,} more")
    return ", ".join(said)


def _key(record: Record, flat: Flat) -> FamilyKey:
    command = _text(flat.get(COMMAND)) or _text(record.get(BOOT_FILE))
    return FamilyKey(_text(record.get(ENGINE)), _repository(_text(record.get(IMAGE))), command)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _repository(image: str) -> str:
    """Return an image's registry and repository; an address that cannot be read, as it is."""
    read = parse_image_reference(image) if image else None
    if read is None:
        return image
    return read.repository if read.registry is None else f"{read.registry}/{read.repository}"


def _family(
    key: FamilyKey, members: Sequence[int], records: Sequence[Record], flats: Sequence[Flat], ignored: Ignored
) -> Family:
    if len(members) < MIN_AGREEING:
        return Family(key, tuple(members), {}, {})
    detailed = {position for position in members if has_details(records[position])}
    counts = _counts(members, flats, ignored)
    usual: dict[str, Usual] = {}
    deviations: defaultdict[int, list[Deviation]] = defaultdict(list)
    for path, by_value in sorted(counts.items(), key=lambda item: place(item[0])):
        known = members if root_of(path) in KEPT_LIST_FIELDS else _knowing(members, path, flats, detailed)
        told = _usual(by_value, len(known))
        if told is None:
            continue
        usual[path] = told
        if told.members < len(known):
            for position in politely(known):
                value = flats[position].get(path, ABSENT)
                if _hashed(value) != _hashed(told.value):
                    deviations[position].append(Deviation(path, value, told.value))
    return Family(key, tuple(members), usual, {at: tuple(found) for at, found in sorted(deviations.items())})


def _counts(
    members: Sequence[int], flats: Sequence[Flat], ignored: Ignored
) -> Mapping[str, Mapping[Hashable, list[Any]]]:
    """Return how many members have each value of each path: [an example, the number]."""
    counts: defaultdict[str, dict[Hashable, list[Any]]] = defaultdict(dict)
    for position in politely(members):
        for path, value in flats[position].items():
            counts[path].setdefault(_hashed(value), [value, 0])[1] += 1
    return {path: found for path, found in counts.items() if path not in OWN and not ignored.holds(path)}


def _knowing(
    members: Sequence[int], path: str, flats: Sequence[Flat], detailed: Collection[int]
) -> Sequence[int]:
    return [position for position in members if position in detailed or path in flats[position]]


def _usual(by_value: Mapping[Hashable, Sequence[Any]], known: int) -> Usual | None:
    """Return the value that is usual among those of whom it is known; not being there is a value, too."""
    missing = known - sum(count for _, count in by_value.values())
    counted = dict(by_value)
    value, count = counted.get(NOTHING, (ABSENT, 0))
    counted[NOTHING] = (value, count + missing)
    value, count = max(counted.values(), key=lambda item: item[1])
    enough = count >= MIN_AGREEING and count >= MIN_SHARE * known
    return Usual(value, count, known) if enough else None


def _hashed(value: object) -> Hashable:
    """Return what equal values share."""
    if isinstance(value, str):
        return value or NOTHING
    if type(value) is int:
        return str(value)
    if is_empty(value):
        return NOTHING
    return value if isinstance(value, bool) else value_text(value)


def short_pair(one: object, other: object) -> tuple[str, str]:
    """Return two values in short; of long ones without most of what they begin with in common."""
    texts = value_text(one), value_text(other)
    if max(map(len, texts)) > MAX_VALUE:
        same = max(0, len(commonprefix(texts)) - MAX_SAME)  # noqa: RUF071 - these are no paths
        texts = (f"…{texts[0][same:]}", f"…{texts[1][same:]}") if same else texts
    return visible(texts[0], MAX_VALUE), visible(texts[1], MAX_VALUE)
