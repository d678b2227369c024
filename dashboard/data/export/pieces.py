"""A file in pieces that are made one by one, in any order and as often as needed, and always the same.

Each piece is deflated by itself and ends at a whole byte, so pieces one after another are one deflate stream:
the body of a gzip file, or of a member of a zip archive (which a workbook is).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Protocol

from dashboard.data.export.sheet_rows import PARTS, SHEET
from dashboard.data.record import Record

ROWS_A_PIECE: Final = 500
LEVEL: Final = 3
CHUNK: Final = 2**18
"""Bytes that are sent at once, and so held for somebody who takes them slowly."""
END_OF_STREAM: Final = b"\x03\x00"
"""An empty last block: what ends a deflate stream."""
MAX_MEMBER: Final = 2**32 - 1


class RowFormat(Protocol):
    """How rows of one format are written."""

    def head(self) -> str:
        """Return what comes before the first row."""

    def rows(self, records: Iterable[Record], before: int) -> Iterator[str]:
        """Write rows of which so many others have come `before`."""

    def tail(self, total: int) -> str:
        """Return what comes after the last of so many rows."""


@dataclass(frozen=True)
class Sums:
    """What the end of a file tells of all before it: CRC-32 and length of the text, length as deflated."""

    crc: int = 0
    length: int = 0
    packed: int = 0


@dataclass(eq=False)
class Pieces:
    """The pieces of one file. Not to be shared between threads, except one after another.

    `records` gives the rows from one number (from 0) up to another one, of `total`.
    """

    write: RowFormat
    records: Callable[[int, int], Iterable[Record]]
    total: int
    _sums: list[Sums] = field(default_factory=lambda: [Sums()])

    def __len__(self) -> int:
        return max(1, -(-self.total // ROWS_A_PIECE))

    def pack(self, index: int) -> bytes:
        """Make a piece; those before it must have been made once."""
        before = self._sums[index]
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        crc, length, packed = before.crc, before.length, []
        for text in self._texts(index):
            data = text.encode("utf-8", errors="backslashreplace")
            crc, length = zlib.crc32(data, crc), length + len(data)
            packed.append(packer.compress(data))
        packed.append(packer.flush(zlib.Z_FULL_FLUSH))
        piece = b"".join(packed)
        if index + 1 == len(self._sums):
            self._sums.append(Sums(crc, length, before.packed + len(piece)))
        return piece

    @property
    def sums(self) -> Sums:
        """Return what all pieces together come to, once each has been made."""
        return self._sums[len(self)]

    def _texts(self, index: int) -> Iterator[str]:
        if index == 0:
            yield self.write.head()
        first = index * ROWS_A_PIECE
        yield from self.write.rows(self.records(first, min(first + ROWS_A_PIECE, self.total)), first)
        if index + 1 == len(self):
            yield self.write.tail(self.total)


class Frame(Protocol):
    """What makes a file of deflated pieces; `encoding` is the HTTP content coding that it amounts to."""

    encoding: str

    def head(self) -> bytes:
        """Return what comes before the first piece."""

    def body(self, piece: bytes) -> Iterator[bytes]:
        """Return what a piece is in the file, at most CHUNK bytes at a time."""

    def tail(self, sums: Sums) -> bytes:
        """Return what comes after the last piece."""


class Plain:
    """The text itself."""

    encoding = "identity"

    def head(self) -> bytes:
        """Return nothing: the file is its pieces."""
        return b""

    def body(self, piece: bytes) -> Iterator[bytes]:
        """Return the piece's text in UTF-8."""
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        while part := unpacker.decompress(piece, CHUNK):
            yield part
            piece = unpacker.unconsumed_tail

    def tail(self, sums: Sums) -> bytes:  # noqa: ARG002 - a text does not tell its length
        """Return nothing."""
        return b""


class Gzip:
    """The text as a gzip file (RFC 1952), which a browser unpacks by itself."""

    encoding = "gzip"

    def head(self) -> bytes:
        """Return the header: no name, no time, any system."""
        return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

    def body(self, piece: bytes) -> Iterator[bytes]:
        """Return the piece."""
        return _chunks(piece)

    def tail(self, sums: Sums) -> bytes:
        """Return the end of the stream, and what it was."""
        return END_OF_STREAM + struct.pack("<LL", sums.crc, sums.length & 0xFFFFFFFF)


class Workbook:
    """The text as the sheet of a workbook: a zip archive (PKZIP's APPNOTE) in which the sheet comes first."""

    encoding = "identity"

    def head(self) -> bytes:
        """Return the sheet's header; its length and checksum come behind it."""
        return _sheet_info().FileHeader()

    def body(self, piece: bytes) -> Iterator[bytes]:
        """Return the piece."""
        return _chunks(piece)

    def tail(self, sums: Sums) -> bytes:
        """Return the rest of the archive. Raises OverflowError if the sheet is longer than 4 GB."""
        if max(sums.length, sums.packed) > MAX_MEMBER:
            raise OverflowError("a worksheet of more than 4 GB is none that a spreadsheet opens")
        packed = sums.packed + len(END_OF_STREAM)
        end = END_OF_STREAM + struct.pack("<LLLL", 0x08074B50, sums.crc, packed, sums.length)
        info = _sheet_info()
        info.CRC, info.compress_size, info.file_size = sums.crc, packed, sums.length
        rest = _Continued(len(self.head()) + sums.packed + len(end))
        with zipfile.ZipFile(rest, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in PARTS.items():
                archive.writestr(zipfile.ZipInfo(name), text)
            archive.infolist().append(info)  # the archive's own list, from which its directory is written
        return end + rest.getvalue()


class _Continued(io.BytesIO):
    """What is written behind so many bytes that are elsewhere."""

    def __init__(self, before: int) -> None:
        super().__init__()
        self._before = before

    def tell(self) -> int:
        return self._before + super().tell()

    def seek(self, _offset: int, _whence: int = 0) -> int:
        raise io.UnsupportedOperation("this goes on where something else ended")


def _chunks(piece: bytes) -> Iterator[bytes]:
    return (piece[start : start + CHUNK] for start in range(0, len(piece), CHUNK))


def _sheet_info() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(SHEET)
    info.compress_type, info.header_offset = zipfile.ZIP_DEFLATED, 0
    info.flag_bits = 0x08  # length and checksum stand behind the data
    return info


def whole(pieces: Pieces, frame: Frame) -> bytes:
    """Return a whole file at once."""
    bodies = (frame.body(pieces.pack(index)) for index in range(len(pieces)))
    body = b"".join(chain.from_iterable(bodies))
    return b"".join([frame.head(), body, frame.tail(pieces.sums)])
