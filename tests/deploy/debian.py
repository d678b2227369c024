"""Programs of the distribution that tests need: found, or installed as root; never a test that is skipped."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def program(name: str, package: str) -> str:
    """The path of a program. Raises RuntimeError with what was tried when it cannot be had."""
    if found := shutil.which(name, path=PATH):
        return found
    install(package, name)
    if found := shutil.which(name, path=PATH):
        return found
    raise RuntimeError(f"{package} is installed, and still there is no {name}")


def install(package: str, name: str) -> str:
    """Install the package that brings a program; return the program's path.

    Raises RuntimeError with what was tried when that fails.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise RuntimeError(f"these tests need {name}: install it (on Debian the package {package})")
    with (Path(tempfile.gettempdir()) / "dashboard-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side, and apt-get does not wait for another
        if not shutil.which(name, path=PATH):
            _install(package)
    if found := shutil.which(name, path=PATH):
        return found
    raise RuntimeError(f"{package} is installed, and still there is no {name}")


def _install(package: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", package],
    ):
        done = subprocess.run(
            command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout[-2000:]}")
