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
            ("Flavour", "spec_code"),
            ("Flavour id", "spec_id"),
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


def details(detail: ConfigurationDetail, zone: tzinfo) -> Markup:
    """Return all that the service knows of one configuration."""
    parts = [facts([("Description", detail.description), ("Created", moment(detail.created_at, zone))])]
    if detail.problems:
        parts.append(
            Markup('<p class="note">Some fields could not be read; the raw JSON has them: {}</p>').format(
                "; ".join(detail.problems)
            )
        )
    if detail.command:
        parts.append(Markup('<h3>Start command</h3><pre id="command">{}</pre>').format(detail.command))
    parts.append(_group("Run parameters", [(p.label or "", p.value) for p in detail.parameters]))
    parts += [
        _group(title, [(label, getattr(detail, name)) for label, name in fields]) for title, fields in GROUPS
    ]
    parts += _items("Data source", detail.data_sources)
    parts += _items("Volume", detail.volumes)
    parts.append(raw(detail.raw))
    return Markup("").join(parts)


def listed(record: Mapping[str, object]) -> Markup:
    """Return what the list said of one configuration."""
    return facts([(name, plain(value)) for name, value in record.items()]) + raw(record)


def raw(record: Mapping[str, object]) -> Markup:
    """Return a record as it came, folded away."""
    return Markup('<details><summary>Raw JSON</summary><pre id="raw">{}</pre></details>').format(
        pretty_json(record)
    )


def _items(title: str, items: Sequence[DataSource | Volume]) -> list[Markup]:
    return [
        _group(
            f"{title} {number} of {len(items)}",
            [(name.replace("_", " ").capitalize(), value) for name, value in asdict(item).items()],
        )
        for number, item in enumerate(items, 1)
    ]


def _group(title: str, pairs: Sequence[tuple[str, object]]) -> Markup:
    """Return a heading and the facts that the service gave; nothing when it gave none."""
    given = [(label, plain(value)) for label, value in pairs if value is not None and value != ""]
    return Markup("<h3>{}</h3>{}").format(title, facts(given)) if given else Markup("")
