"""What many configurations have in common is worked out once: engines, images, commands, parts of bodies."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Final, TypeVar

from dashboard.migration.commands import Rewritten, rewrite
from dashboard.migration.engines import EngineChoice, EngineQuestion, find_engine
from dashboard.migration.offers import Offers
from dashboard.migration.reasons import REASONS, Reason
from dashboard.migration.statements import Rule
from dashboard.parsing import ImageReference, parse_image_reference

MAX_KEPT: Final = 20_000
"""So many of each are kept; further ones are worked out each time."""

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Origin = tuple[Rule, tuple[str, ...]]
"""Where a field of the result comes from: the rule that made it, and v1's fields it was made of."""
Said = tuple[str, str, str | None, str | None]
"""What a reason says: code, message, v1's field, subject of the decision."""
Origins = Mapping[str, Origin]
"""The origins of the fields of a list's item, by their paths below it: ``.remote.obs.obs_url``."""


class Lookups:
    """The memory of one run over many configurations; it holds no secret, since the texts have none left."""

    def __init__(self, offers: Offers) -> None:
        """Begin empty."""
        self.offers = offers
        self._engines: dict[str, EngineChoice | EngineQuestion] = {}
        self._images: dict[str, ImageReference | None] = {}
        self._commands: dict[str, Rewritten] = {}
        self._origins: dict[Origin, Origin] = {}
        self._reasons: dict[Said, Reason] = {}
        self._of_items: dict[Hashable, Origins] = {}

    def engine(self, version: str) -> EngineChoice | EngineQuestion:
        """Return what `engines.find_engine` does."""
        return _kept(self._engines, version, lambda text: find_engine(text, self.offers))

    def image(self, text: str) -> ImageReference | None:
        """Return what `parsing.parse_image_reference` does."""
        return _kept(self._images, text, parse_image_reference)

    def command(self, text: str) -> Rewritten:
        """Return what `commands.rewrite` does."""
        return _kept(self._commands, text, rewrite)

    def origin(self, rule: Rule, fields: tuple[str, ...]) -> Origin:
        """Return rule and fields, the same pair for the same two: there are some hundred different ones."""
        pair = (rule, fields)
        return self._origins.get(pair) or _kept(self._origins, pair, lambda same: same)

    def reason(self, said: Said) -> Reason:
        """Return a reason without suggestions."""
        return _kept(self._reasons, said, lambda said: Reason(REASONS[said[0]], *said[1:]))

    def origins(self, make: Callable[..., Origins], *arguments: Hashable) -> Origins:
        """Return what a function makes of its arguments: items of the same kind share their origins."""
        return _kept(self._of_items, (make, *arguments), lambda _: make(*arguments))


def _kept(memory: dict[K, T], key: K, work: Callable[[K], T]) -> T:
    if key in memory:
        return memory[key]
    found = work(key)
    if len(memory) < MAX_KEPT:
        memory[key] = found
    return found


def by_rule(above: str, names: tuple[str, ...], rule: Rule, fields: tuple[str, ...]) -> Origins:
    """Return the origins of an item whose fields all are of one rule, as they are named below a path."""
    return {f"{above}.{name}": (rule, fields) for name in names}
