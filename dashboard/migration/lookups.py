"""What many configurations have in common is worked out once: engines, images, start commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from dashboard.migration.commands import Rewritten, rewrite
from dashboard.migration.engines import EngineChoice, EngineQuestion, find_engine
from dashboard.migration.offers import Offers
from dashboard.parsing import ImageReference, parse_image_reference

MAX_KEPT: Final = 20_000
"""So many of each are kept; further ones are worked out each time."""

T = TypeVar("T")


class Lookups:
    """The memory of one run over many configurations; it holds no secret, since the texts have none left."""

    def __init__(self, offers: Offers) -> None:
        """Begin empty."""
        self._offers = offers
        self._engines: dict[str, EngineChoice | EngineQuestion] = {}
        self._images: dict[str, ImageReference | None] = {}
        self._commands: dict[str, Rewritten] = {}

    def engine(self, version: str) -> EngineChoice | EngineQuestion:
        """Return what `engines.find_engine` does."""
        return _kept(self._engines, version, lambda text: find_engine(text, self._offers))

    def image(self, text: str) -> ImageReference | None:
        """Return what `parsing.parse_image_reference` does."""
        return _kept(self._images, text, parse_image_reference)

    def command(self, text: str) -> Rewritten:
        """Return what `commands.rewrite` does."""
        return _kept(self._commands, text, rewrite)


def _kept(memory: dict[str, T], text: str, work: Callable[[str], T]) -> T:
    if text in memory:
        return memory[text]
    found = work(text)
    if len(memory) < MAX_KEPT:
        memory[text] = found
    return found
