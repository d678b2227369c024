"""Packages that a command installs when it starts, and whether each is pinned to a version.
 Pip's names are read by its own grammar (PEP 508). Of what is no name (a path, an address, a variable) it
is said what it is; whether it is pinned is None where the question does not arise or cannot be answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from packaging.requirements import InvalidRequirement, Requirement

from dashboard.parsing.programs import find_start, program_name
from dashboard.parsing.syntax import Command, Excerpt, SimpleCommand, Word

PackageKind = Literal["name", "path", "url", "vcs", "unknown"]


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it is asked for; `pinned` is None for a local path, and where it cannot be told."""

    text: str
    kind: PackageKind
    pinned: bool | None
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Install:
    """One call of a package manager: the packages it names, and the files of names that it is given."""

    manager: str
    packages: tuple[Package, ...]
    requirement_files: tuple[str, ...]
    excerpt: Excerpt


_Reading = tuple[PackageKind, bool | None]


@dataclass(frozen=True, slots=True)
class _Manager:
    """How a package manager is called, and how it names packages."""

    name: str
    read: Callable[[str], _Reading]
    subcommands: frozenset[str]
    valued: frozenset[str]
    files: frozenset[str] = field(default=frozenset())
    packages: frozenset[str] = field(default=frozenset())
    """Options that take a package."""


def installs(command: Command) -> tuple[Install, ...]:
    """Return every installation of packages in a command, in the order of the text."""
    found = {one.excerpt.start: one for one in _installs(command)}
    return tuple(found[start] for start in sorted(found))


def _installs(command: Command) -> Iterator[Install]:
    for one in command.commands():
        called = _called(one)
        if called is None:
            continue
        manager, words = called
        install = _read(command.text, manager, words, one)
        if install is not None:
            yield install


_PIP = re.compile(r"pip(?:\d+(?:\.\d+)*)?")
_PYTHON = re.compile(r"python(?:\d+(?:\.\d+)*)?")


def _called(command: SimpleCommand) -> tuple[_Manager, Sequence[Word]] | None:
    """Return the manager that a command calls, and the words behind its name."""
    start = find_start(command.words).index
    if start is None:
        return None
    words = command.words[start:]
    names = [program_name(word) for word in words[:6]]
    if _PYTHON.fullmatch(names[0]) and "-m" in names and names[names.index("-m") + 1 :][:1] == ["pip"]:
        return MANAGERS["pip"], words[names.index("-m") + 2 :]
    if names[:2] == ["uv", "pip"]:
        return MANAGERS["pip"], words[2:]
    manager = MANAGERS["pip"] if _PIP.fullmatch(names[0]) else MANAGERS.get(names[0])
    return None if manager is None else (manager, words[1:])


def _read(text: str, manager: _Manager, words: Sequence[Word], command: SimpleCommand) -> Install | None:
    """Read the words behind a manager's name; None where it installs nothing."""
    subcommand: str | None = None
    packages: list[Package] = []
    files: list[str] = []
    for option, word in _aligned(manager, words):
        if option in manager.files:
            files.append(word.value)
        elif option in manager.packages or (option == "" and subcommand is not None):
            packages.append(_package(manager, word))
        elif option == "":
            subcommand = word.value
    if subcommand not in manager.subcommands:
        return None
    excerpt = Excerpt(text[command.start : command.end], command.start, command.end)
    return Install(manager.name, tuple(packages), tuple(files), excerpt)


def _aligned(manager: _Manager, words: Sequence[Word]) -> Iterator[tuple[str, Word]]:
    """Yield each option's value with its option, and each positional word with an empty one."""
    takes = manager.valued | manager.files | manager.packages
    at, ended = 0, False
    while at < len(words):
        word = words[at]
        option, sign, _ = word.value.partition("=")
        if ended or not word.value.startswith("-"):
            yield "", word
        elif word.value == "--":
            ended = True
        elif word.value in takes and at + 1 < len(words):
            at += 1
            yield word.value, words[at]
        elif sign and option in takes:
            yield option, word.tail(len(option) + 1)
        at += 1


def _package(manager: _Manager, word: Word) -> Package:
    kind, pinned = ("unknown", None) if word.expands else manager.read(word.value)
    return Package(word.value, kind, pinned, word.excerpt())


