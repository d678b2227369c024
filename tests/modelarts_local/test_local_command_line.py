"""`python -m modelarts_local`."""

import contextlib
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import requests

from modelarts_api import AccessKeyCredentials, Client, PasswordCredentials

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def running(*arguments):
    command = [sys.executable, "-W", "error", "-m", "modelarts_local", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def announced(process, last="Ctrl-C"):
    lines = []
    while not lines or not lines[-1].startswith(last):
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr.read()
    url = lines[0].strip()
    project_id = re.search(r"project id: ([0-9a-f]{32})", "".join(lines)).group(1)
    return url, project_id, "".join(lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_how_to_connect_serves_and_stops_cleanly(number):
    with running("--port", "0", "--configurations", "7", "--seed", "3", "--token", "sesame") as process:
        url, project_id, text = announced(process)
        assert f"MODELARTS_ENDPOINT={url}" in text
        assert f"MODELARTS_PROJECT_ID={project_id}" in text
        assert "sesame" not in text
        target = f"{url}/v1/{project_id}/training-job-configs"
        assert requests.get(target, timeout=10).status_code == 401
        answer = requests.get(target, headers={"X-Auth-Token": "sesame"}, timeout=10).json()
        assert answer["config_total_count"] == 7
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert errors == ""


def test_with_a_password_it_brings_an_iam_and_says_how_to_use_both():
    with running("--configurations", "7", "--auth", "password") as process:
        url, project_id, text = announced(process)
        connection = tomllib.loads(text[text.index("[connections.local]") : text.index("Ctrl-C")])
        values = connection["connections"]["local"]
        credentials = PasswordCredentials(
            values["iam_endpoint"],
            values["username"],
            values["password"],
            values["domain"],
            project_id=project_id,
        )
        with Client(url, values["project_id"], credentials) as client:
            assert client.list_configurations().total == 7


def test_with_an_access_key_it_says_which():
    with running("--configurations", "7", "--auth", "access-key") as process:
        url, project_id, text = announced(process)
        values = tomllib.loads(text[text.index("[connections.local]") : text.index("Ctrl-C")])["connections"][
            "local"
        ]
        credentials = AccessKeyCredentials(values["access_key"], values["secret_key"], project_id=project_id)
        with Client(url, project_id, credentials) as client:
            assert client.list_configurations().total == 7


def test_a_made_up_token_is_told_and_demanded():
    with running("--auth", "token") as process:
        url, project_id, text = announced(process)
        token = re.search(r"MODELARTS_TOKEN=\.\.\.  # (\S+)", text).group(1)
        target = f"{url}/v1/{project_id}/training-job-configs"
        assert requests.get(target, timeout=10).status_code == 401
        assert requests.get(target, headers={"X-Auth-Token": token}, timeout=10).status_code == 200


def test_it_can_throttle():
    with running("--throttle", "0.01") as process:
        url, project_id, _ = announced(process)
        target = f"{url}/v1/{project_id}/training-job-configs"
        assert [requests.get(target, timeout=10).status_code for _ in range(2)] == [200, 429]


def test_a_taken_port_is_said_in_a_sentence(project):
    with running("--port", str(project.port)) as process:
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 1
        assert errors.startswith(f"Cannot listen on port {project.port}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "70000"],
        ["--configurations", "-1"],
        ["--latency-ms", "nan"],
        ["--seed", "x"],
        ["--auth", "basic"],
        ["--token", "t", "--auth", "password"],
        ["--throttle", "0"],
    ],
)
def test_wrong_options_are_refused(arguments):
    with running(*arguments) as process:
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 2
        assert arguments[0] in errors


def test_it_changes_by_itself_and_offers_no_v2_if_told_so():
    arguments = ("--configurations", "20", "--seed", "1", "--mutate", "0.05", "--without-v2")
    with running(*arguments) as process:
        url, project_id, _ = announced(process)
        target = f"{url}/v1/{project_id}/training-job-configs?per_page=100"
        before, limit = requests.get(target, timeout=10).json(), time.monotonic() + 60
        while requests.get(target, timeout=10).json() == before:
            assert time.monotonic() < limit, "nothing has changed"
        engines = requests.get(f"{url}/v2/{project_id}/training-job-engines", timeout=10)
        assert engines.status_code == 404
        process.terminate()
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "1e9"])
def test_a_pace_of_changes_that_cannot_be_is_refused(seconds):
    with running("--mutate", seconds) as process:
        assert process.wait(60) == 2
        assert "--mutate" in process.stderr.read()


@pytest.mark.parametrize(
    ("package", "other"), [("modelarts_local", "modelarts_api"), ("modelarts_api", "modelarts_local")]
)
def test_neither_package_imports_the_other(package, other):
    script = f"import sys, {package}; print([n for n in sys.modules if n.startswith({other!r})])"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
