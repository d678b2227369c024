"""secrets.toml, read in one place for all its tables. Needs no Streamlit.

The file is read again as soon as it is another one, by its time, size and inode. What is wrong with the file
as a whole is a fault in words; what is wrong in a table is for the room that the table belongs to.
"""

from __future__ import annotations

import difflib
import os
import threading
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

FILE: Final = "secrets.toml"
TABLES: Final = ("auth", "access", "audit", "connections", "database", "history", "metrics", "report")
"""Every table that some room reads. A name that nearly is one of these is a fault: it would be no table."""
PATHS_VARIABLE: Final = "STREAMLIT_SECRETS_FILES"
UNREADABLE: Final = f"{FILE} cannot be read"
EMPTY: Final[Mapping[str, object]] = MappingProxyType({})

Stamp = tuple[int, int, int] | None


@dataclass(frozen=True)
class Secrets:
    """What the file holds: its tables, which nobody can change, or why it cannot be read."""

    tables: Mapping[str, object] = field(default_factory=lambda: EMPTY, repr=False)
    fault: str = ""


class SecretsFile:
    """Reads the tables of some files, later ones before earlier ones. Safe to share between threads."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        self._lock = threading.Lock()
        self._stamps: tuple[Stamp, ...] | None = None
        self._secrets = Secrets()

    def read(self) -> Secrets:
        """Return what the files say now: the same object as long as they are the same files."""
        stamps = tuple(_stamp(path) for path in self.paths)
        with self._lock:
            if stamps != self._stamps:
                self._secrets, self._stamps = _read(self.paths), stamps
            return self._secrets


def default_paths(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return where Streamlit looks by default.

    In the home folder, then here, or where it has been told to.
    """
    told = environment.get(PATHS_VARIABLE, "")
    if told:
        return tuple(told.split())  # as Streamlit's command line splits it
    return tuple(str(folder / ".streamlit" / FILE) for folder in (Path.home(), Path.cwd()))


def misspelt_tables(tables: Mapping[str, object]) -> list[str]:
    """Return a fault for each table whose name nearly is one of ours."""
    named = [str(name) for name, value in tables.items() if isinstance(value, Mapping)]
    return [f"[{name[:40]}] is not read; is [{near}] meant?" for name in named if (near := _near(name))]


def unknown_key(key: str, where: str, known: Iterable[str]) -> str:
    """Return the fault of a key that a table does not have; `where` is how the table is called."""
    near = difflib.get_close_matches(key, list(known), n=1)
    meant = f"is {near[0]} meant?" if near else f"there are {', '.join(known)}"
    return f"{key[:40]} is not a key of {where}; {meant}"


def frozen(table: Mapping[str, object]) -> Mapping[str, object]:
    """Return a table that nobody can change, nor what is in it."""
    return MappingProxyType({str(key): _frozen(value) for key, value in table.items()})


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return frozen(value)
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _near(name: str) -> str:
    plain = name.strip().lower()
    near = difflib.get_close_matches(plain, TABLES, n=1, cutoff=0.7)
    if name in TABLES or not (near or plain.startswith("auth")):
        return ""
    return near[0] if near else "auth"


def _read(paths: Iterable[str]) -> Secrets:
    tables: dict[str, object] = {}
    for path in paths:
        try:
            tables |= tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except tomllib.TOMLDecodeError as error:
            return Secrets(fault=f"it is not valid TOML{_place(error)}")
        except (OSError, UnicodeDecodeError):
            return Secrets(fault="it is no text file that this user may read")
    return Secrets(frozen(tables))


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Return where a file is wrong; the rest of the message may repeat what stands there."""
    _, found, place = str(error).rpartition("(at ")
    return f" ({place.rstrip(')')})" if found and place.startswith("line ") else ""


def _stamp(path: str) -> Stamp:
    """Return what changes with a file; None when there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


_file = SecretsFile(default_paths(os.environ))


def read_secrets() -> Secrets:
    """Return what this process's secrets.toml says now."""
    return _file.read()


def use_files(paths: Sequence[str]) -> None:
    """Read these files from now on: whoever starts the server may have named others."""
    global _file  # noqa: PLW0603 - one file for the process
    if tuple(paths) != _file.paths:
        _file = SecretsFile(paths)
