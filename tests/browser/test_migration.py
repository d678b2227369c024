"""The migration screen in a browser: deciding, sharing, fetching, and how it looks and reads."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.screen import Screen, expect_room
from tests.browser.served import Dashboard
from tests.dashboard.migration.records import custom, preset

FLAVOR = "modelarts.bm.gpu.v100"
VERSION = "TF-1.13.1-python3.6"
PROJECT = [
    preset(config_name="ready", spec_code=FLAVOR),
    *(preset(config_name=f"old-{n}", spec_code=FLAVOR, engine_version=VERSION) for n in range(3)),
    preset(config_name="builtin", spec_code=FLAVOR, model_id=5),
    custom(config_name="secretive", spec_code=FLAVOR,
           parameter=[{"label": "DB_PASSWORD", "value": "hunter2hunter2"}]),
]  # fmt: skip


@pytest.fixture(scope="module")
def deciding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard on a project of six configurations, with a database of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/dashboard.db"
    with (
        LocalService(PROJECT) as service,
        Dashboard(
            {**connected_to(service), "DASHBOARD_DATABASE_URL": url, "DASHBOARD_AUDIT_DETAILS": "true"}
        ) as running,
    ):
        yield running


def opened(tab: Screen, query: str = "") -> Screen:
    tab.page.goto(f"{tab.url}/migration{query}")
    expect(rows(tab).first).to_be_visible()
    return tab


def rows(tab: Screen) -> Locator:
    return tab.page.locator("table.migrations tbody tr")


def number(tab: Screen, label: str) -> Locator:
    return tab.page.locator(".figures .figure").filter(has_text=label).locator(".value")


def test_a_decision_is_taken_for_all_shared_with_others_and_in_the_files(
    visit: Visit, deciding: Dashboard, tmp_path: Path
) -> None:
    tab, other = opened(visit(deciding)), opened(visit(deciding))
    for one in (tab, other):
        expect(number(one, "Ready")).to_have_text("2")
    tab.page.get_by_role("textbox", name="Your name").fill("anna")
    tab.page.get_by_role("combobox", name="Decide on").click()
    tab.page.get_by_role("option", name="tensorflow_2.1.0").first.click()
    tab.page.get_by_role("button", name="Decide for 3 configurations").click()
    for one in (tab, other):  # the other one sees it by itself
        expect(number(one, "Ready")).to_have_text("5")
    with other.page.expect_download() as download:
        other.page.get_by_role("link", name="ZIP: JSON, Terraform").click()
    path = tmp_path / "migration.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert b'"tensorflow_2.1.0' in archive.read("json/old-0.algorithm.json")
        assert VERSION.encode() in archive.read("decisions.toml")
        assert not [name for name in archive.namelist() if b"hunter2" in archive.read(name)]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_the_screen_and_one_configuration_fit_and_can_be_read_by_all(
    scheme: str, width: int, visit: Visit, deciding: Dashboard
) -> None:
    tab = visit(deciding, color_scheme=scheme, viewport={"width": width, "height": 1000})
    expect_room(tab, "/migration", "migration_top")
    expect(rows(tab).first).to_be_visible()
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.violations() == []
    rows(tab).filter(has_text="secretive").click()
    expect(tab.drawer).to_contain_text("v1 and v2, field by field")
    expect(tab.page).to_have_url(re.compile("config=secretive"))
    expect(tab.drawer.locator("#job")).to_contain_text("@@DB_PASSWORD@@")
    assert tab.violations() == []
    assert "hunter2" not in tab.page.content()
