"""The systemd unit: systemd accepts it, and its command line works as confined as it says."""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from modelarts_local import LocalService
from tests.browser.served import Dashboard
from tests.browser.sessions import open_at_once
from tests.browser.test_shared_load import wait_for_data
from tests.deploy import unit
from tests.deploy.debian import program
from tests.deploy.sandbox import Sandbox, checkout, environment, process_in

ROOT = Path(__file__).parent.parent.parent
UNIT = ROOT / "deploy" / "modelarts-dashboard@.service"
ADDRESSES = UNIT.parent / "addresses.conf"
PLACE = "/opt/modelarts-dashboard"
STATE = "/var/lib/modelarts-dashboard"
CREDENTIALS = "/run/credentials/modelarts-dashboard@8501.service"
TOLD = unit.read_service(UNIT)
UID = 61184
"""The first of those that DynamicUser takes."""
MAX_EXPOSURE = 1.3
"""Of 10, as systemd counts; a unit that says nothing has 9.6."""
TOKEN = "token-that-nobody-may-see"


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """Everything but the program, which a machine has only when it is installed there; with its drop-in."""
    drop_in = tmp_path / f"{UNIT.name}.d" / ADDRESSES.name
    drop_in.parent.mkdir()
    drop_in.write_bytes(ADDRESSES.read_bytes())
    file = tmp_path / UNIT.name
    file.write_text(
        UNIT.read_text(encoding="utf-8").replace(
            f"ExecStart={PLACE}/.venv/bin/streamlit", "ExecStart=/bin/true"
        )
    )
    done = subprocess.run(
        [program("systemd-analyze", "systemd"), "verify", "--man=no", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_finds_little_exposed() -> None:
    done = subprocess.run(
        [program("systemd-analyze", "systemd"), "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=True,
    )
    exposure = re.search(r"Overall exposure level.*: ([\d.]+)", done.stdout)
    assert exposure, done.stdout
    assert float(exposure[1]) <= MAX_EXPOSURE


@pytest.fixture(scope="module")
def service() -> Iterator[LocalService]:
    """A project that is shown to the token only."""
    with LocalService(1_200, seed=3, token=TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def sandbox(service: LocalService, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """What the unit gives its program: the tree, a secrets.toml of the service, a user without a home."""
    folder = tmp_path_factory.mktemp("unit")
    tree = checkout(folder / "tree")
    (tree / ".venv").mkdir()
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[connections.team]\nendpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
        f'token = "{TOKEN}"\n',
        encoding="utf-8",
    )
    secrets.chmod(0o400)
    if os.geteuid() == 0:
        os.chown(secrets, UID, UID)
    state = folder / "state"
    state.mkdir(mode=int(TOLD["StateDirectoryMode"][0], 8))
    if os.geteuid() == 0:
        os.chown(state, UID, UID)
    return Sandbox(
        readable={
            **environment(),
            "/run/confined.py": Path(__file__).parent / "confined.py",
            f"{CREDENTIALS}/secrets.toml": secrets,
            PLACE: tree,
            f"{PLACE}/.venv": Path(sys.prefix),
        },
        writable={STATE: state},
        environment={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": "/",
            "NO_PROXY": "127.0.0.1",
            "STATE_DIRECTORY": STATE,
        },
        folder=TOLD["WorkingDirectory"][0],
        uid=UID,
    )


def as_told(sandbox: Sandbox) -> Dashboard:
    """A dashboard that starts as the unit says."""
    dashboard = Dashboard()
    words = unit.exec_start(TOLD, str(dashboard.port), CREDENTIALS)
    calls = ",".join(unit.allowed_system_calls(TOLD))
    dashboard.command = sandbox.command([f"{PLACE}/.venv/bin/python", "/run/confined.py", calls, *words])
    return dashboard


@pytest.fixture(scope="module")
def started(sandbox: Sandbox) -> Iterator[Dashboard]:
    """The command line of the unit at work."""
    with as_told(sandbox) as dashboard:
        yield dashboard


def test_the_command_line_serves_the_project_of_the_secrets(
    started: Dashboard, service: LocalService
) -> None:
    health = requests.get(f"{started.url}/healthz", timeout=30).json()
    assert (health["connections"], health["sample_data"]) == (1, False)
    open_at_once(started.url, 1)
    wait_for_data(started)
    (text,) = open_at_once(started.url, 1)
    assert "of 1,200" in text
    assert {request.headers["x-auth-token"] for request in service.requests} == {TOKEN}


def test_it_has_no_privilege(started: Dashboard) -> None:
    status = Path(f"/proc/{process_in(started.process)}/status").read_text()
    facts = dict(re.findall(r"^(\w+):\s*(.+)$", status, re.MULTILINE))
    for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(facts[capabilities], 16) == 0
    assert facts["NoNewPrivs"] == "1"
    assert facts["Seccomp"] == "2"  # a filter
    if os.geteuid() == 0:
        assert set(facts["Uid"].split()) == set(facts["Gid"].split()) == {str(UID)}


def test_it_listens_on_this_machine_alone(started: Dashboard) -> None:
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", started.port)) == errno.ECONNREFUSED


def test_it_may_write_to_its_state_and_to_tmp_alone(sandbox: Sandbox) -> None:
    assert [f"/var/lib/{TOLD['StateDirectory'][0]}"] == [STATE]
    sandbox.run(["sh", "-c", 'touch "$STATE_DIRECTORY/dashboard.db" /tmp/yes'])
    with pytest.raises(RuntimeError) as refused:
        sandbox.run(
            ["sh", "-c", f"for place in / {PLACE} {PLACE}/dashboard /var/lib /etc; do touch $place/no; done"]
        )
    assert str(refused.value).count("Read-only file system") == 5


def test_no_metadata_service_can_be_asked_and_the_drop_in_leaves_what_it_names() -> None:
    assert "link-local" in TOLD["IPAddressDeny"][0].split()
    drop_in = unit.read_service(ADDRESSES)
    assert drop_in["IPAddressDeny"] == ["any"]
    assert drop_in["IPAddressAllow"][0] == "localhost"
    for address in drop_in["IPAddressAllow"][1:]:
        assert not ipaddress.ip_network(address).is_global, "examples are addresses of nobody"


def test_it_ends_when_it_is_told_to(sandbox: Sandbox) -> None:
    """Within TimeoutStopSec although a session is open, and as systemd expects it of who is terminated."""
    with as_told(sandbox) as dashboard:
        address = f"ws://127.0.0.1:{dashboard.port}/_stcore/stream"
        with connect(address, proxy=None) as session:
            os.kill(process_in(dashboard.process), signal.SIGTERM)
            limit = float(TOLD["TimeoutStopSec"][0])
            assert dashboard.process.wait(timeout=limit) in {0, -signal.SIGTERM, 128 + signal.SIGTERM}
            with pytest.raises(ConnectionClosed):
                session.recv(timeout=5)
        assert "Traceback" not in dashboard.output
        assert TOKEN not in dashboard.output
