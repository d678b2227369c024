"""What one configuration becomes in API v2, as HTML: verdict, v1 beside v2 field by field, both bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from dashboard.data.number_words import count_of
from dashboard.migration.migration import FieldOrigin, Migration
from dashboard.migration.reasons import Reason
from dashboard.migration.statements import SOURCES, Basis, Rule
from dashboard.report.facts import plain, pretty_json
from dashboard.report.migration import verdict_badge
from dashboard.report.table import cut

EMPTY = Markup('<span class="gone">–</span>')


def verdict(migration: Migration) -> Markup:
    """Return the verdict with every reason, what to do about it, and how firm that is; then the warnings."""
    parts = [Markup('<p class="verdict-line">{}</p>').format(verdict_badge(migration.verdict))]
    parts += [_reason(one) for one in migration.reasons]
    if migration.warnings:
        parts.append(
            Markup("<details><summary>{} to look at</summary>{}</details>").format(
                count_of(len(migration.warnings), "warning"),
                Markup("").join(map(_reason, migration.warnings)),
            )
        )
    if migration.variables:
        named = ", ".join(f"@@{one.name}@@ ({one.what})" for one in migration.variables)
        parts.append(
            Markup(
                '<p class="note">Secrets are in no file; variables stand for them: <bdi>{}</bdi></p>'
            ).format(named)
        )
    return Markup("").join(parts)


def _reason(reason: Reason) -> Markup:
    options = Markup("").join(
        Markup("<li><bdi><code>{}</code></bdi>: {} {}</li>").format(
            plain(one.value) or "(empty)", one.text, basis(one.basis, one.source)
        )
        for one in reason.suggestions
    )
    return Markup('<div class="reason {}"><p><b>{}</b> <bdi>{}</bdi></p><p>{} {}</p>{}</div>').format(
        reason.type.weight.value,
        reason.code.replace("-", " "),
        cut(reason.message),
        reason.type.remedy,
        basis(reason.type.basis, reason.type.source),
        Markup("<ul>{}</ul>").format(options) if options else "",
    )


def basis(firmness: Basis, source: str) -> Markup:
    """Return how firm a statement is, with its source; never by colour alone."""
    known = SOURCES[source]
    if not known.url:
        return Markup('<span class="basis {}" title="{}">{}</span>').format(
            firmness.value, known.title, firmness.value
        )
    return Markup(
        '<a class="basis {}" title="{}" href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
    ).format(firmness.value, known.title, known.url, firmness.value)


def side_by_side(migration: Migration) -> Markup:
    """Return v1 beside v2, field by field: every field of v1 once, then what v2 has besides."""
    rows = Markup("").join(_rows(migration))
    heads = ("v1", "value", "v2", "value", "how")
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(one) for one in heads)
    return Markup(
        '<div class="wide"><table class="fields" translate="no"><caption class="unseen">v1 and v2, field by'
        " field</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(head, rows)


def _rows(migration: Migration) -> Iterator[Markup]:
    origins = {one.path: one for one in migration.origins()}
    told: set[str] = set()
    for fate in migration.fates():
        value = fate.value
        if fate.rule is not None:
            yield _field(fate.path, value, None, fate.rule)
        for target in fate.targets:
            yield _field(fate.path, value, origins.get(target), None)
            told.add(target)
    for path, origin in origins.items():
        if path not in told:
            yield _field("", None, origin, None)


def _field(path: str, value: Any, origin: FieldOrigin | None, gone: Rule | None) -> Markup:
    rule = gone if origin is None else origin.rule
    how = (
        Markup("{} <i>{}</i> {}").format(rule.text, rule.origin.value, basis(rule.basis, rule.source))
        if rule is not None
        else EMPTY
    )
    target = "" if origin is None else origin.path
    return Markup(
        "<tr><th scope='row'><bdi>{}</bdi></th><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td>"
        "<td><bdi>{}</bdi></td><td>{}</td></tr>"
    ).format(
        _path(path), _value(value), _path(target), EMPTY if origin is None else _value(origin.value), how
    )


def _path(path: str) -> Markup:
    """Return a field's path, which breaks behind its dots and underscores."""
    return Markup("<wbr>").join(re.split(r"(?<=[._])", path)) if path else EMPTY


def _value(value: Any) -> str | Markup:
    text = plain(value)
    return EMPTY if text is None or text == "" else cut(text)


def bodies(migration: Migration) -> Markup:
    """Return both bodies as JSON, and what was changed in the start command."""
    parts = [
        Markup('<h3>{}</h3><p class="path">POST /v2/{{project_id}}/{}</p><pre id="{}">{}</pre>').format(
            title, path, identity, pretty_json(body)
        )
        for title, path, identity, body in (
            ("Algorithm", "algorithms", "algorithm", migration.algorithm),
            ("Training job", "training-jobs", "job", migration.job),
        )
    ]
    if migration.command_changes:
        rows = Markup("").join(
            Markup("<li><del><bdi>{}</bdi></del> → <ins><bdi>{}</bdi></ins></li>").format(
                cut(before), cut(after) or "(nothing)"
            )
            for before, after in migration.command_changes
        )
        parts.append(Markup('<h3>Changed in the start command</h3><ul class="changes">{}</ul>').format(rows))
    return Markup("").join(parts)
