"""The audit's report: one document that says what was looked at, what is wrong, why, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from dashboard.audit.findings import STATUSES
from dashboard.audit.outcome import SEVERITIES
from dashboard.data.timeline import MAX_STACKED
from dashboard.report import document, engine_chart, small_charts, timeline_chart
from dashboard.report.document import facts, shown, table
from dashboard.report.report_data import (
    ConnectionReport,
    ReportCheck,
    ReportData,
    ReportFinding,
    digest,
)
from dashboard.report.seal import sealed
from dashboard.report.severities import SIGNS, severity

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TITLE: Final = "Audit of training job configurations"
MAX_ROWS: Final = 500
"""So many findings of one check are printed; the document's data has all of them."""


def report(data: ReportData, key: Ed25519PrivateKey | None = None) -> bytes:
    """Return the report as an HTML file (UTF-8), with its sums and, if there is a key, a signature."""
    record = data.record()
    body = [_head(data), *(_connection(one, number) for number, one in enumerate(data.connections))]
    body.append(_foot(digest(record), signed=key is not None))
    return sealed(document.page(TITLE, body, record), digest(record), key)


def _head(data: ReportData) -> Markup:
    link = Markup('<a href="{0}">{0}</a>').format(data.link) if _is_web(data.link) else data.link
    pairs: list[tuple[str, object]] = [("Made at", _time(data.made_at)), ("Rules", data.rules)]
    return Markup("<h1>{}</h1>{}").format(TITLE, facts([*pairs, *([("Live view", link)] if link else [])]))


def _foot(data_sum: str, *, signed: bool) -> Markup:
    words = (
        "It is signed; modelarts-audit verify FILE checks that nothing in it was changed."
        if signed
        else "It is not signed; modelarts-audit verify FILE checks it against its own sums only."
    )
    return Markup('<h2>About this document</h2><p>{}</p><p class="sums">SHA-256 of its data: {}</p>').format(
        words, data_sum
    )


def _connection(one: ConnectionReport, number: int) -> Markup:
    parts = [
        Markup("<h2><bdi>{}</bdi></h2>").format(shown(one.title)),
        _scope(one),
        _coverage(one),
        _figures(one),
        _charts(one, number),
        _summary(one),
        *_findings(one),
        *_accepted(one),
        *_unseen(one),
    ]
    return Markup('<section class="connection-report">{}</section>').format(Markup("").join(parts))


def _scope(one: ConnectionReport) -> Markup:
    filters = "; ".join(f"{label}: {', '.join(values)}" for label, values in one.filters)
    return facts(
        [
            ("Connection", one.name),
            ("Endpoint", one.endpoint),
            ("Project", one.project),
            ("Loaded at", _time(one.loaded_at)),
            ("Filters", filters or "none"),
        ]
    )


def _coverage(one: ConnectionReport) -> Markup:
    bars = [
        small_charts.coverage(one.loaded, one.reported, "Configurations read"),
        small_charts.coverage(one.details, one.details_wanted, "Details read"),
    ]
    gaps = (
        Markup('<p class="note">What was not read was not assessed: no finding does not mean no risk.</p>')
        if one.loaded < one.reported or one.details < one.details_wanted
        else Markup("")
    )
    return Markup('<h3>Coverage</h3><div class="side-by-side">{}</div>{}').format(Markup("").join(bars), gaps)


def _figures(one: ConnectionReport) -> Markup:
    cards = Markup("").join(
        Markup("<li><span>{}</span><b>{}</b><small>{}</small></li>").format(
            shown(figure.label), shown(figure.value), shown(figure.note)
        )
        for figure in one.figures
    )
    return Markup('<ul class="key-figures">{}</ul>').format(cards) if cards else Markup("")


def _charts(one: ConnectionReport, number: int) -> Markup:
    """Return the overview's two charts, of the same drawing."""
    usage = _usage_chart(one, f"usage{number}") if one.usage else Markup("")
    return usage + (_timeline_chart(one, f"timeline{number}") if one.created else Markup(""))


def _usage_chart(one: ConnectionReport, prefix: str) -> Markup:
    counts: Counter[str] = Counter()
    for part in one.usage:
        counts[part.engine] += part.count
    usage = pd.DataFrame([(part.engine, part.version, part.count) for part in one.usage])
    usage.columns = pd.Index(["engine", "version", "count"])
    usage["share"] = usage["count"] / usage["count"].sum()
    alt = engine_chart.description(dict(counts.most_common()))
    drawn = engine_chart.draw(usage, (), unfolded=False, alt=alt, prefix=prefix, on_paper=True)
    return Markup("<h3>Engine usage</h3>{}").format(drawn)


def _timeline_chart(one: ConnectionReport, prefix: str) -> Markup:
    wide = _wide(one)
    alt = timeline_chart.description(wide, one.granularity)
    engines = list(wide.columns)[:MAX_STACKED]
    drawn = timeline_chart.draw(
        wide, one.granularity, engines, (None, None), alt=alt, prefix=prefix, on_paper=True
    )
    return Markup("<h3>Creation timeline</h3>{}").format(drawn)


