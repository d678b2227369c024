"""What the rest of the dashboard knows of a connection: one that can be used, or why it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dashboard.secrets_file import EMPTY
from modelarts_api import AccessKeyCredentials, PasswordCredentials, TokenCredentials

AnyCredentials = TokenCredentials | AccessKeyCredentials | PasswordCredentials


@dataclass(frozen=True)
class Connection:
    """One project of one service. `name` is the word for it in the address bar, `label` the one on screen.

    A project that is known by its name alone has no id before IAM has told it, so `project_id` is then empty.
    `shown_credentials` is their kind, with nothing in it that is secret. `fingerprint` changes with all that
    decides what is seen, the credentials included, but does not reveal them; it is another one in another
    process. `access` is the table that says who may see the connection, unread.
    """

    name: str
    endpoint: str
    project_id: str
    credentials: AnyCredentials | None
    fingerprint: str
    source: str
    is_sample: bool = False
    project_name: str = ""
    label: str = ""
    shown_credentials: str = "none"
    ca_bundle: str | None = None
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    access: Mapping[str, object] = field(default_factory=lambda: EMPTY, hash=False, repr=False)

    @property
    def title(self) -> str:
        """Return what to call it on screen."""
        return self.label or self.name

    @property
    def project(self) -> str:
        """Return the project's id, or its name as long as that is all that is known."""
        return self.project_id or self.project_name


@dataclass(frozen=True)
class ConnectionProblem:
    """A connection that somebody began to configure and that cannot be used: what is wrong, in words.

    `example` is one that is complete, of the kind that this one seems to be meant for.
    """

    name: str
    source: str
    faults: tuple[str, ...]
    example: str
    label: str = ""
    access: Mapping[str, object] = field(default_factory=lambda: EMPTY, hash=False, repr=False)

    @property
    def title(self) -> str:
        """Return what to call it on screen."""
        return self.label or self.name


@dataclass(frozen=True)
class Settings:
    """What is configured, in the order in which it was written."""

    entries: tuple[Connection | ConnectionProblem, ...] = ()

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Return those that can be used."""
        return tuple(entry for entry in self.entries if isinstance(entry, Connection))

    @property
    def problems(self) -> tuple[ConnectionProblem, ...]:
        """Return those that cannot."""
        return tuple(entry for entry in self.entries if isinstance(entry, ConnectionProblem))

    @property
    def nothing_configured(self) -> bool:
        """Return whether there is nothing but sample data, or not even that."""
        return all(isinstance(entry, Connection) and entry.is_sample for entry in self.entries)

    def keeping(self, earlier: Settings) -> Settings:
        """Return these settings with the credentials of earlier ones where they are the same.

        They remember what they were refused; settings that are read anew must not forget it.
        """
        known = {connection.fingerprint: connection.credentials for connection in earlier.connections}
        return Settings(
            tuple(
                replace(entry, credentials=known[entry.fingerprint])
                if isinstance(entry, Connection) and entry.fingerprint in known
                else entry
                for entry in self.entries
            )
        )


class NoConnectionError(Exception):
    """There is no connection to do it with. The text is for people."""


class UnknownConnectionError(NoConnectionError):
    """A connection was named that is not there; `known` are the names of those that are."""

    def __init__(self, name: str, known: Collection[str], fault: str = "") -> None:
        there = f"There are: {', '.join(known)}." if known else "None is configured."
        super().__init__(f"There is no connection {name!a}. {fault or there}")


def chosen(entries: Sequence[Connection | ConnectionProblem], name: object) -> Connection | ConnectionProblem:
    """Return the entry of a name; for junk the first that can be used, else the first. There must be one."""
    usable = (entry for entry in entries if isinstance(entry, Connection))
    first = next(usable, entries[0])
    return next((entry for entry in entries if entry.name == name), first)


def labels(entries: Sequence[Connection | ConnectionProblem]) -> Mapping[str, str]:
    """Return what each entry is called on screen, by name: its title, or also its name where titles agree."""
    titles = Counter(entry.title for entry in entries)
    return {
        entry.name: entry.title if titles[entry.title] == 1 else f"{entry.title} ({entry.name})"
        for entry in entries
    }
