"""What a chart has at some widths and not at others: drawn for each, and shown by the rules of a style.

A server does not know how wide a chart will be. So whatever follows from its width in pixels is worked out
for all widths that it can have, and `@container` shows what belongs to the one that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

MIN_WIDTH, MAX_WIDTH, STRIDE = 160, 1440, 32
"""The widths in pixels that a chart can have; narrower and wider ones are drawn as the nearest of these."""

T = TypeVar("T")
Steps = tuple[int, ...]


def spans(of: Callable[[int], T]) -> Iterator[tuple[int, int | None, T]]:
    """Yield from which width on and up to which (not included; None for the last) a chart has the same."""
    begin, value = MIN_WIDTH, of(MIN_WIDTH)
    yielded = 0
    for width in range(MIN_WIDTH + STRIDE, MAX_WIDTH + 1, STRIDE):
        while (following := of(width)) != value:
            begin, value, before = _change(of, begin, width, value)
            yield yielded, begin, before
            yielded = begin
            if following == value:
                break
        begin = width
    yield yielded, None, value


def _change(of: Callable[[int], T], low: int, high: int, value: T) -> tuple[int, T, T]:
    """Return the first width above `low`, up to `high`, of another value; that and the one before."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if of(middle) == value else (low, middle)
    return high, of(high), value


def stepped(prefix: str, of: Callable[[int], T]) -> tuple[str, dict[str, T]]:
    """Return the rules that show one group of each, and the groups by the names of their classes."""
    rules: list[str] = []
    groups: dict[str, T] = {}
    for number, (begin, end, value) in enumerate(spans(of)):
        name = f"{prefix}-at{number}"
        groups[name] = value
        rules.append(f".{name}{{display:none}}" + at(begin, end, f".{name}{{display:inline}}"))
    return "".join(rules), groups


def at(begin: int, end: int | None, rules: str) -> str:
    """Return rules for the widths from `begin` up to `end`, which is not included."""
    until = f" and (width < {end}px)" if end else ""
    return f"@container (width >= {begin}px){until}{{{rules}}}"
