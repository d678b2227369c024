"""What a view's filters are called."""

from __future__ import annotations

from datetime import date

from dashboard.data.view import DEFAULTS, FILTERS, Facets, View, read_view
from dashboard.ui.formatting import filter_words


def test_every_filter_has_its_words() -> None:
    facets = Facets(("PyTorch", "Caffe"), ("1.0",), "train.py", date(2024, 1, 2), date(2025, 3, 4))
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
    assert list(filter_words(read_view(DEFAULTS))) == []


def test_no_filter_is_left_out() -> None:
    """Also one that may yet be added to the view: dropping it would have to shorten the words."""
    whole = View("a", facets=Facets(("b",), ("c",), "d", date(2024, 1, 2), date(2025, 3, 4)))
    for name in FILTERS:
        assert len(list(filter_words(whole.without(name)))) == len(list(filter_words(whole))) - 1, name
