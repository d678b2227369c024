"""The Dockerfile, its steps carried out: a read-only container of nobody in particular, without secrets."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import requests
from packaging.utils import canonicalize_name

from modelarts_local import LocalService
from tests.browser.served import Dashboard
from tests.browser.sessions import open_at_once
from tests.browser.test_shared_load import wait_for_data
from tests.deploy.image import Image
from tests.deploy.locks import read_lock
from tests.deploy.sandbox import checkout, process_in

FACTS = "(d.name, d.version)"
TOKEN = "token-that-nobody-may-see"
LEFT_LYING = (
    ".streamlit/secrets.toml",
    ".streamlit/secrets.toml.old",
    ".git/config",
    ".env",
    "secrets.toml",
    "dashboard/secrets.toml",
    "dashboard/.env",
    "pages/__pycache__/overview.cpython-311.pyc",
    "deploy/key.pem",
    "notes.txt",
)
"""What somebody may have in the folder from which an image is built."""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """The image, built where secrets lie about."""
    folder = tmp_path_factory.mktemp("image")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    context, scratch = checkout(folder / "context"), folder / "layers"
    scratch.mkdir()
    for name in LEFT_LYING:
        path = context / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TOKEN)
    yield Image(context, scratch)
    # 20,000 files, for which a disk may take half a minute: other tests go on meanwhile.
    Thread(target=shutil.rmtree, args=(folder,)).start()


def test_the_base_is_one_and_can_be_given_by_its_digest(image: Image) -> None:
    bases = {stage.base for stage in image.stages.values()}
    assert bases == {image.arguments["PYTHON_IMAGE"]}
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", bases.pop())


def test_what_is_installed_is_what_the_lock_says(image: Image) -> None:
    python = f"import importlib.metadata as m, json; print(json.dumps([{FACTS} for d in m.distributions()]))"
    there = dict(json.loads(image.container({}, {}).run(["python", "-c", python])))
    assert there.pop("streamlit-plotly-basic")
    locked = {entry.name: entry.version for entry in read_lock("requirements.lock") if entry.is_for_here}
    assert {canonicalize_name(name): version for name, version in there.items()} == locked


def test_nothing_is_copied_but_the_program(image: Image) -> None:
    assert not image.files & set(LEFT_LYING)
    assert "app.py" in image.files
    folders = {path.split("/")[0] for path in image.files} - {"Dockerfile", ".dockerignore"}
    assert folders == {
        *("requirements.lock", "requirements-build.lock", "app.py", ".streamlit", "deploy"),
        *("dashboard", "modelarts_api", "modelarts_local", "pages", "plotly_basic"),
    }


def test_no_secret_is_in_the_image(image: Image) -> None:
    files = [path for place in image.last.places.values() for path in place.rglob("*") if path.is_file()]
    assert len(files) > 1000
    assert not [path for path in files if TOKEN.encode() in path.read_bytes()]
    assert not [path for path in files if path.name in {"secrets.toml", ".env"}]


def test_nothing_that_installs_is_left(image: Image) -> None:
    for module in ("pip", "setuptools", "ensurepip"):
        with pytest.raises(RuntimeError, match=f"No module named '?{module}"):
            image.container({}, {}).run(["python", "-c", f"import {module}"])
    names = {path.name for place in image.last.places.values() for path in place.rglob("bin/*")}
    assert "streamlit" in names
    assert not [name for name in names if name.startswith(("pip", "easy_install"))]


@pytest.fixture(scope="module")
def service() -> Iterator[LocalService]:
    """A project that is shown to the token only."""
    with LocalService(1_200, seed=3, token=TOKEN) as running:
        yield running


def contained(image: Image, service: LocalService, folder: Path) -> Dashboard:
    """A dashboard in a container of the image, with a secrets.toml mounted."""
    uid = image.last.user.partition(":")[0]
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[connections.team]\nendpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
        f'token = "{TOKEN}"\n[access]\ntrusted_network = true\n',
        encoding="utf-8",
    )
    secrets.chmod(0o400)
    if os.geteuid() == 0:
        os.chown(secrets, int(uid), int(uid))
    dashboard = Dashboard()
    inside = image.container(
        {"/run/secrets/secrets.toml": secrets},
        {"STREAMLIT_SERVER_PORT": str(dashboard.port), "NO_PROXY": "127.0.0.1"},
    )
    dashboard.command = inside.command(image.last.command)
    return dashboard


@pytest.fixture(scope="module")
def running(
    image: Image, service: LocalService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """The container at work."""
    with contained(image, service, tmp_path_factory.mktemp("mounted")) as dashboard:
        yield dashboard


def test_it_serves_the_project_of_the_mounted_secrets(running: Dashboard, service: LocalService) -> None:
    health = requests.get(f"{running.url}/healthz", timeout=30).json()
    assert (health["connections"], health["sample_data"]) == (1, False)
    open_at_once(running.url, 1)
    wait_for_data(running)
    (text,) = open_at_once(running.url, 1)
    assert "of 1,200" in text
    assert {request.headers["x-auth-token"] for request in service.requests} == {TOKEN}


def test_other_machines_reach_it(running: Dashboard) -> None:
    assert requests.get(f"http://127.0.0.2:{running.port}/healthz", timeout=30).status_code == 200


def test_its_user_is_a_number_and_has_no_privilege(image: Image, running: Dashboard) -> None:
    uid = int(image.last.user.partition(":")[0])
    assert uid >= 10_000
    status = Path(f"/proc/{process_in(running.process)}/status").read_text()
    facts = dict(re.findall(r"^(\w+):\s*(.+)$", status, re.MULTILINE))
    assert int(facts["CapEff"], 16) == 0
    if os.geteuid() == 0:
        assert set(facts["Uid"].split()) == {str(uid)}


def test_it_may_write_to_tmp_alone(image: Image) -> None:
    attempt = (
        "touch /tmp/yes && for place in / /app /app/dashboard /usr/local/lib /etc; do touch $place/no; done"
    )
    with pytest.raises(RuntimeError) as refused:
        image.container({}, {}).run(["sh", "-c", attempt])
    assert str(refused.value).count("Read-only file system") == 5


def test_the_health_check_tells_a_dashboard_from_none(image: Image, running: Dashboard) -> None:
    def check(port: int) -> str:
        return image.container({}, {"STREAMLIT_SERVER_PORT": str(port)}).run(image.last.health)

    assert check(running.port) == ""
    with pytest.raises(RuntimeError, match="no answer at port"):
        check(Dashboard().port)
    with LocalService(1) as something_else, pytest.raises(RuntimeError, match="/healthz answered 404"):
        check(int(something_else.url.rpartition(":")[2]))


def test_it_ends_when_it_is_told_to(image: Image, service: LocalService, tmp_path: Path) -> None:
    with contained(image, service, tmp_path) as dashboard:
        open_at_once(dashboard.url, 1)
        os.kill(process_in(dashboard.process), signal.SIGTERM)
        assert dashboard.process.wait(timeout=10) in {0, -signal.SIGTERM, 128 + signal.SIGTERM}
        for word in ("Traceback", "Read-only", "Permission denied", TOKEN):
            assert word not in dashboard.output
