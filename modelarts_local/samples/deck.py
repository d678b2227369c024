"""Chance without bad luck."""

import random
from collections.abc import Mapping
from typing import Generic, TypeVar

Card = TypeVar("Card")


class Deck(Generic[Card]):
    """Draws cards in the given proportions; none is missing once the deck has been dealt through.

    Independent draws would leave a small project without the rare traits that it is there to show.
    """

    def __init__(self, rng: random.Random, counts: Mapping[Card, int]) -> None:
        self._rng = rng
        self._cards = [card for card, count in counts.items() for _ in range(count)]
        self._left: list[Card] = []

    def draw(self) -> Card:
        """Draw a card; an empty deck is shuffled anew first."""
        if not self._left:
            self._left = self._cards.copy()
            self._rng.shuffle(self._left)
        return self._left.pop()
