"""Prints the path of a Chromium to test with: $CHROMIUM, one on the PATH, or one that it installs.

The headless shell comes first: the same engine without the window around it takes two thirds of the time.
As root the distribution's package is installed, otherwise Playwright's own build. Fails with what was tried
rather than let browser tests be skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of an installed Chromium; None when there is none. SystemExit when $CHROMIUM is no file."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        if not Path(wanted).is_file():
            sys.exit(f"CHROMIUM={wanted} is not a file; unset it or point it at a Chromium")
        return wanted
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> str:
    """Install a Chromium and return its path; SystemExit with the reasons when there is none."""
    failures = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        failures.append(_run(["apt-get", "update"]) or _run(["apt-get", "install", "--yes", SHELL]))
        if path := find():
            return path
    if not (failure := _run([sys.executable, "-m", "playwright", "install", "chromium"])):
        return _of_playwright()
    failures.append(failure)
    sys.exit(
        "The browser tests need a Chromium and none could be installed. Install one and set CHROMIUM to its"
        " path.\n" + "\n".join(failures)
    )


def _of_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _run(command: list[str]) -> str:
    """Run a command, its output to our standard error; returns what failed, or "" when all went well."""
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    return f"`{' '.join(command)}` ended with {done.returncode}" if done.returncode else ""


if __name__ == "__main__":
    is_quick = os.environ.get("CHROMIUM") or shutil.which(SHELL) or os.geteuid() != 0
    print((find() if is_quick else None) or install())
