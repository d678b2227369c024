"""Texts of configurations inside of files: in one line of a comment, as literals of HCL and of Python.

Such texts are hostile: whatever they hold, they stay the text of one comment or of one string.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from dashboard.migration.variables import MARKER

MAX_LINE: Final = 400
"""Characters of a text in a comment; the rest is cut."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that break lines, turn the direction of writing, or are not seen."""
_TEMPLATE: Final = re.compile(r"\$\{|%\{|[$%](?=[$%{]|\Z)")
"""What begins a template in HCL, or could with what follows: another sign, or a reference to a variable."""


def one_line(text: str) -> str:
    """Return a text in one line, everything unseen in it written out, cut at MAX_LINE characters."""
    cut = text if len(text) <= MAX_LINE else f"{text[: MAX_LINE - 1]}…"
    return "".join(_escape(one) if is_unseen(one) else one for one in cut)


def is_unseen(character: str) -> bool:
    """Return whether a character is none that is simply seen where it stands."""
    if character.isascii():
        return not character.isprintable()
    return unicodedata.category(character) in _UNSEEN


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def _hcl_escape(character: str) -> str:
    # HCL has no way to write half of a pair of surrogates, and no file of UTF-8 holds one.
    return _escape("�" if unicodedata.category(character) == "Cs" else character)


_HCL_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def hcl_literal(text: str, *, goes_on: bool = False) -> str:
    """Return a text as it stands between the quotes of HCL. `goes_on`: a reference to a variable follows."""
    escaped = "".join(_HCL_NAMED.get(one) or (_hcl_escape(one) if is_unseen(one) else one) for one in text)
    return _TEMPLATE.sub(lambda found: _hcl_template(found[0], found.end() == len(escaped), goes_on), escaped)


def _hcl_template(found: str, at_end: bool, goes_on: bool) -> str:
    if len(found) == 2:
        return f"{found[0]}{found}"
    return found if at_end and not goes_on else f"\\u{ord(found):04x}"


def hcl_string(text: str, reference: Callable[[str], str]) -> str:
    """Return a text as an expression of HCL; `reference` gives that of a variable."""
    pieces = list(split(text))
    if len(pieces) == 1 and pieces[0][1]:
        return reference(pieces[0][0])
    parts = []
    for index, (piece, is_variable) in enumerate(pieces):
        follows = index + 1 < len(pieces)
        parts.append(f"${{{reference(piece)}}}" if is_variable else hcl_literal(piece, goes_on=follows))
    return f'"{"".join(parts)}"'


def python_string(text: str, reference: Callable[[str], str]) -> str:
    """Return a text as an expression of Python, in ASCII; `reference` gives that of a variable."""
    pieces = [reference(piece) if is_variable else ascii(piece) for piece, is_variable in split(text)]
    return " + ".join(pieces) or "''"


def split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text: what is literal, and the names of variables, which are told by True."""
    at = 0
    for found in MARKER.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[1], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
