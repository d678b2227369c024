"""Selecting by mouse and keyboard, hostile text, and the PNG, in a real browser behind the strict policy."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.plotly_basic.sample_figures import HOSTILE
from tests.plotly_basic.screen import chart, wait_for_rest

pytestmark = pytest.mark.browser


def selections(page: Page, count: int) -> list[dict[str, object]]:
    """The selections that reached Python, once there are as many as expected and nothing runs."""
    log = page.get_by_test_id("stText").first
    page.wait_for_function(
        "([text, count]) => JSON.parse(text.textContent).length >= count", arg=[log.element_handle(), count]
    )
    wait_for_rest(page)
    return json.loads(log.text_content())


def click_bar(page: Page, key: str, trace: int, point: int) -> None:
    bar = chart(page, key).locator(".bars").nth(trace).locator(".point path").nth(point)
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chart(page, key).locator(".hoverlayer .hovertext").first.wait_for()
    page.mouse.down()
    page.mouse.up()


def drag(page: Page, key: str) -> None:
    box = chart(page, key).locator(".nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60, steps=5)
    page.mouse.up()


def test_a_click_reaches_the_callback_and_the_script_once(page: Page) -> None:
    click_bar(page, "timeline", 0, 2)

    clicked = {"trace": "TensorFlow", "x": "2024-03-01", "y": 3, "customdata": "c"}
    assert selections(page, 1) == [{"chart": "timeline", "points": [clicked], "period": None, "legend": None}]
    expect(page.get_by_text("returned a selection")).to_be_visible()

    page.get_by_role("button", name="Rerun", exact=True).click()
    expect(page.get_by_text("returned nothing")).to_be_visible()
    assert len(selections(page, 1)) == 1


def test_the_same_bar_can_be_clicked_again(page: Page) -> None:
    click_bar(page, "timeline", 1, 3)
    first = selections(page, 1)
    assert first[0]["points"] == [{"trace": "#aa0000", "x": "2024-04-01", "y": 8, "customdata": [6, 7]}]
    click_bar(page, "timeline", 1, 3)

    assert selections(page, 2) == first * 2


def test_a_drag_sends_its_period_and_leaves_no_mark(page: Page) -> None:
    drag(page, "timeline")

    (sent,) = selections(page, 1)
    assert sent["points"] == []
    assert "2024-01-01" < sent["period"]["from"] < "2024-02-20" < sent["period"]["to"] < "2024-04-01"
    expect(chart(page, "timeline").locator(".select-outline, .selectionlayer path")).to_have_count(0)
    dimmed = "points => points.filter(point => getComputedStyle(point).opacity !== '1').length"
    assert chart(page, "timeline").locator(".bars .point").evaluate_all(dimmed) == 0

    drag(page, "timeline")
    assert selections(page, 2) == [sent, sent]


def test_a_chart_for_points_sends_no_period(page: Page) -> None:
    drag(page, "usage")
    click_bar(page, "timeline", 0, 2)

    assert [sent["chart"] for sent in selections(page, 1)] == ["timeline"]


def test_a_chart_without_a_callback_sends_nothing(page: Page) -> None:
    click_bar(page, "fragment", 0, 0)
    click_bar(page, "timeline", 0, 2)

    assert [sent["chart"] for sent in selections(page, 1)] == ["timeline"]


def press(page: Page, key: str, *keys: str) -> Locator:
    chart(page, key).focus()
    for name in keys:
        page.keyboard.press(name)
    return chart(page, key).locator("[aria-live=polite]")


def test_arrow_keys_announce_and_enter_selects(page: Page) -> None:
    said = press(page, "timeline", "ArrowRight")
    expect(said).to_have_text("TensorFlow, 2024-01-01, 1")
    expect(press(page, "timeline", "ArrowUp")).to_have_text("#aa0000, 2024-01-01, 5")
    expect(press(page, "timeline", "ArrowRight")).to_have_text("#aa0000, 2024-02-01, 6")
    expect(press(page, "timeline", "End")).to_have_text("#aa0000, 2024-04-01, 8")
    expect(press(page, "timeline", "ArrowDown")).to_have_text("TensorFlow, 2024-04-01, 4")
    expect(chart(page, "timeline").locator(".hoverlayer .hovertext").first).to_be_visible()

    page.keyboard.press("Enter")

    chosen = {"trace": "TensorFlow", "x": "2024-04-01", "y": 4, "customdata": "d"}
    assert selections(page, 1) == [{"chart": "timeline", "points": [chosen], "period": None, "legend": None}]
    expect(chart(page, "timeline")).to_be_focused()


def test_arrow_keys_pass_over_bars_of_no_height(page: Page) -> None:
    expect(press(page, "timeline", "Home", "ArrowRight")).to_have_text("TensorFlow, 2024-03-01, 3")


def test_escape_leaves_the_values(page: Page) -> None:
    said = press(page, "timeline", "ArrowRight", "Escape", "Enter")
    expect(said).to_have_text("")
    click_bar(page, "timeline", 0, 2)
    assert len(selections(page, 1)) == 1


def test_horizontal_bars_go_up_and_down(page: Page) -> None:
    expect(press(page, "usage", "ArrowDown")).to_have_text(f"{HOSTILE}, MindSpore, 3")
    expect(press(page, "usage", "ArrowUp")).to_have_text(f"{HOSTILE}, {HOSTILE}, 1")


def test_hostile_text_is_shown_literally_and_fetches_nothing(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    click_bar(page, "usage", 0, 1)
    selections(page, 1)
    press(page, "usage", "ArrowDown", "ArrowUp")

    usage = chart(page, "usage")
    expect(usage.locator(".gtitle")).to_have_text(HOSTILE)
    expect(usage.locator(".legendtext")).to_have_text(HOSTILE)
    expect(usage.locator(".ytick text").last).to_have_text(HOSTILE)
    expect(usage.locator(".bartext").first).to_have_text(HOSTILE)
    expect(usage.locator(".hovertext").first).to_contain_text("<b>bold</b>")
    assert usage.locator("svg a, svg image, img, [style*='font-weight: bold']").count() == 0
    assert [url for url in requests if "evil" in url] == []


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_png_has_the_background_of_the_theme(
    page: Page, tmp_path: Path, scheme: str, is_dark: bool
) -> None:
    page.emulate_media(color_scheme=scheme)
    expected = "rgb(255, 170, 170)" if is_dark else "rgb(170, 0, 0)"
    expect(chart(page, "timeline").locator(".bars .point path").first).to_have_css("fill", expected)
    chart(page, "timeline").hover()
    with page.expect_download() as download:
        chart(page, "timeline").get_by_role("button", name="Download as PNG").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)

    assert file.name == "timeline.png"
    red, green, blue, alpha = corner_pixel(page, file.read_bytes())
    assert alpha == 255
    assert (red + green + blue < 3 * 128) is is_dark


def corner_pixel(page: Page, png: bytes) -> list[int]:
    """The red, green, blue and alpha (0 to 255) of a PNG's top left pixel, as the browser decodes it."""
    return page.evaluate(
        """async bytes => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
            const context = new OffscreenCanvas(1, 1).getContext("2d");
            context.drawImage(image, 0, 0);
            return Array.from(context.getImageData(0, 0, 1, 1).data);
        }""",
        list(png),
    )


def test_the_modebar_has_its_own_keys(page: Page) -> None:
    button = chart(page, "timeline").get_by_role("button", name="Download as PNG")
    button.focus()
    expect(chart(page, "timeline").locator(".modebar-group").last).to_have_css("opacity", "1")
    page.keyboard.press("ArrowRight")
    with page.expect_download() as download:
        page.keyboard.press("Enter")

    assert download.value.suggested_filename == "timeline.png"
    expect(chart(page, "timeline").locator("[aria-live=polite]")).to_have_text("")
