"""What has changed of one configuration from one record of it to another, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from dashboard.data.record import COMMAND, PARAMETERS, Record, root_of
from dashboard.history.command_order import compared_order
from dashboard.history.command_parts import CommandParts, command_parts
from dashboard.history.fields import (
    COSMETIC,
    KEPT_LIST_FIELDS,
    REPRODUCIBILITY,
    SECURITY,
    ChangeClass,
    change_class,
    has_details,
    place,
)
from dashboard.history.flat import Flat, Reader, as_one_text, flattened, is_of_command, labels_of
from dashboard.history.values import ABSENT, alike, is_empty, kind_of_value

ORDER: Final = " (order)"
"""Behind a field's path: its values are the same, and stand in another order or are written differently."""
How = Literal["added", "removed", "edited", "type", "order"]


@dataclass(frozen=True)
class FieldChange:
    """A field, by its path (`flat` has the forms), before and after; ABSENT where it is not there.

    `how` is "type" where a value has become one of another type: 0.01 and "0.01" are two. With "order" the
    values are the whole of it.
    """

    field: str
    before: Any
    after: Any
    kind: ChangeClass
    how: How


@dataclass(frozen=True)
class Edit:
    """A configuration in two states, `fields` the changes in the API's order.

    `unknown` says in which state its details were not loaded, if they were in the other: of these nothing is
    told then. `ignored` counts the changes that were left out on demand.
    """

    before: Record
    after: Record
    fields: tuple[FieldChange, ...]
    unknown: Literal["", "before", "after"] = ""
    ignored: int = 0

    @property
    def kind(self) -> ChangeClass:
        """Return the gravest class of its changes."""
        return min((change.kind for change in self.fields), key=lambda kind: kind.rank, default=COSMETIC)

    @property
    def is_reordering(self) -> bool:
        """Return whether it says the same as before, in another order or written differently."""
        return all(change.how == "order" and change.kind is COSMETIC for change in self.fields)


@dataclass(frozen=True)
class Ignored:
    """Paths of fields that are noise: each with all that is below it."""

    paths: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, paths: Iterable[str]) -> Ignored:
        """Return these paths; blank ones are none."""
        return cls(frozenset(filter(None, (path.strip() for path in paths))))

    def holds(self, path: str) -> bool:
        """Return whether a path, or one above it, is ignored."""
        if not self.paths:
            return False
        path = path.removesuffix(ORDER)
        return path in self.paths or any(path.startswith((f"{one}.", f"{one}[")) for one in self.paths)


NOTHING_IGNORED: Final = Ignored()


def edit_of(
    before: Record, after: Record, ignored: Ignored = NOTHING_IGNORED, read: Reader = command_parts
) -> Edit:
    """Return what has changed between two records of one configuration.

    Raises nothing, whatever they hold.
    """
    changes = list(_changes(before, after, read))
    kept = sorted((one for one in changes if not ignored.holds(one.field)), key=lambda one: place(one.field))
    return Edit(before, after, tuple(kept), _unknown(before, after), len(changes) - len(kept))


def _changes(before: Record, after: Record, read: Reader) -> Iterator[FieldChange]:
    parts = _parts(before, read), _parts(after, read)
    old, new = flattened(before, lambda _: parts[0]), flattened(after, lambda _: parts[1])
    if None in parts:
        old, new = (_as_one_text(flat, record) for flat, record in ((old, before), (new, after)))
    is_known = _known(before, after)
    found = [_change(path, old, new) for path in dict.fromkeys([*old, *new]) if is_known(root_of(path))]
    changed = [one for one in found if one is not None]
    one, other = parts
    if one is not None and other is not None:
        yield from _command_changes([c for c in changed if is_of_command(c.field)], one, other)
        changed = [c for c in changed if not is_of_command(c.field)]
    yield from changed
    yield from _orders(before, after)


def _parts(record: Record, read: Reader) -> CommandParts | None:
    command = record.get(COMMAND)
    return read(command) if isinstance(command, str) else None


def _as_one_text(flat: Flat, record: Record) -> Flat:
    return as_one_text(flat, record) if isinstance(record.get(COMMAND), str) else flat


def _unknown(before: Record, after: Record) -> Literal["", "before", "after"]:
    known = has_details(before), has_details(after)
    return "" if known[0] == known[1] else "before" if known[1] else "after"


def _known(before: Record, after: Record) -> Callable[[str], bool]:
    """Return whether a field is known in both states: what only details have may not be in one of them."""
    without = {"before": before, "after": after}.get(_unknown(before, after))
    return lambda root: without is None or root in KEPT_LIST_FIELDS or root in without


def _change(path: str, old: Flat, new: Flat) -> FieldChange | None:
    before, after = old.get(path, ABSENT), new.get(path, ABSENT)
    if alike(before, after) or _is_filled(path, before, after, old, new):
        return None
    return FieldChange(path, before, after, change_class(path, before, after), _how(before, after))


def _is_filled(path: str, before: object, after: object, old: Flat, new: Flat) -> bool:
    """Return whether an empty list or object has been filled, or emptied: its items tell that."""
    for one, other, flat in ((before, after, new), (after, before, old)):
        if kind_of_value(one) in {"list", "object"} and is_empty(one) and other is ABSENT:
            return any(inner.startswith((f"{path}.", f"{path}[")) for inner in flat)
    return False


def _how(before: object, after: object) -> How:
    if before is ABSENT or after is ABSENT:
        return "added" if before is ABSENT else "removed"
    kinds = {kind_of_value(before), kind_of_value(after)}
    return "type" if len(kinds) == 2 and "nothing" not in kinds else "edited"


def _command_changes(
    changed: list[FieldChange], one: CommandParts, other: CommandParts
) -> Iterator[FieldChange]:
    """Yield the changes of a command's parts, those that concern security marked, and of their order."""
    risks = one.risks ^ other.risks
    grave = [change for change in changed if change.kind is SECURITY or any(_holds(change, r) for r in risks)]
    if risks and not grave:
        grave = changed[:1]
    for change in changed:
        kind = SECURITY if change in grave else change.kind
        how: How = "edited" if change.how == "type" else change.how  # an option alone has no type
        yield FieldChange(change.field, change.before, change.after, kind, how)
    order = compared_order(one, other)
    if not changed and order == "same" and one.text != other.text:
        order = "safe" if one.normalised == other.normalised else "unsafe"
    if order != "same":
        kind = COSMETIC if order == "safe" else REPRODUCIBILITY
        yield FieldChange(f"{COMMAND}{ORDER}", one.text, other.text, kind, "order")


def _holds(change: FieldChange, risk: str) -> bool:
    words = (change.field, *(value for value in (change.before, change.after) if isinstance(value, str)))
    return any(risk in word for word in words)


def _orders(before: Record, after: Record) -> Iterator[FieldChange]:
    """Yield that labelled items stand in another order; those that have come are at the end otherwise."""
    for root in (PARAMETERS, "volumes"):
        old, new = labels_of(root, before.get(root)), labels_of(root, after.get(root))
        if old is None or new is None:
            continue
        expected = [label for label in old if label in set(new)]
        expected += [label for label in new if label not in set(old)]
        if expected != new:
            yield FieldChange(f"{root}{ORDER}", before[root], after[root], COSMETIC, "order")
