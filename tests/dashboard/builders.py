"""Small builders: configurations as the service would send them, and frames of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

from dashboard.data.columns import Mask
from dashboard.data.frame import configurations_frame
from dashboard.data.loads import LoadedInventory
from modelarts_api import Client, Configuration, Inventory, TokenCredentials
from modelarts_local import LocalService

EXAMPLES = settings(deadline=None, derandomize=True, max_examples=60)
"""The same examples at every run, and no time limit on one: a busy machine fails no test."""

HOSTILE_TEXTS = (
    "<b>bold</b>",
    '<a href="javascript:alert(1)">x</a>',
    "&lt;i&gt;",
    "%{y} %{fullData.name}",
    "$\\frac{1}{2}$ :red[x] **x** `x` ``x``",
    "=HYPERLINK(1)",
    "שלום עולם",
    "مرحبا",
    "\u202egnp.exe",
    "日本語 🚀",
    "__proto__",
    "a\x00b",
    "a\tb\r\nc",
    "x" * 10_000,
)
"""Texts that some renderer would interpret; none carries anything but what a JSON string may."""


def milliseconds(moment: str) -> int:
    """The wire's creation time of an ISO time in UTC."""
    return round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


def configuration(**wire: object) -> Configuration:
    """A configuration from the wire's names; what is not given is not there, but for the name."""
    return Configuration.from_wire({"config_name": "resnet", **wire})


def frame_of(*wires: Mapping[str, object]) -> pd.DataFrame:
    """The frame of some rows as they come over the wire."""
    return configurations_frame([Configuration.from_wire(dict(wire)) for wire in wires])


def inventory_of(*wires: Mapping[str, object], complete: bool = True) -> LoadedInventory:
    """A loaded inventory of some rows as they come over the wire, in the service's order."""
    rows = tuple(Configuration.from_wire(dict(wire)) for wire in wires)
    return LoadedInventory(Inventory(rows, len(rows), complete, datetime(2024, 2, 29, tzinfo=UTC), 1), 0.1)


def engines_frame(*pairs: tuple[str, str, int]) -> pd.DataFrame:
    """A frame with so many rows of each engine and version, one a day from 2024-01-01 for each pair."""
    first = milliseconds("2024-01-01")
    return frame_of(
        *(
            {
                "config_name": f"{engine}-{number}",
                "engine_name": engine,
                "engine_version": version,
                "create_time": first + number * 86_400_000,
            }
            for engine, version, count in pairs
            for number in range(count)
        )
    )


def everything(frame: pd.DataFrame) -> Mask:
    """The mask that lets every row through."""
    return np.ones(len(frame), dtype=bool)


_DAYS = st.integers(milliseconds("2023-11-20") // 86_400_000, milliseconds("2024-03-10") // 86_400_000)
_TIMES = st.builds(lambda day, rest: day * 86_400_000 + rest, _DAYS, st.integers(0, 86_399_999))


@st.composite
def wires(draw: st.DrawFn, longest: int = 25) -> list[dict[str, object]]:
    """Rows with many ties, gaps and blanks, in the service's descending order of names."""
    row = st.fixed_dictionaries(
        {
            "config_name": st.text("abAB_-1", min_size=1, max_size=3),
            "config_desc": st.sampled_from([None, "", "  ", "a", "B", "b", "Über", "é"]),
            "create_time": st.none() | _TIMES | st.sampled_from([0, "junk", milliseconds("2024-02-29")]),
            "engine_name": st.sampled_from([None, " ", "PyTorch", "TensorFlow", "MXNet", "<b>"]),
            "engine_version": st.sampled_from([None, "", "1.0", "2.0", "<i>"]),
            "user_image_url": st.sampled_from([None, "", "swr/x:1", "SWR/Y:latest"]),
            "user_command": st.sampled_from([None, "python a.py", "PYTHON [b].py", "run_train.sh é"]),
        }
    )
    rows: list[dict[str, object]] = draw(st.lists(row, max_size=longest))
    return sorted(rows, key=lambda row: str(row["config_name"]), reverse=True)


@st.composite
def masked_wires(draw: st.DrawFn) -> tuple[list[dict[str, object]], Mask]:
    """Rows, and a mask over them."""
    rows = draw(wires())
    mask = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    return rows, np.array(mask, dtype=bool)


@contextmanager
def client_of(service: LocalService, token: str | None = None) -> Iterator[Client]:
    """A client of a local service that repeats nothing, so that one failure is one request."""
    credentials = TokenCredentials(token) if token else None
    with Client(service.url, service.project_id, credentials, retries=0) as client:
        yield client
