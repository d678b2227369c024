"""What a team has accepted, as HTML. A press is a word: `revoke <number>`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

from markupsafe import Markup

from dashboard.report.details import moment
from dashboard.report.table import cut
from dashboard.store.waiver import Waiver


def waivers(active: Sequence[Waiver], statuses: Mapping[int, str], zone: tzinfo) -> Markup:
    """Return the waivers, the oldest first, with what has become of each: accepted, lapsed or unused."""
    rows = Markup("").join(_row(one, statuses.get(one.id, "not assessed"), zone) for one in active)
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(head)
        for head in ("Check", "Configuration", "Status", "Reason", "Owner", "Until", "Accepted by", "")
    )
    return Markup(
        '<div class="scrolled"><table class="findings waivers" translate="no"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(heads, rows)


_ROW: Final = Markup(
    '<tr><td>{}</td><th scope="row"><bdi>{}</bdi></th><td>{}</td><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td>'
    '<td>{}</td><td><bdi>{}</bdi>, {}</td><td><button type="button" class="chip" data-press="revoke {}">Take'
    ' back<span class="unseen"> {} of {}</span></button></td></tr>'
)


def _row(one: Waiver, status: str, zone: tzinfo) -> Markup:
    return _ROW.format(
        one.check,
        cut(one.configuration),
        status,
        cut(one.reason),
        cut(one.owner),
        one.expires.isoformat(),
        cut(one.created_by),
        moment(one.created_at, zone),
        one.id,
        one.check,
        cut(one.configuration),
    )
