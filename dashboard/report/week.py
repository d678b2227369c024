"""What is new, edited and removed since some time, as HTML. A press is a word: `changes <kind>`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from dashboard.history.difference import Difference

KINDS: Final[Mapping[str, str]] = {
    "added": "new",
    "edited": "edited",
    "removed": "removed",
}
"""The kinds of change and what they are called here."""


LOOKING: Final = "Changes are being looked up…"
NOTHING: Final = "Nothing is remembered yet: changes are told from the next snapshot on."


def note(words: str) -> Markup:
    """Return what stands where the counts are not known; as high as these, so that nothing moves."""
    return Markup('<div class="chips week"><span>{}</span></div>').format(words)


def week(since: str, found: Difference) -> Markup:
    """Return the counts, each a way to the changes of its kind."""
    chips = Markup("").join(
        Markup('<button type="button" class="chip" data-press="changes {}">{} {}</button>').format(
            kind, f"{len(getattr(found, kind)):,}", word
        )
        for kind, word in KINDS.items()
    )
    return Markup(
        '<div class="chips week" role="group" aria-label="Changes" translate="no"><span>{}:</span>{}</div>'
    ).format(since, chips)
