"""Where the database is: which URL holds, and what of it may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dashboard.store.errors import DatabaseUrlError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

VARIABLE: Final = "DASHBOARD_DATABASE_URL"
FOLDER: Final = "modelarts-dashboard"
FILE: Final = "dashboard.db"
SCHEMES: Final[Mapping[str, str]] = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
FORMS: Final = "Give sqlite:////var/lib/…/dashboard.db or postgresql://user:password@host:5432/name."
ESCAPES: Final = "In a user, a password or a name write @ as %40, / as %2F, : as %3A, ? as %3F and % as %25."
MAX_PORT: Final = 65_535
HIDDEN: Final = ("password", "sslpassword")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+]{0,31})://", re.IGNORECASE)


@dataclass(frozen=True)
class Location:
    """Where a database is. `words` say it without user, password or options.

    Either `file` is SQLite's file, or `url` is that of a PostgreSQL server, and `hidden` are the options that
    were taken out of it, because whatever shows a URL hides only what stands in front of the @.
    """

    words: str
    file: Path | None = None
    url: URL | None = field(default=None, repr=False)
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must be in no message: the password, wherever in the URL it stands."""
        password = self.url.password if self.url is not None else None
        return tuple(secret for secret in (password, *self.hidden.values()) if secret)


def database_url(environment: Mapping[str, str], configured: str = "") -> str:
    """Return the URL that holds: DASHBOARD_DATABASE_URL, else `configured`, else a file of this user's.

    The file is `dashboard.db` in the first of these folders that the environment names: $STATE_DIRECTORY
    (systemd's StateDirectory=; of several its first), $XDG_STATE_HOME/modelarts-dashboard, and
    ~/.local/state/modelarts-dashboard. Raises DatabaseUrlError where there is no home either.
    """
    if url := environment.get(VARIABLE, "").strip() or configured.strip():
        return url
    return f"sqlite:///{state_folder(environment) / FILE}"


def state_folder(environment: Mapping[str, str]) -> Path:
    """Return this user's folder for what has to stay, as `database_url` says. Raises DatabaseUrlError.

    Both specifications demand absolute paths, and let others be ignored.
    """
    first = Path(environment.get("STATE_DIRECTORY", "").split(":")[0])
    if first.is_absolute():
        return first
    state = Path(environment.get("XDG_STATE_HOME", ""))
    if state.is_absolute():
        return state / FOLDER
    home = Path(environment.get("HOME", ""))
    if home.is_absolute():
        return home / ".local" / "state" / FOLDER
    raise DatabaseUrlError(
        "There is no folder for the database: neither STATE_DIRECTORY, XDG_STATE_HOME nor HOME is set.",
        f"Set {VARIABLE}. {FORMS}",
    )


def read_location(url: str) -> Location:
    """Read a database URL. Raises DatabaseUrlError, which repeats nothing that may be secret."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        raise DatabaseUrlError("The database's URL has no scheme in front.", FORMS)
    if not (driver := SCHEMES.get(scheme[1].lower())):
        raise DatabaseUrlError(f"There is no database for URLs that begin with {scheme[1]}://.", FORMS)
    if any(character < " " or "\ud800" <= character <= "\udfff" for character in url):
        raise DatabaseUrlError("The database's URL holds a control character or broken bytes.", FORMS)
    rest = url[scheme.end() :]
    return _sqlite(rest) if driver == "sqlite" else _postgresql(driver, rest)


def _sqlite(rest: str) -> Location:
    if not rest.startswith("/"):
        raise DatabaseUrlError(
            "SQLite's URL has two slashes where it needs more.",
            "Write three for a file relative to the working directory, four for an absolute path.",
        )
    path = rest[1:]
    if path in {"", ":memory:"} or path.startswith("file:") or "?" in path or path.endswith("/"):
        raise DatabaseUrlError(
            "SQLite's URL names no file; a database in memory and options are not supported.", FORMS
        )
    file = Path(path).absolute()
    return Location(str(file), file=file)


def _postgresql(driver: str, rest: str) -> Location:
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - a file needs none of it
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        url = make_url(f"{driver}://{rest}")
    except (ArgumentError, ValueError):  # their texts repeat the URL, password and all
        raise DatabaseUrlError("PostgreSQL's URL cannot be read.", f"{FORMS} {ESCAPES}") from None
    if "@" in f"{url.host}{url.database}{''.join(url.query)}" or (url.port or 0) > MAX_PORT:
        raise DatabaseUrlError("PostgreSQL's URL cannot be read without doubt.", f"{FORMS} {ESCAPES}")
    if not url.database:
        raise DatabaseUrlError("PostgreSQL's URL names no database.", f"{FORMS} {ESCAPES}")
    host = url.host or url.query.get("host") or "the local socket"
    place = host if isinstance(host, str) else ", ".join(host)
    port = f", port {url.port}" if url.port else ""
    hidden = {key: str(url.query[key]) for key in HIDDEN if key in url.query}
    url = url.difference_update_query(HIDDEN)
    return Location(f"PostgreSQL database {url.database} at {place}{port}", url=url, hidden=hidden)
