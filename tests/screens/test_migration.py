"""The migration screen: verdicts that can be checked, decisions that are shared and kept, the passport."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from dashboard.data.database import close_database, shared_database
from dashboard.store.decisions import current_decisions
from dashboard.ui import migration, state
from modelarts_local import LocalService
from tests.dashboard.builders import HOSTILE_TEXTS
from tests.dashboard.migration.records import custom, preset
from tests.screens.opened import SECONDS, Opened
from tests.screens.test_connection_screen import facts, on_connection_screen

MIGRATION = "../pages/migration.py"
FLAVOR = "modelarts.bm.gpu.v100"
VERSION = "TF-1.13.1-python3.6"
PROJECT: list[dict[str, Any]] = [
    preset(config_name="ready", spec_code=FLAVOR),
    *(preset(config_name=f"old-{n}", spec_code=FLAVOR, engine_version=VERSION) for n in range(3)),
    preset(config_name="builtin", spec_code=FLAVOR, model_id=5),
    custom(config_name="secretive", spec_code=FLAVOR,
           parameter=[{"label": "DB_PASSWORD", "value": "hunter2hunter2"}]),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _with_details(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_AUDIT_DETAILS", "true")


@pytest.fixture
def open_screen(connect: Callable[[str, str], None]) -> Iterator[Callable[..., Opened]]:
    """Open the migration screen on a project of these configurations."""
    running: list[LocalService] = []

    def opened(wires: list[dict[str, Any]] | None = None, **parameters: Any) -> Opened:
        service = LocalService(wires if wires is not None else PROJECT)
        service.start()
        running.append(service)
        connect(service.url, service.project_id)
        return migrated(parameters)

    yield opened
    for service in running:
        service.stop()


def migrated(parameters: dict[str, Any]) -> Opened:
    screen = Opened(parameters).settle()
    screen.app.switch_page(MIGRATION)
    return settled(screen)


def settled(screen: Opened) -> Opened:
    """Run until what the configurations become is worked out, as the screen does by itself in a browser."""
    limit = time.monotonic() + SECONDS
    screen.run()
    while not has_table(screen) or waits(screen):
        assert time.monotonic() < limit, "it is never worked out"
        time.sleep(0.05)
        screen.run()
    return screen


def waits(screen: Opened) -> bool:
    """Whether details have not come yet, or what has been decided has not been taken in."""
    said = {str(text.value) for text in screen.app.text}
    missing = "details missing" in screen.html("migration_rows") and not screen.app.warning
    return missing or "Being worked out…" in said


def has_table(screen: Opened) -> bool:
    try:
        return bool(screen.html("migration_rows"))
    except AssertionError:
        return False


def press(screen: Opened, key: str, words: str) -> Opened:
    """Press what says these words in one of the screen's blocks."""
    assert f'data-press="{words}"' in screen.html(key)
    here = SimpleNamespace(session_state=screen.app.session_state, query_params=screen.app.query_params)
    with mock.patch.object(migration, "st", here), mock.patch.object(state, "st", here):
        migration.press(words)
    return settled(screen)


def verdicts(screen: Opened) -> dict[str, str]:
    """The numbers of the three verdicts on screen."""
    return dict(
        re.findall(r'class="label">([^<]*)</span><span class="value">([^<]*)<', screen.html("migration_top"))
    )


def rows(screen: Opened) -> dict[str, tuple[str, str]]:
    """Verdict and reasons of each row on screen, by name."""
    found = {}
    for row in re.findall(r"<tr aria-rowindex.*?</tr>", screen.html("migration_rows")):
        name = re.findall(r"<button[^>]*>([^<]*)<", row)[0]
        cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row)]
        found[unescape(name)] = (cells[0].split(" ", 1)[1], cells[3])
    return found


def test_every_configuration_has_a_verdict_with_its_reasons(open_screen: Callable[..., Opened]) -> None:
    screen = open_screen()
    assert verdicts(screen) == {"Ready": "2", "Needs a decision": "3", "Blocked": "1"}
    assert rows(screen) == {
        "builtin": ("Blocked", "built in algorithm"),
        **{f"old-{n}": ("Needs a decision", "engine successor") for n in range(3)},
        "ready": ("Ready", ""),
        "secretive": ("Ready", ""),
    }
    assert next(iter(rows(screen))) == "builtin"


