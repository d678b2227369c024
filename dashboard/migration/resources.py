"""What a job runs on: flavor, nodes, resource pool, and what is mounted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from dashboard.migration import rules
from dashboard.migration.decision_values import DROP, PUBLIC
from dashboard.migration.decisions import OF_ONE
from dashboard.migration.draft import Draft
from dashboard.migration.lookups import Origins
from dashboard.migration.offers import FlavorOffer
from dashboard.migration.reasons import Suggestion
from dashboard.migration.record import text_of
from dashboard.migration.statements import Basis, Rule

RESOURCE: Final = "job.spec.resource"
VOLUMES: Final = "job.spec.volumes"
POOL_FLAVORS: Final[Mapping[int, str]] = {
    1: "modelarts.pool.visual.xlarge",
    2: "modelarts.pool.visual.2xlarge",
    4: "modelarts.pool.visual.4xlarge",
    8: "modelarts.pool.visual.8xlarge",
    16: "modelarts.pool.visual.16xlarge",
}
"""The flavors of dedicated pools by their number of cards, as the vendor's SDK lists them."""
NO_POOL: Final = "(none)"
"""The subject of decisions about configurations that mount volumes and name no pool."""
MAX_SUGGESTED: Final = 4

_WITHOUT: Final = Suggestion(DROP, "the job does without", Basis.JUDGEMENT, "ours")

FlavorType = Literal["CPU", "GPU", "Ascend"]


def put_resources(draft: Draft) -> None:
    """Put in flavor, nodes and pool, and what the algorithm needs of them."""
    pool = _pool(draft)
    if pool is None:
        _put_flavor(draft)
    else:
        pool_id, flavor_id, rule, fields = pool
        draft.put(f"{RESOURCE}.pool_id", pool_id, rule, *fields)
        _put_flavor_of_pool(draft, flavor_id)
    _put_nodes(draft)
    _put_requirements(draft)


def _pool(draft: Draft) -> tuple[str, str | None, Rule, tuple[str, ...]] | None:
    """Return the pool's id, a flavor that was chosen with it, and the rule; None for the public pool."""
    pool_id = draft.record.text("pool_id")
    decided = draft.decided("pool", pool_id or NO_POOL)
    if isinstance(decided, Mapping):
        return (
            decided["pool_id"],
            decided.get("flavor_id"),
            rules.POOL_CHOSEN,
            ("pool_id",) if pool_id else (),
        )
    if isinstance(decided, str) and decided != PUBLIC:
        return decided, None, rules.POOL_CHOSEN, ("pool_id",) if pool_id else ()
    if pool_id is None:
        return None
    if decided == PUBLIC:
        draft.drop(rules.GONE_POOL, "pool_id")
        return None
    name = draft.record.text("pool_name")
    shown = f"{pool_id} ({name})" if name else pool_id
    suggestions = (
        Suggestion(pool_id, "it is a dedicated pool, and keeps its id", Basis.JUDGEMENT, "ours"),
        Suggestion(PUBLIC, "it is the public pool", Basis.SEEN, "published-v1"),
    )
    message = f"v1 names public pools as well as dedicated ones: which is {shown}?"
    draft.because("pool", message, "pool_id", pool_id, suggestions)
    return pool_id, None, rules.POOL, ("pool_id",)


def _put_flavor_of_pool(draft: Draft, chosen: str | None) -> None:
    cards = draft.record.detail.gpu_num
    if chosen is not None:
        draft.put(f"{RESOURCE}.flavor_id", chosen, rules.FLAVOR_CHOSEN, "spec_code")
    elif cards is not None and cards in POOL_FLAVORS:
        draft.put(f"{RESOURCE}.flavor_id", POOL_FLAVORS[cards], rules.FLAVOR_OF_POOL, "gpu_num")
    elif cards:
        message = f"Pools have no flavor with {cards:,} cards."
        draft.because("flavor-of-pool", message, "gpu_num", draft.record.text("pool_id") or NO_POOL)
    draft.drop(rules.GONE_SPEC, "spec_code")


def _put_flavor(draft: Draft) -> None:
    code, number = draft.record.text("spec_code"), draft.record.detail.spec_id
    subject = code or (f"spec_id {number}" if number is not None else f"{OF_ONE}{draft.record.name}")
    fields = ("spec_code",) if code else ("spec_id",) if number is not None else ()
    decided = draft.decided("flavor", subject)
    if decided is not None:
        draft.put(f"{RESOURCE}.flavor_id", decided, rules.FLAVOR_CHOSEN, *fields)
        _check_offered(draft, decided, subject)
    elif code is not None:
        offered = _check_offered(draft, code, subject)
        rule = rules.FLAVOR_OFFERED if offered else rules.FLAVOR
        draft.put(f"{RESOURCE}.flavor_id", code, rule, "spec_code")
    elif number is not None:
        message = f"The flavor is known by v1's number {number} alone."
        draft.because("flavor-number", message, "spec_id", subject, tuple(_alike(draft)))
    else:
        draft.because("flavor-missing", "No flavor is named.", "spec_code", subject, tuple(_alike(draft)))


