"""docs/sharing.md names what there is: files, metrics, variables."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from dashboard.data.projects import Projects
from dashboard.server.metrics import PREFIX, Measurements
from tests.deploy import unit
from tests.deploy.test_systemd import UNIT

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "sharing.md").read_text(encoding="utf-8")


def test_its_files_exist() -> None:
    named = set(re.findall(r"`?(deploy/[\w./@-]+|Dockerfile|\.dockerignore)", TEXT))
    assert "deploy/nginx/replicas.conf" in named
    assert not [name for name in named if not (ROOT / name).exists()]
    for link in re.findall(r"\]\((?!https:)([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / link).exists(), link


def test_its_table_names_every_metric() -> None:
    table = {
        name
        for row in re.findall(r"^\| (`[^|]+) \|", TEXT, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    there = set()
    page = Measurements(Projects()).page().decode()
    for family in text_string_to_metric_families(page):
        name = family.name.removeprefix(f"{PREFIX}_")
        if name == family.name or name.endswith("_created"):
            continue  # the process's own, and when counting began
        there.add(f"{name}_total" if family.type == "counter" else name)
    assert table == there
    alarms = set(re.findall(rf"{PREFIX}_(\w+)", TEXT)) - {""}
    assert alarms <= there


def test_it_puts_the_settings_where_the_unit_reads_them() -> None:
    told = unit.read_service(UNIT)
    (credential,) = told["LoadCredential"]
    for path in (
        credential.partition(":")[2],
        told["EnvironmentFile"][0].lstrip("-"),
        told["WorkingDirectory"][0],
    ):
        assert path in TEXT
    assert f"target={_variable('STREAMLIT_SECRETS_FILES')}" in TEXT
    assert f"--publish 127.0.0.1:8501:{_variable('STREAMLIT_SERVER_PORT')}" in TEXT


def _variable(name: str) -> str:
    found = re.search(rf"{name}=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert found
    return found[1]
