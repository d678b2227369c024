"""Configurations side by side, ticked or by name, and the families that show who is unlike the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from dashboard.history.taker import taker
from modelarts_local import LocalService
from tests.screens.opened import SECONDS, Opened

Open = Callable[..., Opened]
COMPARE = "../pages/compare.py"
COMMON: dict[str, Any] = {
    "engine_name": "PyTorch",
    "user_image_url": "swr.example.com/team/train:1.0",
    "create_time": 1_600_000_000_000,
}
ROWS: list[dict[str, Any]] = [
    COMMON
    | {
        "config_name": f"run-{number}",
        "config_desc": f"<b>{number}</b>",
        "user_command": f"python train.py --lr {lr}",
        "parameter": [{"label": "seed", "value": str(number)}, {"label": "batch", "value": "32"}],
    }
    for number, lr in enumerate(("0.1", "0.1", "0.1", "0.5"))
]


@pytest.fixture
def opened(connect: Callable[[str, str], None]) -> Iterator[Open]:
    """Opens the comparison of these four configurations; parameters are the address's."""
    with LocalService(ROWS) as service:
        connect(service.url, service.project_id)

        def on_compare(**parameters: Any) -> Opened:
            screen = Opened(parameters).settle()
            screen.app.query_params.update(parameters)
            screen.app.switch_page(COMPARE)
            return screen.settle()

        yield on_compare


def fields(html: str) -> dict[str, list[str]]:
    """The rows of the first table: field and the texts of its cells."""
    table = html.partition("<details>")[0]
    rows = re.findall(r'<tr><th scope="row"><bdi>(.*?)</bdi></th>(.*?)</tr>', table)
    cells = {field: re.findall(r"<td>(.*?)</td>", inside) for field, inside in rows}
    return {
        unescape(field): [unescape(re.sub(r"<(/?bdi|/?mark)>", "", cell)) for cell in found[:-1]]
        for field, found in cells.items()
    }


def test_only_what_differs_is_shown_by_argument_and_label_and_the_rest_is_folded_away(opened: Open) -> None:
    screen = opened(compare=["run-0", "run-3"])
    html = screen.html("side_by_side")
    assert fields(html) == {
        "config_desc": ["<b>0</b>", "<b>3</b>"],
        "user_command[--lr]": ["0.1", "0.5"],
        "parameter[seed].value": ["0", "3"],
    }
    folded = html.partition("<details>")[2]
    assert "parameter[batch].value" in folded
    assert "engine_name" in folded
    assert "<b>" not in html


def test_one_of_them_can_be_the_reference_and_the_choice_is_in_the_address(opened: Open) -> None:
    screen = opened(compare=["run-0", "run-1"], reference="run-1")
    assert "reference" in screen.html("side_by_side")
    assert screen.control("reference").value == "run-1"
    assert screen.app.query_params["compare"] == ["run-0", "run-1"]


def test_a_name_that_is_nowhere_is_said_and_the_others_are_compared(opened: Open) -> None:
    screen = opened(compare=["run-0", "nobody", "run-1"])
    assert "There is no configuration nobody" in screen.notices()
    assert fields(screen.html("side_by_side")).keys() == {"config_desc", "parameter[seed].value"}


def test_one_is_compared_with_what_is_usual_in_its_family(opened: Open) -> None:
    html = opened(compare=["run-3"], reference="usual").html("side_by_side")
    assert fields(html)["user_command[--lr]"] == ["0.1", "0.5"]
    assert "of its family" in html


def test_a_map_shows_who_deviates_and_the_overviews_table_says_by_what(opened: Open) -> None:
    screen = opened()
    assert "Choose 2 to 10" in screen.notices()
    html = screen.html("family_map")
    assert re.findall(r'<button type="button" data-press="member 0"><bdi>(.*?)</bdi>', html) == ["run-3"]
    assert re.findall(r"<th scope=\"col\"><bdi>(.*?)</bdi>", html) == ["user_command[--lr]"]
    screen.app.switch_page("../pages/overview.py")
    differs = screen.settle().frame().set_index("name")["differs"].dropna().to_dict()
    assert differs == {"run-3": "user_command[--lr] 0.5 (usually 0.1)"}


def test_states_of_a_snapshot_can_be_compared(opened: Open) -> None:
    screen = opened(compare=["run-0", "run-1"])
    assert taker().wait(SECONDS)
    screen.settle()
    at = [option for option in screen.control("at").options if option != "now"]
    assert len(at) == 1
    screen.choose(at=at[0])
    html = screen.html("side_by_side")
    assert fields(html).keys() == {"config_desc"}  # the details were not known then
    assert html.partition("<details>")[0].count("details not known") == 2


def test_the_markdown_to_copy_holds_the_table(opened: Open) -> None:
    text = unescape(opened(compare=["run-0", "run-1"]).html("copy_comparison"))
    assert "| `parameter[seed].value` | `0` | **`1`** | reproducibility |" in text


def test_nothing_ticked_shows_a_way_that_is_closed(overview: Open) -> None:
    screen = overview()
    assert screen.app.button(key="compare_ticked").disabled
    screen.app.session_state["compared"] = tuple(screen.names()[:2])
    screen.settle()
    assert not screen.app.button(key="compare_ticked").disabled
    assert screen.html("rows").count('aria-checked="true"') == 2
    screen.app.button(key="compare_ticked").click()
    screen.settle()
    assert "data-copy" in screen.html("copy_comparison")
