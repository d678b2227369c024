"""nginx with the configuration that is shipped, in front of dashboards; certificates of an authority of ours.

Only the host name, the ports, and the paths of certificate and log differ from what is in deploy/nginx.
"""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
import trustme
from requests.adapters import HTTPAdapter

from tests.deploy.debian import program
from tests.ports import port_for

SHIPPED = Path(__file__).parent.parent.parent / "deploy" / "nginx"
HOST = "dashboard.localhost"
"""Browsers look for *.localhost on this machine; everybody else is told the address."""
TRUSTED = {"DASHBOARD_TRUSTED_NETWORK": "true"}
"""Lets a dashboard without a sign-in be looked at under HOST."""
START_SECONDS = 20
AROUND = """
daemon off;
worker_processes 2;
error_log {folder}/error.log info;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


class Nginx:
    """A running nginx. `url` is its https address, `plain_url` the http one, `authority` a file to trust."""

    def __init__(self, upstream: str, ports: Mapping[int, int]) -> None:
        """`upstream`: the file beside dashboard.conf; `ports`: what stands in it, and where that listens."""
        self._upstream, self._ports = upstream, ports
        self.port, self.plain_port = port_for(self), port_for(self)
        self.url = f"https://{HOST}:{self.port}"
        self.plain_url = f"http://{HOST}:{self.plain_port}"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="nginx-")
        folder = Path(self._folder.name)
        folder.chmod(0o755)
        (folder / "conf.d").mkdir()
        self.log = folder / "access.log"
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        certificate = authority.issue_cert(HOST)
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        for pem in certificate.cert_chain_pems:
            pem.write_to_path(folder / "certificate.pem", append=True)
        for name in ("dashboard.conf", self._upstream):
            text = self._adapted((SHIPPED / name).read_text(encoding="utf-8"), folder)
            (folder / "conf.d" / name).write_text(text, encoding="utf-8")
        main = folder / "nginx.conf"
        main.write_text(AROUND.format(folder=folder), encoding="utf-8")
        self._output = (folder / "output.log").open("wb")
        self._process = subprocess.Popen(
            [program("nginx", "nginx"), "-e", str(folder / "error.log"), "-c", str(main)],
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        limit = time.monotonic() + START_SECONDS
        while not (_listens(self.port) and _listens(self.plain_port)):
            if self._process.poll() is not None or time.monotonic() > limit:
                said = (folder / "output.log").read_text() + (folder / "error.log").read_text()
                self.__exit__(None, None, None)
                raise RuntimeError(f"nginx did not start:\n{said}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        self._output.close()
        self._folder.cleanup()

    def request(
        self, method: str, path: str, *, source: str = "127.0.0.1", **options: Any
    ) -> requests.Response:
        """A request that checks the certificate and follows no redirect, from an address of this machine."""
        with requests.Session() as session:
            session.mount("https://", _ByAddress(source))
            headers = {"Host": f"{HOST}:{self.port}", **options.pop("headers", {})}
            fixed = {"verify": str(self.authority), "timeout": 30, "allow_redirects": False}
            return session.request(
                method, f"https://127.0.0.1:{self.port}{path}", headers=headers, **fixed, **options
            )

    def get(self, path: str, **options: Any) -> requests.Response:
        """`request` with GET."""
        return self.request("GET", path, **options)

    def logged(self, path: str) -> list[str]:
        """The lines of the access log about a path."""
        return [
            line for line in self.log.read_text().splitlines() if re.search(rf"\S+ {re.escape(path)}\"", line)
        ]

    def _adapted(self, text: str, folder: Path) -> str:
        replaced = {
            "dashboard.example.com": HOST,
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen [::]:443": f"listen [::1]:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "listen [::]:80": f"listen [::1]:{self.plain_port}",
            "/etc/ssl/modelarts-dashboard/": f"{folder}/",
            "/var/log/nginx/modelarts-dashboard.log": str(self.log),
        }
        for shipped, ours in replaced.items():
            text = text.replace(shipped, ours)
        for shipped_port, port in self._ports.items():
            text = re.sub(rf"(127(?:\\?\.)0(?:\\?\.)0(?:\\?\.)1):{shipped_port}\b", rf"\g<1>:{port}", text)
        return text


class _ByAddress(HTTPAdapter):
    """Asks for the certificate of HOST, whatever the address that is asked."""

    def __init__(self, source: str) -> None:
        self._source = source
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        names = {"server_hostname": HOST, "assert_hostname": HOST}
        super().init_poolmanager(*args, source_address=(self._source, 0), **names, **options)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
