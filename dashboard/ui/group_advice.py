"""What to tell somebody whose groups are on no list: what their provider sent, and what to set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dashboard.access.missing_groups import Cause, MissingGroups
from dashboard.ui.messages import literal

MAX_SHOWN: Final = 80
WORDS: Final[Mapping[Cause, str]] = {
    Cause.LEFT_OUT: (
        "The sign-in provider left this account's groups out: they are too many for a token (Entra ID: over"
        " 200). There, let the token have “Groups assigned to the application” only (Token configuration), or"
        ' give out app roles and set `groups_claim = "roles"`.'
    ),
    Cause.NOT_SENT: "The sign-in provider sent no claim {claim}, where the groups should be. {hint}",
    Cause.NO_NAMES: (
        "What the sign-in provider sent as {claim} is no list of names. Set `groups_claim` to the claim that"
        " is one; a dot leads into a claim, as in `realm_access.roles`."
    ),
    Cause.IN_NONE: "The sign-in provider says that this account is in no group: its claim {claim} is empty.",
    Cause.WRITTEN_OTHERWISE: (
        "The sign-in provider calls a group {sent}, and the list calls it {listed}. Only the same letters"
        " count: write it in the list as the provider does, or have the provider leave the path away"
        " (Keycloak: “Full group path”)."
    ),
    Cause.OTHERS: "The groups of this account ({claim}{count}) are not on the list.",
    Cause.OLDER: (
        "Who may look has changed since you signed in, and a sign-in keeps only what was asked for then, of"
        " many groups those on a list: sign in again."
    ),
}
ASK: Final = (
    "Have it put them into the ID token (some want to be asked for them: `client_kwargs`), or set"
    " `groups_claim` to the claim that has them."
)


def advice(missing: MissingGroups) -> str:
    """Return what is wrong with the groups and what would put it right, as Markdown; names stay literal."""
    names = [literal(_short(name)) for name in missing.names]
    sent, listed = names if missing.reason is Cause.WRITTEN_OTHERWISE else ("", "")
    found = f"There are names in {', '.join(names)}: if these are the groups, set `groups_claim` to that."
    return WORDS[missing.reason].format(
        claim=literal(_short(missing.claim)),
        count=f", {missing.count:,}" if missing.count else "",
        sent=sent,
        listed=listed,
        hint=found if names else ASK,
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
