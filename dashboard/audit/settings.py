"""What a team decides about the audit, in one TOML file (`audit.toml`). docs/audit.md tells every key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from dashboard.audit.outcome import SEVERITIES, Severity
from dashboard.audit.patterns import API_NAME, PatternError, compiled
from dashboard.audit.wire_fields import RULE_FIELDS, is_rule_field
from dashboard.secrets_file import unknown_key

FILE: Final = "audit.toml"
VARIABLE: Final = "DASHBOARD_AUDIT_SETTINGS"
MAX_AGE_DAYS: Final = 36_500
MAX_RULES: Final = 100
RULE_ID: Final = re.compile(r"[A-Z][A-Z0-9_-]{1,31}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the team: a field that must match an expression, or must not, anywhere in its text."""

    id: str
    field: str
    pattern: str
    must_match: bool
    title: str
    severity: Severity = Severity.MEDIUM
    why: str = "The team has decided so."
    remedy: str = "Change the configuration, or the rule in audit.toml."


@dataclass(frozen=True)
class AuditSettings:
    """The settings of an audit. The defaults are what holds without a file."""

    allowed_registries: tuple[str, ...] = ()
    max_age_days: int = 365
    name_pattern: str = API_NAME
    name_words: tuple[str, ...] = ("tmp", "test", "copy", "old", "backup")
    switched_off: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    @cached_property
    def temporary_words(self) -> frozenset[str]:
        """Return `name_words` in small letters."""
        return frozenset(word.lower() for word in self.name_words)


class SettingsError(Exception):
    """Settings that cannot be used; `faults` names everything that is wrong, by key."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


KEYS: Final = (
    "allowed_registries", "max_age_days", "name_pattern", "name_words", "switched_off", "severities", "rules",
)  # fmt: skip
RULE_KEYS: Final = ("field", "must_match", "must_not_match", "title", "severity", "why", "remedy")


def settings_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the file that holds where no other is named: $DASHBOARD_AUDIT_SETTINGS, else ./audit.toml."""
    named = environment.get(VARIABLE, "").strip()
    if named:
        return Path(named)
    return Path(FILE) if Path(FILE).is_file() else None


def load_settings(file: Path | None, checks: Collection[str]) -> AuditSettings:
    """Read a settings file; the defaults without one. Raises SettingsError."""
    if file is None:
        return AuditSettings()
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError([f"{file} is no text file that can be read"]) from None
    return read_settings(text, checks)


def read_settings(text: str, checks: Collection[str]) -> AuditSettings:
    """Read settings; `checks` are the ids there are. Raises SettingsError with every fault."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError([f"it is no TOML: {error}"]) from None
    rules = table.get("rules", {})
    own = [str(name) for name in rules] if isinstance(rules, Mapping) else []
    faults = [*_faults(table, {*checks, *own}), *_faults_of_rules(rules, checks)]
    if faults:
        raise SettingsError(faults)
    return _settings(table)


def _settings(table: Mapping[str, Any]) -> AuditSettings:
    given: dict[str, Any] = {key: table[key] for key in ("max_age_days", "name_pattern") if key in table}
    for key in ("allowed_registries", "name_words", "switched_off"):
        if key in table:
            given[key] = tuple(table[key])
    severities = {name: Severity(value) for name, value in table.get("severities", {}).items()}
    rules = tuple(_rule(name, rule) for name, rule in table.get("rules", {}).items())
    return AuditSettings(**given, severities=severities, rules=rules)


def _rule(name: str, table: Mapping[str, Any]) -> Rule:
    must_match = "must_match" in table
    texts = {key: table[key] for key in ("field", "title", "why", "remedy") if key in table}
    severity = {"severity": Severity(table["severity"])} if "severity" in table else {}
    pattern = table["must_match" if must_match else "must_not_match"]
    return Rule(id=name, pattern=pattern, must_match=must_match, **texts, **severity)


def _faults(table: Mapping[str, Any], checks: Collection[str]) -> Iterator[str]:
    yield from (unknown_key(key, FILE, KEYS) for key in table if key not in KEYS)
    for key in ("allowed_registries", "name_words", "switched_off"):
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            yield f"{key} is no list of texts"
        elif key == "name_words" and (odd := [one for one in value if not one.isalpha()]):
            yield f"name_words: {odd[0][:40]!a} has more than letters, and no word of a name has"
    days = table.get("max_age_days", 1)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MAX_AGE_DAYS:
        yield f"max_age_days is no whole number from 1 to {MAX_AGE_DAYS:,}"
    yield from _faults_of_pattern("name_pattern", table.get("name_pattern", ""))
    off = table.get("switched_off", [])
    if isinstance(off, list):
        yield from (_unknown_check("switched_off", one, checks) for one in off if one not in checks)
    severities = table.get("severities", {})
    if not isinstance(severities, Mapping):
        yield "severities is no table: write [severities] and a check's id with its severity on a line"
        return
    for name, value in severities.items():
        if name not in checks:
            yield _unknown_check("severities", name, checks)
        if value not in SEVERITIES:
            yield f"severities.{name[:40]} is none of {', '.join(SEVERITIES)}"


def _unknown_check(where: str, name: object, checks: Collection[str]) -> str:
    return f"{where}: {unknown_key(str(name), 'the checks', sorted(checks))}"


def _faults_of_pattern(where: str, pattern: object) -> Iterator[str]:
    if not isinstance(pattern, str):
        yield f"{where} is no text"
        return
    try:
        compiled(pattern)
    except PatternError as error:
        yield f"{where}: {error}"


def _faults_of_rules(rules: object, checks: Collection[str]) -> Iterator[str]:
    if not isinstance(rules, Mapping):
        yield "rules is no table of tables: each rule begins with [rules.ID]"
        return
    if len(rules) > MAX_RULES:
        yield f"there are more than {MAX_RULES} rules"
    for name, rule in rules.items():
        where = f"rules.{name[:40]}"
        if not RULE_ID.fullmatch(name):
            yield f"{where}: an id is 2 to 32 capital letters, digits, - and _, a letter first"
        elif name in checks:
            yield f"{where}: there is a check of this id already"
        if isinstance(rule, Mapping):
            yield from (f"{where}: {fault}" for fault in _faults_of_rule(rule))
        else:
            yield f"{where} is no table"


def _faults_of_rule(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from (unknown_key(key, "a rule", RULE_KEYS) for key in rule if key not in RULE_KEYS)
    for key in ("field", "title"):
        if key not in rule:
            yield f"{key} is missing"
    for key in ("field", "title", "why", "remedy"):
        if not isinstance(rule.get(key, "x"), str) or not rule.get(key, "x").strip():
            yield f"{key} is no text"
    if isinstance(rule.get("field"), str) and not is_rule_field(rule["field"]):
        yield unknown_key(rule["field"], "a configuration", RULE_FIELDS) + "; or parameter[LABEL]"
    given = [key for key in ("must_match", "must_not_match") if key in rule]
    if len(given) != 1:
        yield "it needs either must_match or must_not_match"
    for key in given:
        yield from _faults_of_pattern(key, rule[key])
    if rule.get("severity", "low") not in SEVERITIES:
        yield f"severity is none of {', '.join(SEVERITIES)}"
