"""Each screen is declared once, and has its file."""

from __future__ import annotations

from pathlib import Path

from dashboard.report.screens import OVERVIEW, SCREENS, offered

ROOT = Path(__file__).parents[3]


def test_every_screen_has_its_file_and_every_file_is_a_screen() -> None:
    assert sorted(screen.file for screen in SCREENS) == sorted(
        path.stem for path in (ROOT / "pages").glob("*.py")
    )


def test_the_screen_over_all_is_for_who_has_several_or_none_yet() -> None:
    assert [len(offered(connections)) for connections in (0, 1, 2)] == [7, 6, 7]
    assert offered(1)[0] is OVERVIEW
    assert not any(screen.is_of_all for screen in offered(1))
