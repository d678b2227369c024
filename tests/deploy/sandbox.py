"""A file system of a process's own, by bubblewrap: this machine's below, read-only, ours over it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.forked import Process
from tests.deploy.debian import program

NEVER = {"dev", "proc", "tmp", "run", "home", "root"}
SHARED = {"usr", "etc"}
"""At the top of a machine: what a sandbox never gets from it, and what it gets even where ours is inside."""


@dataclass(frozen=True)
class Sandbox:
    """What a process sees, and who it is. `readable` and `writable` say what stands at a path."""

    readable: Mapping[str, Path] = field(default_factory=dict)
    writable: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = "/"
    uid: int = 0

    def command(self, command: Sequence[str]) -> list[str]:
        """The command line that runs a command in here, without any privilege."""
        arguments = [program("bwrap", "bubblewrap"), "--unshare-pid", "--die-with-parent"]
        arguments += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
        ours = {Path(path).parts[1] for path in (*self.readable, *self.writable)}
        for entry in sorted(Path("/").iterdir()):
            if entry.is_symlink():
                arguments += ["--symlink", str(entry.readlink()), str(entry)]
            elif entry.is_dir() and entry.name not in NEVER | (ours - SHARED):
                arguments += ["--ro-bind", str(entry), str(entry)]
        for option, places in (("--ro-bind", self.readable), ("--bind", self.writable)):
            for path, source in places.items():
                for parent in reversed(Path(path).parents[:-1]):
                    arguments += ["--perms", "0755", "--dir", str(parent)]
                arguments += [option, str(source), path]
        arguments += ["--remount-ro", "/", "--chdir", self.folder, "--clearenv"]
        for name, value in self.environment.items():
            arguments += ["--setenv", name, value]
        return [*arguments, *self._as_user(), *command]

    def run(self, command: Sequence[str], *, seconds: float = 300) -> str:
        """Run a command to its end; what it printed. Raises RuntimeError with that when it fails."""
        done = subprocess.run(
            self.command(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout[-4000:]}")
        return done.stdout

    def _as_user(self) -> list[str]:
        """Root becomes the user for good; anybody else is given the number in a namespace of users."""
        if os.geteuid() != 0:
            return ["--unshare-user", "--uid", str(self.uid), "--gid", str(self.uid), "--"]
        if self.uid == 0:
            return ["--cap-drop", "ALL", "--"]
        numbers = [f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
        nothing = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"]
        return ["--", program("setpriv", "util-linux"), *numbers, *nothing, "--"]


def checkout(folder: Path) -> Path:
    """A copy of what is in the repository, as a clone would have it, uncommitted work included."""
    root = Path(__file__).parent.parent.parent
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, target = root / name, folder / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode & 0o777)
    return folder


def environment() -> dict[str, Path]:
    """What the virtual environment of these tests needs at its own place."""
    root = Path(__file__).parent.parent.parent
    own = {str(path): path for path in (Path(sys.prefix), root / "plotly_basic")}
    base = Path(sys.base_prefix)
    return own if base.is_relative_to("/usr") else {str(base): base, **own}


def process_in(sandboxed: Process) -> int:
    """The number, as this machine counts, of the process that runs in a sandbox, below bubblewrap's two."""
    pid = sandboxed.pid
    for _ in range(2):
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pid = int(child)
    return pid
