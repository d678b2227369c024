"""What configurations become in API v2, as HTML: key figures, charts of bars, the table.

A press is a word: `verdict <word>`, `reason <code>`, `choose engine <name>`, `open <place on the page>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from dashboard.data.figures import share_text
from dashboard.data.number_words import count_of
from dashboard.migration.migration import Migration
from dashboard.migration.passport import GRADES, Grade
from dashboard.migration.reasons import REASONS
from dashboard.migration.statements import Verdict, Weight
from dashboard.report.table import NAMELESS, cut

VERDICTS: Final[Mapping[Verdict, tuple[str, str]]] = {
    Verdict.READY: ("Ready", "✓"),
    Verdict.DECISION: ("Needs a decision", "?"),
    Verdict.BLOCKED: ("Blocked", "✕"),
}
"""How each is said, and its sign."""
NOTES: Final[Mapping[Verdict, str]] = {
    Verdict.READY: "both bodies are whole",
    Verdict.DECISION: "the team has to choose",
    Verdict.BLOCKED: "something has no way",
}
MAX_ENGINES: Final = 10
SHOWN_REASONS: Final = 3


@dataclass(frozen=True)
class MigrationRow:
    """A row of the table: a configuration's verdict and grade beside what is known of it."""

    migration: Migration
    grade: Grade

    @property
    def engine(self) -> str:
        """Return what runs it: the image's name, else the engine's version."""
        image = self.migration.wire.get("user_image_url")
        if isinstance(image, str) and image:
            return image.rpartition("/")[2]
        return self.migration.engine_version or self.migration.engine_name or ""


def figures_row(counts: Mapping[Verdict, int], chosen: str) -> Markup:
    """Return a card a verdict; a press shows these alone."""
    total = sum(counts.values())
    cards = Markup("").join(
        Markup(
            '<li><button type="button" class="figure" data-press="verdict {}" aria-pressed="{}">'
            '<span class="label">{}</span><span class="value">{}</span><span class="note">{}, {}</span>'
            "</button></li>"
        ).format(
            verdict.value,
            "true" if chosen == verdict else "false",
            word,
            f"{counts.get(verdict, 0):,}",
            share_text(counts.get(verdict, 0), total),
            NOTES[verdict],
        )
        for verdict, (word, _) in VERDICTS.items()
    )
    return Markup('<ul class="figures thirds" aria-label="Verdicts" translate="no">{}</ul>').format(cards)


def verdict_badge(verdict: Verdict) -> Markup:
    """Return a verdict as sign and word."""
    word, sign = VERDICTS[verdict]
    return Markup('<span class="verdict {}"><span aria-hidden="true">{}</span> {}</span>').format(
        verdict.value, sign, word
    )


def by_engine(counts: Mapping[str, Mapping[Verdict, int]]) -> Markup:
    """Return bars by engine, the longest on top, each made of its verdicts; a press filters by the engine."""
    ranked = sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    most = max((sum(parts.values()) for _, parts in ranked), default=1)
    rows = [_stack(name, parts, most, f"choose engine {name}") for name, parts in ranked[:MAX_ENGINES]]
    if ranked[MAX_ENGINES:]:
        rest = {
            verdict: sum(parts.get(verdict, 0) for _, parts in ranked[MAX_ENGINES:]) for verdict in Verdict
        }
        rows.append(_stack(count_of(len(ranked) - MAX_ENGINES, "more engine"), rest, most, ""))
    legend = Markup("").join(
        Markup('<li><span class="part {}"></span>{}</li>').format(verdict.value, word)
        for verdict, (word, _) in VERDICTS.items()
    )
    return Markup(
        '<div class="stacks"><ul class="legend" aria-hidden="true">{}</ul>'
        '<ul class="bars" data-rove aria-label="Verdicts by engine" translate="no">{}</ul></div>'
    ).format(legend, Markup("").join(rows))


