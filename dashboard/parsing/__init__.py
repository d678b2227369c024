"""What the texts of a configuration say: engine version, image reference, start command.

Pure, and used from everywhere: it knows no table, no screen and no network. What cannot be read is said to be
so, and never guessed.
"""

from dashboard.parsing.engine_version import EngineVersion, Framework, parse_engine_version
from dashboard.parsing.image_hints import Hint, image_hints, says_cpu
from dashboard.parsing.image_reference import ImageReference, parse_image_reference
from dashboard.parsing.product_line import ProductLine, product_line

__all__ = [
    "EngineVersion",
    "Framework",
    "Hint",
    "ImageReference",
    "ProductLine",
    "image_hints",
    "parse_engine_version",
    "parse_image_reference",
    "product_line",
    "says_cpu",
]
