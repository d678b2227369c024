"""The team's own rules, from the settings: a field that must match an expression, or must not."""

from __future__ import annotations

from dashboard.audit.check import Check, Context, Family
from dashboard.audit.facts import Facts, shown
from dashboard.audit.outcome import PASSED, CannotAssessError, Failed, Outcome, Span
from dashboard.audit.patterns import search
from dashboard.audit.settings import Rule
from dashboard.audit.wire_fields import parameter_label
from dashboard.data.record import LIST_FIELDS, PARAMETERS


class TeamCheck(Check):
    """A rule of the team's, as a check."""

    family = Family.TEAM
    basis = "the team's settings"

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.title, self.severity, self.remedy = rule.title, rule.severity, rule.remedy  # type: ignore[misc]
        label = parameter_label(rule.field)
        self.fields = (PARAMETERS if label is not None else rule.field,)  # type: ignore[misc]
        self.scope = "list" if rule.field in LIST_FIELDS else "detail"  # type: ignore[misc]
        self._label = label

    @property
    def id(self) -> str:
        """Return the rule's id."""
        return self._rule.id

    @property
    def why(self) -> str:
        """Return what the team says."""
        return self._rule.why

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where the field's text matches, or does not; a field that is missing is an empty text."""
        rule = self._rule
        text, path = self._text(facts)
        found = search(rule.pattern, text)
        if rule.must_match:
            said = shown(text) if text else f"{rule.field} is empty and"
            return (
                PASSED
                if found
                else Failed(f"{said} does not match {rule.pattern}.", (Span(path, 0, len(text)),))
            )
        if found is None:
            return PASSED
        return Failed(f"{shown(text[found[0] : found[1]])} matches {rule.pattern}.", (Span(path, *found),))

    def _text(self, facts: Facts) -> tuple[str, str]:
        """Return the field's text, numbers written out, and its path."""
        if self._label is None:
            value: object = facts.record.get(self._rule.field)
            path = self._rule.field
        else:
            path = f"parameter[{self._label}].value"
            given = (one for one in facts.objects(PARAMETERS) if one.get("label") == self._label)
            value = next(given, {}).get("value")
        if value is None:
            return "", path
        if not isinstance(value, str | int | float):
            raise CannotAssessError(f"{self._rule.field} is no text")
        return str(value), path
