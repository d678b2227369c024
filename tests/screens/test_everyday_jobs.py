"""The jobs of a team lead, each in at most three steps, each compared with a count over the raw rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from modelarts_local import LocalService
from tests.screens import naive
from tests.screens.opened import Opened

Open = Callable[..., Opened]


def names_of(rows: list[naive.Row]) -> list[str]:
    """The rows' names, sorted."""
    return sorted(row["config_name"] for row in rows)


def on_screen(screen: Opened) -> list[str]:
    """The names of all rows that are left, over all pages, sorted; the figure must be their count."""
    found = sorted(row[0] for row in screen.every_row())
    assert screen.figures()["Configurations"] == str(len(found))
    return found


def facet_counts(screen: Opened, facet: str) -> dict[str, int]:
    """What a facet's list says."""
    pairs = re.findall(r"<bdi>(.*?)</bdi><span>([\d,]+)</span>", screen.html(f"{facet}_values"))
    return {value: int(count.replace(",", "")) for value, count in pairs}


def test_how_many_on_which_engines(overview: Open, service: LocalService) -> None:
    counts = Counter(naive.engine(row) for row in naive.listed(service))
    screen = overview()
    listed = facet_counts(screen, "engine")
    assert listed == dict(counts.most_common(len(listed)))
    in_use = {row["engine_name"] for row in naive.listed(service) if row.get("engine_name")}
    assert screen.figures()["Engines in use"] == str(len(in_use))


def test_last_quarter_by_engine(overview: Open, service: LocalService) -> None:
    today = datetime.now(UTC).date()
    this = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_day = this - timedelta(days=1)
    first_day = date(last_day.year, (last_day.month - 1) // 3 * 3 + 1, 1)
    screen = overview()
    screen.press("presets", f"period {first_day} {last_day}")
    wanted = [row for row in naive.listed(service) if naive.created_between(row, first_day, last_day)]
    assert wanted
    assert on_screen(screen) == names_of(wanted)
    listed = facet_counts(screen, "engine")
    assert listed == dict(Counter(naive.engine(row) for row in wanted).most_common(len(listed)))


def test_images_that_are_latest_or_have_no_tag(overview: Open, service: LocalService) -> None:
    screen = overview()
    screen.choose(image_tag=["latest", "none"])
    images = {row["config_name"]: row.get("user_image_url") or "" for row in naive.listed(service)}
    wanted = [
        row
        for row in naive.listed(service)
        if (image := images[row["config_name"]])
        and "@" not in image
        and (image.endswith(":latest") or ":" not in image.rpartition("/")[2])
    ]
    assert wanted
    assert on_screen(screen) == names_of(wanted)


def test_half_a_name(overview: Open, service: LocalService) -> None:
    some = naive.listed(service)[40]["config_name"]
    half = some[: len(some) // 2 + 1]
    screen = overview()
    screen.choose(search=half)
    found = on_screen(screen)
    assert some in found
    assert found == names_of(naive.listed(service, search_content=half))


def test_what_runs_on_tensorflow_1_or_on_python_2_7(overview: Open, service: LocalService) -> None:
    versions = {row["config_name"]: row.get("engine_version") or "" for row in naive.listed(service)}
    tensorflow = [name for name, version in versions.items() if re.match(r"([\d.]+-)?TF-1\.", version)]
    screen = overview()
    screen.choose(framework=["TensorFlow 1.x"])
    assert on_screen(screen) == sorted(tensorflow)
    screen.choose(framework=[], python=["2.7"])
    assert on_screen(screen) == sorted(name for name, version in versions.items() if "python2.7" in version)


def test_is_it_fresh_complete_and_the_right_project(overview: Open, service: LocalService) -> None:
    screen = overview()
    said = screen.everything()
    assert service.project_id in said
    assert any(
        text.value.startswith("Data of ") and "not whole" not in text.value for text in screen.app.text
    )
    assert screen.figures()["Configurations"] == str(len(naive.listed(service)))


def test_a_search_that_finds_nothing_says_where_the_text_is(overview: Open, service: LocalService) -> None:
    rows = naive.listed(service)
    on_it = [row for row in rows if "TF-1.8.0" in (row.get("engine_version") or "")]
    screen = overview()
    screen.choose(search="TF-1.8.0")
    assert screen.figures()["Configurations"] == "0"
    button = screen.app.button(key="elsewhere_version")
    assert button.label == f"{len(on_it)} in version"
    screen.click("elsewhere_version")
    assert on_screen(screen) == names_of(on_it)
    assert screen.control("search").value == ""


def test_a_text_that_is_nowhere_leads_nowhere(overview: Open) -> None:
    screen = overview()
    screen.choose(search="no-such-text-anywhere")
    assert [button.key for button in screen.app.button if button.key.startswith("elsewhere_")] == []
