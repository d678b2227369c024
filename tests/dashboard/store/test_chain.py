"""A series of snapshots as steps: whatever came, each snapshot is given back."""

from __future__ import annotations

import hashlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from dashboard.store.canonical import canonical, digest_of
from dashboard.store.chain import Chain, DamagedStepError, PackedStep
from dashboard.store.retention import rechained

LINES = st.lists(st.integers(0, 12).map(lambda number: canonical({"config_name": f"c{number}"})), max_size=15)
SERIES = st.lists(LINES, min_size=1, max_size=8)


def _packed(series: list[list[str]]) -> list[PackedStep]:
    chain, packed = Chain(), []
    for lines in series:
        step = chain.step_to(lines)
        packed.append(chain.pack(step))
        chain.take(step)
    return packed


def _unpacked(packed: list[PackedStep]) -> list[list[str]]:
    chain, series = Chain(), []
    for step in packed:
        chain.take(chain.unpack(step))
        series.append(sorted(chain.held_lines()))
    return series


@given(SERIES)
def test_every_snapshot_of_a_series_is_given_back(series: list[list[str]]) -> None:
    assert _unpacked(_packed(series)) == [sorted(lines) for lines in series]


@given(SERIES)
def test_a_line_is_kept_once_however_many_snapshots_hold_it(series: list[list[str]]) -> None:
    chain = Chain()
    for step in _packed(series):
        chain.take(chain.unpack(step))
    distinct = {line for lines in series for line in lines}
    assert len(chain.lines) == sum(max(lines.count(line) for lines in series) for line in distinct)


@given(SERIES, st.data())
def test_what_is_kept_of_a_series_is_a_series(series: list[list[str]], data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.integers(0, len(series) - 1)))

    def replayed() -> object:
        chain = Chain()
        for number, step in enumerate(_packed(series)):
            chain.take(chain.unpack(step))
            yield number, chain

    numbers, packed = [], []
    for number, step in rechained(replayed(), kept):  # type: ignore[arg-type]
        numbers.append(number)
        packed.append(step)
    assert numbers == sorted(kept)
    assert _unpacked(packed) == [sorted(series[number]) for number in sorted(kept)]


def test_what_nobody_holds_any_more_is_not_kept() -> None:
    a, b, c = (canonical({"config_name": name}) for name in "abc")

    def replayed() -> object:
        chain = Chain()
        for number, step in enumerate(_packed([[a], [b], [c, a]])):
            chain.take(chain.unpack(step))
            yield number, chain

    chain = Chain()
    for _, step in rechained(replayed(), {2}):  # type: ignore[arg-type]
        chain.take(chain.unpack(step))
    assert sorted(chain.lines) == [a, c]


def test_an_edit_costs_its_edit() -> None:
    """Two hundred configurations of which nothing is alike; every second one gets another last letter."""
    import random

    lots = random.Random(1)
    rows = [{"config_name": f"c{number}", "x": lots.randbytes(200).hex()} for number in range(200)]
    before = [canonical(row) for row in rows]
    after = [
        canonical(row | {"x": row["x"][:-1] + "-"} if number % 2 else row) for number, row in enumerate(rows)
    ]
    first, second = _packed([before, after])
    assert len(second.contents) < len(first.contents) / 20


def test_many_lines_are_packed_and_summed_up_piece_by_piece_as_all_at_once() -> None:
    lines = [canonical({"config_name": f"c{number * 7919 % 2503}", "id": number}) for number in range(2_503)]
    (packed,) = _packed([lines])
    assert _unpacked([packed]) == [sorted(lines)]
    assert zstandard.ZstdDecompressor().decompress(packed.contents) == "\n".join(lines).encode()
    cut = PackedStep(packed.membership, packed.contents[:-3])
    with pytest.raises(DamagedStepError):
        _unpacked([cut])
    whole = "".join(f"{line}\n" for line in sorted(lines)).encode()
    assert digest_of(lines) == digest_of(lines, at_once=100) == hashlib.sha256(whole).hexdigest()


def test_a_snapshot_that_changes_nothing_takes_no_bytes() -> None:
    assert _packed([["{}"], ["{}"]])[1] == PackedStep(b"", b"")


def test_damage_of_a_step_is_told() -> None:
    first, second = _packed(
        [[canonical({"n": n}) for n in range(100)], [canonical({"n": n}) for n in range(50, 150)]]
    )
    for position in range(0, len(second.contents), 7):
        damaged = bytearray(second.contents)
        damaged[position] ^= 0x55
        chain = Chain()
        chain.take(chain.unpack(first))
        with pytest.raises(DamagedStepError):
            chain.unpack(PackedStep(second.membership, bytes(damaged)))
    with pytest.raises(DamagedStepError, match="not there"):
        Chain().unpack(second)
