"""Waivers as a TOML file to be reviewed in git: sorted, a key a line, the same bytes for the same waivers.

    schema = 1

    [[waiver]]
    connection = "production"
    check = "old-engine"
    configuration = "resnet50-0012"
    fields_fingerprint = "5f1d…"
    reason = "retrained in March, switched off after that"
    owner = "vision"
    expires = 2027-03-31          # a day in UTC, included, or a time with its zone
    created_by = "anna@example.com"
    created_at = 2026-11-26T09:13:00Z

The last two may be left out. A text with a lone surrogate, which TOML cannot hold, is written as a table
whose key `json` holds the text as JSON. Revoked waivers are not written.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import tomli_w

from dashboard.store.errors import FaultyFileError
from dashboard.store.waiver import NEEDED, NewWaiver, Waiver, key_fields

SCHEMA: Final = 1
HEADING: Final = "# Accepted findings of training job configurations.\n"
KEYS: Final = (*NEEDED, "expires", "created_by", "created_at")


def export_waivers(waivers: Iterable[Waiver | NewWaiver]) -> str:
    """Return the TOML text of all that are not revoked, sorted by connection, check and configuration."""
    active = [waiver for waiver in waivers if getattr(waiver, "revoked_at", None) is None]
    entries = [_entry(waiver) for waiver in sorted(active, key=key_fields)]
    return HEADING + tomli_w.dumps({"schema": SCHEMA, "waiver": entries} if entries else {"schema": SCHEMA})


def read_waivers(text: str, source: str = "") -> tuple[NewWaiver, ...]:
    """Return the waivers of a TOML text in its order; `source` says which file it is.

    Raises FaultyFileError with everything that is wrong, each fault with the waiver's number in the file.
    """
    try:
        file = tomllib.loads(text)
    except (
        ValueError,
        RecursionError,
    ) as error:  # a TOMLDecodeError is a ValueError, and so is a number too long
        raise FaultyFileError([f"it is no TOML: {error}"]) from error
    if faults := list(_faults_of_file(file)):
        raise FaultyFileError(faults)
    entries = [_plain(entry) for entry in file.get("waiver", [])]
    faults = [
        f"waiver {number}: {fault}" for number, entry in enumerate(entries, 1) for fault in _faults(entry)
    ]
    if not faults:
        read = tuple(NewWaiver(**entry, source=source) for entry in entries)
        faults = list(_repetitions(read))
    if faults:
        raise FaultyFileError(faults)
    return read


def _repetitions(waivers: Iterable[NewWaiver]) -> Iterator[str]:
    found: dict[tuple[str, str, str], int] = {}
    for number, waiver in enumerate(waivers, 1):
        if (first := found.setdefault(key_fields(waiver), number)) != number:
            yield f"waiver {number}: it accepts the same as waiver {first}"


def _entry(waiver: Waiver | NewWaiver) -> dict[str, Any]:
    values = {key: getattr(waiver, key) for key in KEYS}
    return {key: _written(value) for key, value in values.items() if value is not None}


def _written(value: str | date) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        return {"json": json.dumps(value)}
    return value


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry with texts in place of the tables that stand for them; what cannot be one stays."""
    return {key: _from_json(value) for key, value in entry.items()}


def _from_json(value: object) -> object:
    if not isinstance(value, dict) or list(value) != ["json"] or not isinstance(value["json"], str):
        return value
    try:
        return json.loads(value["json"])
    except (ValueError, RecursionError):
        return value


def _faults_of_file(file: Mapping[str, Any]) -> Iterator[str]:
    if file.get("schema") != SCHEMA:
        yield f"schema is not {SCHEMA}, the only one that is known"
    yield from _unknown(file, ("schema", "waiver"))
    entries = file.get("waiver", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield "waiver is not a list of tables: each begins with [[waiver]]"


def _faults(entry: Mapping[str, object]) -> Iterator[str]:
    """Yield everything that is wrong with an entry, by key and without its value, which may be long."""
    yield from _unknown(entry, KEYS)
    for key in NEEDED:
        if key not in entry:
            yield f"{key} is missing"
        elif not isinstance(entry[key], str):
            yield f"{key} is not text"
        elif not entry[key]:
            yield f"{key} is empty"
    if "expires" not in entry:
        yield "expires is missing"
    elif not isinstance(entry["expires"], date):
        yield "expires is neither a day nor a time: write 2027-03-31, without quotes"
    elif isinstance(entry["expires"], datetime):
        yield from _faults_of_time("expires", entry["expires"])
    if not isinstance(entry.get("created_by", ""), str):
        yield "created_by is not text"
    if "created_at" in entry:
        yield from _faults_of_time("created_at", entry["created_at"])


def _faults_of_time(key: str, value: object) -> Iterator[str]:
    if not isinstance(value, datetime):
        yield f"{key} is not a time: write 2027-03-31T12:00:00Z, without quotes"
    elif value.tzinfo is None:
        yield f"{key} has no zone: write 2027-03-31T12:00:00Z"
    else:
        try:
            value.astimezone(UTC)
        except OverflowError:
            yield f"{key} is beyond the times that UTC has"


def _unknown(table: Mapping[str, object], known: tuple[str, ...]) -> Iterator[str]:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key[:80], known, 1)
            yield f"{key[:80]!a} is no key here" + (f"; is {near[0]} meant?" if near else "")
