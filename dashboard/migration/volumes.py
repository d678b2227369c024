"""What is mounted into a job: NFS volumes; folders of the host, which v2 does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.migration import rules
from dashboard.migration.decision_values import DROP
from dashboard.migration.decisions import OF_ONE
from dashboard.migration.draft import Draft
from dashboard.migration.lookups import Origins, by_rule
from dashboard.migration.reasons import Suggestion
from dashboard.migration.record import text_of
from dashboard.migration.resources import NO_POOL, RESOURCE
from dashboard.migration.statements import Basis, Rule

VOLUMES: Final = "job.spec.volumes"
_WITHOUT: Final = Suggestion(DROP, "the job does without", Basis.JUDGEMENT, "ours")


@dataclass(frozen=True, slots=True)
class _Mount:
    """An NFS volume, with v1's fields that name it."""

    server_path: str
    local_path: str
    read_only: bool
    fields: tuple[str, str]
    read_only_field: tuple[str, ...]
    rule: Rule


def put_volumes(draft: Draft) -> None:
    """Put in what is mounted. What the host had is a blocker unless the team says what replaces it."""
    seen: set[tuple[str, str]] = set()
    for mount in _mounts(draft):
        key = (mount.server_path.rstrip("/"), mount.local_path.rstrip("/"))
        if key in seen:
            draft.drop(rules.GONE_REPEATED, *mount.fields, *mount.read_only_field)
        else:
            seen.add(key)
            _put_mount(draft, mount)
    for path, item in draft.record.objects("volumes"):
        if isinstance(item.get("host_path"), Mapping):
            _put_host_path(draft, f"{path}.host_path", item["host_path"])
    if draft.get(VOLUMES) and draft.get(f"{RESOURCE}.pool_id") is None:
        message = "Volumes are mounted in dedicated pools only, and no pool is named."
        draft.because("volume-needs-pool", message, "volumes", draft.record.text("pool_id") or NO_POOL)


def _mounts(draft: Draft) -> Iterator[_Mount]:
    for path, item in draft.record.objects("volumes"):
        inner = item.get("nfs")
        if not isinstance(inner, Mapping):
            continue
        where = f"{path}.nfs"
        draft.drop(rules.GONE_VOLUME_ID, f"{where}.id")
        server, local = text_of(inner, "src_path"), text_of(inner, "dest_path")
        if server is None or local is None:
            draft.because("volume-unread", "An NFS volume does not say what is mounted, and where.", where)
            continue
        flag = _flag(inner.get("read_only"))
        said = () if flag is None else (f"{where}.read_only",)
        fields = (f"{where}.src_path", f"{where}.dest_path")
        yield _Mount(server, local, flag is True, fields, said, rules.VOLUME)
    server, local = draft.record.text("nas_share_addr"), draft.record.text("nas_mount_path")
    if server is not None and local is not None:
        fields = ("nas_share_addr", "nas_mount_path")
        yield _Mount(
            server, local, read_only=False, fields=fields, read_only_field=(), rule=rules.VOLUME_OF_NAS
        )
    elif server is not None or local is not None:
        draft.because("volume-unread", "The NAS share has no address or no path.", "nas_share_addr")


def _flag(value: object) -> bool | None:
    """Return true or false, also where they are written as text; None for everything else."""
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _put_mount(draft: Draft, mount: _Mount) -> None:
    fields = (*mount.fields, *mount.read_only_field)
    if (decided := draft.decided("volume", mount.server_path)) is not None:
        _put_decided(draft, decided, fields)
        return
    rule = mount.rule if mount.read_only_field else rules.VOLUME_WRITABLE
    volume = {
        "nfs_server_path": mount.server_path,
        "local_path": mount.local_path,
        "read_only": mount.read_only,
    }
    origins = draft.lookups.origins(_mounted, mount.rule, rule, mount.fields, mount.read_only_field)
    draft.append(VOLUMES, {"nfs": volume}, origins)
    if mount.local_path.startswith("/home/work"):
        draft.because("home-work", f"A volume is mounted at {mount.local_path}.", mount.fields[1])


def _mounted(rule: Rule, flag_rule: Rule, fields: tuple[str, str], flag: tuple[str, ...]) -> Origins:
    """Return the origins of an NFS volume."""
    return {
        ".nfs.nfs_server_path": (rule, fields[:1]),
        ".nfs.local_path": (rule, fields[1:]),
        ".nfs.read_only": (flag_rule, flag),
    }


def _put_host_path(draft: Draft, where: str, inner: Mapping[str, Any]) -> None:
    source, local = text_of(inner, "src_path"), text_of(inner, "dest_path")
    fields = tuple(f"{where}.{name}" for name in ("src_path", "dest_path", "read_only") if name in inner)
    subject = source or f"{OF_ONE}{draft.record.name}"
    decided = draft.decided("volume", subject)
    if decided is None:
        message = (
            f"{source or 'A folder'} of the host is mounted at {local or 'no path'}: v2 mounts nothing of it."
        )
        draft.because("host-path-volume", message, where, subject, (_WITHOUT,))
        draft.drop(rules.GONE_VOLUME, *fields)
    else:
        _put_decided(draft, decided, fields)


def _put_decided(draft: Draft, decided: Any, fields: tuple[str, ...]) -> None:
    """Put in what the team chose in place of a volume, or nothing."""
    if decided == DROP:
        draft.drop(rules.GONE_DECIDED, *fields)
        return
    ((kind, values),) = decided.items()
    origins = draft.lookups.origins(by_rule, f".{kind}", tuple(values), rules.VOLUME_CHOSEN, fields)
    draft.append(VOLUMES, decided, origins)
