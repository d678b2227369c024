"""A configuration's passport as HTML: a part of the screen, and a page of its own to keep or print."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import Final

from markupsafe import Markup

from dashboard.migration.passport import GRADES, Grade, Passport
from dashboard.migration.passport_items import Item
from dashboard.report.details import moment
from dashboard.report.facts import facts
from dashboard.report.migrated import bodies, side_by_side, verdict
from dashboard.report.table import NAMELESS

STYLE: Final = Path(__file__).parent / "passport.css"


def passport(found: Passport, zone: tzinfo) -> Markup:
    """Return grade, items, findings, history and digest."""
    parts = [_grade(found), _items(found.items)]
    if found.findings is not None:
        rows = [(one.check, f"{one.severity}: {one.message}") for one in found.findings]
        parts.append(Markup("<h3>Findings</h3>{}").format(facts(rows) if rows else "None."))
    if found.history is None:
        parts.append(Markup("<h3>History</h3><p>No snapshot holds it.</p>"))
    else:
        past = found.history
        edits = [(moment(at, zone) or "", what) for at, what in past.edits]
        seen = [("First seen", moment(past.first_seen, zone)), ("Last seen", moment(past.last_seen, zone))]
        listed = Markup("").join(Markup("<li>{} <bdi>{}</bdi></li>").format(at, what) for at, what in edits)
        parts.append(
            Markup("<h3>History</h3>{}{}").format(
                facts(seen), Markup("<ul>{}</ul>").format(listed) if listed else ""
            )
        )
    parts.append(facts([("SHA-256", found.sha256)]))
    return Markup("").join(parts)


def grade_words(grade: Grade) -> str:
    """Return how a grade is said."""
    return "Not graded" if grade is Grade.NONE else f"Grade {grade}"


def _grade(found: Passport) -> Markup:
    shown = grade_words(found.grade)
    reasons = Markup("").join(Markup("<li>{}</li>").format(one) for one in found.reasons)
    return Markup('<p class="grade"><b>{}</b>: {}</p><ul class="grade-reasons">{}</ul>').format(
        shown, GRADES[found.grade], reasons
    )


def _items(items: tuple[Item, ...]) -> Markup:
    rows = Markup("").join(
        Markup(
            '<tr class="{}"><th scope="row">{}</th><td>{}</td><td><bdi>{}</bdi></td><td>{}'
            ' <span class="basis {}">{}</span></td></tr>'
        ).format(
            one.knowledge.name.lower().replace("_", "-"),
            one.title,
            one.knowledge.value,
            one.value or "–",
            one.why,
            one.basis.value,
            one.basis.value,
        )
        for one in items
    )
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(one)
        for one in ("needed to run it again", "is", "value", "why")
    )
    return Markup(
        '<div class="wide"><table class="fields items" translate="no"><caption class="unseen">What is known'
        "</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(heads, rows)


def passport_page(found: Passport, connection: str, made_at: str, zone: tzinfo) -> str:
    """Return a whole HTML page that needs nothing else. `made_at` is said as it is."""
    migration = found.migration
    name = migration.name or NAMELESS
    page = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Passport: {}</title><style>{}</style>'
        "</head>"
        '<body class="details"><h1><bdi>{}</bdi></h1><p>Passport of a ModelArts training job configuration of'
        " <bdi>{}</bdi>, made {}.</p>{}<h2>What it becomes in API v2</h2>{}{}{}</body></html>"
    ).format(
        name,
        Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - ours, and nothing of the service's in it
        name,
        connection,
        made_at,
        passport(found, zone),
        verdict(migration),
        side_by_side(migration),
        bodies(migration),
    )
    return str(page)
