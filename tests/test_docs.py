"""What the documents say, compared with what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.data import parameters

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_links_to_is_there(document: Path) -> None:
    prose = re.sub(r"`[^`]*`", "", document.read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([^)\s]+)\)", prose)
    here = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [link for link in here if not (document.parent / link).exists()] == []


def test_every_parameter_of_the_address_is_documented_and_no_other() -> None:
    text = (ROOT / "docs" / "screens.md").read_text(encoding="utf-8").partition("| parameter |")[2]
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    named = {name for row in rows for name in row.split("`")[1::2]}
    of_screens = {
        value for name, value in vars(parameters).items() if name.isupper() and isinstance(value, str)
    }
    assert named == {
        *parameters.EVERY,
        *of_screens,
        parameters.AS_OF.name,
        parameters.NEW_SINCE.name,
        "all_engines",
    }


def test_the_readme_fits_a_short_read() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200
