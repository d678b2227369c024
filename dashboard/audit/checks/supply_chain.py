"""Supply chain: where the code, the image and the packages come from, and whether they stay the same."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.audit.check import Check, Context, Family
from dashboard.audit.facts import Facts, listed, shown, spans_of
from dashboard.audit.outcome import PASSED, Failed, Outcome, Severity, Span
from dashboard.data.record import COMMAND, IMAGE
from dashboard.parsing import downloads_piped_to_shell, http_urls, installs
from dashboard.parsing.downloads import DOWNLOADERS
from dashboard.parsing.installs import MANAGERS


class SUP001(Check):
    """What comes from the network is run unseen: whoever controls the address, or the way to it, runs code
    with the job's rights, and nobody can tell afterwards what was run."""

    family = Family.SUPPLY_CHAIN
    title = "A download piped into a shell"
    severity = Severity.HIGH
    remedy = "Build it into the image, or download a fixed version, compare its digest, and run that."
    basis = "own"
    fields = (COMMAND,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where a shell or interpreter runs what is downloaded."""
        command = facts.command_with(DOWNLOADERS)
        found = () if command is None else downloads_piped_to_shell(command)
        words = listed(shown(one.text) for one in found)
        return Failed(f"{words} runs what it downloads.", spans_of(COMMAND, found)) if found else PASSED


class SUP002(Check):
    """Without encryption anybody on the way can read what is sent and change what comes back, credentials and
    packages included."""

    family = Family.SUPPLY_CHAIN
    title = "An address without encryption"
    severity = Severity.MEDIUM
    remedy = "Use https://, or object storage through the platform's own copy."
    basis = "own"
    fields = (COMMAND,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where an address begins with http://."""
        command = facts.command_with(("://",))
        found = () if command is None else http_urls(command)
        words = listed(dict.fromkeys(shown(one.text) for one in found))
        return Failed(f"{words} is not encrypted.", spans_of(COMMAND, found)) if found else PASSED


class SUP003(Check):
    """An image without a tag, or with `latest`, is whatever was pushed last: the same configuration trains in
    another environment tomorrow, and nobody notices."""

    family = Family.SUPPLY_CHAIN
    title = "Image without a tag, or latest"
    severity = Severity.MEDIUM
    remedy = "Name a tag that says the version, or a digest."
    basis = "hadolint DL3006, DL3007; Trivy DS-0001"
    fields = (IMAGE,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where neither tag nor digest says which image it is."""
        image = facts.image
        if image is None or image.tag_kind not in {"none", "latest"}:
            return PASSED
        what = "has no tag" if image.tag_kind == "none" else "is tagged “latest”"
        return Failed(f"{shown(image.text)} {what}.", (Span(IMAGE, 0, len(image.text)),))


class SUP004(Check):
    """A tag can be moved to another image at any time; only a digest names the one that was tried."""

    family = Family.SUPPLY_CHAIN
    title = "Image not pinned by digest"
    severity = Severity.LOW
    remedy = "Add the digest behind the tag: name:tag@sha256:…"
    basis = "Prowler ecr_repositories_tag_immutability, by analogy"
    fields = (IMAGE,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where there is an image and no digest."""
        image = facts.image
        if image is None or image.digest is not None:
            return PASSED
        return Failed(f"{shown(image.text)} has no digest.", (Span(IMAGE, 0, len(image.text)),))


class SUP005(Check):
    """A registry that is a bare address cannot prove who it is, and may be another one tomorrow; one that the
    team has not allowed is one that nobody looks after."""

    family = Family.SUPPLY_CHAIN
    title = "Registry is a bare IP address, or not allowed"
    severity = Severity.MEDIUM
    remedy = "Push the image to a registry of the team's; allowed_registries in audit.toml lists them."
    basis = "hadolint DL3026"
    fields = (IMAGE,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where the registry is an IP address, or there is a list that it is not on."""
        image, allowed = facts.image, context.settings.allowed_registries
        if image is None:
            return PASSED
        registry = image.registry or "docker.io"
        if allowed and not (
            {registry.lower(), (image.registry_host or registry).lower()} & {*map(str.lower, allowed)}
        ):
            return Failed(
                f"The registry {shown(registry)} is not among those allowed.", _registry_span(image.registry)
            )
        if image.registry_is_ip and not allowed:
            return Failed(
                f"The registry {shown(registry)} is a bare IP address.", _registry_span(image.registry)
            )
        return PASSED


def _registry_span(registry: str | None) -> tuple[Span, ...]:
    return (Span(IMAGE, 0, len(registry or "")),)


class SUP006(Check):
    """What is installed without a version is the newest there is: a job that worked yesterday fails today, or
    trains with something else, and a package that was taken over is run at once."""

    family = Family.SUPPLY_CHAIN
    title = "Packages installed at start without a version"
    severity = Severity.LOW
    remedy = "Name the versions (pip install x==1.2.3), or build the packages into the image."
    basis = "hadolint DL3013, DL3008"
    fields = (COMMAND,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where a package that is installed is known not to be pinned."""
        command = facts.command_with(MANAGERS)
        found = () if command is None else installs(command)
        loose = [package for one in found for package in one.packages if package.pinned is False]
        words = listed(dict.fromkeys(shown(one.text) for one in loose))
        places = spans_of(COMMAND, [one.excerpt for one in loose])
        return Failed(f"No version is named for {words}.", places) if loose else PASSED


CHECKS: Iterable[type[Check]] = (SUP001, SUP002, SUP003, SUP004, SUP005, SUP006)
