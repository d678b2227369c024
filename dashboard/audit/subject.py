"""What is audited: one configuration as it came over the wire, its secrets masked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.parsing.secrets.found import SecretFound


@dataclass(frozen=True, slots=True)
class Subject:
    """One configuration: its position in the inventory, its name, and its records under the wire's names.

    `name` is empty where the service gave none; `id` tells configurations of one name apart, and is the name
    where nothing else does. `detail` is None until the details have come. `secrets` are those that were
    masked in the record and in the detail.
    """

    number: int
    name: str
    id: str
    record: Mapping[str, object]
    detail: Mapping[str, object] | None = None
    secrets: tuple[SecretFound, ...] = ()
