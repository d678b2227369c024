"""A browser tab that says when the page has settled and how many bytes came over the wire until then."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize

WATCH = (Path(__file__).parent / "watch.js").read_text(encoding="utf-8")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# High enough that no screen has to be scrolled.
VIEWPORT = ViewportSize(width=1400, height=1900)


@dataclass(frozen=True)
class Expected:
    """What must be seen: the kind of page (see watch.js), and names of which at least one is in the table."""

    kind: str
    names: Sequence[str]


@dataclass(frozen=True)
class Measured:
    """One opening or interaction: milliseconds until it was done, bytes that the browser received.

    `first_view`: after how many milliseconds an opening had painted figures, both charts and names.
    """

    milliseconds: float
    received: int
    first_view: float | None = None


class Tab:
    """One page of ``context``; every load and WebSocket frame in it is counted."""

    def __init__(self, context: BrowserContext, opening: Expected) -> None:
        self.page: Page = context.new_page()
        self._kind = opening.kind
        self._received = 0
        self.page.set_default_timeout(60_000)
        self.page.add_init_script(f"window.__opening = {_json(opening)};\n{WATCH}")
        wire = context.new_cdp_session(self.page)
        wire.on("Network.loadingFinished", self._loaded)
        wire.on("Network.webSocketFrameReceived", self._frame)
        wire.send("Network.enable")

    def _loaded(self, event: dict[str, Any]) -> None:
        # As on the wire: headers included, compressed where the server compresses; nothing for a cache hit.
        self._received += int(event["encodedDataLength"])

    def _frame(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        data = frame["payloadData"]
        self._received += len(base64.b64decode(data)) if frame["opcode"] == 2 else len(data.encode())

    def open(self, url: str) -> Measured:
        """Go to ``url``; from the start of the navigation until the page is ready."""
        self._received = 0
        self.page.goto(url, wait_until="commit")
        measured = self._settled()
        return replace(measured, first_view=self.page.evaluate("() => watch.firstView()"))

    def interact(self, names: Sequence[str], action: Callable[[Page], None], kind: str = "") -> Measured:
        """Do ``action``; from its last key or button until one of ``names`` is seen and all is still.

        With a ``kind``, the action loads a page of that kind.
        """
        if not names:
            raise ValueError("an interaction must bring something new into the table")
        self._received = 0
        expected = {"kind": kind or self._kind, "names": list(names)}
        self.page.evaluate("({kind, names}) => watch.expect(kind, names)", expected)
        if kind:
            with self.page.expect_navigation(wait_until="commit"):
                action(self.page)
        else:
            action(self.page)
        return self._settled()

    def _settled(self) -> Measured:
        elapsed = float(self.page.evaluate("() => watch.settled"))
        return Measured(elapsed, self._received)


def _json(expected: Expected) -> str:
    return json.dumps({"kind": expected.kind, "names": list(expected.names)})


@contextmanager
def browser(playwright: Playwright, executable: str) -> Iterator[Browser]:
    """Run the system's Chromium, without a window."""
    chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
    try:
        yield chromium
    finally:
        chromium.close()
