"""Whether two commands hold the same arguments in another order, and whether that may matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from dashboard.history.command_parts import CommandParts, Part
from dashboard.parsing import Command, normalised, parse_command

Order = Literal["same", "safe", "unsafe"]
"""How two orders compare: safe are those that differ where `normalised` says that it does not matter."""


def compared_order(one: CommandParts, other: CommandParts) -> Order:
    """Return how the order compares of what both commands hold, whatever its values."""
    owners = dict.fromkeys(part.owner for part in one.parts.values())
    answers = {_compared(owner, one.parts, other.parts) for owner in owners}
    return "unsafe" if "unsafe" in answers else "safe" if "safe" in answers else "same"


def _compared(owner: str, one: Mapping[str, Part], other: Mapping[str, Part]) -> Order:
    orders = [
        [label for label, part in parts.items() if part.owner == owner and label in one and label in other]
        for parts in (one, other)
    ]
    if orders[0] == orders[1]:
        return "same"
    # Of what both hold, with the values of one of them: only the order can then be different.
    texts = [_program([other[label] for label in order]) for order in orders]
    commands = [parse_command(text) for text in texts]
    says_same = len({normalised(one) for one in commands if isinstance(one, Command)}) == 1
    readable = all(isinstance(one, Command) for one in commands)
    return "safe" if readable and says_same else "unsafe"


def _program(parts: Sequence[Part]) -> str:
    words = ["python x.py" if all(part.is_python for part in parts) else "x"]
    words += [part.words for part in parts if not part.is_terminated]
    terminated = [part.words for part in parts if part.is_terminated]
    return " ".join([*words, *(["--", *terminated] if terminated else [])])
