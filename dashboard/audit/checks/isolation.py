"""Isolation: what a job can reach beside its own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Final

from dashboard.audit.check import Check, Context, Family, Scope
from dashboard.audit.facts import Facts, shown
from dashboard.audit.outcome import PASSED, CannotAssessError, Failed, Outcome, Severity, Span
from dashboard.audit.places import place_of

WHOLE_HOST: Final = ("/etc", "/root", "/var/run", "/run", "/var/run/docker.sock", "/run/docker.sock")
"""Whoever can write here owns the host: its users and keys, its services, its Docker socket."""

Volume = Mapping[str, object]


def _volumes(facts: Facts, kind: str) -> Iterator[tuple[int, Volume, str, bool]]:
    """Yield each volume of a kind: its place, itself, its source, and whether it can be written to."""
    for place, item in enumerate(facts.objects("volumes")):
        volume = item.get(kind)
        if volume is None:
            continue
        if not isinstance(volume, Mapping):
            raise CannotAssessError(f"volumes[{place}].{kind} is no object")
        source, read_only = volume.get("src_path"), volume.get("read_only")
        if not isinstance(source, str) or not source.strip():
            raise CannotAssessError(f"volumes[{place}].{kind} has no src_path")
        if read_only not in (None, True, False, "true", "false"):
            raise CannotAssessError(f"volumes[{place}].{kind}.read_only is neither true nor false")
        yield place, volume, source, read_only not in (True, "true")


class ISO001(Check):
    """A directory of the host lies outside of what the platform keeps apart: a job that writes there changes
    the node for every other job, and from some places it can take the node over; one that reads sees what
    others left."""

    family = Family.ISOLATION
    title = "A directory of the host is mounted"
    severity = Severity.HIGH
    remedy = "Use object storage, or an NFS volume of the team's; where it has to be, mount it read-only."
    basis = "Prowler core_minimize_hostpath_volume_mounts; Trivy KSV-0023"
    fields = ("volumes",)
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail for any: critical where what is written owns the host, medium where all are read-only."""
        found = list(_volumes(facts, "host_path"))
        if not found:
            return PASSED
        words = [
            f"{shown(source)} {'writable' if writable else 'read-only'}" for _, _, source, writable in found
        ]
        severity = max(
            (_severity(source, writable=w) for _, _, source, w in found), key=lambda one: -one.rank
        )
        spans = tuple(
            Span(f"volumes[{place}].host_path.src_path", 0, len(source)) for place, _, source, _ in found
        )
        return Failed(f"Of the host is mounted: {', '.join(words)}.", spans, severity)


def _severity(source: str, *, writable: bool) -> Severity:
    place = place_of(source)
    if not writable:
        return Severity.MEDIUM
    owned = (
        not place.parts
        or any(place == place_of(one) for one in WHOLE_HOST)
        or place.parts[0] in {"etc", "root"}
    )
    return Severity.CRITICAL if owned else Severity.HIGH


class ISO002(Check):
    """An export that a job can write to, or the root of one, is shared with others: one wrong path deletes
    their data, and everything on it can be read."""

    family = Family.ISOLATION
    title = "A writable NFS volume, or the root of an export"
    severity = Severity.MEDIUM
    remedy = "Mount the directory that the job needs, read-only where it only reads."
    basis = "own"
    fields = ("volumes", "nas_share_addr")
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where one is writable, or is the whole export."""
        words, spans = [], []
        for place, _, source, writable in _volumes(facts, "nfs"):
            if writable or _is_root(source):
                facts_of = {"writable": writable, "the root": _is_root(source)}
                what = " and ".join(word for word, holds in facts_of.items() if holds)
                words.append(f"{shown(source)} is {what}")
                spans.append(Span(f"volumes[{place}].nfs.src_path", 0, len(source)))
        share = facts.text("nas_share_addr")
        if share and _is_root(share):
            words.append(f"{shown(share)} is the root")
            spans.append(Span("nas_share_addr", 0, len(share)))
        return Failed(f"{'; '.join(words)}.", tuple(spans)) if words else PASSED


def _is_root(source: str) -> bool:
    """Return whether an export's address ends at its root: "192.168.8.2:/", "/"."""
    return not place_of(source.rpartition(":")[2]).parts


CHECKS: Iterable[type[Check]] = (ISO001, ISO002)
