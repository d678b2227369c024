"""Cost: what is paid for and cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from dashboard.audit.check import Check, Context, Family, Scope
from dashboard.audit.facts import Facts, shown
from dashboard.audit.outcome import PASSED, CannotAssessError, Failed, Outcome, Severity, Span
from dashboard.data.record import IMAGE
from dashboard.parsing import says_cpu


class COST001(Check):
    """An image for CPUs cannot use the accelerators of the flavor: they are paid for by the hour, and
    idle."""

    family = Family.COST
    title = "An image for CPUs on a flavor with GPUs"
    severity = Severity.MEDIUM
    remedy = "Choose a flavor without GPUs, or an image that uses them."
    basis = "own"
    fields = (IMAGE, "gpu_num", "gpu_type", "spec_code")
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where the image's name says cpu, and the flavor has GPUs."""
        image = facts.image
        if image is None or not says_cpu(image):
            return PASSED
        gpus, flavor = facts.number("gpu_num"), facts.text("spec_code")
        if gpus is None:
            raise CannotAssessError("it is not known whether the flavor has GPUs")
        if gpus <= 0:
            return PASSED
        kind = facts.text("gpu_type") or "GPU"
        words = f"{shown(image.text)} says CPU; the flavor {shown(flavor or 'chosen')} has {gpus} × {kind}."
        return Failed(words, (Span(IMAGE, 0, len(image.text)),))


CHECKS: Iterable[type[Check]] = (COST001,)
