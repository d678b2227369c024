"""Filters, ages, durations, clocks and waiting in words."""

from __future__ import annotations

from typing import Final

from dashboard.connections.traffic import Trouble, code_of
from dashboard.data.number_words import count_of

SILENT_SECONDS: Final = 5
"""Nothing is said of a load that takes no longer."""
CLOCK_SECONDS: Final = 3
"""Clocks that differ by less are taken to agree."""


def waiting_words(seconds: float, trouble: Trouble | None, *, answered: bool) -> str:
    """Return what work that began so many seconds ago is waiting for; "" as long as nothing is amiss."""
    if trouble is not None:
        since = f"{trouble.since:%H:%M:%S} UTC ({round(trouble.seconds):,} s ago)"
        count = count_of(trouble.failures, "request has", "requests have")
        code = " ".join(code_of(trouble.last).split())
        status = f"HTTP {trouble.last.status} " if trouble.last.status and "HTTP" not in code else ""
        return f"Retrying: {count} failed since {since}, the last one with {status}{code}."
    is_slow = not answered and seconds >= SILENT_SECONDS
    return f"No answer yet; asked {round(seconds):,} s ago." if is_slow else ""


def seconds_words(seconds: float | None) -> str:
    """Return a duration in words: "12 ms", "1.50 s"; a dash for none."""
    if seconds is None:
        return "–"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def clock_words(ahead: float | None) -> str:
    """Return this computer's clock against the service's, of which the answers' Date tells whole seconds."""
    if ahead is None:
        return "not compared yet"
    if abs(ahead) < CLOCK_SECONDS:
        return "agrees with the service's"
    words = f"{abs(ahead):.0f} s" if abs(ahead) < 120 else f"{abs(ahead) / 60:.0f} min"
    danger = "; signatures are refused from 15 min on" if abs(ahead) >= 60 else ""
    return f"{words} {'ahead of' if ahead > 0 else 'behind'} the service's{danger}"
