"""What is said of a secret that was masked: where it stood, and what it was, never its value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretFound:
    """A secret that was masked in a record.

    `field` is its path in the wire's record: `boot_command`, `parameter[lr].value`, `env_variables[TOKEN]`.
    The mask is at `start` up to, not including, `end` of the masked text. `length` is that of the value in
    characters; `fingerprint` is the same for the same secret elsewhere (see `fingerprints.fingerprint`).
    """

    field: str
    start: int
    end: int
    kind: str
    length: int
    fingerprint: str
