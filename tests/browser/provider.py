"""A real OpenID Connect provider on this machine, as a process of its own: the package oidc-provider-mock."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from types import TracebackType
from typing import Any, Self

import requests

from tests.ports import port_for

START_SECONDS = 60


class Provider:
    """A running provider; `url` is where. It checks clients, their secrets and where they are sent back to.

    Whoever comes to it says who they are; what it vouches for is the claims that `enrol` gave them.
    """

    def __init__(self) -> None:
        self.port = port_for(self)
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "oidc_provider_mock", f"--port={self.port}", "--require-registration"],
            env={**os.environ, "NO_COLOR": "1"},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        limit = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > limit:
                output = os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size, 0).decode()
                self.__exit__(None, None, None)
                raise RuntimeError(f"the provider did not start:\n{output}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        self._log.close()

    def enrol(self, subject: str, **claims: Any) -> None:
        """Let the provider know somebody: their claims go into their ID tokens."""
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def register(self, redirect_uri: str) -> dict[str, str]:
        """Register a client; what secrets.toml's `[auth]` needs to know of it and of the provider."""
        asked = {"redirect_uris": [redirect_uri]}
        answer = requests.post(f"{self.url}/oauth2/clients", json=asked, timeout=10)
        answer.raise_for_status()
        client = answer.json()
        return {
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
            "server_metadata_url": f"{self.url}/.well-known/openid-configuration",
        }

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/jwks", timeout=2).ok
        except requests.ConnectionError:
            return False
