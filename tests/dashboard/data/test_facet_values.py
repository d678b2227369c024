"""What a facet offers of very many values."""

from __future__ import annotations

from dashboard.data.columns import Part
from dashboard.data.facet_values import MAX_OFFERED, counts, offer
from dashboard.data.parameters import EVERY, Choices
from dashboard.report.facets import narrowing_label
from tests.dashboard.builders import engines_frame, everything

VERSION = EVERY["version"]
assert isinstance(VERSION, Choices)
MANY = engines_frame(*(("PyTorch", f"v{number:03}", 1 + (number == 299)) for number in range(300)))
COUNTS = counts(Part.of(MANY, everything(MANY)), VERSION)


def test_the_most_frequent_of_very_many_are_offered_and_the_rest_is_counted() -> None:
    found = offer(MANY, VERSION, COUNTS, ())
    assert found.values == ("v299", *(f"v{number:03}" for number in range(MAX_OFFERED - 1)))
    assert (found.total, found.unlisted, found.is_narrowed) == (300, 300 - MAX_OFFERED, True)


def test_what_is_chosen_stays_offered_whatever_is_typed() -> None:
    found = offer(MANY, VERSION, COUNTS, ("v250", "v000"))
    assert found.values[-1] == "v250"
    assert found.values.count("v000") == 1
    assert found.unlisted == 300 - MAX_OFFERED - 1
    assert offer(MANY, VERSION, COUNTS, ("v250",), "V10").values == (
        *(f"v10{digit}" for digit in range(10)),
        "v250",
    )


def test_a_text_finds_what_is_not_listed_and_its_counts() -> None:
    nothing = offer(MANY, VERSION, COUNTS, ("v250",), "w")
    assert narrowing_label(VERSION, nothing) == "Version: none has this text"
    found = offer(MANY, VERSION, COUNTS, (), "V29")
    assert found.values == ("v299", *(f"v29{digit}" for digit in range(9)))
    assert next(iter(found.counts.items())) == ("v299", 2)
    assert (found.total, found.unlisted) == (300, 0)


def test_values_without_rows_under_the_other_filters_come_last() -> None:
    assert offer(MANY, VERSION, {"v299": 2}, ()).values[:2] == ("v299", "v000")


def test_few_are_all_offered_and_no_text_hides_any() -> None:
    few = engines_frame(("PyTorch", "1", 2), ("PyTorch", "2", 1))
    found = offer(few, VERSION, counts(Part.of(few, everything(few)), VERSION), (), "no such text")
    assert (found.values, found.total, found.unlisted, found.is_narrowed) == (("1", "2"), 2, 0, False)
