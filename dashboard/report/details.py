"""One configuration's details as HTML: every field, literally, in groups.

Nothing where the service gave nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import Final

from markupsafe import Markup

from dashboard.report.facts import facts, plain, pretty_json
from modelarts_api import ConfigurationDetail
from modelarts_api.detail import DataSource, Volume

GROUPS: Final[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = (
    (
        "Engine",
        (
            ("Engine", "engine_name"),
            ("Version", "engine_version"),
            ("Engine type", "engine_type"),
            ("Engine id", "engine_id"),
            ("Image", "image_url"),
            ("Model id", "model_id"),
        ),
    ),
    ("Code", (("Code directory", "code_url"), ("Boot file", "boot_file_url"))),
    (
        "Resources",
        (
            ("Workers", "worker_count"),
            ("Flavor", "spec_code"),
            ("Flavor id", "spec_id"),
            ("CPU", "cpu"),
            ("Cores", "core"),
            ("GPUs", "gpu_num"),
            ("GPU type", "gpu_type"),
            ("Pool", "pool_name"),
            ("Pool id", "pool_id"),
        ),
    ),
    (
        "Data and output",
        (
            ("Data", "data_url"),
            ("Dataset", "dataset_name"),
            ("Dataset id", "dataset_id"),
            ("Dataset version", "dataset_version_name"),
            ("Dataset version id", "dataset_version_id"),
            ("Output", "output_url"),
            ("Logs", "log_url"),
            ("NAS address", "nas_share_addr"),
            ("NAS mount path", "nas_mount_path"),
            ("NAS type", "nas_type"),
        ),
    ),
)


def moment(at: datetime | None, zone: tzinfo) -> Markup | None:
    """Return a moment to the second in a zone that is named, with UTC in its title; None stays None."""
    if at is None:
        return None
    local, utc = at.astimezone(zone), at.astimezone(UTC)
    return Markup('<time datetime="{}" title="{} UTC">{} {}</time>').format(
        utc.isoformat(timespec="milliseconds"),
        f"{utc:%Y-%m-%d %H:%M:%S}",
        f"{local:%Y-%m-%d %H:%M:%S}",
        local.tzname() or "UTC",
    )


Marks = Mapping[str, Sequence[tuple[int, int]]]
"""Places of texts to be marked, by the field's path in the wire's record."""


def marked(text: str, places: Sequence[tuple[int, int]]) -> str | Markup:
    """Return a text with some places of it marked; the whole of it for an empty place."""
    pieces, end = list[Markup](), 0
    for first, last in sorted((0, len(text)) if first == last else (first, last) for first, last in places):
        start, stop = max(first, end), min(last, len(text))
        if start < stop:
            pieces.append(Markup("{}<mark>{}</mark>").format(text[end:start], text[start:stop]))
            end = stop
    return Markup("").join([*pieces, Markup("{}").format(text[end:])]) if pieces else text


def details(detail: ConfigurationDetail, zone: tzinfo, marks: Marks | None = None) -> Markup:
    """Return all that the service knows of one configuration, with some places marked."""
    shown = _Marked(marks or {})
    description = shown.text(detail.description, "config_desc")
    parts = [facts([("Description", description), ("Created", moment(detail.created_at, zone))])]
    if detail.problems:
        parts.append(
            Markup('<p class="note">Some fields could not be read; the raw JSON has them: {}</p>').format(
                "; ".join(detail.problems)
            )
        )
    if command := shown.text(detail.command, "user_command"):
        parts.append(Markup('<h3>Start command</h3><pre id="command">{}</pre>').format(command))
    parts.append(_group("Run parameters", _parameters(detail, shown)))
    for title, fields in GROUPS:
        pairs = [(label, name, detail.WIRE_NAMES.get(name, name)) for label, name in fields]
        parts.append(
            _group(title, [(label, shown.text(getattr(detail, name), wire)) for label, name, wire in pairs])
        )
    parts += _items("Data source", detail.data_sources, shown, "data_source")
    parts += _items("Volume", detail.volumes, shown, "volumes")
    parts.append(raw(detail.raw))
    return Markup("").join(parts)


class _Marked:
    """Shows values as text, with the places that are to be marked."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def text(self, value: object, path: str) -> str | Markup | None:
        """Return a value as text; None stays None."""
        text = plain(value)
        return marked(text, self._marks[path]) if text and path in self._marks else text

    def part(self, value: object, item: str, name: str) -> str | Markup | None:
        """Return a value of an item of a list, such as `volumes[0]`, by its name in there."""
        if item in self._marks:
            return self.text(value, item)
        inside = (path for path in self._marks if path.startswith(f"{item}.") and path.endswith(f".{name}"))
        return self.text(value, next(inside, ""))


def _parameters(detail: ConfigurationDetail, shown: _Marked) -> list[tuple[str, object]]:
    return [
        (one.label or "", shown.text(one.value, f"parameter[{_called(number, one.label)}].value"))
        for number, one in enumerate(detail.parameters)
    ]


def _called(number: int, label: str | None) -> str:
    """Return how an item of a list is called in a path: by its label, else by its number."""
    return str(number) if label is None else label


def listed(record: Mapping[str, object], marks: Marks | None = None) -> Markup:
    """Return what the list said of one configuration, with some places marked."""
    marks = marks or {}
    pairs = [(name, marked(plain(value) or "", marks.get(name, ()))) for name, value in record.items()]
    return facts(pairs) + raw(record)


def raw(record: Mapping[str, object]) -> Markup:
    """Return a record as it came, folded away."""
    return Markup('<details><summary>Raw JSON</summary><pre id="raw">{}</pre></details>').format(
        pretty_json(record)
    )


def _items(title: str, items: Sequence[DataSource | Volume], shown: _Marked, wire: str) -> list[Markup]:
    names: Mapping[str, str] = Volume.WIRE_NAMES if wire == "volumes" else {}
    return [
        _group(
            f"{title} {number + 1:,} of {len(items):,}",
            [
                (
                    name.replace("_", " ").capitalize(),
                    shown.part(value, f"{wire}[{number}]", names.get(name, name)),
                )
                for name, value in asdict(item).items()
            ],
        )
        for number, item in enumerate(items)
    ]


def _group(title: str, pairs: Sequence[tuple[str, object]]) -> Markup:
    """Return a heading and the facts that the service gave; nothing when it gave none."""
    given = [
        (label, value if isinstance(value, Markup) else plain(value))
        for label, value in pairs
        if value is not None and value != ""
    ]
    return Markup("<h3>{}</h3>{}").format(title, facts(given)) if given else Markup("")
