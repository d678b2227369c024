"""What the browser tests find on the page, and when the page is at rest."""

from playwright.sync_api import Locator, Page

RED = "rgb(170, 0, 0)"
DARK_RED = "rgb(255, 170, 170)"
GREEN = "rgb(0, 170, 0)"


def chart(page: Page, key: str) -> Locator:
    """The element of one chart."""
    return page.locator(f".st-key-{key} .plotly-basic")


def first_bar(page: Page, key: str) -> Locator:
    """The first bar of a chart's first trace."""
    return chart(page, key).locator(".bars .point path").first


def wait_for_first_value(page: Page, key: str, value: float) -> None:
    """Return when Plotly holds this as the first value of the chart's first trace."""
    script = "([plot, value]) => plot._fullData[0].y[0] === value"
    page.wait_for_function(script, arg=[chart(page, key).locator(".js-plotly-plot").element_handle(), value])


def wait_for_rest(page: Page) -> None:
    """Return when no script runs and nothing on the screen is stale."""
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
    )
    wait_until_current(page)


def wait_until_current(page: Page) -> None:
    """Return when nothing on the page is stale, and so faded."""
    page.wait_for_function("() => !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')")
