"""The audit's names of fields are the wrapper's."""

from __future__ import annotations

from dashboard.audit.wire_fields import DETAIL_FIELDS, LIST_FIELDS
from modelarts_api import Configuration, ConfigurationDetail
from modelarts_api.reading import wire_names


def test_they_are_those_that_the_wrapper_reads() -> None:
    assert wire_names(Configuration) == LIST_FIELDS
    assert wire_names(ConfigurationDetail) == LIST_FIELDS + DETAIL_FIELDS
