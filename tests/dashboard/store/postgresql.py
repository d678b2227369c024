"""A real PostgreSQL server for a test run: found, or installed as root; never a test that is skipped.

PostgreSQL does not run as root, so root starts it as `nobody`. It is reached by a socket in its own folder,
with a password.
"""

from __future__ import annotations

import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.deploy.debian import install, program

USER = "dashboard"
PASSWORD = "p@ss:w/rd%?"
"""With all that has to be escaped in a URL."""
WITHOUT_A_CLUSTER = Path("/etc/postgresql-common/createcluster.d/dashboard-tests.conf")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=512MB")
"""For tests: nothing of their databases has to survive the machine."""


@dataclass(frozen=True)
class Server:
    """A running server. Each database is made anew, from a template if one is named."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def create(self, template: str = "template0") -> str:
        """Create an empty database, or a copy of one; return its name."""
        name = f"test_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
        self.run(create.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def run(self, statement: sql.SQL | sql.Composed, database: str = "postgres") -> None:
        """Run a statement of the superuser's."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement)

    def url(self, name: str, user: str = USER, password: str = PASSWORD, scheme: str = "postgresql") -> str:
        """The URL of a database, as somebody would write it."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"{scheme}://{login}@/{name}?host={quote(str(self.folder), safe='')}"

    def address(self, database: str) -> str:
        """The same for psycopg itself."""
        return psycopg.conninfo.make_conninfo(
            host=str(self.folder), dbname=database, user=USER, password=PASSWORD
        )


@contextmanager
def running_server(settings: Sequence[str] = FAST) -> Iterator[Server]:
    """Start a server of this process's own; it is gone with all its data afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path is bounded
    try:
        _hand_over(folder)
        data, password = folder / "data", folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        _hand_over(password)
        login = ["--username", USER, "--pwfile", str(password), "--auth=scram-sha-256"]
        _run(folder, "initdb", "--pgdata", str(data), *login, "--encoding=UTF8", "--locale=C", "--no-sync")
        options = [f"--{setting}" for setting in (f"unix_socket_directories={folder}", *settings)]
        started = [*_as_user(), str(_program("postgres")), "-D", str(data), "-h", "", *options]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(started, stdout=log, stderr=log, cwd=folder)
        try:
            _wait(folder, process)
            yield Server(folder)
        finally:
            process.send_signal(signal.SIGQUIT)  # PostgreSQL's immediate shutdown
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def _wait(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Until it takes connections; RuntimeError with its log if it ends before."""
    while process.poll() is None:
        ready = subprocess.run(
            [_program("pg_isready"), "-h", folder, "-t", "1"], capture_output=True, check=False
        )
        if ready.returncode == 0:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')[-4000:]}")


def _run(folder: Path, name: str, *arguments: str) -> None:
    command = [*_as_user(), str(_program(name)), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def _hand_over(path: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _as_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    user = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    return [program("setpriv", "util-linux"), *user, "--"]


def _program(name: str) -> Path:
    """One of PostgreSQL's programs, of the newest version there is. Debian keeps them off the PATH."""
    if found := _newest(name):
        return found
    with _no_cluster():
        install("postgresql", name)
    if found := _newest(name):
        return found
    raise RuntimeError(f"postgresql is installed, and still there is no {name}")


def _newest(name: str) -> Path | None:
    def version(path: Path) -> int:
        return int(re.sub(r"\D", "", path.parent.parent.name) or 0)

    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=version)
    on_path = shutil.which(name)
    return packaged[-1] if packaged else Path(on_path) if on_path else None


@contextmanager
def _no_cluster() -> Iterator[None]:
    """Debian's package makes a cluster and starts it as it is installed; that is nobody's wish here."""
    if os.geteuid() == 0:
        WITHOUT_A_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        WITHOUT_A_CLUSTER.write_text("create_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        WITHOUT_A_CLUSTER.unlink(missing_ok=True)
