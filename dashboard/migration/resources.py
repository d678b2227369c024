"""What a job runs on: flavor, nodes, resource pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from dashboard.data.number_words import count_of
from dashboard.migration import rules
from dashboard.migration.decision_values import PUBLIC
from dashboard.migration.decisions import OF_ONE
from dashboard.migration.draft import Draft
from dashboard.migration.lookups import by_rule
from dashboard.migration.offers import FlavorOffer
from dashboard.migration.reasons import Suggestion
from dashboard.migration.statements import Basis, Rule

RESOURCE: Final = "job.spec.resource"
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
    cards = f", {count_of(flavor.cards, 'card')}" if flavor.cards else ""
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
        origins = draft.lookups.origins(by_rule, "", tuple(requirement), rules.REQUIREMENT, present)
        draft.append("algorithm.resource_requirements", requirement, origins)