def test_a_press_shows_one_verdict_or_reason_alone_and_another_takes_it_away(
    open_screen: Callable[..., Opened],
) -> None:
    screen = press(open_screen(), "migration_top", "verdict ready")
    assert set(rows(screen)) == {"ready", "secretive"}
    assert screen.app.query_params["verdict"] in ("ready", ["ready"])
    screen = press(screen, "migration_top", "verdict ready")
    assert len(rows(screen)) == 6
    screen = press(screen, "migration_reasons", "reason engine-successor")
    assert set(rows(screen)) == {"old-0", "old-1", "old-2"}
    assert verdicts(screen)["Ready"] == "2"


def test_the_filters_of_the_sidebar_are_in_force(open_screen: Callable[..., Opened]) -> None:
    screen = open_screen(version=VERSION)
    assert set(rows(screen)) == {"old-0", "old-1", "old-2"}
    assert verdicts(screen) == {"Ready": "0", "Needs a decision": "3", "Blocked": "0"}


@pytest.mark.parametrize("junk", [{"verdict": "fine"}, {"reason": "<b>"}, {"config": "nobody", "page": "99"}])
def test_junk_in_the_address_shows_everything(
    open_screen: Callable[..., Opened], junk: dict[str, str]
) -> None:
    screen = open_screen(**junk)
    assert len(rows(screen)) == 6
    assert not screen.app.exception


def test_a_decision_counts_for_all_that_it_concerns_and_is_kept_with_who_and_when(
    open_screen: Callable[..., Opened],
) -> None:
    screen = open_screen()
    assert screen.control("decide_subject").value == ("engine", VERSION)
    assert screen.app.button(key="decide").label == "Decide for 3 configurations"
    screen.control(f"decide_value_engine_{VERSION}").set_value("tensorflow-cp36-1.8.0")
    screen.run()
    screen.app.button(key="decide").click()
    screen.run()
    assert "your name is missing" in screen.notices()
    assert current_decisions(shared_database(), "environment") == {}
    screen.control("decided_by").set_value(" anna ")
    screen.app.button(key="decide").click()
    settled(screen)
    assert verdicts(screen) == {"Ready": "5", "Needs a decision": "0", "Blocked": "1"}
    (kept,) = current_decisions(shared_database(), "environment").values()
    assert (kept.kind, kept.subject, kept.value) == ("migration.engine", VERSION, "tensorflow-cp36-1.8.0")
    assert kept.decided_by == "anna"
    assert "engine" in screen.app.dataframe[0].value["Kind"].tolist()
    following = screen.app.selectbox(key="decide_subject")
    assert following.value == ("model", "5")
    assert following.proto.set_value  # else the browser goes on showing what has been decided
    # another viewer, and a restart
    close_database()
    assert verdicts(migrated({}))["Ready"] == "5"


def about_to_decide(screen: Opened) -> None:
    """Write what an engine becomes, and who says so."""
    screen.control("decided_by").set_value("anna")
    screen.control(f"decide_value_engine_{VERSION}").set_value("tensorflow-cp36-1.8.0")
    screen.run()


def test_a_decision_can_be_taken_back(open_screen: Callable[..., Opened]) -> None:
    screen = open_screen()
    about_to_decide(screen)
    screen.app.button(key="decide").click()
    settled(screen)
    screen.control("decision_taken").set_value(f"engine: {VERSION}")
    screen.run()
    screen.app.button(key="take_back").click()
    settled(screen)
    assert verdicts(screen)["Needs a decision"] == "3"
    assert current_decisions(shared_database(), "environment") == {}