def _check_offered(draft: Draft, flavor_id: str, subject: str) -> bool:
    """Return whether the connection offers a flavor; say so where it does not, or was not asked."""
    if draft.offers.flavors is None:
        message = f"Whether the connection offers the flavor {flavor_id} was not asked."
        draft.because("flavor-not-confirmed", message, "spec_code")
        return False
    if flavor_id in draft.offers.flavors_by_id:
        return True
    message = f"The connection does not offer the flavor {flavor_id}."
    draft.because("flavor-not-offered", message, "spec_code", subject, tuple(_alike(draft)))
    return False


def _alike(draft: Draft) -> Iterator[Suggestion]:
    """Yield the flavors on offer that have the same type and as many cards."""
    wanted, cards = flavor_type(draft), draft.record.detail.gpu_num
    fitting = [
        one
        for one in draft.offers.flavors or ()
        if one.flavor_type == wanted and (not cards or one.cards in {None, cards})
    ]
    for one in fitting[:MAX_SUGGESTED]:
        yield Suggestion(one.flavor_id, _shown(one), Basis.JUDGEMENT, "connection")


def _shown(flavor: FlavorOffer) -> str:
    cards = "" if not flavor.cards else f", {flavor.cards} card{'' if flavor.cards == 1 else 's'}"
    return f"the connection offers it: {flavor.flavor_type}{cards}"


def flavor_type(draft: Draft) -> FlavorType | None:
    """Return what a node has, as far as that can be told; the connection's own list counts first."""
    detail = draft.record.detail
    offered = draft.offers.flavors_by_id.get(draft.record.text("spec_code") or "")
    kind = "" if offered is None else offered.flavor_type
    for known in ("CPU", "GPU", "Ascend"):
        if kind == known:
            return known
    name = f"{detail.gpu_type or ''} {detail.spec_code or ''}".lower()
    if "ascend" in name or "snt9" in name or ".kat" in name or "npu" in name:
        return "Ascend"
    if detail.gpu_num is None:
        return "CPU" if ".cpu." in name else "GPU" if ".gpu." in name else None
    return "GPU" if detail.gpu_num > 0 else "CPU"


def _put_nodes(draft: Draft) -> None:
    nodes = draft.decided("nodes", f"{OF_ONE}{draft.record.name}")
    count = draft.record.detail.worker_count
    if nodes is not None:
        draft.put(f"{RESOURCE}.node_count", nodes, rules.NODES_CHOSEN, "worker_server_num")
        return
    if count is None:
        draft.put(f"{RESOURCE}.node_count", 1, rules.ONE_NODE)
        return
    flavor = draft.offers.flavors_by_id.get(draft.get(f"{RESOURCE}.flavor_id") or "")
    most = None if flavor is None else flavor.max_nodes
    if count < 1 or (most is not None and count > most):
        allowed = "" if most is None else f"; the flavor allows {most:,}"
        message = f"The number of workers is {count:,}{allowed}."
        draft.because("nodes", message, "worker_server_num", f"{OF_ONE}{draft.record.name}")
    draft.put(f"{RESOURCE}.node_count", count, rules.NODES, "worker_server_num")


def _put_requirements(draft: Draft) -> None:
    """Say in the algorithm what it needs, for the console's filter."""
    detail, kind = draft.record.detail, flavor_type(draft)
    needed: list[tuple[str, str, tuple[str, ...]]] = []
    if kind is not None:
        needed.append(("flavor_type", kind, ("gpu_num", "gpu_type")))
    if (detail.gpu_num or 0) > 1:
        needed.append(("device_distributed_mode", "multiple", ("gpu_num",)))
    if (detail.worker_count or 0) > 1:
        needed.append(("host_distributed_mode", "multiple", ("worker_server_num",)))
    for key, value, fields in needed:
        present = tuple(field for field in fields if field in draft.record.wire)
        requirement = {"key": key, "values": [value], "operator": "in"}
        origins = draft.lookups.origins(_by_rule, "", tuple(requirement), rules.REQUIREMENT, present)
        draft.append("algorithm.resource_requirements", requirement, origins)


def _by_rule(above: str, names: tuple[str, ...], rule: Rule, fields: tuple[str, ...]) -> Origins:
    """Return the origins of an item whose fields all are of one rule, as they are named below a path."""
    return {f"{above}.{name}": (rule, fields) for name in names}


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
    origins = draft.lookups.origins(_by_rule, f".{kind}", tuple(values), rules.VOLUME_CHOSEN, fields)
    draft.append(VOLUMES, decided, origins)
