"""Labels as they stand in the paths of fields: plain words as they are, all else as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_PLAIN: Final = re.compile(r"(?!\d+\Z)[\w./@:$={}+-]+", re.ASCII)


def written(label: str) -> str:
    """Return a label so that it can be told from a number, from another label, and from what is around it."""
    return label if _PLAIN.fullmatch(label) else json.dumps(label)


def numbered(labels: Iterable[str]) -> list[str]:
    """Return labels that are written, with a number behind those that have come before: ``lr``, ``lr#2``."""
    counts: Counter[str] = Counter()
    found = []
    for label in labels:
        counts[label] += 1
        found.append(label if counts[label] == 1 else f"{label}#{counts[label]}")
    return found
