"""From what was loaded, masked at the door, to what is audited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dashboard.audit.subject import Subject
from dashboard.parsing.secrets.found import SecretFound

if TYPE_CHECKING:
    from dashboard.data.loads import LoadedInventory
    from dashboard.data.rows import Detail

NO_SECRETS: tuple[SecretFound, ...] = ()


def subjects_of(inventory: LoadedInventory, details: Mapping[str, Detail]) -> tuple[Subject, ...]:
    """Return the configurations of an inventory, in its order; `details` are by name as it is shown.

    Of several with one name, for which the service has one answer, the first gets the details.
    """
    seen: dict[str, int] = {}
    subjects = []
    for number, record in enumerate(inventory.records):
        given = record.get("config_name")
        name = given if isinstance(given, str) else ""
        seen[name] = seen.get(name, 0) + 1
        detail = details.get(name) if seen[name] == 1 and name else None
        secrets = inventory.secrets.get(number, NO_SECRETS)
        subjects.append(
            Subject(
                number,
                name,
                name if seen[name] == 1 else f"{name} ({seen[name]})",
                record,
                None if detail is None else detail.record,
                secrets if detail is None else _together(secrets, detail.secrets),
            )
        )
    return tuple(subjects)


def _together(listed: tuple[SecretFound, ...], detailed: tuple[SecretFound, ...]) -> tuple[SecretFound, ...]:
    """Return all secrets once: details repeat the list's fields, and must change nothing of these."""
    return tuple(dict.fromkeys((*listed, *detailed)))
