"""Waivers between the database and a TOML file that is reviewed in git, and those that hold for a run."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.data.database import configured_url, shared_database
from dashboard.parsing.secrets import mask
from dashboard.secrets_file import read_secrets
from dashboard.store.location import read_location
from dashboard.store.waiver import NewWaiver, Waiver, end_of, key_fields
from dashboard.store.waiver_file import KEYS, export_waivers, read_waivers

if TYPE_CHECKING:
    from dashboard.store.database import Database

MAX_NAMED = 10
"""So many waivers are named in a warning."""


def known_waivers(file: Path | None) -> Sequence[Waiver | NewWaiver]:
    """Return the waivers of a file, else of the database; none where there is no database yet.

    Raises StoreError, OSError, UnicodeDecodeError.
    """
    if file is not None:
        return read_waivers(file.read_text(encoding="utf-8"), file.name)
    location = read_location(configured_url(read_secrets().tables, os.environ))
    if location.file is not None and not location.file.exists():
        return ()
    from dashboard.store.waivers import list_waivers  # noqa: PLC0415 - SQLAlchemy, where there is a database

    return list_waivers(shared_database())


def exported(database: Database, connection: str | None) -> str:
    """Return the TOML text of the active waivers, of one connection or all."""
    from dashboard.store.waivers import list_waivers  # noqa: PLC0415 - SQLAlchemy

    return export_waivers(list_waivers(database, connection))


def imported(
    database: Database, text: str, source: str, connection: str | None, at: datetime, *, by: str = ""
) -> str:
    """Bring the waivers of a TOML text into the database, and tell how many were new, and which have expired.

    One that is there already with other words or another expiry is replaced. What is not in the text stays as
    it is. What has expired is brought in as well, and counts as lapsed. Who did it is `by`, else the user who
    runs this process. Raises StoreError; then nothing was changed of what it tells.
    """
    from dashboard.store.waivers import add_waivers, list_waivers, replace_waivers  # noqa: PLC0415 - SQLAlchemy

    wanted = [one for one in read_waivers(text, source) if connection in {None, one.connection}]
    active = {key_fields(one): one for one in list_waivers(database, connection)}
    new = [one for one in wanted if key_fields(one) not in active]
    changed = [
        (active[key_fields(one)].id, one)
        for one in wanted
        if key_fields(one) in active and not _same(one, active[key_fields(one)])
    ]
    by = by or _who(os.environ)
    replace_waivers(database, changed, by, at)
    add_waivers(database, new, by, at)
    unchanged = len(wanted) - len(new) - len(changed)
    told = f"{len(new):,} added, {len(changed):,} replaced, {unchanged:,} unchanged"
    return f"{told}{_warning([one for one in wanted if at >= end_of(one.expires)])}"


def _warning(expired: Sequence[NewWaiver]) -> str:
    """Return a sentence that names the waivers whose end is past; "" for none."""
    if not expired:
        return ""
    named = [f"{one.check} of {mask(one.configuration)} ({one.expires})" for one in expired[:MAX_NAMED]]
    more = f" and {len(expired) - MAX_NAMED:,} more" if len(expired) > MAX_NAMED else ""
    return f". Warning: these have expired, and accept nothing: {', '.join(named)}{more}"


def _same(new: NewWaiver, stored: Waiver) -> bool:
    """Return whether two say the same; who stored it and when counts where the new one says so."""
    return all(getattr(new, key) in {None, getattr(stored, key)} for key in KEYS)


def _who(environment: Mapping[str, str]) -> str:
    """Return who runs the command: the user's name, or the number where it has none."""
    named = environment.get("SUDO_USER")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
