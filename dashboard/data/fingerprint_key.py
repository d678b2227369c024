"""The key of the fingerprints by which the same secret is told in two places; one for each deployment.

Whoever has the key can try values out, so it is as secret as a password. It comes from
DASHBOARD_FINGERPRINT_KEY, else from `[audit] fingerprint_key` in secrets.toml, else from a file that is made
once beside the database. Replicas tell the same fingerprints where one key is set for all of them.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from dashboard.parsing.secrets.fingerprints import MIN_KEY
from dashboard.secrets_file import read_secrets
from dashboard.store.errors import DatabaseUrlError
from dashboard.store.location import database_url, read_location, state_folder

VARIABLE: Final = "DASHBOARD_FINGERPRINT_KEY"
TABLE: Final = "audit"
KEY: Final = "fingerprint_key"
FILE: Final = "fingerprint.key"
BYTES: Final = 32
_log: Final = logging.getLogger(__name__)


class FingerprintKeyError(ValueError):
    """The key that is configured is of no use; the text says why, and does not repeat it."""


@cache
def fingerprint_key() -> bytes:
    """Return this process's key, read once. Raises FingerprintKeyError for one that is configured wrongly.

    Without a folder that can be written it is drawn for this process alone, and the log says so.
    """
    given = configured_key(os.environ, read_secrets().tables)
    if given is not None:
        return given
    try:
        return key_of(key_file(os.environ, read_secrets().tables))
    except (OSError, DatabaseUrlError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.problem.rstrip(".")
        _log.warning(
            "The key of fingerprints cannot be kept (%s): they hold until this process ends. Set %s.",
            reason,
            VARIABLE,
        )
        return secrets.token_bytes(BYTES)


def configured_key(environment: Mapping[str, str], tables: Mapping[str, object]) -> bytes | None:
    """Return the key that the environment or secrets.toml gives, else None. Raises FingerprintKeyError."""
    table = tables.get(TABLE)
    named = table.get(KEY) if isinstance(table, Mapping) else None
    for where, text in ((VARIABLE, environment.get(VARIABLE)), (f"[{TABLE}] {KEY}", named)):
        if text is None or text == "":
            continue
        if not isinstance(text, str) or len(text.strip().encode()) < MIN_KEY:
            raise FingerprintKeyError(f"{where} must be a text of {MIN_KEY} characters or more")
        return sha256(text.strip().encode()).digest()
    return None


def key_file(environment: Mapping[str, str], tables: Mapping[str, object]) -> Path:
    """Return where the key is kept: beside the database, or in its folder if that is elsewhere.

    Raises DatabaseUrlError where no folder is known.
    """
    table = tables.get("database")
    configured = table.get("url") if isinstance(table, Mapping) else None
    location = read_location(database_url(environment, configured if isinstance(configured, str) else ""))
    return (location.file.parent if location.file else state_folder(environment)) / FILE


def key_of(file: Path) -> bytes:
    """Return the key in a file, made if there is none. Raises OSError.

    Of several processes that make it at once all get the same: it appears whole, or not at all.
    """
    with suppress(FileNotFoundError):
        return _read(file)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()
    return _read(file)


def _read(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) < MIN_KEY:
        raise OSError(5, f"{file.name} is too short to be a key: remove it")
    return key
