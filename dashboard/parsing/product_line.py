"""Product lines: what a product's makers support, and end, as one.
 TensorFlow ended its 1.x as a whole and ends 2.x release by release; MXNet and Horovod ended altogether. So
the name of a line depends on the product, and is the one that published end-of-life dates are given for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

WHOLE = "all"
WHOLE_PRODUCTS = frozenset({"Horovod", "MXNet"})
"""Ended as a whole: every version is of the line `all`."""
MAJOR_SERIES: Mapping[str, frozenset[str]] = {"TensorFlow": frozenset({"1"})}
"""Major versions that ended as a whole: their line is `1.x`."""
MAJOR_PRODUCTS = frozenset({"CentOS", "Debian"})
"""Supported by major version: the line is `7`."""
PRODUCTS: Mapping[str, str] = {"Spark MLlib": "Spark"}
"""The product whose dates count for a framework, where it has another name."""

_NUMBERS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ProductLine:
    """A product ("TensorFlow") and one of its lines ("1.x", "2.1", "all")."""

    product: str
    line: str

    def __str__(self) -> str:
        """Return what to call it on a screen: "TensorFlow 1.x"; "MXNet" where the line is everything."""
        return self.product if self.line == WHOLE else f"{self.product} {self.line}"


def product_line(name: str, version: str | None) -> ProductLine | None:
    """Return the line that a version of a product is of; None where the version does not tell it."""
    product = PRODUCTS.get(name, name)
    if product in WHOLE_PRODUCTS:
        return ProductLine(product, WHOLE)
    numbers = _NUMBERS.match(version or "")
    if numbers is None:
        return None
    major = numbers[0].partition(".")[0]
    if product in MAJOR_PRODUCTS:
        return ProductLine(product, major)
    if major in MAJOR_SERIES.get(product, ()):
        return ProductLine(product, f"{major}.x")
    return ProductLine(product, numbers[0])
