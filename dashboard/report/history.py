"""One configuration's own history, and the request that would restore an earlier state, as HTML.

A press is a word: `restore <number of the version>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from dashboard.history.edits import edit_of
from dashboard.history.restore import Restoring
from dashboard.report.changes import field_rows
from dashboard.report.details import moment
from dashboard.report.facts import facts, pretty_json

if TYPE_CHECKING:
    from dashboard.store.histories import Version


@dataclass(frozen=True)
class Told:
    """What is told of a configuration: its versions, the oldest first, and whether the first may be older."""

    versions: Sequence[Version]
    since_beginning: bool


def told(found: Told, zone: tzinfo) -> Markup:
    """Return first seen, every edit and last seen, the newest first, each state with a way to restore it."""
    if not found.versions:
        return Markup('<p class="note">No snapshot holds it.</p>')
    items: list[Markup] = []
    for number, version in enumerate(found.versions):
        items.append(_version(found, number, version, zone))
    return Markup('<ol class="versions">{}</ol>').format(Markup("").join(reversed(items)))


def restoring(request: Restoring) -> Markup:
    """Return a request with what it does not restore, and buttons that copy it. It is never sent."""
    pairs: list[tuple[str, str | Markup | None]] = [
        ("Request", f"{request.method} {request.url}"),
        ("Set before", ", ".join(request.variables)),
    ]
    if request.missing:
        pairs.append(("Not known, and needed", ", ".join(request.missing)))
    if request.lost:
        pairs.append(("Cannot be restored", ", ".join(request.lost)))
    if request.without_details:
        pairs.append(("Details", "were not loaded then, so only what the list has is in it"))
    return Markup(
        '<div class="restoring"><h3>Request that would restore it</h3>'
        '<p class="note">Nothing is sent from here.</p>{}'
        '<div class="chips"><button type="button" class="chip" data-copy="curl">Copy curl</button>'
        '<button type="button" class="chip" data-copy="body">Copy body</button></div>'
        '<pre id="curl">{}</pre><details><summary>Body</summary><pre id="body">{}</pre></details></div>'
    ).format(facts(pairs), request.curl, pretty_json(request.body))


def earlier(versions: Sequence[Version]) -> dict[int, dict[str, Any]]:
    """Return the records that can be restored, by the number of their version: not the one that is there."""
    return {
        number: dict(version.configuration)
        for number, version in enumerate(versions)
        if version.gone_at is not None
    }


def _last_seen(version: Version, zone: tzinfo, *, is_last: bool) -> Markup:
    if version.gone_at is None:
        return Markup('<p class="was">Last seen {}</p>').format(moment(version.last_seen, zone))
    if not is_last:
        return Markup("")
    return Markup('<p class="was">Last seen {}, gone by {}</p>').format(
        moment(version.last_seen, zone), moment(version.gone_at, zone)
    )


def _version(found: Told, number: int, version: Version, zone: tzinfo) -> Markup:
    first = number == 0
    head = "First seen" if first else "Edited"
    before = None if first else found.versions[number - 1]
    if before is not None and before.gone_at is not None and before.gone_at < version.first_seen:
        head = "Came back"
    note = ", when it may have been there for long" if first and found.since_beginning else ""
    changes = Markup("")
    if before is not None:
        edit = edit_of(before.configuration, version.configuration)
        changes = field_rows(edit.fields) if edit.fields else _no_fields(edit.unknown)
    gone = _last_seen(version, zone, is_last=number == len(found.versions) - 1)
    button = Markup("")
    if version.gone_at is not None:
        button = Markup(
            '<button type="button" class="chip" data-press="restore {}">Restore this state…</button>'
        ).format(number)
    return Markup("<li><h3>{} {}{}</h3>{}{}{}</li>").format(
        head, moment(version.first_seen, zone), note, changes, gone, button
    )


def _no_fields(unknown: str) -> Markup:
    text = "Its details became known." if unknown == "before" else "Nothing but its details' being known."
    return Markup('<p class="was">{}</p>').format(text)