def _stack(name: str, parts: Mapping[Verdict, int], most: int, press: str) -> Markup:
    total = sum(parts.values())
    said = ", ".join(f"{parts.get(one, 0):,} {VERDICTS[one][0].lower()}" for one in Verdict if parts.get(one))
    segments = Markup("").join(
        Markup('<span class="part {}" style="width:{}%"></span>').format(
            one.value, f"{100 * parts.get(one, 0) / most:.2f}"
        )
        for one in Verdict
        if parts.get(one)
    )
    inside = Markup(
        '<bdi>{}</bdi><span class="bar" aria-hidden="true">{}</span><span class="unseen">: {}, of</span>'
        '<span class="count">{}</span>'
    ).format(cut(name), segments, said, f"{total:,}")
    if not press or len(name) > 200:
        return Markup('<li title="{}"><div>{}</div></li>').format(said, inside)
    return Markup('<li title="{}"><button type="button" data-press="{}">{}</button></li>').format(
        said, press, inside
    )


def reasons_list(counts: Mapping[str, int], weight: Weight, chosen: str) -> Markup:
    """Return the reasons of a weight by number of configurations; a press shows those alone."""
    listed = [(code, count) for code, count in counts.items() if REASONS[code].weight is weight]
    if not listed:
        return Markup('<p class="note">None.</p>')
    top = max(count for _, count in listed)
    rows = Markup("").join(
        Markup(
            '<li><button type="button" data-press="reason {}" aria-pressed="{}" style="--share:{}%"'
            ' title="{}">'
            "<bdi>{}</bdi><span>{}</span></button></li>"
        ).format(
            code,
            "true" if code == chosen else "false",
            f"{100 * count / top:.0f}",
            REASONS[code].remedy,
            code.replace("-", " "),
            f"{count:,}",
        )
        for code, count in sorted(listed, key=lambda pair: (-pair[1], pair[0]))
    )
    return Markup('<ul class="facet reasons" data-rove translate="no">{}</ul>').format(rows)


def grades_chart(counts: Mapping[Grade, int]) -> Markup:
    """Return a bar a grade, with what it means."""
    most = max(counts.values(), default=0) or 1
    rows = Markup("").join(
        Markup(
            '<li title="{}"><div><bdi>{}</bdi><span class="bar" aria-hidden="true">'
            '<span class="part grade" style="width:{}%"></span></span><span class="count">{}</span></div>'
            "</li>"
        ).format(
            GRADES[grade],
            "Not graded" if grade is Grade.NONE else f"{grade}: {_short(GRADES[grade])}",
            f"{100 * counts.get(grade, 0) / most:.2f}",
            f"{counts.get(grade, 0):,}",
        )
        for grade in Grade
        if grade is not Grade.NONE or counts.get(grade)
    )
    return Markup(
        '<div class="stacks"><ul class="bars" aria-label="Grades of the passports" translate="no">{}</ul>'
        "</div>"
    ).format(rows)


def _short(text: str) -> str:
    return {
        GRADES[Grade.A]: "known and pinned",
        GRADES[Grade.B]: "known, partly pinned",
        GRADES[Grade.C]: "known, nothing pinned",
        GRADES[Grade.D]: "something is missing",
        GRADES[Grade.E]: "unknown what runs",
    }.get(text, text)


def table(rows: Sequence[MigrationRow], first: int, total: int, range_text: str) -> Markup:
    """Return a page of the table; a press on a row opens it."""
    heads = ("Name", "Verdict", "Engine or image", "Grade", "Reasons")
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(one) for one in heads)
    body = Markup("").join(_row(place, first + place, row) for place, row in enumerate(rows))
    return Markup(
        '<table class="rows migrations" translate="no" aria-rowcount="{}"><caption class="unseen">'
        "What configurations become {}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(total + 1, range_text, head, body)


def _row(place: int, number: int, row: MigrationRow) -> Markup:
    migration = row.migration
    shown = list(dict.fromkeys(one.code for one in migration.reasons))
    more = f" and {len(shown) - SHOWN_REASONS:,} more" if len(shown) > SHOWN_REASONS else ""
    reasons = ", ".join(one.replace("-", " ") for one in shown[:SHOWN_REASONS]) + more
    grade = "–" if row.grade is Grade.NONE else row.grade.value
    cells: Iterable[str | Markup] = (
        verdict_badge(migration.verdict),
        cut(row.engine),
        grade,
        reasons,
    )
    inside = Markup("").join(Markup("<td><bdi>{}</bdi></td>").format(one) for one in cells)
    return Markup(
        '<tr aria-rowindex="{}" data-press="open {}"><th scope="row">'
        '<button type="button" data-press="open {}">{}</button></th>{}</tr>'
    ).format(number + 1, place, place, cut(migration.name) or NAMELESS, inside)
