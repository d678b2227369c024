"""Cases to measure the finding of secrets with: commands, parameters and addresses of training jobs.

`secret_cases_positive.txt` and `secret_cases_benign.txt` hold one case a line, under headings of families.
`⟦kind⟧` stands for a secret of that kind (`secret_values.KINDS`), `⟦kind|code⟧` for one that must be called
as `CODES` says, `⟦=text|code⟧` for that very text; `⟨kind⟩` for something random that is no secret; `⏎` for
a line break. A line `name ⇒ value` is a run parameter.

A third of the cases, chosen by a hash of their line, is the hold-out: rules were not fitted to it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.dashboard.parsing.secret_values import KINDS

CODES: Final = {
    "a": "access key",
    "s": "secret key",
    "k": "API key",
    "t": "token",
    "p": "password",
    "x": "secret",
    "h": "authorization header",
    "u": "credential in a URL",
    "g": "signature in a URL",
    "v": "private key",
}
# What a value is called when its line does not say.
DEFAULT_CODES: Final = {"ak": "a", "akia": "a", "ltai": "a", "akid": "a", "sk": "s", "awssk": "s"}
FOLDER: Final = Path(__file__).parent
MARK: Final = re.compile(r"⟦(?P<secret>[^⟧]+)⟧|⟨(?P<other>[^⟩]+)⟩")


@dataclass(frozen=True)
class Planted:
    """A secret in a case: what it is called, and where its value stands in the text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Case:
    """One text and the secrets in it (none: a benign case). A run parameter has a `name`."""

    line: str
    family: str
    name: str | None
    text: str
    planted: tuple[Planted, ...]

    @property
    def held_out(self) -> bool:
        """Whether the case belongs to the third that rules were not fitted to."""
        return hashlib.sha256(self.line.encode()).digest()[0] % 3 == 0


def cases(draw: int = 0) -> tuple[Case, ...]:
    """Return all cases, positive ones first; another `draw` has other values in the same lines."""
    return tuple(_read("secret_cases_positive.txt", draw)) + tuple(_read("secret_cases_benign.txt", draw))


def _read(file: str, draw: int) -> Iterator[Case]:
    family = ""
    for line in (FOLDER / file).read_text(encoding="utf-8").split("\n"):
        if line.startswith("## "):
            family = line.removeprefix("## ")
        elif line:
            yield _case(line, family, draw)


def _case(line: str, family: str, draw: int) -> Case:
    name, arrow, value = line.partition(" ⇒ ")
    template = value if arrow else line
    pieces: list[str] = []
    planted = []
    end = length = 0
    for number, mark in enumerate(MARK.finditer(template)):
        kind, _, code = (mark["secret"] or mark["other"]).partition("|")
        random = Random(f"{draw}:{line}:{number}")
        drawn = kind.removeprefix("=") if kind.startswith("=") else KINDS[kind](random)
        before = template[end : mark.start()].replace("⏎", "\n")
        pieces += [before, drawn]
        start = length + len(before)
        length = start + len(drawn)
        if mark["secret"]:
            planted.append(Planted(CODES[code or DEFAULT_CODES.get(kind) or _by_prefix(kind)], start, length))
        end = mark.end()
    text = "".join(pieces) + template[end:].replace("⏎", "\n")
    return Case(line, family, name if arrow else None, text, tuple(planted))


def _by_prefix(kind: str) -> str:
    return "p" if kind.startswith("pw") else "t"
