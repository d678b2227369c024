"""A training job configuration of API v1 as an algorithm and a training job of API v2.

`Migrator(...).migrate(record)` is all: it returns two bodies, a verdict, its reasons, where every field of
the result comes from and where every field of v1 went. A body is made as far as it can be, also where a
decision is missing or something is in the way; what is not known is left out, never made up. Masks of
secrets become variables first (see `variables`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dashboard.migration import rules
from dashboard.migration.commands import Rewritten
from dashboard.migration.data import INPUTS, OUTPUTS, put_data, put_log
from dashboard.migration.decision_values import NAME, OWN_CODE
from dashboard.migration.decisions import OF_ONE, Decisions
from dashboard.migration.draft import Draft
from dashboard.migration.folders import CONFIG
from dashboard.migration.image import command_subject, put_chosen_image, put_image
from dashboard.migration.lookups import Lookups
from dashboard.migration.migration import Migration, Shape
from dashboard.migration.offers import NOTHING_ASKED, Offers
from dashboard.migration.preset import engine_subject, put_preset
from dashboard.migration.reasons import Suggestion
from dashboard.migration.record import read_record
from dashboard.migration.resources import put_resources
from dashboard.migration.run_parameters import put_environment, put_parameters
from dashboard.migration.statements import Basis
from dashboard.migration.validation import MAX_DESCRIPTION, validate_pair
from dashboard.migration.variables import ALGORITHM_ID, marker
from dashboard.migration.volumes import put_volumes

_NOT_NEEDED: Final = frozenset(
    {
        *("config_name", "create_time", "engine_type", "engine_id", "cpu", "core", "gpu_type", "pool_name"),
        *("dataset_name", "dataset_version_name", "nas_type"),
    }
)
"""Fields that the bodies can be made without."""


class Migrator:
    """Maps many configurations, with the same decisions and offers; it works out once what recurs."""

    def __init__(self, decisions: Decisions | None = None, offers: Offers = NOTHING_ASKED) -> None:
        """Take what the team decided, and what the connection offers, if it was asked."""
        self._decisions = decisions if decisions is not None else Decisions()
        self._lookups = Lookups(offers)

    def migrate(self, listed: Mapping[str, Any], detail: Mapping[str, Any] | None = None) -> Migration:
        """Return what a configuration becomes. Both are masked objects of the wire. Never raises."""
        record = read_record(listed, detail)
        draft = Draft(record, self._decisions, self._lookups)
        _put_metadata(draft)
        shape = self._put_all(draft)
        _account(draft)
        migration = Migration.of(draft, shape)
        faults = () if migration.reasons else validate_pair(migration.algorithm, migration.job)
        if not faults:
            return migration
        for fault in faults:
            draft.because("body-invalid", f"{fault.path}: {fault.message}.")
        return Migration.of(draft, shape)

    def _put_all(self, draft: Draft) -> Shape:
        if not draft.record.has_details:
            draft.because("details-missing", "The details of the configuration have not been loaded.")
        _check_model(draft)
        image = draft.record.text("user_image_url")
        chosen = None if image is not None else draft.decided("engine", engine_subject(draft))
        command: Rewritten | None = None
        if image is not None:
            command = put_image(draft, image)
        elif isinstance(chosen, Mapping):
            command = put_chosen_image(draft, chosen)
        else:
            put_preset(draft, chosen)
        put_data(draft, command)
        if image is not None:
            put_environment(draft)
        if image is None or (command is not None and command.appends):
            put_parameters(draft, () if command is None else command.parameters)
        _check_end(draft, command)
        if draft.record.has_details:
            put_resources(draft)
        put_volumes(draft)
        put_log(draft)
        return "preset" if image is None and not isinstance(chosen, Mapping) else "custom"


def migrate_all(
    records: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]],
    decisions: Decisions | None = None,
    offers: Offers = NOTHING_ASKED,
) -> list[Migration]:
    """Return what configurations become, each a pair of listed record and details, if these are there."""
    migrator = Migrator(decisions, offers)
    return [migrator.migrate(listed, detail) for listed, detail in records]


def _put_metadata(draft: Draft) -> None:
    draft.put("job.kind", "job", rules.KIND)
    _put_name(draft)
    _put_description(draft)
    draft.put("job.algorithm.id", marker(ALGORITHM_ID), rules.ALGORITHM_ID)


def _put_description(draft: Draft) -> None:
    record = draft.record
    description = record.detail.description or ""
    created = record.detail.created_at
    note = "" if created is None else f"v1 configuration of {created.date().isoformat()}"
    with_note = f"{description} ({note})" if description.strip() and note else description or note
    if len(description) > MAX_DESCRIPTION:
        draft.because(
            "description-cut", f"The description has {len(description):,} characters.", "config_desc"
        )
        description = with_note = description[:MAX_DESCRIPTION]
    elif len(with_note) > MAX_DESCRIPTION:
        with_note = description
    is_cut = len(record.detail.description or "") > MAX_DESCRIPTION
    rule = rules.DESCRIPTION_CUT if is_cut else rules.DESCRIPTION
    if description:
        draft.put("job.metadata.description", description, rule, "config_desc")
    if with_note == description and description:
        draft.put("algorithm.metadata.description", description, rule, "config_desc")
    elif with_note:
        fields = ("config_desc", "create_time") if description else ("create_time",)
        draft.put("algorithm.metadata.description", with_note, rules.PROVENANCE, *fields)


def _put_name(draft: Draft) -> None:
    name = draft.record.name
    decided = draft.decided("name", name or "(none)")
    rule = rules.NAME if decided is None else rules.NAME_CHOSEN
    chosen = decided if decided is not None else name
    if chosen is None or not NAME.fullmatch(chosen):
        shown = "It has no name." if not name else f"{name[:80]} is no name that v2 allows."
        draft.because("name-invalid", shown, "config_name", name or "(none)")
        draft.drop(rules.GONE_UNDECIDED, "config_name")
        return
    for body in ("algorithm", "job"):
        draft.put(f"{body}.metadata.name", chosen, rule, "config_name")


def _check_model(draft: Draft) -> None:
    model = draft.record.detail.model_id
    if model is None:
        return
    if model <= 0:
        draft.drop(rules.GONE_NO_MODEL, "model_id")
        return
    draft.drop(rules.GONE_MODEL, "model_id")
    subject = str(model)
    if draft.decided("model", subject) == OWN_CODE:
        return
    has_code = draft.record.text("app_url") is not None or draft.record.text("user_image_url") is not None
    own = Suggestion(OWN_CODE, "code or image of the configuration is what runs", Basis.JUDGEMENT, "ours")
    message = f"It names the built-in algorithm {model}{', and code of its own' if has_code else ''}."
    draft.because("built-in-algorithm", message, "model_id", subject, (own,) if has_code else ())


def _check_end(draft: Draft, command: Rewritten | None) -> None:
    """Ask for another command where v2 would append arguments to something that is not the script."""
    if command is None or command.questions or command.ends_with_program:
        return
    places = [item for path in (INPUTS[1], OUTPUTS[1]) for item in draft.get(path) or ()]
    passed = [item["name"] for item in places if item["access_method"] == "parameter"]
    passed += [item["name"] for item in draft.get(f"{CONFIG}.parameters") or ()]
    if passed:
        text = draft.record.text("user_command")
        subject = f"{OF_ONE}{draft.record.name}" if text is None else command_subject(text)
        message = f"v2 appends {', '.join(passed[:4])} to the command, which does not end with the script."
        draft.because("command-not-last", message, "user_command", subject)


def _account(draft: Draft) -> None:
    """Say which fields could not be read, and where secrets stood."""
    for problem in draft.record.detail.problems:
        field = problem.partition(":")[0]
        if field.partition("[")[0].partition(".")[0] not in _NOT_NEEDED and not _is_idle(draft, field):
            draft.because("field-unreadable", f"{problem[:200]}.", field)
    for variable in draft.record.variables:
        message = f"{variable.what} stands in {variable.fields[0]}; it is the variable {variable.name} here."
        draft.because("secret", message[:1].upper() + message[1:], variable.fields[0])


def _is_idle(draft: Draft, field: str) -> bool:
    """Return whether a field does not matter here: v1's number of the flavor beside its code."""
    return field == "spec_id" and draft.record.text("spec_code") is not None
