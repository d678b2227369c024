"""The screen over all connections: a row each, none held back by another, one ordinary load each."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pandas as pd
import pytest

from dashboard.data.loads import Progress
from dashboard.data.projects import LoadState
from dashboard.report.connections import SIGNS
from dashboard.ui.connections import state_of
from modelarts_api import ServiceError
from modelarts_local import LocalService
from tests.screens import naive
from tests.screens.opened import SECONDS, Opened
from tests.screens.several import TOKEN, rows_of, table

ALL = "../pages/connections.py"
OVERVIEW = "../pages/overview.py"


@pytest.fixture
def beta() -> Iterator[LocalService]:
    with LocalService(rows_of("beta", 2)) as running:
        yield running


def opened(tables: dict[str, Any], **parameters: Any) -> Opened:
    """The screen, once the connection of the sidebar is there; the others may take longer."""
    screen = Opened(parameters, {"connections": tables}).settle()
    screen.app.switch_page(ALL)
    return screen.run()


def settled(screen: Opened) -> Opened:
    """Run until no row is loading, as the screen does by itself in a browser."""
    limit = time.monotonic() + SECONDS
    while any(state.startswith("…") for state in rows(screen)["state"]):
        assert time.monotonic() < limit, "a row is loading for ever"
        time.sleep(0.05)
        screen.run()
    return screen


def rows(screen: Opened) -> pd.DataFrame:
    """The table, by the connections' titles."""
    cells = re.findall(r"<tr data-press.*?</tr>", screen.html("connections"))
    texts = [
        [
            " ".join(unescape(re.sub("<[^>]*>", "", cell)).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row)
        ]
        for row in cells
    ]
    columns = ["title", "state", "configurations", "engines", "newest", "age", "happened", "where"]
    frame = pd.DataFrame(texts, columns=columns, dtype="str").set_index("title")
    numbers = {name: pd.to_numeric(frame[name].str.replace(",", "")).astype("Int64") for name in columns[2:4]}
    return frame.assign(**numbers)


def test_it_is_in_the_navigation_only_where_there_are_several(alpha: LocalService) -> None:
    one = Opened(secrets={"connections": {"a": table(alpha)}}).settle()
    assert "All connections" not in one.everything()
    assert "All connections" in settled(opened({"a": table(alpha), "half": {}})).everything()


def test_each_connection_has_a_row_with_its_counts(alpha: LocalService, beta: LocalService) -> None:
    found = rows(settled(opened({"a": table(alpha, label="Team Alpha"), "b": table(beta)})))
    assert found.index.tolist() == ["Team Alpha", "b"]
    assert found["state"].tolist() == ["✓ up to date", "✓ up to date"]
    assert found["configurations"].tolist() == [130, 2]
    assert found["engines"].tolist() == [3, 2]
    newest = [
        f"{pd.Timestamp(row['create_time'], unit='ms', tz='UTC'):%Y-%m-%d}"
        for row in (rows_of("alpha", 130)[-1], rows_of("beta", 2)[-1])
    ]
    assert found["newest"].tolist() == newest
    assert found["age"].tolist() == ["just now", "just now"]
    assert found["where"].tolist() == [
        f"{service.url.removeprefix('http://')} · {service.project_id} · token" for service in (alpha, beta)
    ]
    assert (found["happened"] == "").all()


def test_a_last_row_has_the_totals_of_what_is_loaded(alpha: LocalService, beta: LocalService) -> None:
    tables = {"a": table(alpha), "b": table(beta), "down": table(alpha, endpoint="http://127.0.0.1:9")}
    html = settled(opened(tables)).html("connections")
    texts = re.sub("<[^>]*>", " ", html[html.index("<tfoot>") :]).split()
    assert texts == ["2", "of", "3", "loaded", "132", "5"]


