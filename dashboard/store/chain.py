"""A series of snapshots as a chain of steps: pure, no database.

A series is all snapshots of a connection and configuration type. Every distinct configuration of it, as
canonical JSON, is a *line*, kept once and numbered in the order in which lines first came. A snapshot is
the set of the lines that it holds, and is kept as its step from the snapshot that was stored before it:
which numbers it removed, which it brought back, and the lines that are new.

New lines are compressed with the removed ones as dictionary (zstd): an edited configuration costs its edit.
How this compares with other forms is in docs/decisions/0014-store.md.

A configuration that is there twice, alike in everything, is two lines of the same text: the first, and the
second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

import zstandard

LEVEL: Final = 9
"""Of zstd's levels, the last before time grows faster than size falls."""
MAX_DICTIONARY_BYTES: Final = 8 * 2**20
MIN_DICTIONARY_BYTES: Final = 8
"""zstd takes less for no dictionary."""
LINES_A_PIECE, BYTES_A_PIECE = 1_000, 2**16
LINE_FEED: Final = "\n"


@dataclass(frozen=True)
class ChainStep:
    """From one snapshot to the next: numbers of lines in rising order, and lines."""

    removed: Sequence[int]
    restored: Sequence[int]
    added: Sequence[str]


@dataclass(frozen=True)
class PackedStep:
    """A step as it is stored; empty bytes stand for nothing. The rule of each is in `Chain.pack`."""

    membership: bytes
    contents: bytes


class DamagedStepError(Exception):
    """A packed step that cannot be unpacked. Raised here and caught where the database's name is known."""


class Chain:
    """The lines of a series and which of them the snapshot at its end holds. Not safe to share."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.held: set[int] = set()
        self._numbers: dict[str, list[int]] | None = None

    def step_to(self, lines: Iterable[str]) -> ChainStep:
        """Return the step from the end of the chain to a snapshot of these lines; their order is kept."""
        numbers = self._numbers_of_lines()
        wanted: set[int] = set()
        added: list[str] = []
        counts: dict[str, int] = {}
        for line in lines:  # Counter holds up everybody until it has seen all of them
            counts[line] = counts.get(line, 0) + 1
        for line, times in counts.items():
            known = numbers.get(line, ())
            wanted.update(known[:times])
            added += [line] * (times - len(known))
        return ChainStep(sorted(self.held - wanted), sorted(wanted - self.held), added)

    def take(self, step: ChainStep) -> None:
        """Append a step: from now on its snapshot is the end of the chain."""
        first = len(self.lines)
        self.held.difference_update(step.removed)
        self.held.update(step.restored)
        self.held.update(range(first, first + len(step.added)))
        self.lines += step.added
        if self._numbers is not None:
            for number, line in enumerate(step.added, first):
                self._numbers.setdefault(line, []).append(number)

    def pack(self, step: ChainStep) -> PackedStep:
        """Return a step from the end of the chain as it is stored.

        `membership` is zstd of the JSON array [removed, restored], each the first number and then the
        differences; `contents` is zstd of the new lines, joined by line feeds, with the removed lines, joined
        likewise and cut to their last 8 MiB, as a raw dictionary.
        """
        changes = [_differences(step.removed), _differences(step.restored)]
        membership = _compress([json.dumps(changes, separators=(",", ":"))]) if any(changes) else b""
        contents = _compress(step.added, self._dictionary(step.removed)) if step.added else b""
        return PackedStep(membership, contents)

    def unpack(self, packed: PackedStep) -> ChainStep:
        """Return the step that `pack` packed at this end of the chain. Raises DamagedStepError."""
        try:
            removed: list[int] = []
            restored: list[int] = []
            if packed.membership:
                (changes,) = _lines(packed.membership)
                removed, restored = (list(accumulate(part)) for part in json.loads(changes))
            if not self.held.issuperset(removed) or not self._known(restored):
                raise DamagedStepError("it refers to configurations that are not there")
            added = []
            if packed.contents:
                added = _lines(packed.contents, self._dictionary(removed))
        except (zstandard.ZstdError, ValueError, TypeError) as error:
            raise DamagedStepError(str(error)) from error
        return ChainStep(removed, restored, added)

    def held_lines(self) -> list[str]:
        """Return the lines of the snapshot at the end, in the order of their numbers."""
        return [self.lines[number] for number in sorted(self.held)]

    def _numbers_of_lines(self) -> dict[str, list[int]]:
        if self._numbers is None:
            self._numbers = {}
            for number, line in enumerate(self.lines):
                self._numbers.setdefault(line, []).append(number)
        return self._numbers

    def _known(self, numbers: Sequence[int]) -> bool:
        return not numbers or (min(numbers) >= 0 and max(numbers) < len(self.lines))

    def _dictionary(self, removed: Sequence[int]) -> zstandard.ZstdCompressionDict | None:
        text = "\n".join(self.lines[number] for number in removed).encode("ascii")[-MAX_DICTIONARY_BYTES:]
        if len(text) < MIN_DICTIONARY_BYTES:
            return None
        return zstandard.ZstdCompressionDict(text, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _differences(numbers: Sequence[int]) -> list[int]:
    return [*numbers[:1], *(second - first for first, second in pairwise(numbers))]


def _compress(lines: Sequence[str], dictionary: zstandard.ZstdCompressionDict | None = None) -> bytes:
    """Return lines joined by line feeds, compressed; joined piece by piece, for there may be many."""
    compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary, write_checksum=True)
    packing = compressor.compressobj(size=sum(map(len, lines)) + len(lines) - 1)
    packed = []
    for first in range(0, len(lines), LINES_A_PIECE):
        piece = "\n".join(lines[first : first + LINES_A_PIECE])
        packed.append(packing.compress(f"{LINE_FEED if first else ''}{piece}".encode("ascii")))
    return b"".join([*packed, packing.flush()])


def _lines(packed: bytes, dictionary: zstandard.ZstdCompressionDict | None = None) -> list[str]:
    """Return what `_compress` was given. Raises ZstdError for what is cut off."""
    unpacking = zstandard.ZstdDecompressor(dict_data=dictionary).decompressobj()
    lines, rest = list[str](), ""
    for first in range(0, len(packed), BYTES_A_PIECE):
        text = rest + unpacking.decompress(packed[first : first + BYTES_A_PIECE]).decode("ascii")
        *whole, rest = text.split(LINE_FEED)
        lines += whole
    if not unpacking.eof:
        raise zstandard.ZstdError("the end is missing")
    return [*lines, rest]
