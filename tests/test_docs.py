"""What the documents say, compared with what is there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from dashboard.audit.checks import BUILT_IN
from dashboard.audit.settings import AuditSettings
from dashboard.data import parameters
from dashboard.history.fields import FIELDS
from dashboard.report import screens
from dashboard.secrets_file import TABLES
from modelarts_local.samples.project import generate_configurations
from tests.dashboard.builders import inventory_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
PINNED = sorted([*ROOT.glob("requirements*.txt"), *(ROOT / "benchmarks").glob("*requirements*.txt")])
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
    assert named == set(parameters.IN_ADDRESS)


def test_every_screen_is_in_the_readme_and_has_its_paragraph() -> None:
    told = (ROOT / "docs" / "screens.md").read_text(encoding="utf-8")
    for title in (screen.title for screen in screens.SCREENS):
        assert f"\n| {title} | " in README
        assert f"\n**{title}**" in told


def test_every_variable_that_is_read_is_a_setting_and_no_other() -> None:
    code = (file.read_text(encoding="utf-8") for file in (ROOT / "dashboard").rglob("*.py"))
    read = {name for text in code for name in re.findall(r"\bDASHBOARD_[A-Z_]+\b", text)}
    assert set(re.findall(r"^\| `(DASHBOARD_\w+)` \|", SETTINGS, re.MULTILINE)) == read


def test_every_table_of_the_secrets_is_a_setting_and_no_other() -> None:
    assert set(re.findall(r"^\| `\[(\w+)[^|]*\]` \|", SETTINGS, re.MULTILINE)) == set(TABLES)


def test_every_fields_class_of_change_is_told() -> None:
    text = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (security|reproducibility|cosmetic) \| [^|]* \| (.*) \|$", text, re.MULTILINE)
    told = {name: re.findall(r"`([^`]+)`", fields) for name, fields in rows}
    told["reproducibility"] += ["engine_*", "user_*"]  # engine, image, command
    told["security"] += ["masked_*"]  # in the paragraph below
    untold = {
        field: change.value
        for field, change in FIELDS.items()
        if not any(fnmatch(field, pattern) for pattern in told[change.value])
    }
    assert untold == {}


def test_the_audits_example_runs() -> None:
    text = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {
        "settings": AuditSettings(),
        "loaded": inventory_of(*generate_configurations(60, 7)),
        "details": {},
        "waivers": [],
        "now": datetime.now(UTC),
        "engines": None,
    }
    exec(example, names)
    assert sum(names["audit"].counts().values()) > 0


def test_the_readme_counts_the_checks() -> None:
    assert re.findall(r"\[(\d+) checks\]", README) == [str(len(BUILT_IN))]


def test_the_readme_says_why_each_package_is_there() -> None:
    told = README.partition("## Dependencies")[2]
    rows = re.findall(r"^\| (.*?) \|", told, re.MULTILINE)
    named = {name for row in rows for name in re.split(r"[,;] ", row)}
    lines = (line for file in PINNED for line in file.read_text(encoding="utf-8").splitlines())
    pinned = {found[0].lower().replace("_", "-") for line in lines if (found := re.match(r"\w[\w-]*", line))}
    assert pinned - named == set()


def test_the_readme_fits_a_short_read() -> None:
    assert len(README.splitlines()) <= 200