def test_nothing_is_decided_or_taken_back_of_what_a_viewer_may_no_longer_see(
    open_screen: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn_before(press: str) -> int:
        """Press what was drawn of a connection that is gone, and count what is decided for it."""
        with monkeypatch.context() as gone:
            gone.setenv("MODELARTS_PROJECT_ID", "another")
            screen.app.button(key=press).click()
            screen.run()
        settled(screen)
        return len(current_decisions(shared_database(), "environment"))

    screen = open_screen()
    about_to_decide(screen)
    assert drawn_before("decide") == 0
    about_to_decide(screen)
    screen.app.button(key="decide").click()
    settled(screen)
    screen.control("decision_taken").set_value(f"engine: {VERSION}")
    screen.run()
    assert drawn_before("take_back") == 1


def test_what_is_no_decision_is_said_and_not_kept(open_screen: Callable[..., Opened]) -> None:
    screen = open_screen([preset(spec_code=FLAVOR, worker_server_num=0)])
    screen.control("decided_by").set_value("anna")
    screen.control("decide_value_nodes_name:resnet50").set_value("many")
    screen.run()
    screen.app.button(key="decide").click()
    settled(screen)
    assert "the value should be a number of nodes" in screen.notices()
    assert current_decisions(shared_database(), "environment") == {}


def test_one_configuration_is_shown_field_by_field_with_both_bodies_and_its_passport(
    open_screen: Callable[..., Opened],
) -> None:
    html = open_screen(config="secretive").html("migrated")
    assert "<summary>v1 and v2, field by field</summary>" in html
    for field in ("user_image_url", "algorithm.job_config.engine.image_url", "spec_code", "model_id"):
        assert f"<bdi>{field}</bdi>" in html.replace("<wbr>", "")
    assert 'id="algorithm">' in html
    assert 'id="job">' in html
    assert "@@DB_PASSWORD@@" in html
    assert "documented</a>" in html
    assert re.search(r"SHA-256</bdi></dt><dd><bdi>[0-9a-f]{64}<", html)
    assert 'href="passport.html?connection=environment&amp;config=secretive"' in html


def test_no_secret_and_no_markup_of_others_is_on_screen(open_screen: Callable[..., Opened]) -> None:
    wires = [
        preset(config_name=f"h{n}", config_desc=text, engine_name=text, engine_version=text, app_url=text)
        for n, text in enumerate(HOSTILE_TEXTS)
    ]
    screen = open_screen([*PROJECT, *wires], config="h1")
    everything = screen.everything()
    assert "hunter2" not in everything
    for key in ("migration_top", "migration_engines", "migration_reasons", "migration_rows", "migrated"):
        assert '<a href="javascript' not in screen.html(key)
        assert "<b>bold" not in screen.html(key)
    assert not screen.app.exception


def test_details_that_do_not_come_are_said_and_the_others_are_mapped(
    connect: Callable[[str, str], None],
) -> None:
    with LocalService(PROJECT) as service:
        connect(service.url, service.project_id)
        service.fail(404, path_contains="training-job-configs/ready")
        screen = migrated({})
        limit = time.monotonic() + SECONDS
        while len([one for one in rows(screen).values() if "details missing" in one[1]]) != 1:
            assert time.monotonic() < limit
            screen.run()
        assert "There are details for 5 of 6: 1 could not be loaded." in screen.notices()
        assert rows(screen)["ready"] == ("Needs a decision", "details missing")
        assert rows(screen)["secretive"] == ("Ready", "")


def test_details_that_are_missing_have_one_count_everywhere(open_screen: Callable[..., Opened]) -> None:
    nameless = [custom(config_name=name, spec_code=FLAVOR) for name in ("ready", "  ", "..")]
    screen = open_screen([*PROJECT, *nameless])
    words = "6 of 9: 1 could not be loaded, 2 have no name of their own"
    limit = time.monotonic() + SECONDS
    while f"There are details for {words}. Refresh asks again" not in screen.notices():
        assert time.monotonic() < limit, screen.notices()
        screen.run()
    assert "<bdi>details missing</bdi><span>3</span>" in settled(screen).html("migration_reasons")
    screen.app.switch_page("../pages/findings.py")
    while f"details for {words}." not in screen.settle().html("findings_summary"):
        assert time.monotonic() < limit, screen.html("findings_summary")
    assert facts(on_connection_screen(screen))["Details"] == words


def test_where_details_are_turned_off_it_says_so(
    open_screen: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_AUDIT_DETAILS", "false")
    screen = open_screen()
    assert "Details are turned off" in screen.notices()
    assert verdicts(screen)["Ready"] == "0"


def test_a_database_that_is_away_leaves_the_screen_as_it_is_and_says_so(
    open_screen: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", "sqlite:////dev/null/dashboard.db")
    screen = open_screen()
    assert "No decisions are known and none can be kept" in screen.notices()
    limit = time.monotonic() + SECONDS
    while verdicts(screen)["Ready"] != "2":  # a warning is there before all details are
        assert time.monotonic() < limit
        screen.run()


def test_the_drawer_of_the_overview_has_the_passport_and_leads_here(
    open_screen: Callable[..., Opened],
) -> None:
    open_screen()
    html = Opened({"config": "ready"}).settle().html("details")
    assert "<summary>Passport: Grade D</summary>" in html
    assert 'href="migration?connection=environment&amp;config=ready"' in html
