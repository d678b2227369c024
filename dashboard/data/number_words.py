"""Counts as they are written everywhere: with separators, beside the noun that they count."""

from __future__ import annotations


def count_of(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> count_of(1, "change"), count_of(1200, "change"), count_of(2, "field differs", "fields differ")
    ('1 change', '1,200 changes', '2 fields differ')
    """
    return f"{number:,} {noun_of(number, one, many)}"


def noun_of(number: int, one: str, many: str = "") -> str:
    """Return the noun of a number that is written elsewhere, as beside it in a figure."""
    return one if number == 1 else many or f"{one}s"