def _wide(one: ConnectionReport) -> pd.DataFrame:
    """Return the timeline as the chart takes it: a row a period, a column an engine, most first."""
    rows = pd.DataFrame([(part.first_day, part.engine, part.count) for part in one.created])
    rows.columns = pd.Index(["day", "engine", "count"])
    wide = rows.pivot_table(index="day", columns="engine", values="count", aggfunc="sum", fill_value=0)
    wide.index = pd.DatetimeIndex(wide.index).as_unit("s")
    every = pd.date_range(wide.index[0], wide.index[-1], freq=_FREQUENCIES[one.granularity], unit="s")
    wide = wide.reindex(every.union(wide.index), fill_value=0)
    return wide[wide.sum().sort_values(ascending=False, kind="stable").index]


_FREQUENCIES: Final = {"day": "D", "week": "W-MON", "month": "MS", "quarter": "QS"}


def _summary(one: ConnectionReport) -> Markup:
    """Return how many findings there are, by severity, by family, by status."""
    families = {check.id: check.family for check in one.checks}
    by_severity = Counter(finding.severity for finding in one.findings)
    by_family: dict[str, Counter[str]] = {}
    for finding in one.findings:
        by_family.setdefault(families.get(finding.check, "other"), Counter())[finding.severity] += 1
    by_status = Counter(finding.status for finding in one.findings)
    severities = [(f"{SIGNS[name]} {name}", {str(name): by_severity[name]}) for name in SEVERITIES]
    ordered = sorted(by_family.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    said = ", ".join(f"{by_status[status]:,} {status}" for status in STATUSES)
    return Markup('<h3>Findings</h3><p>{}</p><div class="side-by-side">{}{}</div>').format(
        f"{len(one.findings):,} in all: {said}.",
        small_charts.bars(severities, "Findings by severity"),
        small_charts.bars(ordered, "Findings by family"),
    )


def _findings(one: ConnectionReport) -> Iterator[Markup]:
    """Yield the checks that found something, the worst first, each with its findings."""
    checks = {check.id: check for check in one.checks}
    found = sorted(one.findings, key=lambda finding: finding.check)
    grouped = {name: tuple(some) for name, some in groupby(found, key=lambda finding: finding.check)}
    for name in sorted(grouped, key=lambda name: (_rank(grouped[name]), -len(grouped[name]), name)):
        check = checks.get(name) or ReportCheck(name, name, "other", grouped[name][0].severity, "", "")
        yield _check(check, sorted(grouped[name], key=lambda one: (STATUSES.index(one.status), _place(one))))


def _check(check: ReportCheck, findings: Sequence[ReportFinding]) -> Markup:
    rows = [
        (finding.configuration or "(no name)", finding.message, _status(finding))
        for finding in findings[:MAX_ROWS]
    ]
    left = len(findings) - len(rows)
    return _CHECK.format(
        severity=severity(min((finding.severity for finding in findings), key=SEVERITIES.index)),
        title=shown(check.title),
        id=shown(check.id),
        family=shown(check.family),
        count=f"{len(findings):,}",
        why=_about("Why", check.why),
        remedy=_about("What to do", check.remedy),
        basis=_about("Basis", check.basis),
        rows=table(("Configuration", "What was found", "Status"), rows, "findings"),
        left=Markup('<p class="note">{:,} more stand in the document\'s data.</p>').format(left)
        if left
        else "",
    )


_CHECK: Final = Markup(
    '<article class="check"><div class="about"><h3>{severity} {title}</h3>'
    '<p class="note">{id} · {family} · {count} found</p>{why}{remedy}{basis}</div>{rows}{left}</article>'
)


def _about(label: str, words: str) -> Markup:
    return Markup("<p><b>{}:</b> {}</p>").format(label, shown(words)) if words else Markup("")


def _status(finding: ReportFinding) -> str:
    if finding.waiver is None:
        since = f", since {finding.first_seen:%Y-%m-%d}" if finding.first_seen else ""
        return finding.status + since
    until = f" until {finding.waiver.expires:%Y-%m-%d}" if finding.waiver.expires else ""
    return f"{finding.status}{until} by {finding.waiver.owner}: {finding.waiver.reason}"


def _accepted(one: ConnectionReport) -> Iterator[Markup]:
    if one.waivers:
        yield Markup("<h3>Accepted risks</h3>{}").format(
            table(
                ("Check", "Configuration", "Reason", "Owner", "Until", "State"),
                [
                    (w.check, w.configuration, w.reason, w.owner, w.expires or "no end", w.state)
                    for w in one.waivers
                ],
            )
        )


def _unseen(one: ConnectionReport) -> Iterator[Markup]:
    if one.not_assessed:
        yield Markup("<h3>Not assessed</h3>{}").format(
            table(
                ("Check", "Why", "Configurations"),
                [(unseen.check, unseen.reason, f"{unseen.count:,}") for unseen in one.not_assessed],
            )
        )


def _rank(findings: Sequence[ReportFinding]) -> int:
    return min(SEVERITIES.index(finding.severity) for finding in findings)


def _place(finding: ReportFinding) -> tuple[int, str]:
    return SEVERITIES.index(finding.severity), finding.configuration


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _is_web(link: str) -> bool:
    return link.startswith(("https://", "http://"))
