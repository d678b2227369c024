"""Every count, order and filter against a plain Python reference over the service's own rows."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data import analysis
from dashboard.data.columns import Mask, Part
from dashboard.data.facet_values import counts
from dashboard.data.parameters import FACETS, Choices
from dashboard.data.periods import GRANULARITIES
from dashboard.data.record import NO_ENGINE, ONLY_IMAGE
from dashboard.data.view import Facets
from tests.dashboard.builders import (
    EXAMPLES,
    HOSTILE_TEXTS,
    engines_frame,
    everything,
    frame_of,
    masked_wires,
    milliseconds,
    wires,
)
from tests.dashboard.reference import Wires, day_of, engine_of, given_text, masked, ranked

EMPTY = frame_of()

ENGINE, VERSION = (
    facet for facet in FACETS if isinstance(facet, Choices) and facet.name in {"engine", "version"}
)


_FACETS = st.builds(
    Facets.of,
    engine=st.lists(
        st.sampled_from(["PyTorch", "MXNet", ONLY_IMAGE, NO_ENGINE, "absent", "<b>"]), max_size=2
    ).map(tuple),
    version=st.lists(st.sampled_from(["1.0", "<i>", "absent", ""]), max_size=2).map(tuple),
    contains=st.sampled_from(["", "PYTHON", "swr", "[b]", "É", ".", "latest", "absent", "\\"]),
    created_from=st.none()
    | st.dates(date(2023, 11, 1), date(2024, 3, 31))
    | st.sampled_from([date.min, date.max]),
    created_to=st.none()
    | st.dates(date(2023, 11, 1), date(2024, 3, 31))
    | st.sampled_from([date.min, date.max]),
)


def _lets_through(row: dict[str, object], facets: Facets) -> bool:
    day, contains, (first, last) = day_of(row), facets["contains"], facets.period
    texts = [given_text(row["user_command"]) or "", given_text(row["user_image_url"]) or ""]
    return (
        (not facets["engine"] or engine_of(row) in facets["engine"])
        and (not facets["version"] or given_text(row["engine_version"]) in facets["version"])
        and (not contains or any(re.search(re.escape(contains), text, re.IGNORECASE) for text in texts))
        and (first is None or (day is not None and day >= first))
        and (last is None or (day is not None and day <= last))
    )


@EXAMPLES
@given(wires(), _FACETS)
def test_matching_lets_through_what_every_facet_does(rows: Wires, facets: Facets) -> None:
    mask = analysis.matching(frame_of(*rows), facets)
    assert mask.dtype == np.bool_
    assert mask.tolist() == [_lets_through(row, facets) for row in rows]


@EXAMPLES
@given(wires(), _FACETS)
def test_ignoring_a_facet_is_filtering_by_the_others(rows: Wires, facets: Facets) -> None:
    frame = frame_of(*rows)
    for name, value in facets.values:
        ignoring = analysis.matching(frame, facets.ignoring(name))
        alone = analysis.matching(frame, Facets.of(**{name: value}))
        assert (ignoring & alone).tolist() == analysis.matching(frame, facets).tolist()


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_contains_looks_for_the_text_itself(text: str) -> None:
    """Nothing in it is a pattern, and its length is no matter."""
    frame = frame_of(
        {"config_name": "a", "user_command": f"before {text} after"},
        {"config_name": "b", "user_image_url": text},
        {"config_name": "c", "user_command": "other"},
        {"config_name": text},
    )
    assert analysis.matching(frame, Facets.of(contains=text)).tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "needle"), [("ÜBER", "über"), ("ΣΟΦΟΣ", "σοφοσ"), ("ЖУК", "жук"), ("python", "PyThOn")]
)
def test_contains_ignores_case_in_every_script(text: str, needle: str) -> None:
    frame = frame_of({"config_name": "a", "user_command": text})
    assert analysis.matching(frame, Facets.of(contains=needle)).tolist() == [True]


def test_a_day_is_a_day_in_utc_with_both_ends_included() -> None:
    times = ["2024-01-01T23:59:59.999", "2024-01-02T00:00", "2024-01-02T23:59:59.999", "2024-01-03T00:00"]
    frame = frame_of(*({"config_name": "a", "create_time": milliseconds(time)} for time in times))
    day = date(2024, 1, 2)
    facets = Facets.of(created_from=day, created_to=day)
    assert analysis.matching(frame, facets).tolist() == [False, True, True, False]


# Counts


@EXAMPLES
@given(masked_wires())
def test_counts_are_of_the_rows_in_the_mask(given_rows: tuple[Wires, Mask]) -> None:
    rows, mask = given_rows
    frame, chosen = frame_of(*rows), masked(*given_rows)
    engines = Counter(engine_of(row) for row in chosen)
    versions = Counter(text for row in chosen if (text := given_text(row["engine_version"])))
    assert list(counts(Part.of(frame, mask), ENGINE).items()) == ranked(engines)
    assert list(counts(Part.of(frame, mask), VERSION).items()) == ranked(versions)


@EXAMPLES
@given(masked_wires())
def test_engine_usage_counts_each_pair_once_and_its_shares_make_one(given_rows: tuple[Wires, Mask]) -> None:
    rows, mask = given_rows
    chosen = masked(rows, mask)
    pairs = Counter((engine_of(row), given_text(row["engine_version"]) or "") for row in chosen)
    engines = Counter(engine_of(row) for row in chosen)
    usage = analysis.engine_usage(Part.of(frame_of(*rows), mask))
    ordered = sorted(pairs, key=lambda pair: (-engines[pair[0]], pair[0], -pairs[pair], pair[1]))
    assert list(zip(usage["engine"], usage["version"], strict=True)) == ordered
    assert usage["count"].tolist() == [pairs[pair] for pair in ordered]
    assert usage["share"].tolist() == pytest.approx([pairs[pair] / len(chosen) for pair in ordered])
    assert usage["share"].sum() == pytest.approx(1 if chosen else 0)
    assert analysis.ranked(usage) == [engine for engine, _ in ranked(engines)]


@pytest.mark.parametrize(
    "frame", [EMPTY, engines_frame(("PyTorch", "1.0", 2))], ids=["no rows", "none chosen"]
)
def test_with_nothing_to_count_the_tables_keep_their_columns(frame: pd.DataFrame) -> None:
    nobody = ~everything(frame)
    usage = analysis.engine_usage(Part.of(frame, nobody))
    assert {str(name): str(dtype) for name, dtype in usage.dtypes.items()} == {
        "engine": "str",
        "version": "str",
        "count": "int64",
        "share": "float64",
    }
    assert usage.empty
    assert counts(Part.of(frame, nobody), ENGINE) == {}
    for granularity in GRANULARITIES:
        wide = analysis.timeline(Part.of(frame, nobody), granularity)
        assert wide.shape == (0, 0)
        assert (wide.index.name, str(wide.index.dtype)) == ("period", "datetime64[s]")
    figures = analysis.key_figures(Part.of(frame, nobody), datetime(2024, 1, 1, tzinfo=UTC))
    assert (figures.configurations, figures.newest, set(figures.daily)) == (0, None, {0})
