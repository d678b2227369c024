"""Lifecycle: engines, frameworks, Pythons, base systems and accelerator libraries that have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.audit.check import Check, Context, Family
from dashboard.audit.end_of_life import End
from dashboard.audit.facts import Facts, shown
from dashboard.audit.outcome import PASSED, CannotAssessError, Failed, Outcome, Severity, Span
from dashboard.data.record import ENGINE, IMAGE, VERSION
from dashboard.parsing import ProductLine, image_hints, product_line

SYSTEMS = frozenset({"Ubuntu", "CentOS"})


def _end_of(line: ProductLine, context: Context) -> End | None:
    """Return the end of a line that is over; CannotAssessError where nobody has said when it ends."""
    end = context.dates.of(line)
    if end is None:
        raise CannotAssessError(f"no end date is known for {line}")
    return end if end.ended <= context.now.date() else None


class EOL001(Check):
    """A Python that has ended gets no more fixes, for security or otherwise, and packages stop being built
    for it: what can still be installed grows older every month."""

    family = Family.LIFECYCLE
    title = "The engine's Python has ended"
    severity = Severity.MEDIUM
    remedy = "Move to an engine with a Python that is supported, or to an image of your own."
    basis = "end_of_life.json"
    fields = (VERSION,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where Python's line is over: high for 2.x."""
        engine = facts.engine
        line = product_line("Python", engine.python)
        if line is None:
            raise CannotAssessError("the engine version names no Python")
        end = _end_of(line, context)
        severity = Severity.HIGH if line.line.startswith("2") else None
        return Failed(f"{shown(engine.text)}: {end.words}.", (), severity) if end else PASSED


class EOL002(Check):
    """A framework line that has ended gets no more fixes; its models, drivers and examples move on without
    it, and every year makes the step to a supported one larger."""

    family = Family.LIFECYCLE
    title = "The engine's framework has ended"
    severity = Severity.HIGH
    remedy = (
        "Move to a version that is supported; where the end is derived, ask whether it is still maintained."
    )
    basis = "end_of_life.json"
    fields = (VERSION,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where a framework's line is over: medium where the date is derived."""
        engine = facts.engine
        lines = [
            line for line in engine.product_lines if line.product != "Python" and line.product not in SYSTEMS
        ]
        if not lines:
            raise CannotAssessError("the engine version names no framework's version")
        return _ended(engine.text, lines, context, (Severity.HIGH, Severity.MEDIUM))


def _ended(
    text: str,
    lines: Sequence[ProductLine],
    context: Context,
    severities: tuple[Severity, Severity],
    spans: tuple[Span, ...] = (),
) -> Outcome:
    """Return what is said of lines: failed if one is over; not assessed if none is and one is not known.

    `severities` are those of a date that was announced or follows from a rule, and of a derived one.
    """
    over = context.dates.over(lines, context.now.date())
    if over:
        severity = severities[all(end.basis == "derived" for end in over)]
        return Failed(f"{shown(text)}: {'; '.join(end.words for end in over)}.", spans, severity)
    for line in lines:
        _end_of(line, context)
    return PASSED


class EOL003(Check):
    """An image carries its base system and accelerator libraries with it, and nobody updates them: once these
    have ended, its holes stay open, and drivers of newer hosts stop working with them."""

    family = Family.LIFECYCLE
    title = "The image's base system or accelerator library has ended"
    severity = Severity.MEDIUM
    remedy = (
        "Build the image anew on a system and libraries that are supported. The name is a hint: look inside."
    )
    basis = "end_of_life.json; what the image's name and tag say"
    fields = (IMAGE,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where name or tag says a line that is over: low where the date is derived."""
        image = facts.image
        if image is None:
            return PASSED
        hints = [hint for hint in image_hints(image) if hint.kind in {"system", "accelerator"} and hint.line]
        if not hints:
            raise CannotAssessError("the image's name says no system or accelerator library")
        lines = [hint.line for hint in hints if hint.line is not None]
        day = context.now.date()
        spans = tuple(
            Span(IMAGE, hint.start, hint.start + len(hint.text))
            for hint in hints
            if hint.line is not None and context.dates.over([hint.line], day)
        )
        return _ended(image.text, lines, context, (Severity.MEDIUM, Severity.LOW), spans)


class EOL004(Check):
    """A job on an engine that the service has discontinued is refused (ModelArts.2832): the configuration is
    of no use until it names another one."""

    family = Family.LIFECYCLE
    title = "The engine is no longer offered"
    severity = Severity.HIGH
    remedy = "Choose an engine that the service lists, or bring an image of your own."
    basis = "ModelArts.2832, and the service's list of engines"
    fields = (ENGINE, VERSION)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where the service lists no engine of this version, and of this name if there is one."""
        if not context.engines:
            raise CannotAssessError("the service's engines are not known")
        name, version = facts.text(ENGINE), facts.text(VERSION)
        if not version:
            raise CannotAssessError("no engine version is given")
        offered = any(
            one.engine_version == version and (not name or not one.engine_name or one.engine_name == name)
            for one in context.engines
        )
        return PASSED if offered else Failed(f"The service does not list {shown(version)} among its engines.")


CHECKS: Iterable[type[Check]] = (EOL001, EOL002, EOL003, EOL004)
