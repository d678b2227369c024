"""The names of a record's fields are the wrapper's, and all of them have a class of change."""

from __future__ import annotations

from dashboard.data.parameters import CONFIG_TYPE, ORDER
from dashboard.data.record import DETAIL_FIELDS, LIST_FIELDS, SCALAR_DETAIL_FIELDS
from dashboard.history.fields import DETAIL_SECRETS, FIELDS, SECRETS
from modelarts_api import Configuration, ConfigurationDetail
from modelarts_api.models import CONFIG_TYPES, SORT_ORDERS
from modelarts_api.reading import wire_names


def test_they_are_those_that_the_wrapper_reads() -> None:
    assert wire_names(Configuration) == LIST_FIELDS
    assert wire_names(ConfigurationDetail) == LIST_FIELDS + SCALAR_DETAIL_FIELDS


def test_the_choices_of_a_control_are_those_that_a_query_may_have() -> None:
    assert CONFIG_TYPE.allowed == CONFIG_TYPES
    assert ORDER.allowed == SORT_ORDERS


def test_a_change_of_each_is_of_a_class() -> None:
    assert FIELDS.keys() == {*LIST_FIELDS, *DETAIL_FIELDS, SECRETS, DETAIL_SECRETS}