_MOVING = frozenset({"", "main", "master", "HEAD", "develop", "dev", "trunk", "latest"})
_ARCHIVE_VERSION = re.compile(r"[-_]v?\d+(?:\.\d+)+")


def _read_place(text: str) -> _Reading | None:
    """Read what is no name but a place: an address, a repository, a path; None for a name."""
    scheme, address, rest = text.partition("://")
    if address and "+" in scheme:
        reference = rest.partition("#")[0].partition("/")[2].rpartition("@")
        return "vcs", bool(reference[1]) and reference[2] not in _MOVING
    if address:
        return ("path", None) if scheme == "file" else ("url", bool(_ARCHIVE_VERSION.search(rest)) or None)
    is_file = text.endswith((".whl", ".tar.gz", ".zip", ".deb", ".rpm", ".tgz"))
    return ("path", None) if text.startswith((".", "/", "~")) or is_file else None


def _read_pip(text: str) -> _Reading:
    place = _read_place(text)
    if place is not None:
        return place
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return ("path", None) if "/" in text else ("unknown", None)
    if requirement.url:
        return _read_place(requirement.url) or ("url", None)
    exact = any(
        one.operator in {"==", "==="} and not one.version.endswith(".*") for one in requirement.specifier
    )
    return "name", exact


def _by_pattern(pattern: str) -> Callable[[str], _Reading]:
    """Return a reader of names that are pinned where they end like the pattern."""
    compiled = re.compile(rf".*?(?:{pattern})", re.ASCII)

    def read(text: str) -> _Reading:
        return _read_place(text) or ("name", compiled.fullmatch(text) is not None)

    return read


def _read_npm(text: str) -> _Reading:
    name, at, version = text.rpartition("@")
    if (at and name) or text.startswith("@"):
        return "name", re.fullmatch(r"v?\d+\.\d+\.\d+[\w.+-]*", version) is not None
    return _read_place(text) or (("vcs", None) if "/" in text else ("name", False))


def _manager(
    name: str, read: Callable[[str], _Reading], subcommands: str, valued: str, **more: str
) -> _Manager:
    sets = {key: frozenset(value.split()) for key, value in more.items()}
    return _Manager(name, read, frozenset(subcommands.split()), frozenset(valued.split()), **sets)


_CONDA = _manager(
    "conda",
    _by_pattern(r"==?\d[^*]*"),
    "install create",
    "-n --name -p --prefix -c --channel --solver --subdir --platform",
    files="--file",
)
_APT = _manager(
    "apt",
    _by_pattern(r"=[^*=]+"),
    "install",
    "-t --target-release --default-release -o --option -c --config-file -a",
)
_YUM = _manager(
    "yum",
    _by_pattern(r"-\d[\w.~+^]*(?:-\d[\w.~+^]*)?"),
    "install localinstall",
    "-c --config --enablerepo --disablerepo --repo --releasever -x --exclude --setopt --installroot",
)
MANAGERS: Mapping[str, _Manager] = {
    "pip": _manager(
        "pip",
        _read_pip,
        "install",
        "-c --constraint -i --index-url --extra-index-url -f --find-links -t --target --trusted-host "
        "--proxy --timeout --retries --platform --python-version --implementation --abi --prefix "
        "--root --cert --client-cert --log --progress-bar --cache-dir --no-binary --only-binary --src "
        "-b --build --upgrade-strategy --exists-action --config-settings --global-option "
        "--install-option --report --default-timeout",
        files="-r --requirement",
        packages="-e --editable",
    ),
    **dict.fromkeys(("conda", "mamba", "micromamba"), _CONDA),
    **dict.fromkeys(("apt", "apt-get"), _APT),
    **dict.fromkeys(("yum", "dnf", "microdnf"), _YUM),
    "apk": _manager(
        "apk",
        _by_pattern(r"=\d[^*]*"),
        "add",
        "--repository -X -t --virtual -p --root --arch --keys-dir --cache-dir",
    ),
    "npm": _manager(
        "npm", _read_npm, "install i add", "--prefix --registry -w --workspace --cache --tag --loglevel"
    ),
}
"""Package managers by the name of their program."""
