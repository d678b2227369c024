"""Findings as HTML: the summary, checks by harm, one check's configurations, checks by engines.

A press is a word: `choose check <id>`, `family <name>`, `cell <id> <engine>`, `open <position> <id>`,
`tick <position>`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

from dashboard.audit.findings import STATUSES, Audit, Finding, Status
from dashboard.audit.outcome import SEVERITIES
from dashboard.audit.summary import OTHERS, CheckSummary, Summary
from dashboard.audit.waivers import why_lapsed
from dashboard.data.figures import share_text
from dashboard.report.severities import severity
from dashboard.report.table import NAMELESS, cut, tick

MAX_WORST: Final = 10
"""So many of the worst findings are listed before a check is chosen."""
MAX_LISTED: Final = 100
"""So many findings of a check are listed; filters lead to the others, exports have all."""


def overview(found: Summary, audit: Audit, missing_details: str = "") -> Markup:
    """Return how many findings each family has of each severity, and how many configurations are clean.

    `missing_details` is why the details were not there for all, if they were not.
    """
    # In one piece: one template and what it is filled with.
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(severity(one)) for one in SEVERITIES)
    rows = Markup("").join(
        Markup(
            '<tr><th scope="row"><button type="button" data-press="family {}">{}</button></th>{}</tr>'
        ).format(family, family.capitalize(), _numbers(counts[one] for one in SEVERITIES))
        for family, counts in found.by_family.items()
    )
    total = Markup('<tr><th scope="row">All</th>{}</tr>').format(
        _numbers(found.by_severity[one] for one in SEVERITIES)
    )
    return Markup(
        '<p class="facts-line" translate="no"><b>{}</b> of {} configurations are clean ({}). {}; {}{}.</p>'
        '<div class="scrolled"><table class="findings numbers" translate="no"><caption'
        ' class="unseen">Findings'
        ' by family and severity</caption><thead><tr><th scope="col">Family</th>{}</tr></thead><tbody>{}'
        "</tbody><tfoot>{}</tfoot></table></div>"
    ).format(
        f"{found.clean:,}",
        f"{found.configurations:,}",
        share_text(found.clean, found.configurations),
        _statuses(found),
        audit.coverage.words,
        f": {missing_details}" if missing_details else "",
        heads,
        rows,
        total,
    )


def checks(found: Sequence[CheckSummary], chosen: tuple[str, ...]) -> Markup:
    """Return the checks that found something, by harm; a press shows one alone."""
    rows = Markup("").join(
        Markup(
            '<tr data-press="choose check {}"><td>{}</td><th scope="row"><button type="button"'
            ' data-press="choose check {}" aria-pressed="{}">{} {}</button></th><td class="number">{}'
            "</td></tr>"
        ).format(
            one.check.id,
            severity(one.severity),
            one.check.id,
            "true" if chosen == (one.check.id,) else "false",
            one.check.id,
            one.check.title,
            _how_many(one),
        )
        for one in found
    )
    return Markup(
        '<table class="findings checks"><caption class="unseen">Checks by harm</caption><thead><tr>'
        '<th scope="col">Severity</th><th scope="col">Check</th><th scope="col"'
        ' class="number">Configurations</th>'
        "</tr></thead><tbody>{}</tbody></table>"
    ).format(rows)


def worst(found: Summary, audit: Audit) -> Markup:
    """Return the worst findings that nobody has accepted, of all checks; each opens the details."""
    left = found.positions[audit.status_of[found.positions] != STATUSES.index(Status.ACCEPTED)]
    listed = [audit.finding(int(position)) for position in left[:MAX_WORST]]
    if not listed:
        return Markup("<p>All of them are accepted.</p>")
    note = Markup('<p class="note">{} of {}, the worst first. Choose a check below for all of its own.</p>')
    return _listed(listed, of_many=True) + note.format(f"{len(listed):,}", f"{len(left):,}")


def one_check(summary: CheckSummary, audit: Audit, ticked: Collection[int] = ()) -> Markup:
    """Return why a check matters, what to do, and its findings, each of which opens the details.

    `ticked` are the positions of the configurations that are ticked to be compared.
    """
    check = summary.check
    listed = [audit.finding(int(position)) for position in summary.positions[:MAX_LISTED]]
    more = len(summary.positions) - len(listed)
    note = (
        Markup('<p class="note">{} more: a filter leads to them, and the files have all.</p>').format(
            f"{more:,}"
        )
        if more > 0
        else Markup("")
    )
    return Markup(
        '<dl class="facts"><dt>Why</dt><dd>{}</dd><dt>What to do</dt><dd>{}</dd><dt>Basis</dt>'
        "<dd>{}</dd></dl>{}{}"
    ).format(check.why, check.remedy, check.basis, _listed(listed, ticked), note)


def _listed(
    found: Iterable[Finding], ticked: Collection[int] | None = None, *, of_many: bool = False
) -> Markup:
    """Return a table of findings, with their checks where these are `of_many`.

    With boxes to tick their configurations, where it is said which are `ticked`.
    """
    # In one piece: one template and what it is filled with.
    rows = Markup("").join(
        Markup(
            '<tr data-press="open {} {}"><td>{}</td><th scope="row">{}<button type="button"'
            ' data-press="open {} {}">'
            "<bdi>{}</bdi></button></th><td>{}<bdi>{}</bdi></td><td>{}</td></tr>"
        ).format(
            one.number,
            one.check.id,
            severity(one.severity),
            "" if ticked is None else tick(one.number, _name(one), is_ticked=one.number in ticked),
            one.number,
            one.check.id,
            _name(one),
            Markup('<b title="{}">{}</b> ').format(one.check.title, one.check.id) if of_many else "",
            cut(one.message),
            status(one),
        )
        for one in found
    )
    return Markup(
        '<table class="findings listed" translate="no"><thead><tr><th scope="col">Severity</th><th'
        ' scope="col">'
        'Configuration</th><th scope="col">Finding</th><th scope="col">Status</th></tr></thead><tbody>{}'
        "</tbody>"
        "</table>"
    ).format(rows)


def _name(finding: Finding) -> Markup:
    return escape(cut(finding.configuration) or NAMELESS)


def _how_many(one: CheckSummary) -> str:
    """Return how many configurations a check concerns, how many at its worst, how many are accepted."""
    parts = [f"{one.worst:,} {one.severity}"] if one.worst < one.configurations else []
    parts += [f"{one.accepted:,} accepted"] if one.accepted else []
    return f"{one.configurations:,}" + (f" ({', '.join(parts)})" if parts else "")


def status(finding: Finding) -> Markup:
    """Return a finding's status, and who has accepted it until when, or why that does not hold."""
    waiver = finding.waiver
    if waiver is None:
        return Markup("{}").format(finding.status)
    until = waiver.expires.isoformat()
    if finding.status is Status.LAPSED:
        return Markup("<bdi>lapsed: {}</bdi>").format(why_lapsed(finding))
    return Markup("<bdi>accepted until {} for {}: {}</bdi>").format(until, waiver.owner, cut(waiver.reason))


