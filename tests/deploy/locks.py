"""The requirements that people write, and the locks that `make lock` makes of them, read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One distribution of a lock."""

    name: str
    version: str
    is_for_here: bool
    """Whether its markers let it be installed on this machine."""
    hashes: tuple[str, ...]


def read_requirements(name: str) -> list[Requirement]:
    """Return what a requirements file asks for, those that it includes not."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    asked = (line.partition(" #")[0].strip() for line in lines)
    return [Requirement(line) for line in asked if line and not line.startswith(("#", "-r "))]


def read_lock(name: str) -> list[Locked]:
    """Return the distributions of a lock. Raises ValueError at a line that is none of uv's."""
    text = re.sub(r"\s*#.*", "", (ROOT / name).read_text(encoding="utf-8"))
    return [_read_entry(entry) for entry in re.sub(r"\\\n\s*", "", text).split("\n") if entry.strip()]


def _read_entry(line: str) -> Locked:
    requirement = Requirement(HASH.sub("", line).strip())
    pin = re.fullmatch(r"==([^=*]+)", str(requirement.specifier))
    if not pin:
        raise ValueError(f"not pinned: {line}")
    marker = requirement.marker
    hashes = tuple(HASH.findall(line))
    return Locked(canonicalize_name(requirement.name), pin[1], not marker or marker.evaluate(), hashes)
