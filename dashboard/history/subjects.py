"""Records as they are kept, as what the audit looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from dashboard.audit.subject import Subject
from dashboard.data.record import Record, name_of
from dashboard.history.fields import DETAIL_SECRETS, KEPT_DETAIL_FIELDS, SECRETS
from dashboard.history.flat import flattened
from dashboard.parsing.secrets import SecretFound

_MASK: Final = re.compile(r"••• \((?P<kind>[a-zA-Z ]{1,60}), (?P<length>[0-9]{1,9}) characters?\)")
_OWN: Final = frozenset({SECRETS, DETAIL_SECRETS})


def subject_of(number: int, record: Record, *, detailed: bool) -> Subject:
    """Return a record as a subject with this number; `detailed` says whether its details are looked at."""
    wire = {key: value for key, value in record.items() if key not in _OWN}
    row = {key: value for key, value in wire.items() if key not in KEPT_DETAIL_FIELDS}
    secrets = () if _OWN.isdisjoint(record) else tuple(_secrets(record, wire, detailed=detailed))
    return Subject(number, name_of(record), f"{number}", row, wire if detailed else None, secrets)


def _secrets(record: Record, wire: Record, *, detailed: bool) -> Iterator[SecretFound]:
    """Yield what was masked in a record: the masks say kind and length, the record has the fingerprints."""
    texts = flattened(wire, lambda _: None)
    for own in (SECRETS, DETAIL_SECRETS) if detailed else (SECRETS,):
        fields = record.get(own)
        for field, fingerprints in fields.items() if isinstance(fields, Mapping) else ():
            text = texts.get(field)
            masks = _MASK.finditer(text) if isinstance(text, str) else iter(())
            for mask, fingerprint in zip(masks, str(fingerprints).split(", "), strict=False):
                yield SecretFound(
                    field, mask.start(), mask.end(), mask["kind"], int(mask["length"]), fingerprint
                )
