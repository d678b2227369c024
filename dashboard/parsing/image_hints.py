"""What an image's name and tag say of its inside: base system, accelerator libraries, Python, CPU only.
 A hint is what somebody wrote, not what the image holds; each carries the text that it was read from. A
version may follow its product at once, or behind a hyphen or underscore (``ubuntu1604``, ``cuda_10.2``,
``cp36``). Behind the colon it counts only where the product is the whole name: ``ubuntu:18.04`` is Ubuntu
18.04, ``our-centos:7`` is somebody's seventh image.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.parsing.engine_version import dotted_python
from dashboard.parsing.image_reference import ImageReference
from dashboard.parsing.product_line import ProductLine, product_line

HintKind = Literal["system", "accelerator", "python", "cpu"]

CODENAMES: Mapping[str, tuple[str, str]] = {
    "trusty": ("Ubuntu", "14.04"),
    "xenial": ("Ubuntu", "16.04"),
    "bionic": ("Ubuntu", "18.04"),
    "focal": ("Ubuntu", "20.04"),
    "jammy": ("Ubuntu", "22.04"),
    "noble": ("Ubuntu", "24.04"),
    "jessie": ("Debian", "8"),
    "stretch": ("Debian", "9"),
    "buster": ("Debian", "10"),
    "bullseye": ("Debian", "11"),
    "bookworm": ("Debian", "12"),
    "trixie": ("Debian", "13"),
}
"""Releases that images are named after."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that an image's name says; `text` stands at `start` in the reference.

    `version` is None where only the product is named, and for `cpu`.
    """

    kind: HintKind
    product: str
    version: str | None
    text: str
    start: int

    @property
    def line(self) -> ProductLine | None:
        """Return the product line that the version is of, named as end-of-life dates name it."""
        return product_line(self.product, self.version)


def image_hints(reference: ImageReference) -> tuple[Hint, ...]:
    """Return what the last part of the name and the tag say, in the order of the text; one hint a text."""
    registry = "" if reference.registry is None else f"{reference.registry}/"
    start = len(registry) + len(reference.repository) - len(reference.name)
    text = reference.text[start:].partition("@")[0]
    found: dict[int, Hint] = {}
    for hint in _hints(text, start):
        found.setdefault(hint.start, hint)
    return tuple(found[place] for place in sorted(found))


def says_cpu(reference: ImageReference) -> bool:
    """Return whether the image says that it is for CPUs, and names no accelerator beside that."""
    words = set(_WORD.split(f"{reference.name}:{reference.tag or ''}"))
    accelerated = any(hint.kind == "accelerator" for hint in image_hints(reference))
    return "cpu" in words and not accelerated and not words & {"gpu", "npu", "cuda", "ascend"}


_WORD = re.compile(r"[^a-z0-9]+")


def _hints(text: str, offset: int) -> Iterator[Hint]:
    lowered = text.lower()
    for pattern, read in _PATTERNS:
        for found in pattern.finditer(lowered):
            if ":" in found[0] and found.start() > 0:
                continue
            kind, product, version = read(found)
            yield Hint(kind, product, version, text[found.start() : found.end()], offset + found.start())


_Reading = tuple[HintKind, str, str | None]


def _ubuntu(found: re.Match[str]) -> _Reading:
    return "system", "Ubuntu", f"{found['year']}.{found['month']}"


def _named(kind: HintKind, product: str) -> Callable[[re.Match[str]], _Reading]:
    return lambda found: (kind, product, found["version"])


def _codename(found: re.Match[str]) -> _Reading:
    product, version = CODENAMES[found[0]]
    return "system", product, version


def _digits(found: re.Match[str]) -> str:
    """Return the version of digits that were run together: "102" is 10.2, "118" is 11.8."""
    return f"{found['digits'][:-1]}.{found['digits'][-1]}"


def _cuda_digits(found: re.Match[str]) -> _Reading:
    return "accelerator", "CUDA", _digits(found)


def _python_digits(found: re.Match[str]) -> _Reading:
    return "python", "Python", dotted_python(found["digits"])


def _underscored(kind: HintKind, product: str) -> Callable[[re.Match[str]], _Reading]:
    return lambda found: (kind, product, found["version"].replace("_", ".") if found["version"] else None)


def _cpu(found: re.Match[str]) -> _Reading:  # noqa: ARG001 - all readers are called alike
    return "cpu", "CPU", None


def _compile(pattern: str) -> re.Pattern[str]:
    """Compile what may stand between letters and digits of other words on neither side."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9]|\.\d)", re.ASCII)


_NUMBER = r"\d{1,2}(?:\.\d{1,4}){0,3}"
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Reading]], ...] = (
    (_compile(r"ubuntu[-_:]?(?P<year>[12]\d)\.?(?P<month>0[46]|10)(?:\.\d)?"), _ubuntu),
    (
        _compile(rf"centos(?:[-_:]?stream)?[-_:]?(?P<version>[5-9](?:\.{_NUMBER})?)"),
        _named("system", "CentOS"),
    ),
    (_compile(r"debian[-_:]?(?P<version>(?:[89]|1\d)(?:\.\d{1,2})?)"), _named("system", "Debian")),
    (_compile(rf"openeuler[-_:]?(?P<version>{_NUMBER})"), _named("system", "openEuler")),
    (_compile(rf"euler(?:os)?[-_:]?(?P<version>{_NUMBER})"), _named("system", "EulerOS")),
    (_compile(rf"hce[-_:]?(?P<version>{_NUMBER})"), _named("system", "HCE")),
    (_compile(r"alpine[-_:]?(?P<version>3(?:\.\d{1,2}){0,2})"), _named("system", "Alpine")),
    (_compile("|".join(CODENAMES)), _codename),
    (_compile(r"cuda[-_:]?(?P<version>\d{1,2}(?:\.\d{1,2}){0,2})"), _named("accelerator", "CUDA")),
    (_compile(r"(?:cuda[-_]?|cu)(?P<digits>(?:[6-9]|1\d)\d)"), _cuda_digits),
    (_compile(rf"cann[-_:]?(?P<version>{_NUMBER}(?:\.?rc\d+)?)"), _named("accelerator", "CANN")),
    (
        _compile(rf"torch[-_]npu(?:[-_:]?(?P<version>\d+_\d+(?:_\d+)?|{_NUMBER}))?(?:\.?(?:post|rc)\d+)?"),
        _underscored("accelerator", "torch_npu"),
    ),
    (_compile(r"py(?:thon)?[-_:]?(?P<version>[23]\.\d{1,2}(?:\.\d{1,2})?)"), _named("python", "Python")),
    (_compile(r"(?:cp|py|python)(?P<digits>2[67]|3\d{1,2})m?"), _python_digits),
    (_compile(r"cpu"), _cpu),
)
"""Tried in this order; at one place of the text the first counts. Every repetition in them is bounded."""
