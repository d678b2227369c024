"""audit.toml: what it may hold, what is said of what it may not, and that each key is documented."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dashboard.audit.checks import IDS
from dashboard.audit.outcome import Failed, Passed, Severity
from dashboard.audit.patterns import PatternError, compiled, search
from dashboard.audit.settings import (
    KEYS,
    RULE_KEYS,
    AuditSettings,
    SettingsError,
    load_settings,
    read_settings,
    settings_file,
)
from tests.dashboard.audit.assessed import assess

DOCUMENT = Path(__file__).parents[3] / "docs" / "audit.md"
RULE = '[rules.TEAM-1]\nfield = "config_desc"\ntitle = "No owner"\nmust_match = "owner="\n'


def test_a_file_says_everything() -> None:
    text = (
        'allowed_registries = ["r.example"]\nmax_age_days = 90\nname_pattern = "a+"\nname_words = ["x"]\n'
        'switched_off = ["HYG001", "TEAM-1"]\n[severities]\nSUP001 = "info"\n' + RULE
    )
    settings = read_settings(text, IDS)
    assert settings.allowed_registries == ("r.example",)
    assert (settings.max_age_days, settings.name_pattern, settings.name_words) == (90, "a+", ("x",))
    assert settings.switched_off == ("HYG001", "TEAM-1")
    assert settings.severities == {"SUP001": Severity.INFO}
    assert (settings.rules[0].id, settings.rules[0].must_match, settings.rules[0].severity) == (
        "TEAM-1",
        True,
        Severity.MEDIUM,
    )
    assert read_settings("", IDS) == AuditSettings()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("max_age = 3", "max_age is not a key of audit.toml; is max_age_days meant?"),
        ("max_age_days = 0", "max_age_days is no whole number from 1"),
        ("max_age_days = true", "max_age_days is no whole number"),
        ('allowed_registries = "r"', "allowed_registries is no list of texts"),
        ('name_words = ["v2"]', "name_words: 'v2' has more than letters"),
        ('name_pattern = "("', "name_pattern: RE2 cannot compute it"),
        ('name_pattern = "(a)\\\\1"', "RE2 cannot compute it: invalid escape sequence"),
        ('switched_off = ["SUP01"]', "SUP01 is not a key of the checks; is SUP"),
        ('[severities]\nSUP001 = "bad"', "severities.SUP001 is none of critical"),
        ('[severities]\nSUP999 = "low"', "severities: SUP999 is not a key of the checks"),
        ("severities = 1", "severities is no table"),
        ("rules = 1", "rules is no table of tables"),
        ("[rules]\nTEAM-1 = 1", "rules.TEAM-1 is no table"),
        ("[rules.team]", "rules.team: an id is 2 to 32 capital letters"),
        ("[rules.SUP001]", "there is a check of this id already"),
        ("[rules.TEAM-1]", "rules.TEAM-1: field is missing"),
        (RULE + 'must_not_match = "x"', "either must_match or must_not_match"),
        (
            RULE.replace("config_desc", "confg_desc"),
            "confg_desc is not a key of a configuration; is config_desc",
        ),
        (RULE.replace("owner=", "(?=x)"), "rules.TEAM-1: must_match: RE2 cannot compute it"),
        (RULE + 'severity = "fatal"', "severity is none of"),
        (RULE + 'sverity = "low"', "sverity is not a key of a rule; is severity meant?"),
        ("x = ", "it is no TOML"),
    ],
)
def test_what_is_wrong_is_named(text: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(text, IDS)
    assert fault in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings("max_age_days = 0\nname_words = 1\n", IDS)
    assert len(raised.value.faults) == 2


@pytest.mark.parametrize(
    ("lines", "record", "fails"),
    [
        ('field = "config_desc"\nmust_match = "owner="', {"config_desc": "owner=anna"}, False),
        ('field = "config_desc"\nmust_match = "owner="', {}, True),
        ('field = "user_command"\nmust_not_match = "(?i)DEBUG"', {"user_command": "é python --debug"}, True),
        ('field = "user_command"\nmust_not_match = "debug"', {}, False),
        ('field = "worker_server_num"\nmust_match = "^[1-4]$"', {"worker_server_num": 8}, True),
        (
            'field = "parameter[seed]"\nmust_match = "."',
            {"parameter": [{"label": "seed", "value": 4}]},
            False,
        ),
        ('field = "parameter[seed]"\nmust_match = "."', {"parameter": [{"label": "lr", "value": 4}]}, True),
    ],
)
def test_a_rule_of_the_team_is_a_check(lines: str, record: dict[str, object], fails: bool) -> None:
    from dashboard.audit.checks import all_checks

    settings = read_settings(f'[rules.TEAM-1]\ntitle = "T"\nseverity = "high"\n{lines}\n', IDS)
    check = all_checks(settings)[-1]
    outcome = assess(check, record)
    assert isinstance(outcome, Failed if fails else Passed)
    if isinstance(outcome, Failed) and outcome.spans[0].end:
        span = outcome.spans[0]
        text = str(record.get(span.field, ""))
        assert text[span.start : span.end] in outcome.message


def test_no_expression_takes_time_that_grows_faster_than_the_text() -> None:
    """Backtracking would need about 2**40 steps for this one."""
    began = time.process_time()
    assert search("(a|a|aa)+$", "a" * 5_000 + "b") is None
    assert time.process_time() - began < 20
    with pytest.raises(PatternError, match="longer than"):
        compiled("a" * 1_001)
    with pytest.raises(PatternError, match="RE2 cannot compute it"):
        compiled("((a{100}){100}){100}")


def test_a_text_with_broken_bytes_is_searched() -> None:
    assert search("x", "\ud800x") == (1, 2)


def test_the_file_is_named_or_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_file({}) is None
    Path("audit.toml").write_text("max_age_days = 7")
    assert settings_file({}) == Path("audit.toml")
    assert settings_file({"DASHBOARD_AUDIT_SETTINGS": "/x.toml"}) == Path("/x.toml")
    assert load_settings(settings_file({}), IDS).max_age_days == 7
    assert load_settings(None, IDS) == AuditSettings()
    with pytest.raises(SettingsError, match="can be read"):
        load_settings(tmp_path / "none.toml", IDS)


def test_every_key_and_every_default_is_documented() -> None:
    document, defaults = DOCUMENT.read_text(encoding="utf-8"), AuditSettings()
    for key in KEYS:
        assert f"`{key}`" in document, key
    for key in RULE_KEYS:
        assert f"`{key}`" in document, key
    assert read_settings(document.split("```toml\n# defaults\n")[1].split("```")[0], IDS) == defaults
