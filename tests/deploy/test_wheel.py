"""The wheel: the wrapper works from it with requests alone, and the rest of the package is whole in it."""

from __future__ import annotations

import email
import json
import re
import subprocess
import sys
import venv
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dashboard import __version__
from modelarts_local import LocalService
from tests.deploy.locks import ROOT, read_requirements
from tests.deploy.sandbox import checkout

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
PACKAGES = ("dashboard", "modelarts_api", "modelarts_local")
LOAD = """
import importlib.metadata, json, sys

from modelarts_api import Client, TokenCredentials

endpoint, project, token = sys.argv[1:]
with Client(endpoint, project, TokenCredentials(token)) as client:
    inventory = client.list_all_configurations()
names = sorted(there.name for there in importlib.metadata.distributions())
print(json.dumps([len(inventory.configurations), inventory.complete, names]))
"""
IMPORT_ALL = """
import importlib, pkgutil, sys

for package in sys.argv[1:]:
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        # What Streamlit and Alembic run as scripts.
        if not module.name.endswith(("__main__", "dashboard.main")) and ".migrations" not in module.name:
            importlib.import_module(module.name)
    print(root.__file__)
"""


def run(*command: str | Path, folder: Path) -> str:
    """Run a command to its end, away from the repository; what it printed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of what is in the repository, built with what is installed and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = checkout(folder / "tree")
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    run(*PIP, "wheel", "--quiet", *offline, "--wheel-dir", folder, tree, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


def metadata(wheel: Path) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def test_it_holds_the_packages_whole_and_nothing_else(wheel: Path) -> None:
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES, folder=ROOT)
    ours = {name for name in listed.splitlines() if (ROOT / name).exists()}
    with zipfile.ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert "dashboard/style.css" in ours
    assert there == ours


def test_its_version_is_the_dashboards(wheel: Path) -> None:
    assert metadata(wheel)["Version"] == __version__


def test_it_asks_for_requests_and_with_the_extra_for_all_of_the_requirements(wheel: Path) -> None:
    asked = [Requirement(line) for line in metadata(wheel).get_all("Requires-Dist", [])]
    (always,) = (requirement for requirement in asked if not requirement.marker)
    with_extra = {re.sub(r"\s*;.*", "", str(requirement)) for requirement in asked if requirement.marker}
    pinned = {requirement.name: requirement for requirement in read_requirements("requirements.txt")}
    assert with_extra == {str(requirement) for requirement in pinned.values()}
    assert always.name == "requests"
    assert always.specifier.contains(str(pinned["requests"].specifier).removeprefix("=="))


def test_the_wrapper_works_in_a_clean_environment_with_the_oldest_requests(
    wheel: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "clean", with_pip=False)
    python = tmp_path / "clean" / "bin" / "python"
    (always,) = (
        Requirement(line) for line in metadata(wheel).get_all("Requires-Dist", []) if ";" not in line
    )
    (oldest,) = (limit.version for limit in always.specifier if limit.operator == ">=")
    run(*PIP, "--python", python, "install", "--quiet", wheel, f"requests=={oldest}", folder=tmp_path)
    with LocalService(1_200, seed=3, token="t") as service:
        printed = run(
            *(python, "-W", "error", "-c", LOAD, service.url, service.project_id, "t"), folder=tmp_path
        )
    count, complete, distributions = json.loads(printed)
    assert (count, complete) == (1_200, True)
    with_requests = ["certifi", "charset-normalizer", "idna", "modelarts-dashboard", "requests", "urllib3"]
    assert [canonicalize_name(name) for name in distributions] == with_requests
    command = [python.with_name("modelarts-audit"), "run", "--sample"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"modelarts-audit: \w+ is not installed; .*\[dashboard\]\n", done.stderr)


def test_every_module_can_be_imported_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    run(*PIP, "install", "--quiet", "--no-deps", "--target", tmp_path / "there", wheel, folder=tmp_path)
    within = f"import sys; sys.path.insert(0, {str(tmp_path / 'there')!r})\n"
    printed = run(sys.executable, "-c", within + IMPORT_ALL, *PACKAGES, folder=tmp_path)
    assert [str(Path(line).parent) for line in printed.splitlines()] == [
        str(tmp_path / "there" / package) for package in PACKAGES
    ]
