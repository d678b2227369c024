"""Hygiene: what makes a list of configurations hard to live with."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from datetime import timedelta
from typing import Final

from dashboard.audit.check import EPOCH, Check, Context, Family, GroupCheck
from dashboard.audit.facts import Facts, listed, shown
from dashboard.audit.outcome import PASSED, CannotAssessError, Failed, Outcome, Severity, Span
from dashboard.audit.patterns import matches_whole
from dashboard.data.record import COMMAND, CREATED, DESCRIPTION, ENGINE, IMAGE, NAME, VERSION

_DAY_MS: Final = 86_400_000
_LATEST_SECONDS: Final = 100_000_000_000
"""In milliseconds this is March 1973, in seconds the year 5138: a number below it is one of seconds."""
_WORD: Final = re.compile(r"[^\W\d_]+")


class HYG001(Check):
    """Without a description nobody but its author knows what a configuration is for, and whether it may
    go."""

    family = Family.HYGIENE
    title = "No description"
    severity = Severity.LOW
    remedy = "Say in a sentence what it trains, and for whom."
    basis = "own"
    fields = (DESCRIPTION,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where there is none."""
        return PASSED if facts.text(DESCRIPTION) else Failed("There is no description.")


class HYG002(Check):
    """A name that the API does not allow cannot be asked for or saved again; one that says test or copy is
    taken for rubbish by one and for production by another."""

    family = Family.HYGIENE
    title = "A name that is not allowed, or says that it is temporary"
    severity = Severity.LOW
    remedy = (
        "Name it after what it trains, or remove it. name_pattern and name_words in audit.toml have the rule."
    )
    basis = "API reference; own"
    fields = (NAME,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where the name does not match the pattern, or one of its words is on the list."""
        name, settings = facts.text(NAME), context.settings
        if not name:
            return Failed("There is no name.")
        if not matches_whole(settings.name_pattern, name):
            return Failed(
                f"{shown(name)} does not match {settings.name_pattern}.", (Span(NAME, 0, len(name)),)
            )
        found = next(
            (word for word in _WORD.finditer(name) if word[0].lower() in settings.temporary_words), None
        )
        if found is None:
            return PASSED
        return Failed(f"{shown(name)} says “{found[0].lower()}”.", (Span(NAME, found.start(), found.end()),))


class HYG003(GroupCheck):
    """Configurations that start the same thing in the same image differ in name alone, as far as the list
    tells: whoever corrects one leaves the others wrong."""

    family = Family.HYGIENE
    title = "The same engine, image and command as another"
    severity = Severity.LOW
    remedy = "Compare their details; keep one, and give what differs as run parameters."
    basis = "own"
    fields = (ENGINE, VERSION, IMAGE, COMMAND)

    def keys(self, facts: Facts, context: Context) -> tuple[Hashable, ...]:
        """Return engine, image, and the command in its normal form; nothing where there is no command."""
        image, started = facts.text(IMAGE), facts.started
        if not image or started is None:
            raise CannotAssessError("without an image and command of its own, its details tell what it does")
        return ((facts.text(ENGINE), facts.text(VERSION), image, started.normal),)

    def together(self, key: Hashable, names: Sequence[str]) -> Outcome:
        """Name some of the configurations."""
        return Failed(
            f"{len(names):,} configurations are the same but for their names: {listed(map(shown, names))}."
        )


def _created(facts: Facts) -> int:
    created = facts.number(CREATED)
    if created is None or created < _LATEST_SECONDS:
        raise CannotAssessError("there is no creation time that can be true")
    return created


class HYG004(Check):
    """What nobody has touched for long is seldom needed, and trains with what was current then. The list
    tells when it was created, and not when it was used last."""

    family = Family.HYGIENE
    title = "Older than the team's limit"
    severity = Severity.LOW
    remedy = "Ask its author whether it is still used; remove it, or accept it until a day."
    basis = "Prowler secretsmanager_secret_unused, by analogy"
    fields = (CREATED,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where it was created longer ago than max_age_days."""
        created, limit = _created(facts), context.settings.max_age_days
        if created > context.now_ms - limit * _DAY_MS:
            return PASSED
        day = (EPOCH + timedelta(days=created // _DAY_MS)).date()
        return Failed(
            f"Created on {day}, more than {limit:,} days ago. Age is not last use.", (Span(CREATED),)
        )


class HYG005(Check):
    """A creation time that cannot be true sorts a configuration to the wrong place, and hides it from every
    question about age."""

    family = Family.HYGIENE
    title = "No creation time that can be true"
    severity = Severity.INFO
    remedy = "Save the configuration again; tell the service's operator if it comes back."
    basis = "own"
    fields = (CREATED,)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where it is missing, zero, in the future, or in seconds instead of milliseconds."""
        created = facts.number(CREATED)
        if created is None:
            return Failed("There is no creation time.")
        if created <= 0:
            return Failed(f"The creation time is {created}.", (Span(CREATED),))
        if created < _LATEST_SECONDS:
            return Failed(
                f"The creation time {created} seems to be in seconds instead of milliseconds.",
                (Span(CREATED),),
            )
        if created > context.now_ms:
            return Failed(f"The creation time {created} is in the future.", (Span(CREATED),))
        return PASSED


CHECKS: Iterable[type[Check]] = (HYG001, HYG002, HYG003, HYG004, HYG005)
