"""Places in object storage and file systems, so that two ways to write one are the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SCHEME: Final = re.compile(r"(?:s3|obs)://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of a path, from the bucket or root on."""

    parts: tuple[str, ...]

    def is_inside(self, other: Place) -> bool:
        """Return whether it is another place, or below it."""
        return bool(other.parts) and self.parts[: len(other.parts)] == other.parts

    def __str__(self) -> str:
        return "/" + "/".join(self.parts)


def place_of(url: str) -> Place:
    """Return the place that a URL or path names: "s3://b/x/", "obs://b/x" and "/b/x" are one."""
    path = _SCHEME.sub("", url.strip(), count=1) if _SCHEME.match(url.strip()) else url.strip()
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return Place(tuple(parts))
