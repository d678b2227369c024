"""The locks say what requirements*.txt ask for and all that it needs, with hashes; and it is what runs here.

Nothing is asked of an index: what a distribution needs is read from the installed one.
"""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.locks import ROOT, read_lock, read_requirements

KINDS = {
    "requirements-build": ("requirements-build.txt",),
    "requirements": ("requirements.txt",),
    "requirements-dev": ("requirements.txt", "requirements-dev.txt"),
}
"""Each lock, and the files that it is made of."""
OURS = "streamlit-plotly-basic"
NOT_LOCKED = {OURS, "pip"}
"""What an environment holds beside: what is made here, and what installs."""


def asked_for(kind: str) -> list[Requirement]:
    """Every requirement that a lock is made of."""
    return [requirement for name in KINDS[kind] for requirement in read_requirements(name)]


def needed(requirements: Iterable[Requirement]) -> set[str]:
    """The names of all distributions that these need on this machine, themselves included."""
    found: set[tuple[str, str]] = set()
    waiting = [
        (requirement.name, extra) for requirement in requirements for extra in ("", *requirement.extras)
    ]
    while waiting:
        name, extra = waiting.pop()
        if (key := (canonicalize_name(name), extra)) in found:
            continue
        found.add(key)
        for line in importlib.metadata.requires(name) or ():
            requirement = Requirement(line)
            if not requirement.marker or requirement.marker.evaluate({"extra": extra}):
                waiting += [(requirement.name, wanted) for wanted in ("", *requirement.extras)]
    return {name for name, _ in found}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_pinned_once_and_has_hashes(kind: str) -> None:
    entries = read_lock(f"{kind}.lock")
    assert entries
    assert not [entry.name for entry in entries if not entry.hashes]
    assert len({entry.name for entry in entries}) == len(entries)


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_agrees_with_what_is_asked_for(kind: str) -> None:
    """If this fails, requirements*.txt have changed: `make lock`."""
    locked = {entry.name: entry.version for entry in read_lock(f"{kind}.lock")}
    for requirement in asked_for(kind):
        name = canonicalize_name(requirement.name)
        assert re.fullmatch(r"==[^*]+", str(requirement.specifier)), f"{requirement}: pin it"
        assert locked.get(name) == str(requirement.specifier)[2:], f"{name}: run `make lock`"


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_holds_all_that_is_needed_and_nothing_else(kind: str) -> None:
    locked = {entry.name for entry in read_lock(f"{kind}.lock") if entry.is_for_here}
    assert locked == needed(asked_for(kind)), "run `make lock`"


def test_development_runs_on_what_the_dashboard_runs_on() -> None:
    developing = {entry.name: entry for entry in read_lock("requirements-dev.lock")}
    for entry in read_lock("requirements.lock"):
        assert developing[entry.name] == entry
    for entry in read_lock("requirements-build.lock"):
        assert developing.get(entry.name, entry).version == entry.version


def test_what_runs_here_is_what_is_locked() -> None:
    here = {canonicalize_name(there.name): there.version for there in importlib.metadata.distributions()}
    entries = [*read_lock("requirements-dev.lock"), *read_lock("requirements-build.lock")]
    locked = {entry.name: entry.version for entry in entries if entry.is_for_here}
    assert {name: version for name, version in here.items() if name not in NOT_LOCKED} == locked


@pytest.mark.parametrize("project", ["pyproject.toml", "plotly_basic/pyproject.toml"])
def test_what_builds_is_locked(project: str) -> None:
    """A build takes what is installed; so both must name the same."""
    asked = tomllib.loads((ROOT / project).read_text(encoding="utf-8"))["build-system"]["requires"]
    assert {Requirement(line) for line in asked} <= set(read_requirements("requirements-build.txt"))
