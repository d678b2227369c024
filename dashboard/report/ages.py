"""How old data is, in words."""

from __future__ import annotations

from dashboard.data.loads import LoadedInventory


def age_words(seconds: float) -> str:
    """Return an age in words: "just now", "4 min ago", "3 h ago"."""
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min ago"


def age_text(found: LoadedInventory | None, *, running: bool, is_ahead: bool = False) -> str:
    """Return how old and how whole the data is, in one short line that never wraps.

    With `is_ahead` it stands in for what is still to come.
    """
    if found is None or (is_ahead and running):
        return "Loading…" if running else "Nothing loaded"
    if running:
        return "Renewing…"
    whole = "" if found.complete else ", not whole"
    return f"Data of {age_words(found.age_seconds)}{whole}"
