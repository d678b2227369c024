"""The difference of two states: what was added, removed, renamed and edited.

How configurations are paired, first by name:

1. of the same name, those that say the same;
2. then those that were created in the same millisecond, then by number, in the order in which they came;
3. of what is left, those that say the same under another name: renamed. The time of creation may differ,
   since whoever renames creates anew; of several, those with the same time come first, then by number.

Where the details of one of the two were not loaded, "the same" means: all that is known of both, and also
the time of creation under another name. Two that say different things under different names are never paired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from dashboard.data.record import CREATED, NAME, Record, name_of
from dashboard.history.command_parts import CommandReader
from dashboard.history.edits import NOTHING_IGNORED, Edit, Ignored, edit_of
from dashboard.history.fields import KEPT_LIST_FIELDS, ChangeClass, has_details
from dashboard.history.values import alike_records
from dashboard.store.canonical import canonical
from dashboard.store.errors import UnstorableError

ALL: Final = "all"
ChangeKind = Literal["added", "removed", "renamed", "edited"]
CHANGE_KINDS: Final[tuple[ChangeKind, ...]] = ("added", "removed", "renamed", "edited")
"""What can have happened to a configuration: each is a field of Difference."""
Key = Callable[[Record], Hashable]
Pair = tuple[Record, Record]
Pairs = list[Pair]


@dataclass(frozen=True)
class Difference:
    """What is different between a state before and a state after.

    `renamed` are pairs of records, before and after. `reordered` are edits that say the same as before, in
    another order: no change. `equal` counts the configurations without any. `ignored` counts changes of
    fields that were left out on demand.
    """

    added: tuple[Record, ...] = ()
    removed: tuple[Record, ...] = ()
    renamed: tuple[Pair, ...] = ()
    edited: tuple[Edit, ...] = ()
    reordered: tuple[Edit, ...] = ()
    equal: int = 0
    ignored: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.edited)

    def of_kind(self, kind: ChangeClass) -> tuple[Edit, ...]:
        """Return the edits with a change of a class."""
        return tuple(edit for edit in self.edited if any(change.kind is kind for change in edit.fields))


@dataclass
class _Matching:
    """Pairs as they are found, and what has no partner yet."""

    pairs: Pairs = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    added: list[Record] = field(default_factory=list)
    equal: int = 0


def difference(
    before: Iterable[Record], after: Iterable[Record], ignored: Ignored = NOTHING_IGNORED
) -> Difference:
    """Return what is different between two states, each in the order of names. Raises nothing."""
    found = _Matching()
    olds, news = _by_name(before), _by_name(after)
    for name, group in olds.items():
        _match(group, news.pop(name, ()), found)
    for group in news.values():
        found.added += group
    renamed = _renamed(found, ignored)
    read = CommandReader()
    edits = [edit_of(*pair, ignored, read) for pair in found.pairs]
    changed = sorted((edit for edit in edits if edit.fields), key=lambda edit: name_of(edit.after))
    return Difference(
        added=tuple(sorted(found.added, key=name_of)),
        removed=tuple(sorted(found.removed, key=name_of)),
        renamed=tuple(sorted(renamed, key=lambda pair: name_of(pair[0]))),
        edited=tuple(edit for edit in changed if not edit.is_reordering),
        reordered=tuple(edit for edit in changed if edit.is_reordering),
        equal=found.equal + len(edits) - len(changed),
        ignored=sum(edit.ignored for edit in edits),
    )


def _by_name(records: Iterable[Record]) -> dict[str, list[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[name_of(record)].append(record)
    return groups


def _match(before: Sequence[Record], after: Sequence[Record], found: _Matching) -> None:
    """Match what has one name. Alone on both sides, as nearly all are, it is one configuration."""
    if len(before) == len(after) == 1:
        if alike_records(before[0], after[0]):
            found.equal += 1
        else:
            found.pairs.append((before[0], after[0]))
        return
    same, before, after = _paired(before, after, _content)
    found.equal += len(same)
    for key in (_created, lambda _: ALL):
        pairs, before, after = _paired(before, after, key)
        found.pairs += pairs
    found.removed += before
    found.added += after


def _paired(
    before: Sequence[Record], after: Sequence[Record], key: Key, key_after: Key | None = None
) -> tuple[Pairs, list[Record], list[Record]]:
    """Return the pairs with the same key, in order, and what is left of both. A key of None is nobody's."""
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in reversed(range(len(after))):
        waiting[(key_after or key)(after[place])].append(place)
    waiting[None] = []
    pairs: Pairs = []
    left: list[Record] = []
    taken: set[int] = set()
    for record in before:
        partners = waiting[key(record)]
        if partners:
            taken.add(partners[-1])
            pairs.append((record, after[partners.pop()]))
        else:
            left.append(record)
    return pairs, left, [record for place, record in enumerate(after) if place not in taken]


def _renamed(found: _Matching, ignored: Ignored) -> Pairs:
    """Take those that were renamed out of the removed and added ones, and return them."""

    def said(record: Record) -> str | None:
        return _content({key: value for key, value in record.items() if not _is_apart(key, ignored)})

    def created_and_said(record: Record) -> Hashable:
        return _created(record), said(record)

    def listed(detailed: bool) -> Key:
        def key(record: Record) -> Hashable:
            if record.get(CREATED) is None or has_details(record) is not detailed:
                return None
            return _created(record), said({name: record[name] for name in KEPT_LIST_FIELDS & record.keys()})

        return key

    renamed: Pairs = []
    for key in (created_and_said, said):
        pairs, found.removed, found.added = _paired(found.removed, found.added, key)
        renamed += pairs
    for one, other in ((listed(True), listed(False)), (listed(False), listed(True))):
        pairs, found.removed, found.added = _paired(found.removed, found.added, one, other)
        renamed += pairs
    return renamed


def _is_apart(key: str, ignored: Ignored) -> bool:
    """Return whether a field does not count among what a configuration says."""
    return key in {NAME, CREATED} or ignored.holds(key)


def _created(record: Record) -> Hashable:
    created = record.get(CREATED)
    return created if isinstance(created, int | float | str) else None


def _content(record: Record) -> str | None:
    """Return a text that equal records share; None for one that has none, so that it equals no other."""
    try:
        return canonical(record)
    except UnstorableError:
        return None
