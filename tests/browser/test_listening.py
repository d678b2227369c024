"""Without a sign-in a real server answers on its own machine only, whatever it listens on."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.browser.served import ROOT, START_SECONDS, Dashboard
from tests.ports import free_port


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_streamlit_does_not_start_on_another_address(address: str) -> None:
    with (
        pytest.raises(RuntimeError, match="nobody has to sign in") as told,
        Dashboard({"STREAMLIT_SERVER_ADDRESS": address}),
    ):
        pass
    assert "trusted_network = true" in str(told.value)
    assert "Traceback" not in str(told.value)


def test_streamlit_starts_anywhere_on_a_network_that_is_said_to_be_trusted() -> None:
    environment = {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "DASHBOARD_TRUSTED_NETWORK": "true"}
    with (
        Dashboard(environment) as dashboard,
        closing(http.client.HTTPConnection("127.0.0.1", dashboard.port, timeout=30)) as connection,
    ):
        assert status(connection, "dashboard.example.com") == 200


def status(connection: http.client.HTTPConnection, host: str, path: str = "/") -> int:
    """How a request for a path under a name of the host is answered."""
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    answer.read()
    assert answer.headers["X-Frame-Options"] == "DENY"
    return answer.status


@contextmanager
def uvicorn(*options: str, connection: http.client.HTTPConnection) -> Iterator[None]:
    """The application under a server that does not ask it where it may listen."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MODELARTS_", "DASHBOARD_"))}
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "uvicorn", "app:app", *options]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            limit = time.monotonic() + START_SECONDS
            while True:
                try:
                    assert status(connection, "any", "/healthz") == 200
                    break
                except OSError:
                    connection.close()
                    assert process.poll() is None
                    assert time.monotonic() < limit
                    time.sleep(0.1)
            yield
        finally:
            connection.close()
            process.terminate()
            process.wait(timeout=30)


def test_another_server_that_listens_everywhere_answers_only_those_who_are_here() -> None:
    port = free_port()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with uvicorn("--host=0.0.0.0", f"--port={port}", connection=connection):
        assert status(connection, f"localhost:{port}") == 200
        for host in ("dashboard.example.com", f"10.0.0.1:{port}"):
            assert status(connection, host) == 403
            assert status(connection, host, "/media/x") == 403
        with connect(f"ws://127.0.0.1:{port}/_stcore/stream", proxy=None):
            pass
        with (
            socket.create_connection(("127.0.0.1", port)) as opened,
            pytest.raises(InvalidStatus, match="403"),
            connect(f"ws://evil.example.com:{port}/_stcore/stream", sock=opened, proxy=None),
        ):
            pass


def test_a_unix_socket_is_here_and_a_proxy_before_it_is_known_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "dashboard.sock"

    class Local(http.client.HTTPConnection):
        def connect(self) -> None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(30)
            self.sock.connect(str(path))

    connection = Local("localhost")
    with uvicorn(f"--uds={path}", connection=connection):
        assert status(connection, "localhost") == 200
        assert status(connection, "dashboard.example.com") == 403


@pytest.mark.parametrize("full", [">/dev/full", "2>/dev/full", ">/dev/full 2>&1"])
@pytest.mark.parametrize("buffered", ["", "1"])
def test_output_that_takes_nothing_more_ends_no_start(full: str, buffered: str) -> None:
    """The disk of a log is full, for example. What can still be written says where the dashboard is."""
    dashboard = Dashboard({"PYTHONUNBUFFERED": buffered})
    dashboard.command = ["sh", "-c", f'exec "$@" {full}', "sh", *dashboard.command]
    with dashboard:
        assert requests.get(f"{dashboard.url}/healthz", timeout=30).json()["status"] == "ok"
        assert (dashboard.url in dashboard.output) is not full.endswith("&1")
        assert ("cannot be written" in dashboard.output) is (full == ">/dev/full")
