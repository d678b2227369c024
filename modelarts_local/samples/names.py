"""Names that follow a team's habit, each given once."""

import datetime as dt
import re

from modelarts_local.samples.teams import Team

LONGEST = 64
COPY_SUFFIXES = ("-copy", "_copy", "-final", "_bak", "-copy2", "_old")
_COPY = re.compile(r"(-copy|_copy|-final|_bak|-copy2|_old)+$")
_NUMBER = re.compile(r"[-_]?(v|r|exp)?\d+$")


def original_name(name: str) -> str:
    """Return the name that a copy was made from; any other name is its own."""
    return _COPY.sub("", name)


def family_name(name: str) -> str:
    """Return what the numbered attempts at one thing share: `nlp-bert-base-ft-v3` → `nlp-bert-base-ft`."""
    original = original_name(name)
    return _NUMBER.sub("", original) or original


class NameBook:
    """Every name given so far."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._numbers: dict[str, int] = {}

    def next(self, series: str) -> tuple[str, int]:
        """Return the next name of a series (see `Team.pattern`), and its number."""
        while True:
            number = self._numbers[series] = self._numbers.get(series, 0) + 1
            name = _numbered(series, number)
            if name not in self._given:
                self._given.add(name)
                return name, number

    def copy_of(self, name: str) -> str | None:
        """Return a free name for a copy of that configuration, or None if it has no more."""
        for suffix in COPY_SUFFIXES:
            copy = name + suffix
            if len(copy) <= LONGEST and copy not in self._given:
                self._given.add(copy)
                return copy
        return None


def series_of(team: Team, model: str, data: str, member: str, day: dt.date) -> str:
    """Return the team's pattern with everything filled in but the number."""
    quarter = f"{day.year}Q{(day.month + 2) // 3}"
    return team.pattern.format(
        model=model, data=data, member=member, day=day.strftime("%Y%m%d"), quarter=quarter
    )


def _numbered(series: str, number: int) -> str:
    if "[" in series:
        head, optional = series.removesuffix("]").split("[")
        if number == 1:
            return head
        series = head + optional
    head, sign, rest = series.partition("#")
    digits = 1 + len(rest) - len(rest.lstrip("#")) if sign else 0
    return f"{head}{number:0{digits}d}{rest.lstrip('#')}"
