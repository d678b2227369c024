"""Secrets: what was masked at the door, and what would print one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar

from dashboard.audit.check import Check, Context, Family, GroupCheck, Scope
from dashboard.audit.facts import Facts, listed, shown, spans_of
from dashboard.audit.outcome import PASSED, Failed, Outcome, Severity, Span
from dashboard.audit.wire_fields import OTHER, is_among
from dashboard.data.number_words import count_of
from dashboard.data.record import COMMAND, DETAIL_FIELDS, LIST_FIELDS
from dashboard.parsing import run_train, traces_itself
from dashboard.parsing.secrets.found import SecretFound

PROWLER = "Prowler batch_job_definition_no_secrets, glue_etl_jobs_no_secrets_in_arguments; Trivy DS-0031"
MOVE = (
    "Change the secret where it is used, since everybody who may list configurations has seen it; then have"
    " the code read it from a secret store, or from a file that only the job may read."
)


class _Secret(Check):
    family = Family.SECRETS
    severity = Severity.CRITICAL
    remedy = MOVE
    secrets_only = True

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where a secret was masked in one of the fields."""
        here = (one for one in facts.secrets if is_among(one.field, self.fields))
        found = list(dict.fromkeys(here))  # the list's fields come with the details again
        return (
            Failed(told(found), tuple(Span(one.field, one.start, one.end) for one in found))
            if found
            else PASSED
        )


def told(found: Sequence[SecretFound]) -> str:
    """Return which secrets there are and where: "user_command holds a secret key (40 characters)"."""
    fields: dict[str, list[str]] = {}
    for one in found:
        article = "an" if one.kind[:1].lower() in "aeio" else "a"
        fields.setdefault(one.field, []).append(f"{article} {one.kind} ({count_of(one.length, 'character')})")
    return "; ".join(f"{shown(name)} holds {listed(kinds)}" for name, kinds in fields.items()) + "."


class SEC001(_Secret):
    """Everybody who may list configurations reads the start command, and it is printed into logs and copied
    with the configuration: a key, token or password in it belongs to all of them."""

    title = "Secret in the start command"
    basis = PROWLER
    fields = (COMMAND,)


class SEC002(_Secret):
    """Run parameters (for a custom image they are environment variables) and the other details of a
    configuration are shown to everybody who may open it, and written to the job's log."""

    title = "Secret in a run parameter or another detail"
    basis = "Prowler ecs_task_definitions_no_environment_secrets"
    fields = DETAIL_FIELDS
    scope: ClassVar[Scope] = "detail"


class SEC003(Check):
    """A shell that traces itself prints each line with its values before it runs it; run_train.sh sets the
    access key and secret key of the job, so a trace can write them into the log. The vendor's own sample does
    this."""

    family = Family.SECRETS
    title = "The start command traces itself"
    severity = Severity.MEDIUM
    remedy = "Remove -x (bash -x, set -x, set -o xtrace), and print what is worth printing."
    basis = "API reference, creating a configuration"
    fields = (COMMAND,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where tracing is switched on: high where run_train.sh is started."""
        command = facts.command
        traces = () if command is None else traces_itself(command)
        if command is None or not traces:
            return PASSED
        severity = Severity.HIGH if run_train(command) is not None else None
        words = listed(dict.fromkeys(shown(one.text) for one in traces))
        return Failed(f"{words} prints every line before it is run.", spans_of(COMMAND, traces), severity)


class SEC004(GroupCheck):
    """A secret that several configurations share is one that a whole team knows: when it leaks, all of them
    have to be changed, and nobody can tell which one it leaked from."""

    family = Family.SECRETS
    title = "The same secret in several configurations"
    severity = Severity.INFO
    remedy = "Give each job a credential of its own, from a secret store."
    basis = "GitHub secret scanning, by analogy"
    fields = (*LIST_FIELDS, *DETAIL_FIELDS, OTHER)
    secrets_only = True

    def keys(self, facts: Facts, context: Context) -> tuple[Hashable, ...]:
        """Return the kinds and keyed fingerprints of the secrets."""
        return tuple(dict.fromkeys((one.kind, one.fingerprint) for one in facts.secrets))

    def together(self, key: Hashable, names: Sequence[str]) -> Outcome:
        """Name some of the configurations."""
        kind = key[0] if isinstance(key, tuple) else "secret"
        return Failed(f"The same {kind} is in {len(names):,} configurations: {listed(map(shown, names))}.")


class SEC005(_Secret):
    """Name, description and image address are shown in every list, and copied into tickets and reports: a
    secret there is read by more people than one in a command."""

    title = "Secret in the description, image address or another field of the list"
    basis = "own"
    fields = (*(name for name in LIST_FIELDS if name != COMMAND), OTHER)


CHECKS: Iterable[type[Check]] = (SEC001, SEC002, SEC003, SEC004, SEC005)
