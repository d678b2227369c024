"""The dashboard's script as one viewer runs it, without a browser."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from unittest import mock

import pandas as pd
import tomli_w
from streamlit import config
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.testing.v1 import AppTest

from dashboard.ui import buttons, state

MAIN = Path(__file__).parent.parent.parent / "dashboard" / "main.py"
SECONDS = 60
AUDITING = "Auditing…"
UNDER_WAY = ("Loading…", "Renewing…", "Going through every snapshot…", AUDITING)


class Opened:
    """One viewer's session: `app` is Streamlit's own handle of it."""

    def __init__(
        self, parameters: Mapping[str, Any] | None = None, secrets: Mapping[str, Any] | None = None
    ) -> None:
        self.app = AppTest.from_file(MAIN, default_timeout=SECONDS)
        self.app.query_params.update(parameters or {})
        self.app.secrets.update(secrets or {})
        self.app.context["timezone"] = "UTC"
        self._written: dict[str, Any] = {}

    def settle(self) -> Self:
        """Run, and again until no load is under way, as the screen does by itself in a browser."""
        limit = time.monotonic() + SECONDS
        self.run()
        while self.under_way():
            assert time.monotonic() < limit, "the load does not end"
            time.sleep(0.05)
            self.run()
        return self

    def run(self) -> Self:
        """Run once. Where only the table was drawn again, the test's tree holds nothing else: run all."""
        self._write_secrets()
        self.app.run()
        if not self.app.sidebar.children:
            self.app.run()
        return self

    def _write_secrets(self) -> None:
        """Let the file say what the test's app has been given; the dashboard reads the file."""
        if self.app.secrets != self._written:
            path = Path(config.get_option("secrets.files")[0])
            path.write_text(tomli_w.dumps(self.app.secrets), encoding="utf-8")
            self._written = deepcopy(self.app.secrets)

    def choose(self, **values: object) -> Self:
        """Set these controls by their keys, one after another, as a viewer would; loads are waited for."""
        for key, value in values.items():
            self.control(key).set_value(value)
            self.settle()
        return self

    def control(self, key: str) -> Any:
        """The control of a key: it has a `value`, and most have `options`."""
        return self.app.get_by_key(key)

    def click(self, key: str) -> Self:
        """Click a button by its key; loads are waited for."""
        self.app.button(key=key).click()
        return self.settle()

    def under_way(self) -> bool:
        """Whether the sidebar says that a load runs, or the screen that the audit does."""
        if any(text.value.endswith(UNDER_WAY) for text in self.app.text):
            return True
        return any(
            _is_block(node, "top") and AUDITING in json.loads(node.proto.json)["html"] for node in self.app
        )

    def html(self, key: str) -> str:
        """The HTML of one of our own blocks, by its key."""
        for node in self.app:
            if _is_block(node, key):
                return str(json.loads(node.proto.json)["html"])
        raise AssertionError(f"there is no block {key!r} on screen")

    def has_table(self) -> bool:
        """Whether rows are on screen."""
        return any(_is_block(node, "rows") for node in self.app)

    def has_figures(self) -> bool:
        """Whether key figures are on screen."""
        return any(
            _is_block(node, "top") and 'class="figures"' in node.proto.json.replace("\\", "")
            for node in self.app
        )

    def press(self, key: str, words: str) -> Self:
        """Press what says these words in a block of ours, as its callback takes it; loads are waited for."""
        assert f'data-press="{escape(words)}"' in self.html(key), f"nothing to press says {words!r}"
        here = SimpleNamespace(session_state=self.app.session_state, query_params=self.app.query_params)
        with mock.patch.object(buttons, "st", here), mock.patch.object(state, "st", here):
            buttons.press(words)
        return self.settle()

    def frame(self) -> pd.DataFrame:
        """The rows of the table's page on screen."""
        return rows_of(self.html("rows"))

    def names(self) -> list[str]:
        """The names on the table's page on screen."""
        return self.frame()["name"].tolist()

    def pages(self) -> Iterator[pd.DataFrame]:
        """Every page of the table, paged through from the first to the last."""
        for number in range(1, self.page_count() + 1):
            self.choose(page=number)
            yield self.frame()

    def every_row(self) -> list[tuple[object, ...]]:
        """Name, description (None for none) and creation time in ms of every row, over all pages."""
        rows = pd.concat(list(self.pages()))
        names, descriptions = rows["name"].tolist(), rows["description"].astype(object)
        created = [None if pd.isna(at) else round(at.timestamp() * 1000) for at in rows["created"]]
        texts = descriptions.where(descriptions.notna(), None).tolist()
        return list(zip(names, texts, created, strict=True))

    def page_count(self) -> int:
        """How many pages the pagination offers."""
        return int(self.app.pagination(key="page").proto.num_pages)

    def range_text(self) -> str:
        """Which rows of how many: "1–25 of 320"."""
        heads = [html.proto.body for html in self.app.get("html") if "table-head" in html.proto.body]
        words: list[str] = re.findall(r"<span[^>]*>([^<]*)</span>", heads[0])
        return words[0]

    def figures(self) -> dict[str, str]:
        """The key figures by label."""
        return dict(re.findall(r'class="label">([^<]*)</span><span class="value">([^<]*)<', self.html("top")))

    def notes(self) -> dict[str, str]:
        """What stands below each key figure, by label."""
        found = re.findall(r'class="label">([^<]*)<.*?class="note">([^<]*)<', self.html("top"))
        return {label: unescape(note) for label, note in found}

    def notices(self) -> str:
        """Everything said in errors, warnings, notes and the blocks of the provider's words."""
        app = self.app
        return "\n".join(
            str(element.value) for kind in (app.error, app.warning, app.info, app.code) for element in kind
        )

    def everything(self) -> str:
        """All that is sent to the browser, of every element, as text."""
        return "\n".join(str(node.proto) for node in self.app if getattr(node, "proto", None) is not None)


def _is_block(node: Any, key: str) -> bool:
    proto = getattr(node, "proto", None)
    return isinstance(proto, BidiComponent) and proto.id.endswith(f"-{key}")


class _Rows(HTMLParser):
    """Reads the rows of our table: the text of each cell, or the moment of a time."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._moment = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr" and "data-press" in given:
            self.rows.append([])
        elif "aria-colindex" in given:
            self.rows[-1].append("")
        elif tag == "time":
            self._moment = given["datetime"] or ""

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += self._moment or data
            self._moment = ""


def rows_of(html: str) -> pd.DataFrame:
    """The rows of our table's HTML; what a cell lacks is missing, times are times."""
    parser = _Rows()
    parser.feed(html)
    columns = [
        "name",
        "severity",
        "description",
        "created",
        "engine",
        "version",
        "image",
        "command",
        "differs",
    ]
    frame = pd.DataFrame(parser.rows, columns=columns, dtype="str").replace("", None)
    frame["created"] = pd.to_datetime(frame["created"], utc=True, format="ISO8601")
    return frame
