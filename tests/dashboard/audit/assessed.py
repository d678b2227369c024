"""What the tests of the audit build: subjects, and what one check says of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from dashboard.audit.check import Check, Context
from dashboard.audit.checks import BUILT_IN
from dashboard.audit.end_of_life import published_ends
from dashboard.audit.facts import Facts
from dashboard.audit.outcome import Outcome
from dashboard.audit.settings import AuditSettings
from dashboard.audit.subject import Subject
from dashboard.parsing.secrets.found import SecretFound
from modelarts_api import Engine

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
CHECKS: Mapping[str, Check] = {check.id: check for check in BUILT_IN}
ENGINES = (
    Engine(1, "TensorFlow", 4, "TF-2.1.0-python3.6"),
    Engine(10, "PyTorch", 9, "PyTorch-1.8.0-python3.12"),
)


def subject(
    number: int = 0,
    *,
    name: str = "resnet",
    detail: Mapping[str, object] | None = None,
    secrets: Sequence[SecretFound] = (),
    **record: object,
) -> Subject:
    """Return a subject of a record's fields; its details are these on top, where there are any."""
    listed = {"config_name": name, **record}
    whole = None if detail is None else {**listed, **detail}
    return Subject(number, name, name, listed, whole, tuple(secrets))


def context(settings: AuditSettings | None = None, **others: object) -> Context:
    """Return what checks are told, by default that everything is there."""
    return Context(settings or AuditSettings(), NOW, published_ends(), **others)  # type: ignore[arg-type]


def assess(check: Check, record: Mapping[str, object], told: Context | None = None) -> Outcome:
    """Return what a check says of a record, which is a detail where that is its scope."""
    return check.assess(Facts(record), told or context(engines=ENGINES))


def secret(field: str, kind: str = "secret key", length: int = 40, fingerprint: str = "ab12") -> SecretFound:
    """Return what the door says of a secret that it has masked."""
    return SecretFound(field, 0, 31, kind, length, fingerprint)
