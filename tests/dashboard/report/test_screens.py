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
    of_one = [screen for screen in SCREENS if not screen.is_of_all]
    assert len(of_one) == len(SCREENS) - 1
    assert [list(offered(connections)) for connections in (0, 1, 2)] == [list(SCREENS), of_one, list(SCREENS)]
    assert of_one[0] is OVERVIEW