def test_what_is_down_broken_or_slow_is_a_row_and_holds_nobody_back(
    alpha: LocalService, beta: LocalService
) -> None:
    """The slow one answers long after this test; the row says so, and the others are there."""
    beta.fail(403)
    with LocalService(rows_of("slow", 3), latency_ms=SECONDS * 1000) as slow:
        tables = {
            "slow": table(slow),
            "down": table(alpha, endpoint="http://127.0.0.1:9"),
            "alpha": table(alpha),
            "forbidden": table(beta),
            "half": {"region": "eu-de", "project_id": "p", "access_key": "half-of-a-key"},
        }
        screen = opened(tables, connection="alpha")
        limit = time.monotonic() + SECONDS
        while rows(screen)["state"].str.startswith("…").sum() > 1:
            assert time.monotonic() < limit
            time.sleep(0.05)
            screen.run()
        found = rows(screen)
    assert found["state"].to_dict() == {
        "slow": "… loading",
        "down": "✕ failed",
        "alpha": "✓ up to date",
        "forbidden": "✕ failed",
        "half": "✕ settings",
    }
    assert found.loc["down", "happened"].startswith("Nothing takes a connection there. Since ")
    assert found.loc["down", "happened"].endswith("Retry")
    assert "may not read" in found.loc["forbidden", "happened"]
    assert found.loc["half", "happened"] == "secret_key is missing"
    assert found.loc["alpha", "configurations"] == 130
    assert found.drop("alpha")["configurations"].isna().all()
    assert not screen.app.exception
    assert [secret in screen.everything() for secret in (TOKEN, "half-of-a-key")] == [False, False]


def test_a_viewer_may_come_straight_to_it_with_a_broken_connection_chosen(alpha: LocalService) -> None:
    screen = opened({"a": table(alpha), "half": {}}, connection="half")
    assert settled(screen).control("connection").value == "half"
    assert rows(screen)["state"].to_dict() == {"a": "✓ up to date", "half": "✕ settings"}


def test_it_makes_one_ordinary_load_a_connection(alpha: LocalService, beta: LocalService) -> None:
    screen = settled(opened({"a": table(alpha), "b": table(beta)}))
    for _ in range(5):
        screen.run()
    screen.choose(connection="b")
    screen.app.switch_page(OVERVIEW)
    screen.settle()
    assert screen.range_text() == "1–2 of 2"
    for service in (alpha, beta):
        asked = [request.query["per_page"] for request in naive.lists(service)]
        assert asked in (["1000"], ["1000", "25"])  # of a slow load the first page is asked for alone


def test_old_data_is_marked_and_kept(alpha: LocalService, beta: LocalService) -> None:
    screen = settled(opened({"a": table(alpha), "b": table(beta)}))
    alpha.fail(503, headers={"Retry-After": "0"})
    screen.click("refresh")
    found = rows(settled(screen))
    assert found["state"].to_dict() == {"a": "△ old data", "b": "✓ up to date"}
    assert found.loc["a", "configurations"] == 130
    assert found.loc["a", "happened"].startswith("The service failed. Since ")


def test_a_search_in_the_sidebar_changes_no_row(alpha: LocalService, beta: LocalService) -> None:
    screen = settled(opened({"a": table(alpha), "b": table(beta)}, search="alpha-00"))
    assert rows(screen)["configurations"].tolist() == [130, 2]


def test_an_inventory_that_is_not_whole_is_said_to_be_so(alpha: LocalService, beta: LocalService) -> None:
    alpha.fail(200, {"is_success": True, "config_total_count": 9, "configs": rows_of("alpha", 3)})
    found = rows(settled(opened({"a": table(alpha), "b": table(beta)})))
    assert found.loc["a", "state"] == "△ not whole"
    assert found.loc["a", "configurations"] == 3


def test_opening_a_row_goes_to_its_overview(alpha: LocalService, beta: LocalService) -> None:
    """A press can be driven in a browser only; this is what it leads to."""
    screen = settled(opened({"a": table(alpha), "b": table(beta)}))
    screen.app.session_state["opens_overview"] = True
    screen.control("connection").set_value("b")
    screen.settle()
    assert screen.range_text() == "1–2 of 2"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LoadState(), "… waiting"),
        (LoadState(running=True), "… loading"),
        (LoadState(running=True, progress=Progress(1000, 4200)), "… 1,000 of 4,200"),
        (LoadState(error=ServiceError(503)), "✕ failed"),
    ],
)
def test_states_in_words(state: LoadState, words: str) -> None:
    sign, said = state_of(state)
    assert f"{SIGNS[sign]} {said}" == words


def test_a_hostile_label_is_one_cell(alpha: LocalService, beta: LocalService) -> None:
    label = '<img src=x onerror="alert(1)"> **x** :red[y] =1+1'
    found = rows(settled(opened({"a": table(alpha, label=label), "b": table(beta)})))
    assert found.index[0] == label


def test_fifty_connections_are_all_kept(alpha: LocalService) -> None:
    """None pushes another out, so that each is loaded once and not again and again."""
    screen = settled(opened({f"c{number}": table(alpha) for number in range(50)}))
    assert rows(screen)["configurations"].tolist() == [130] * 50
    screen.run()
    assert [one.query["per_page"] for one in naive.lists(alpha)].count("1000") == 50
