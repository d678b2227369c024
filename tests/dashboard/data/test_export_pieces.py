"""A file in pieces is the same file, whichever way it is sent and however often a piece is made."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data.export import (
    MEDIA_TYPES,
    TooManyRowsError,
    export_of,
    export_records,
    frame_for,
    to_csv,
    to_json,
    to_xlsx,
)
from dashboard.data.export import pieces as module
from dashboard.data.export.json_rows import JsonRows
from dashboard.data.export.pieces import CHUNK, Gzip, Pieces, Plain, Workbook, whole
from dashboard.data.export.sheet_rows import SHEET
from dashboard.data.view import Facets, View
from tests.dashboard.builders import EXAMPLES, inventory_of, wires

AT_ONCE = {"csv": to_csv, "json": to_json, "xlsx": to_xlsx}


def _numbered(count: int) -> Pieces:
    rows = [{"config_name": f"name-{number}"} for number in range(count)]
    return Pieces(JsonRows(), lambda start, stop: rows[start:stop], count)


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1000, 1234])
def test_pieces_together_are_the_file_packed_or_not(count: int) -> None:
    wanted = to_json([{"config_name": f"name-{number}"} for number in range(count)])
    pieces = _numbered(count)
    assert len(pieces) == max(1, -(-count // 500))
    assert whole(pieces, Plain()) == wanted
    assert gzip.decompress(whole(pieces, Gzip())) == wanted
    with zipfile.ZipFile(io.BytesIO(whole(pieces, Workbook()))) as archive:
        assert archive.read(SHEET) == wanted


def test_a_piece_is_the_same_each_time_and_needs_only_those_before_it() -> None:
    pieces = _numbered(1500)
    first = [pieces.pack(index) for index in range(3)]
    sums = pieces.sums
    assert [pieces.pack(index) for index in (2, 0, 1)] == [first[2], first[0], first[1]]
    assert pieces.sums == sums
    with pytest.raises(IndexError):
        _numbered(1500).pack(1)


def test_the_sums_are_those_of_the_whole() -> None:
    pieces = _numbered(1500)
    text = whole(pieces, Plain())
    assert (pieces.sums.crc, pieces.sums.length) == (zlib.crc32(text), len(text))


def test_nothing_larger_than_a_chunk_is_sent_at_once() -> None:
    """Neither of a text that unpacks to very much nor of one that does not pack at all."""
    noise = "".join(map(chr, np.random.default_rng(1).integers(0x4E00, 0x9FFF, 400_000).tolist()))
    for text in ("x" * 50_000_000, noise):
        pieces = Pieces(JsonRows(), lambda _start, _stop, text=text: [{"config_name": text}], 1)
        piece = pieces.pack(0)
        for frame in (Plain(), Gzip()):
            sizes = [len(chunk) for chunk in frame.body(piece)]
            assert max(sizes) <= CHUNK
        assert b"".join(Plain().body(piece)) == to_json([{"config_name": text}])


def test_a_sheet_of_more_than_4_gb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_MEMBER", 1000)
    with pytest.raises(OverflowError):
        whole(_numbered(500), Workbook())


@pytest.mark.parametrize(
    ("ending", "gzip", "encoding"),
    [("csv", True, "gzip"), ("csv", False, "identity"), ("json", True, "gzip"), ("xlsx", True, "identity")],
)
def test_how_a_file_is_sent(ending: str, gzip: bool, encoding: str) -> None:
    assert frame_for(ending, gzip=gzip).encoding == encoding


# Of a view

VIEWS = st.builds(
    View,
    sort_by=st.sampled_from(["name", "description", "created"]),
    order=st.sampled_from(["asc", "desc"]),
    facets=st.builds(
        lambda engine: Facets.of(engine=engine),
        st.sampled_from([(), ("PyTorch",), ("PyTorch", "MXNet"), ("none",)]),
    ),
)


@EXAMPLES
@given(wires(), VIEWS, st.sampled_from([*MEDIA_TYPES]))
def test_an_export_has_the_rows_of_the_table_in_its_order(
    rows: list[dict[str, Any]], view: View, ending: str
) -> None:
    loaded = inventory_of(*rows)
    positions = loaded.positions(view)
    wanted = [rows[position] for position in positions]
    assert list(export_records(loaded, positions)) == wanted
    made = whole(export_of(loaded, view, ending), frame_for(ending, gzip=False))
    assert made == AT_ONCE[ending](wanted)


def test_the_columns_are_those_of_the_rows_that_match() -> None:
    loaded = inventory_of({"engine_name": "PyTorch", "a": 1}, {"engine_name": "MXNet", "b": 2})
    made = whole(export_of(loaded, View(facets=Facets.of(engine=("MXNet",))), "csv"), Plain())
    assert made.split(b"\r\n")[0].endswith(b",user_command,b")


def test_too_many_rows_for_a_format_are_an_error_and_never_fewer_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dashboard.data import export

    monkeypatch.setattr(export, "MAX_ROWS", 2)
    loaded = inventory_of(
        *({"config_name": str(number), "engine_name": "x" * (number > 0)} for number in range(3))
    )
    with pytest.raises(TooManyRowsError) as told:
        export_of(loaded, View(), "xlsx")
    assert (told.value.rows, told.value.limit) == (3, 2)
    assert len(json.loads(whole(export_of(loaded, View(), "json"), Plain()))) == 3
    assert export_of(loaded, View(facets=Facets.of(engine=("x",))), "xlsx").total == 2
