"""What a view's filters are called."""

from __future__ import annotations

from datetime import date

from dashboard.data.parameters import EVERY, FACETS, FILTERS
from dashboard.data.view import Facets, View, read_view
from dashboard.ui.formatting import filter_words


def test_every_filter_has_its_words() -> None:
    facets = Facets.of(
        engine=("PyTorch", "Caffe"),
        version=("1.0",),
        contains="train.py",
        created_from=date(2024, 1, 2),
        created_to=date(2025, 3, 4),
    )
    assert list(filter_words(View("bert", "sample", facets=facets))) == [
        "type sample",
        "search bert",
        "engine PyTorch, Caffe",
        "version 1.0",
        "contains train.py",
        "from 2024-01-02",
        "to 2025-03-04",
    ]


def test_nothing_is_said_of_no_filter() -> None:
    assert list(filter_words(read_view({name: each.default for name, each in EVERY.items()}))) == []


def test_no_filter_is_left_out() -> None:
    """Also one that may yet be added to the view: dropping it would have to shorten the words."""
    examples = {"contains": "d", "created_from": date(2024, 1, 2), "created_to": date(2025, 3, 4)}
    facets = Facets.of(**{facet.name: examples.get(facet.name, ["b"]) for facet in FACETS})
    whole = View("a", facets=facets)
    for filtering in FILTERS:
        left = list(filter_words(whole.without(filtering.name)))
        assert len(left) == len(list(filter_words(whole))) - 1, filtering.name
