"""What is wrong with a connection as it was written: each fault names the key, and never a value."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from dashboard.connections.raw_connection import (
    ACCESS,
    ACCESS_KEY,
    KEYS,
    KINDS,
    PASSWORD,
    PROJECT,
    Draft,
    Kind,
)
from modelarts_api.regions import REGIONS, region_of

NAME: Final = re.compile(r"[\w.-]{1,64}")
"""A connection's name stands in addresses, so it is a word."""


def faults_of(draft: Draft) -> list[str]:
    """Everything that is wrong, all at once; empty if a client may be tried with it."""
    found = [*_misfits(draft), *_of_place(draft)]
    kinds = draft.kinds
    if len(kinds) > 1:
        given = [_listed([draft.word(key) for key in kind.needs if draft.has(key)]) for kind in kinds]
        return [
            *found,
            f"there are two kinds of credentials, {' beside '.join(filter(None, given))}: keep one",
        ]
    if not kinds:
        offers = ", or ".join(_listed([draft.word(key) for key in kind.needs]) for kind in KINDS)
        return [*found, *_of_project(draft, None), f"credentials are missing: give {offers}"]
    kind = kinds[0]
    needed = [f"{draft.word(key)} is missing" for key in kind.needs if not draft.has(key)]
    return [*found, *_of_project(draft, kind), *needed, *_of_another_kind(draft, kind), *_of_iam(draft, kind)]


def _misfits(draft: Draft) -> Iterator[str]:
    """Names, keys and values that no connection can have."""
    if not NAME.fullmatch(draft.name):
        yield (
            "its name is not a word, as addresses need it: at most 64 letters, digits, dots, - and _;"
            " a label may be any text"
        )
    for key, value in draft.values.items():
        if key == ACCESS:
            if not isinstance(value, Mapping):
                yield f"{key} is not a table of keys"
        elif key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            meant = f"is {near[0]} meant?" if near else f"there are {', '.join(KEYS)}"
            yield f"{key} is not a key of a connection; {meant}"
        elif draft.has(key) and not isinstance(value, str):
            yield f"{draft.word(key)} is not text"
        elif isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            yield f"{draft.word(key)} holds bytes that are not text"


def _of_place(draft: Draft) -> Iterator[str]:
    endpoint, region = draft.texts.get("endpoint"), draft.texts.get("region")
    if not draft.has("endpoint") and not draft.has("region"):
        yield f"{draft.word('endpoint')} is missing (or {draft.word('region')})"
    elif endpoint and region and _public_region(endpoint) not in (None, region):
        yield (
            f"{draft.word('endpoint')} and {draft.word('region')} disagree: the endpoint is in another"
            " region; keep one of them"
        )
    elif region and not draft.has("endpoint") and region not in REGIONS:
        yield (
            f"{draft.word('region')} is not a region whose address is known: give {draft.word('endpoint')}"
            f" instead, or one of {', '.join(REGIONS)}"
        )


def _public_region(endpoint: str) -> str | None:
    try:
        return region_of(endpoint)
    except ValueError:  # no URL: the wrapper says why
        return None


def _of_project(draft: Draft, kind: Kind | None) -> Iterator[str]:
    by_id, by_name = map(draft.has, PROJECT)
    id_word, name_word = map(draft.word, PROJECT)
    if by_id and by_name:
        yield f"there are both {id_word} and {name_word}: keep one"
    elif by_name and kind is not PASSWORD:
        yield (
            f"{id_word} is missing: {name_word} is enough only with {_listed(list(PASSWORD.needs))},"
            " because IAM then tells the id"
        )
    elif not by_id and not by_name:
        yield f"{id_word} is missing" + (f" (or {name_word})" if kind is PASSWORD else "")


def _of_another_kind(draft: Draft, kind: Kind) -> Iterator[str]:
    """Keys beside complete credentials that mean nothing there: somebody expects something of them."""
    for other in (ACCESS_KEY, PASSWORD):
        for key in other.keys:
            if other is not kind and draft.has(key):
                yield f"{draft.word(key)} goes with {_listed(list(other.needs[:2]))} only"


def _of_iam(draft: Draft, kind: Kind) -> Iterator[str]:
    """IAM's address follows from the region, and that from a public endpoint."""
    endpoint, region, iam = (draft.texts.get(key) for key in ("endpoint", "region", "iam_endpoint"))
    if kind is not PASSWORD or iam or not endpoint or region in REGIONS:
        return
    if _public_region(endpoint) not in REGIONS:
        yield f"{draft.word('iam_endpoint')} is missing: the endpoint does not tell where its IAM is"


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
