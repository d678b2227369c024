"""Engines of API v1 and what of v2 runs the same: by the connection's own list, else by a table with a basis.

v1's numeric engine_id is never copied: v2's is a text. A successor is a suggestion, never applied by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from dashboard.migration import rules
from dashboard.migration.offers import EngineOffer, Offers
from dashboard.migration.reasons import Suggestion
from dashboard.migration.statements import Basis, Rule
from dashboard.parsing import EngineVersion, parse_engine_version

MAX_OFFERED: Final = 4
"""So many engines of the connection's own list are suggested, beside those of the table."""


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine of v2 that runs a configuration, and the rule by which it was found.

    `confirmed` says that the connection offers it; None where it was not asked.
    """

    engine: EngineOffer
    rule: Rule
    confirmed: bool | None


@dataclass(frozen=True, slots=True)
class EngineQuestion:
    """No engine of v2 is the same: what could be decided, if anything; `readable` as far as it was read."""

    suggestions: tuple[Suggestion, ...]
    readable: bool


def _load() -> Mapping[str, Any]:
    text = files("dashboard.migration").joinpath("engines.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


_TABLE: Final = _load()
COMPATIBLE: Final[Mapping[str, EngineOffer]] = {
    row["v1"].lower(): EngineOffer(
        row["engine_id"], row["engine_name"], row["engine_version"], v1_compatible=True
    )
    for row in _TABLE["compatible"]
}
"""v1's versions that published answers of v2 list, in small letters."""
CURRENT: Final[Mapping[str, EngineOffer]] = {
    row["engine_id"]: EngineOffer(row["engine_id"], row["engine_name"], row["engine_id"])
    for row in _TABLE["current"]
}
"""The preset training images, whose version is the id, too."""
KNOWN: Final[Mapping[str, EngineOffer]] = {
    **CURRENT, **{offer.engine_id: offer for offer in COMPATIBLE.values()}
}  # fmt: skip


def find_engine(version: str, offers: Offers) -> EngineChoice | EngineQuestion:
    """Return the engine of v2 for a version of v1 (or of v2), or what could be decided instead."""
    offered = offers.engines_by_version.get(version.lower()) or offers.engines_by_id.get(version)
    if offered is not None:
        return EngineChoice(offered, rules.ENGINE_OFFERED, confirmed=True)
    seen = COMPATIBLE.get(version.lower())
    if seen is not None and (offers.engines is None or seen.engine_id in offers.engines_by_id):
        return EngineChoice(seen, rules.ENGINE_SEEN, None if offers.engines is None else True)
    if version in CURRENT and offers.engines is None:
        return EngineChoice(CURRENT[version], rules.ENGINE_CURRENT, confirmed=None)
    parsed = parse_engine_version(version)
    if parsed is None:
        return EngineQuestion((), readable=False)
    return EngineQuestion(tuple(_suggestions(parsed, offers)), readable=True)


def engine_by_id(engine_id: str, offers: Offers) -> tuple[EngineOffer, bool | None]:
    """Return an engine that the team chose, as far as it is known, and whether the connection offers it."""
    offered = offers.engines_by_id.get(engine_id)
    confirmed = None if offers.engines is None else offered is not None
    return offered or KNOWN.get(engine_id) or EngineOffer(engine_id), confirmed


def _suggestions(parsed: EngineVersion, offers: Offers) -> Iterator[Suggestion]:
    """Yield what the table suggests and the connection offers, then what it offers of the same framework."""
    suggested = set()
    for one in _by_table(parsed):
        if offers.engines is None or one["engine_id"] in offers.engines_by_id:
            suggested.add(one["engine_id"])
            yield Suggestion(one["engine_id"], one["text"], Basis(one["basis"]), one["source"])
    alike = [offer for offer in offers.engines or () if _is_alike(parsed, offer)]
    for offer in [offer for offer in alike if offer.engine_id not in suggested][:MAX_OFFERED]:
        text = f"the connection offers {offer.engine_version or offer.engine_id}"
        yield Suggestion(offer.engine_id, text, Basis.JUDGEMENT, "connection")


def _by_table(parsed: EngineVersion) -> list[dict[str, str]]:
    for row in _TABLE["successors"]:
        if (
            row["framework"] == parsed.framework
            and (parsed.framework_version or "").startswith(row.get("version", ""))
            and row.get("arch", parsed.arch) == parsed.arch
        ):
            found: list[dict[str, str]] = row["to"]
            return found
    return []


def _is_alike(parsed: EngineVersion, offer: EngineOffer) -> bool:
    """Return whether an offer has the same framework, for the same processors where both say which."""
    other = offer.parsed
    if other is None or other.framework != parsed.framework:
        return False
    return (parsed.arch == "aarch64") == (other.arch == "aarch64")
