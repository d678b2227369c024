"""Virtual environments for what is only compared with: its dependencies never meet the dashboard's."""

import subprocess
import sys
from pathlib import Path

from benchmarks.processes import BUILD


def executables(name: str, requirements: Path) -> Path:
    """Return the folder of executables of an environment, made when it is missing or outdated."""
    folder = BUILD / name
    installed = folder / "installed.txt"
    wanted = requirements.read_text(encoding="utf-8")
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=300)
        python = folder / "bin" / "python"
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--requirement", requirements],
            check=True,
            timeout=600,
        )
        installed.write_text(wanted, encoding="utf-8")
    return folder / "bin"
