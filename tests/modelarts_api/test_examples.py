"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = (
    "",
    ".auth.access_key",
    ".redaction",
    ".auth.token",
    ".diagnosis",
    ".errors",
    ".models",
    ".http.proxy",
    ".auth.password",
    ".reading",
    ".regions",
    ".auth.signing",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    results = doctest.testmod(import_module(f"modelarts_api{name}"))
    assert results.attempted > 0
    assert results.failed == 0
