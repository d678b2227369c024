"""Masked texts for grammars: each mask is one plain word to them, and reads as a mask again afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from dashboard.parsing.secrets import Kind
from dashboard.parsing.syntax import Word

T = TypeVar("T")
_BEGINNING: Final = "••• ("
_MASK: Final = re.compile(rf"••• \((?:{'|'.join(map(re.escape, Kind))}), [0-9]{{1,9}} characters?\)")
# What fills a mask's place; the first that the text does not have.
_FILLERS: Final = "•◦‣▪▫◘◙"
# What an image reference may hold anywhere.
_LETTERS: Final = "xqzjkvw"
_MIN_RUN: Final = 8


@dataclass(frozen=True, slots=True)
class Filled:
    """A text in which each mask is a run of one character, as long as the mask: all places are the same."""

    text: str
    filler: str
    masks: tuple[tuple[int, str], ...]

    def restored(self, part: str, start: int = 0) -> str:
        """Return a part of the text with its masks; it began at `start`, and may have lost quotes since."""
        at = 0
        for place, mask in self.masks:
            if place < start or (found := part.find(self.filler * len(mask), at)) < 0:
                continue
            at = found + len(mask)
            part = part[:found] + mask + part[at:]
        return part


def filled(text: str) -> Filled | None:
    """Return a text for a shell's grammar; None where it has no mask."""
    filler = next((one for one in _FILLERS if one not in text.replace(_BEGINNING, "")), _FILLERS[0])
    return _filled(text, filler)


def filled_reference(text: str) -> Filled | None:
    """Return a text for the grammar of image references; None where it has no mask."""
    filler = next((one for one in _LETTERS if one * _MIN_RUN not in text), _LETTERS[0])
    return _filled(text, filler)


def restored_words(node: T, filled_text: Filled) -> T:
    """Return what was read of a filled text, whose words read as in the masked one."""
    return _restored(node, filled_text)  # type: ignore[no-any-return]


def _filled(text: str, filler: str) -> Filled | None:
    if _BEGINNING not in text:
        return None
    masks = tuple((mask.start(), mask[0]) for mask in _MASK.finditer(text))
    filled_text = _MASK.sub(lambda mask: filler * len(mask[0]), text)
    return Filled(filled_text, filler, masks) if masks else None


def _restored(node: Any, text: Filled) -> Any:
    if isinstance(node, tuple):
        return tuple(_restored(each, text) for each in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    inner = {each.name: _restored(getattr(node, each.name), text) for each in fields(node)}
    if isinstance(node, Word):
        words = {name: text.restored(inner[name], node.start) for name in ("text", "value")}
        return replace(node, **inner | words)
    return replace(node, **inner)
