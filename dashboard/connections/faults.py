"""What is wrong with a connection as it was written: each fault names the key, and never a value."""

from __future__ import annotations

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
    CredentialsKind,
    RawConnection,
)
from dashboard.secrets_file import unknown_key
from modelarts_api.regions import REGIONS, WITHOUT_MODELARTS, region_of

NAME: Final = re.compile(r"[\w.-]{1,64}")
"""A connection's name stands in addresses, so it is a word."""


def faults_of(raw: RawConnection) -> list[str]:
    """Return everything that is wrong, all at once; empty if a client may be tried with it."""
    found = [*_misfits(raw), *_of_place(raw)]
    kinds = raw.kinds
    if len(kinds) > 1:
        given = [_listed([raw.word(key) for key in kind.needs if raw.has(key)]) for kind in kinds]
        return [
            *found,
            f"there are two kinds of credentials, {' beside '.join(filter(None, given))}: keep one",
        ]
    if not kinds:
        offers = ", or ".join(_listed([raw.word(key) for key in kind.needs]) for kind in KINDS)
        return [*found, *_of_project(raw, None), f"credentials are missing: give {offers}"]
    kind = kinds[0]
    needed = [f"{raw.word(key)} is missing" for key in kind.needs if not raw.has(key)]
    return [*found, *_of_project(raw, kind), *needed, *_of_another_kind(raw, kind), *_of_iam(raw, kind)]


def _misfits(raw: RawConnection) -> Iterator[str]:
    """Yield names, keys and values that no connection can have."""
    if not NAME.fullmatch(raw.name):
        yield (
            "its name is not a word, as addresses need it: at most 64 letters, digits, dots, - and _;"
            " a label may be any text"
        )
    for key, value in raw.values.items():
        if key == ACCESS:
            if not isinstance(value, Mapping):
                yield f"{key} is not a table of keys"
        elif key not in KEYS:
            yield unknown_key(key, "a connection", KEYS)
        elif raw.has(key) and not isinstance(value, str):
            yield f"{raw.word(key)} is not text"
        elif isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            yield f"{raw.word(key)} holds bytes that are not text"


def _of_place(raw: RawConnection) -> Iterator[str]:
    endpoint, region = raw.texts.get("endpoint"), raw.texts.get("region")
    if not raw.has("endpoint") and not raw.has("region"):
        yield f"{raw.word('endpoint')} is missing (or {raw.word('region')})"
    elif endpoint and region and region_of(endpoint) not in (None, region):
        yield (
            f"{raw.word('endpoint')} and {raw.word('region')} disagree: the endpoint is in another"
            " region; keep one of them"
        )
    elif region and not raw.has("endpoint") and region not in REGIONS:
        unknown = "is a region of which no source says that it has ModelArts, so its address is not known"
        other = "is not a region whose address is known"
        yield (
            f"{raw.word('region')} {unknown if region in WITHOUT_MODELARTS else other}: give"
            f" {raw.word('endpoint')} instead, or one of {', '.join(REGIONS)}"
        )


def _of_project(raw: RawConnection, kind: CredentialsKind | None) -> Iterator[str]:
    by_id, by_name = map(raw.has, PROJECT)
    id_word, name_word = map(raw.word, PROJECT)
    if by_id and by_name:
        yield f"there are both {id_word} and {name_word}: keep one"
    elif by_name and kind is not PASSWORD:
        yield (
            f"{id_word} is missing: {name_word} is enough only with {_listed(list(PASSWORD.needs))},"
            " because IAM then tells the id"
        )
    elif not by_id and not by_name:
        yield f"{id_word} is missing" + (f" (or {name_word})" if kind is PASSWORD else "")


def _of_another_kind(raw: RawConnection, kind: CredentialsKind) -> Iterator[str]:
    """Yield keys beside complete credentials that mean nothing there: somebody expects something of them."""
    for other in (ACCESS_KEY, PASSWORD):
        for key in other.keys:
            if other is not kind and raw.has(key):
                yield f"{raw.word(key)} goes with {_listed(list(other.needs[:2]))} only"


def _of_iam(raw: RawConnection, kind: CredentialsKind) -> Iterator[str]:
    """Yield that IAM's address is missing: it follows from the region, and that from a public endpoint."""
    endpoint, region, iam = (raw.texts.get(key) for key in ("endpoint", "region", "iam_endpoint"))
    if kind is not PASSWORD or iam or not endpoint or region in REGIONS:
        return
    if region_of(endpoint) not in REGIONS:
        yield f"{raw.word('iam_endpoint')} is missing: the endpoint does not tell where its IAM is"


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
