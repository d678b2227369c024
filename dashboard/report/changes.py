"""What has changed, as HTML: counts that filter, counts by engine, and each configuration field by field.

A press is a word: `show <kind or class>`, `open <place on the page>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os.path import commonprefix
from typing import Final

from markupsafe import Markup

from dashboard.data.number_words import count_of, noun_of
from dashboard.data.record import CREATED, Record, name_of
from dashboard.history.difference import CHANGE_KINDS, ChangeKind, Difference
from dashboard.history.edits import Edit, FieldChange
from dashboard.history.fields import ChangeClass
from dashboard.history.findings import FindingsChange
from dashboard.history.shown import value_text, visible
from dashboard.history.timeline import engine_of
from dashboard.history.values import Missing
from dashboard.report.severities import severity
from dashboard.report.table import NAMELESS, cut

SHOWN: Final = (*CHANGE_KINDS, *(kind.value for kind in ChangeClass))
SIGNS: Final[Mapping[ChangeKind, str]] = {"added": "+", "removed": "\u2212", "renamed": "→", "edited": "~"}
CLASS_SIGNS: Final[Mapping[str, str]] = {"security": "▲", "reproducibility": "●", "cosmetic": "○"}
MAX_FIELDS: Final = 60
"""So many changed fields of one configuration are listed; the files hold all."""
MAX_SHOWN: Final = 400
"""Characters of a value; around what differs of a long one, so many are kept."""
AROUND: Final = 40
MAX_MILLISECONDS: Final = 253_402_300_799_000
"""The end of the year 9999, since 1970."""


@dataclass(frozen=True)
class Change:
    """One configuration that is different: how, the record before and after, and its edit if it is one."""

    kind: ChangeKind
    before: Record | None
    after: Record | None
    edit: Edit | None = None

    @property
    def record(self) -> Record:
        """Return the record as it is now, or was last."""
        found = self.after if self.after is not None else self.before
        assert found is not None
        return found

    def is_shown(self, shown: str) -> bool:
        """Return whether a choice of SHOWN, or "" for all, includes it."""
        if not shown or shown == self.kind:
            return True
        return self.edit is not None and any(change.kind.value == shown for change in self.edit.fields)


def changes_of(found: Difference) -> list[Change]:
    """Return every configuration that is different: edits first, the gravest in front."""
    edits = sorted(found.edited, key=lambda edit: (edit.kind.rank, name_of(edit.after)))
    return [
        *(Change("edited", edit.before, edit.after, edit) for edit in edits),
        *(Change("removed", record, None) for record in found.removed),
        *(Change("added", None, record) for record in found.added),
        *(Change("renamed", old, new) for old, new in found.renamed),
    ]


def counts_row(found: Difference, shown: str) -> Markup:
    """Return a card for each kind of change, and a chip for each class; a press lists these alone."""
    notes = {
        "added": noun_of(len(found.added), "configuration"),
        "removed": noun_of(len(found.removed), "configuration"),
        "edited": count_of(sum(len(edit.fields) for edit in found.edited), "field"),
        "renamed": "same content",
    }
    cards = [
        Markup(
            '<li><button type="button" class="figure" data-press="show {}" aria-pressed="{}">'
            '<span class="label">{}</span><span class="value">{}</span><span class="note">{}</span>'
            "</button></li>"
        ).format(kind, _flag(kind == shown), kind.capitalize(), f"{len(getattr(found, kind)):,}", notes[kind])
        for kind in CHANGE_KINDS
    ]
    chips = [
        Markup(
            '<button type="button" class="chip" data-press="show {}" aria-pressed="{}">'
            '<span aria-hidden="true">{}</span> {}: {}</button>'
        ).format(kind.value, _flag(kind.value == shown), CLASS_SIGNS[kind], kind.value.capitalize(), count)
        for kind, count in ((kind, len(found.of_kind(kind))) for kind in ChangeClass)
    ]
    return Markup(
        '<ul class="figures four" aria-label="Changes by kind" translate="no">{}</ul>'
        '<div class="chips classes" role="group" aria-label="Edited, by class of change">{}</div>'
    ).format(Markup("").join(cards), Markup("").join(chips))


def by_engine(changes: Sequence[Change]) -> Markup:
    """Return how many changed of each engine, by kind; nothing without changes."""
    counts: Counter[tuple[str, ChangeKind]] = Counter((engine_of(one.record), one.kind) for one in changes)
    totals: Counter[str] = Counter()
    for (engine, _), count in counts.items():
        totals[engine] += count
    if not totals:
        return Markup("")
    heads = Markup("").join(
        Markup('<th scope="col" class="number">{}</th>').format(kind.capitalize()) for kind in CHANGE_KINDS
    )
    rows = Markup("").join(
        Markup('<tr><th scope="row"><bdi>{}</bdi></th>{}</tr>').format(
            cut(engine),
            Markup("").join(
                Markup('<td class="number">{}</td>').format(counts[engine, kind] or "–")
                for kind in CHANGE_KINDS
            ),
        )
        for engine, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    )
    return Markup(
        '<table class="plain" translate="no"><caption class="unseen">Changes by engine</caption>'
        '<thead><tr><th scope="col">Engine</th>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(heads, rows)


def listing(page: Sequence[Change], findings: Sequence[FindingsChange] = ()) -> Markup:
    """Return the changes of a page, each configuration with what changed of it.

    `findings` says of each what it has caused and fixed; without it that is not known.
    """
    told = findings or [FindingsChange()] * len(page)
    items = Markup("").join(_item(place, change, told[place]) for place, change in enumerate(page))
    return Markup('<ol class="changes" translate="no">{}</ol>').format(items)


def field_rows(fields: Sequence[FieldChange]) -> Markup:
    """Return changed fields as a table: field, before, after, class."""
    rows = Markup("").join(map(_field, fields[:MAX_FIELDS]))
    more = len(fields) - MAX_FIELDS
    left = (
        Markup('<p class="note">{} more fields are in the files.</p>').format(f"{more:,}") if more > 0 else ""
    )
    return Markup(
        '<table class="plain altered"><thead><tr><th scope="col">Field</th><th scope="col">Before</th>'
        '<th scope="col">After</th><th scope="col">Class</th></tr></thead><tbody>{}</tbody></table>{}'
    ).format(rows, left)


def class_badge(kind: ChangeClass) -> Markup:
    """Return a class by sign and word."""
    return Markup('<span class="class {}"><span aria-hidden="true">{}</span> {}</span>').format(
        kind.value, CLASS_SIGNS[kind], kind.value
    )


def value(shown: object) -> Markup:
    """Return one value as a cell holds it: escaped, on one line, what is not there in words."""
    if isinstance(shown, Missing):
        return Markup('<i class="missing">{}</i>').format(shown.value)
    text = value_text(shown)
    if not text.strip():
        return Markup('<i class="missing">{}</i>').format("blank" if text else "empty")
    return Markup("<bdi>{}</bdi>").format(visible(text, MAX_SHOWN))


def value_of(field: str, shown: object) -> Markup:
    """Return the value of a field, the time of creation in words."""
    if field == CREATED and isinstance(shown, int | float) and 0 < shown < MAX_MILLISECONDS:
        return Markup("<bdi>{} UTC</bdi>").format(
            f"{datetime.fromtimestamp(shown / 1000, UTC):%Y-%m-%d %H:%M:%S}"
        )
    return value(shown)


def value_pair(field: str, before: object, after: object) -> tuple[Markup, Markup]:
    """Return two values of a field, in each of which what differs is marked."""
    if not (isinstance(before, str) and isinstance(after, str) and before.strip() and after.strip()):
        return value_of(field, before), value_of(field, after)
    start = len(commonprefix((before, after)))  # noqa: RUF071 - texts, not paths
    end = _common_end(before[start:], after[start:])
    return _marked(before, start, end), _marked(after, start, end)


def _item(place: int, change: Change, findings: FindingsChange) -> Markup:
    name = name_of(change.record)
    renamed = ""
    if change.kind == "renamed" and change.before is not None:
        renamed = Markup(' <span class="was">was <bdi>{}</bdi></span>').format(cut(name_of(change.before)))
    head = Markup(
        '<span class="kind {}"><span aria-hidden="true">{}</span> {}</span> '
        '<button type="button" class="name" data-press="open {}"><bdi>{}</bdi></button>{}'
        ' <span class="engine"><bdi>{}</bdi></span>'
    ).format(
        *(change.kind, SIGNS[change.kind], change.kind, place),
        *(cut(visible(name)) if name.strip() else NAMELESS, renamed, cut(engine_of(change.record))),
    )
    inside = Markup("").join([*_inside(change), *_findings(findings)])
    return Markup("<li><div>{}</div>{}</li>").format(head, inside)


def _findings(found: FindingsChange) -> Iterator[Markup]:
    """Yield what a change has caused, and what it has fixed."""
    for word, findings in (("Caused", found.caused), ("Fixed", found.fixed)):
        if findings:
            listed = Markup(", ").join(
                Markup("{} {}").format(severity(one.severity.value), one.check.title) for one in findings
            )
            yield Markup('<p class="caused">{}: {}</p>').format(word, listed)


def _inside(change: Change) -> Iterator[Markup]:
    if change.edit is None:
        return
    yield field_rows(change.edit.fields)
    if change.edit.unknown:
        yield Markup('<p class="note">Its details are not known {}, so they are not compared.</p>').format(
            change.edit.unknown
        )


def _field(change: FieldChange) -> Markup:
    before, after = value_pair(change.field, change.before, change.after)
    note = Markup(' <span class="missing">another type</span>') if change.how == "type" else ""
    return Markup(
        '<tr><th scope="row"><bdi>{}</bdi></th><td data-label="Before">{}</td>'
        '<td data-label="After">{}{}</td><td data-label="Class">{}</td></tr>'
    ).format(visible(change.field, MAX_SHOWN), before, after, note, class_badge(change.kind))


def _marked(text: str, start: int, end: int) -> Markup:
    """Return a text with its middle marked, and cut around that where it is long."""
    first, last = text[:start], text[len(text) - end :] if end else ""
    middle = text[start : len(text) - end]
    if len(text) > MAX_SHOWN:
        first = f"…{first[-AROUND:]}" if len(first) > AROUND else first
        last = f"{last[:AROUND]}…" if len(last) > AROUND else last
    return Markup("<bdi>{}<mark>{}</mark>{}</bdi>").format(
        visible(first, None), visible(middle, MAX_SHOWN), visible(last, None)
    )


def _common_end(one: str, other: str) -> int:
    return len(commonprefix((one[::-1], other[::-1])))  # noqa: RUF071 - texts, not paths


def _flag(value: bool) -> str:
    return "true" if value else "false"
