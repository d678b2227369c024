"""Severities as a sign and a word, and how many configurations there are of each, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from dashboard.data.facet_values import is_audited
from dashboard.data.loads import LoadedInventory
from dashboard.data.view import View

SIGNS: Final[Mapping[str, str]] = {
    "critical": "◆",
    "high": "▲",
    "medium": "●",
    "low": "▼",
    "info": "○",
    "clean": "✓",
}
"""A form for each, so that nobody needs the colour."""


def severity(word: object) -> Markup:
    """Return a severity as a sign and the word; nothing before there is one."""
    return _SEVERITIES.get(word, Markup("")) if isinstance(word, str) else Markup("")


_SEVERITIES: Final[Mapping[str, Markup]] = {
    word: Markup('<span class="severity {}"><span aria-hidden="true">{}</span> {}</span>').format(
        word, sign, word
    )
    for word, sign in SIGNS.items()
}


def strip(
    counts: Mapping[str, int] | None, chosen: tuple[str, ...], note: str, *, worst_first: bool
) -> Markup:
    """Return how many configurations have each severity as their worst; a press filters by it.

    `counts` is None until the audit is there: the same room is kept. `note` says how much it has looked at.
    """
    buttons = [
        Markup(
            '<button type="button" class="chip" data-press="choose severity {}" aria-pressed="{}"{}>{} '
            "<b>{}</b>"
            "</button>"
        ).format(
            word,
            "true" if chosen == (word,) else "false",
            Markup(" disabled") if counts is None else "",
            severity(word),
            "…" if counts is None else f"{counts.get(word, 0):,}",
        )
        for word in SIGNS
    ]
    return Markup(
        '<div class="severities" role="group" aria-label="Configurations by their worst finding"'
        ' translate="no">'
        '{}<button type="button" class="chip clear" data-press="worst" aria-pressed="{}">Worst first</button>'
        '<button type="button" class="chip clear" data-press="findings">Findings</button>'
        '<span class="note" role="status">{}</span></div>'
    ).format(Markup("").join(buttons), "true" if worst_first else "false", note)


def strip_of(view: View, inventory: LoadedInventory, note: str) -> Markup:
    """Return the strip of what a view shows of an inventory; before the audit is there, without counts."""
    if not is_audited(inventory.frame):
        return strip(None, (), note, worst_first=False)
    counts = inventory.selection(view.facets).counts["severity"]
    worst_first = (view.sort_by, view.order) == ("severity", "desc")
    return strip(counts, view.facets["severity"], note, worst_first=worst_first)
