"""Reliability: what lets a job fail, or destroys what another has made."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar

from dashboard.audit.check import Check, Context, Family, GroupCheck, Scope
from dashboard.audit.facts import Facts, listed, shown
from dashboard.audit.outcome import PASSED, CannotAssessError, Failed, Outcome, Severity, Span
from dashboard.audit.places import Place, place_of
from dashboard.data.record import COMMAND, IMAGE


class REL001(Check):
    """The platform sets a job up in run_train.sh: directories, the access key and secret key of the job, the
    copy of the code. A command that starts the program without it finds none of that."""

    family = Family.RELIABILITY
    title = "The start command does not go through run_train.sh"
    severity = Severity.MEDIUM
    remedy = "Begin it with: bash /home/work/run_train.sh"
    basis = "API reference, creating a configuration"
    fields = (COMMAND, IMAGE)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where a custom image's command can be seen to start something else."""
        if not facts.text(IMAGE) or facts.started is None:
            return PASSED
        if facts.started.through is None:
            raise CannotAssessError("what the command starts is known only when it runs")
        text = facts.text(COMMAND)
        span = Span(COMMAND, 0, len(text))
        return PASSED if facts.started.through else Failed(f"{shown(text)} starts without it.", (span,))


class REL002(Check):
    """An image without a command starts whatever it was built with, and a command without an image is never
    run: one of the two has been forgotten."""

    family = Family.RELIABILITY
    title = "Image without command, or command without image"
    severity = Severity.MEDIUM
    remedy = "Give both, or neither."
    basis = "own, from the field descriptions"
    fields = (COMMAND, IMAGE)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where one of them is there alone."""
        command, image = facts.text(COMMAND), facts.text(IMAGE)
        if bool(command) == bool(image):
            return PASSED
        if image:
            return Failed(f"The image {shown(image)} has no start command.", (Span(IMAGE, 0, len(image)),))
        return Failed(f"The command {shown(command)} has no image.", (Span(COMMAND, 0, len(command)),))


class REL003(Check):
    """The platform copies the code directory into the job and starts the boot file from there: one that lies
    elsewhere is not found."""

    family = Family.RELIABILITY
    title = "Boot file outside the code directory"
    severity = Severity.HIGH
    remedy = "Move the boot file into the code directory, or name the directory that holds it."
    basis = "API reference, creating a configuration"
    fields = ("app_url", "boot_file_url")
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where the boot file's path is not below that of the code."""
        code, boot = facts.text("app_url"), facts.text("boot_file_url")
        if not boot and not code:
            return PASSED
        if not boot or not code:
            raise CannotAssessError(f"no {'boot file' if code else 'code directory'} is given")
        if place_of(boot).is_inside(place_of(code)):
            return PASSED
        return Failed(
            f"{shown(boot)} is not inside of {shown(code)}.", (Span("boot_file_url", 0, len(boot)),)
        )


def _inputs(facts: Facts) -> dict[str, Place]:
    """Return the places of code and data by what is shown of them."""
    urls = {facts.text("data_url"): "data", facts.text("app_url"): "code"}
    for source in facts.objects("data_source"):
        url = source.get("data_url")
        if isinstance(url, str):
            urls.setdefault(url, "data")
    return {f"the {kind} in {shown(url)}": place_of(url) for url, kind in urls.items() if url.strip()}


class REL004(Check):
    """A job that writes where it reads changes its own input: the next run trains on its results, or finds
    its code overwritten."""

    family = Family.RELIABILITY
    title = "Output path inside the data or code path"
    severity = Severity.HIGH
    remedy = "Give the output a directory of its own."
    basis = "own"
    fields = ("train_url", "data_url", "app_url", "data_source")
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where the output is a directory of the input, or below it."""
        output = facts.text("train_url")
        if not output:
            raise CannotAssessError("no output path is given")
        inside = [words for words, place in _inputs(facts).items() if place_of(output).is_inside(place)]
        words = f"The output {shown(output)} is inside of {listed(inside)}."
        return Failed(words, (Span("train_url", 0, len(output)),)) if inside else PASSED


class REL005(GroupCheck):
    """Jobs that write to one directory overwrite each other's models and checkpoints, and nobody can tell
    which of them made what lies there."""

    family = Family.RELIABILITY
    title = "Output path shared with another configuration"
    severity = Severity.MEDIUM
    remedy = "Give each configuration an output path of its own; the vendor advises it, too."
    basis = "own; the vendor's advice on unique output paths"
    fields = ("train_url",)
    scope: ClassVar[Scope] = "detail"
    alone = "the details of other configurations are not loaded"

    def keys(self, facts: Facts, context: Context) -> tuple[Hashable, ...]:
        """Return the output's place."""
        output = facts.text("train_url")
        if not output:
            raise CannotAssessError("no output path is given")
        return (place_of(output),)

    def together(self, key: Hashable, names: Sequence[str]) -> Outcome:
        """Name the path, and some of the configurations."""
        words = f"{len(names):,} configurations write to {shown(str(key))}: {listed(map(shown, names))}."
        return Failed(words, (Span("train_url"),))


class REL006(Check):
    """Without a log path what a job has printed is gone with it: a failure at night cannot be explained in
    the morning."""

    family = Family.RELIABILITY
    title = "No log path"
    severity = Severity.MEDIUM
    remedy = "Give a log path in object storage."
    basis = "own"
    fields = ("log_url",)
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where there is none."""
        return PASSED if facts.text("log_url") else Failed("There is no log path.")


CHECKS: Iterable[type[Check]] = (REL001, REL002, REL003, REL004, REL005, REL006)