def matrix(
    engines: Sequence[str], cells: Mapping[str, tuple[int, ...]], found: Sequence[CheckSummary]
) -> Markup:
    """Return how many configurations of each engine each check found; a press filters by both."""
    heads = Markup("").join(
        Markup('<th scope="col" class="number"><bdi>{}</bdi></th>').format(engine) for engine in engines
    )
    top = max((count for row in cells.values() for count in row), default=1)
    rows = Markup("").join(
        Markup('<tr><th scope="row" title="{}">{} {}</th>{}</tr>').format(
            one.check.title,
            severity(one.severity),
            one.check.id,
            Markup("").join(
                _cell(one.check.id, engine, count, top)
                for engine, count in zip(engines, cells[one.check.id], strict=True)
            ),
        )
        for one in found
    )
    return Markup(
        '<div class="scrolled"><table class="findings numbers" translate="no"><caption class="unseen">'
        'Configurations with a finding, by check and engine</caption><thead><tr><th scope="col">Check'
        "</th>{}</tr>"
        "</thead><tbody>{}</tbody></table></div>"
    ).format(heads, rows)


def not_assessed(audit: Audit) -> Markup:
    """Return how many configurations each check could not look at, by reason: these have not passed."""
    titles = {check.id: check.title for check in audit.checks}
    rows = Markup("").join(
        Markup('<tr><th scope="row">{} {}</th><td><bdi>{}</bdi></td><td class="number">{}</td></tr>').format(
            check, titles.get(check, ""), cut(reason), f"{count:,}"
        )
        for check, reasons in sorted(audit.not_assessed.items())
        for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1])
    )
    if not rows:
        return Markup("<p>Every check has looked at every configuration.</p>")
    return Markup(
        '<table class="findings" translate="no"><thead><tr><th scope="col">Check</th><th scope="col">Why'
        '</th><th scope="col" class="number">Configurations</th></tr></thead><tbody>{}</tbody></table>'
    ).format(rows)


def _cell(check: str, engine: str, count: int, top: int) -> Markup:
    if not count:
        return Markup('<td class="number">·</td>')
    shade = f"{8 + 40 * count / top:.0f}"
    if engine == OTHERS:
        return Markup('<td class="number" style="--shade:{}%">{}</td>').format(shade, f"{count:,}")
    return Markup(
        '<td class="number" style="--shade:{}%"><button type="button" data-press="cell {} {}">{}'
        "</button></td>"
    ).format(shade, check, engine, f"{count:,}")


def _numbers(counts: Iterable[int]) -> Markup:
    return Markup("").join(
        Markup('<td class="number">{}</td>').format(f"{count:,}" if count else "·") for count in counts
    )


def _statuses(found: Summary) -> str:
    return ", ".join(f"{count:,} {one}" for one, count in found.by_status.items())


def of_one(found: Sequence[Finding], alike: Mapping[str, tuple[str, str]] | None = None) -> Markup:
    """Return the findings of one configuration; a press (`mark <id>`) marks what one of them is about.

    `alike` has by check the address where it is compared with others that have it, and what that link says.
    """
    if not found:
        return Markup("")
    boxes = Markup("").join(
        Markup(
            '<div class="finding" data-press="mark {}">{} <button type="button" data-press="mark {}">'
            "<b>{} {}</b></button>"
            "<div><bdi>{}</bdi></div><div>{} <i>{}</i></div>{}</div>"
        ).format(
            one.check.id,
            severity(one.severity),
            one.check.id,
            one.check.id,
            one.check.title,
            cut(one.message),
            one.check.remedy,
            status(one),
            Markup('<div><a href="{}" target="_self">{}</a></div>').format(*alike[one.check.id])
            if alike and one.check.id in alike
            else "",
        )
        for one in found
    )
    return Markup("<h3>Findings</h3>{}").format(boxes)
