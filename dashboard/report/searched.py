"""What is said of a search: that loaded rows stand in for the answer, and how they differ from it later."""

from __future__ import annotations

from collections import Counter

from dashboard.data.loads import LoadedInventory
from dashboard.report.ages import age_words

SEARCHING = "Among the loaded rows ({age}); the service is still searching"
NOWHERE = "None of the loaded rows has it ({age}); the service is still searching"
TOO_MANY = "{count:,} of the loaded rows have it ({age}), too many to show before the service has searched"
FAILED = "Among the loaded rows ({age}); the service's own search has failed"
ANSWERED = "As the service finds it"


def search_words(
    text: str,
    found: LoadedInventory | None,
    whole: LoadedInventory | None,
    *,
    is_ahead: bool,
    has_failed: bool = False,
) -> str:
    """Return a line for a search; "" for none, and before there are any rows.

    `found` are the rows that are shown: with `is_ahead` those of `whole`, of all that is loaded. `has_failed`
    is whether the service's own search has.
    """
    if not text:
        return ""
    if found is None:
        return "" if whole is None or has_failed else _unseen_words(text, whole)
    if is_ahead:
        return (FAILED if has_failed else SEARCHING).format(age=age_words(found.age_seconds))
    if whole is None:
        return ANSWERED
    key = ("differs from the loaded rows", text, whole.loaded_at)
    more, fewer = found.derived(key, lambda: _difference(text, found, whole))
    if not more and not fewer:
        return f"{ANSWERED}; the loaded rows say the same"
    told = [f"{number:,} {word}" for number, word in ((more, "more"), (fewer, "fewer")) if number]
    return f"{ANSWERED}: {' and '.join(told)} than the loaded rows have"


def _unseen_words(text: str, whole: LoadedInventory) -> str:
    """Return why no rows are shown yet: none of those that are loaded has the text, or very many have."""
    count = whole.derived(("have", text), lambda: len(whole.with_text(text)))
    return (TOO_MANY if count else NOWHERE).format(count=count, age=age_words(whole.age_seconds))


def _difference(text: str, found: LoadedInventory, whole: LoadedInventory) -> tuple[int, int]:
    """Return how many rows the service finds that the loaded ones do not say, and the other way round."""
    theirs = Counter(found.frame["name"].fillna("").tolist())
    ours = Counter(whole.frame["name"].fillna("").iloc[whole.with_text(text)].tolist())
    return (theirs - ours).total(), (ours - theirs).total()
