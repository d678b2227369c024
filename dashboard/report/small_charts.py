"""The report's own small charts: bars across with their counts, and how much of something was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from dashboard.audit.outcome import SEVERITIES
from dashboard.report.svg import percent

ROW: Final = 22
BAR: Final = 14


def bars(rows: Sequence[tuple[str, Mapping[str, int]]], title: str) -> Markup:
    """Return a bar a row, stacked by severity, with the row's sum at its end; `title` says what it shows."""
    sums = [sum(parts.values()) for _, parts in rows]
    most = max(sums, default=0) or 1
    said = ", ".join(f"{label} {total:,}" for (label, _), total in zip(rows, sums, strict=True)) or "none"
    drawn = [
        _bar(number, parts, total, most)
        for number, ((_, parts), total) in enumerate(zip(rows, sums, strict=True))
    ]
    return _BARS.format(
        said=f"{title}: {said}.",
        labels=Markup("").join(Markup("<span><bdi>{}</bdi></span>").format(label) for label, _ in rows),
        height=ROW * len(rows),
        bars=Markup("").join(drawn),
    )


_BARS: Final = Markup(
    '<div class="bars-across" role="img" aria-label="{said}"><div class="names">{labels}</div>'
    '<svg height="{height}"><title>{said}</title>{bars}</svg></div>'
)


def coverage(done: int, of: int, what: str) -> Markup:
    """Return how many of all were looked at, as a bar with its words."""
    share = min(1.0, done / of) if of else 0.0
    return _COVERAGE.format(words=f"{what}: {done:,} of {of:,}", width=percent(share))


_COVERAGE: Final = Markup(
    '<figure class="coverage"><figcaption>{words}</figcaption><svg height="8" aria-hidden="true">'
    '<rect class="all" width="100%" height="8" rx="4"/><rect class="done" width="{width}" height="8" rx="4"/>'
    "</svg></figure>"
)


def _bar(number: int, parts: Mapping[str, int], total: int, most: int) -> Markup:
    """Return the parts of a row, the worst first. The longest bar leaves room for its count."""
    reached, top = 0, number * ROW + (ROW - BAR) // 2
    drawn = []
    for severity in SEVERITIES:
        count = parts.get(severity, 0)
        if count:
            drawn.append(
                Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                    severity, percent(0.85 * reached / most), top, percent(0.85 * count / most), BAR
                )
            )
            reached += count
    end = Markup('<text x="{}" y="{}" dx="6">{}</text>')
    return Markup("").join([*drawn, end.format(percent(0.85 * total / most), top + 11, f"{total:,}")])
