"""The screens, in the order in which the top bar has them: each is declared once, here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Screen:
    """One screen: its file in `pages/`, what it is called, and the question that it answers.

    `has_filters` is whether the sidebar's filters narrow down what it shows, `is_of_all` whether it is about
    all connections, for who has several.
    """

    file: str
    title: str
    icon: str
    help: str
    has_filters: bool = False
    is_of_all: bool = False


OVERVIEW: Final = Screen(
    "overview", "Overview", "dashboard", "What there is, on which engines, since when.", has_filters=True
)
SCREENS: Final = (
    OVERVIEW,
    Screen(
        "findings",
        "Findings",
        "fact_check",
        "What is risky, why, what to do, and who has accepted it.",
        has_filters=True,
    ),
    Screen("changes", "Changes", "history", "What was added, removed and edited."),
    Screen("compare", "Compare", "compare_arrows", "Configurations side by side, and their families."),
    Screen(
        "migration",
        "Migration",
        "move_up",
        "What each configuration becomes in API v2, and what is left to decide.",
        has_filters=True,
    ),
    Screen(
        "connections",
        "All connections",
        "list_alt",
        "What each connection has, and how it is doing.",
        is_of_all=True,
    ),
    Screen("connection", "Connection", "lan", "What the dashboard is connected to, and how that is doing."),
)


def offered(connections: int) -> tuple[Screen, ...]:
    """Return the screens for a viewer of so many connections.

    To whom nothing is shown yet every address is one that may turn out to be right.
    """
    return tuple(screen for screen in SCREENS if connections != 1 or not screen.is_of_all)
