"""Which fields a check or a rule looks at: those of the wire, one parameter, or all undocumented ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dashboard.data.record import DETAIL_FIELDS, LIST_FIELDS, SCALAR_DETAIL_FIELDS, root_of

OTHER: Final = "*"
"""Stands for every field that is not documented."""
KNOWN: Final = frozenset((*LIST_FIELDS, *DETAIL_FIELDS))
RULE_FIELDS: Final = (*LIST_FIELDS, *SCALAR_DETAIL_FIELDS)
_PARAMETER: Final = re.compile(r"parameter\[(?P<label>[^\[\]]{1,128})\]")


def is_rule_field(name: str) -> bool:
    """Return whether a rule may look at a field of this name."""
    return name in RULE_FIELDS or parameter_label(name) is not None


def parameter_label(name: str) -> str | None:
    """Return the label of "parameter[LABEL]"; None for another name."""
    found = _PARAMETER.fullmatch(name)
    return None if found is None else found["label"]


def is_among(path: str, fields: Sequence[str]) -> bool:
    """Return whether the field that a path begins at is one of these."""
    field = root_of(path)
    return field in fields or (OTHER in fields and field not in KNOWN)
