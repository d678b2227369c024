"""A dashboard with a sign-in and two connections, and what a browser's cookie says of those who ask."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from modelarts_local import LocalService
from tests.browser.served import Dashboard
from tests.screens.several import TOKEN

LIST_OF_SECRET = '["bert@example.com"]'
EVERYBODY = '["anna@example.com", "bert@example.com"]'


class Attacked:
    """A running dashboard: everybody may see `open`, and Bert alone `secret`, as long as `write` says so."""

    def __init__(self, services: Mapping[str, LocalService], folder: Path) -> None:
        self._path, self._services = folder / "secrets.toml", services
        self._cookie_secret = secrets.token_hex(32)
        self.dashboard = Dashboard({}, (f"--secrets.files={self._path}", "--server.fileWatcherType=none"))
        self.url = self.dashboard.url
        self.write()

    def write(self, *, may_look: str = EVERYBODY, may_see_secret: str = LIST_OF_SECRET) -> None:
        """Write secrets.toml with these lists of e-mail addresses."""
        tables = [
            f'[connections.{name}]\nendpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
            f'token = "{TOKEN}"\n'
            for name, service in self._services.items()
        ]
        text = (
            f'[auth]\nredirect_uri = "{self.url}/oauth2callback"\ncookie_secret = "{self._cookie_secret}"\n'
            'client_id = "d"\nclient_secret = "c"\n'
            'server_metadata_url = "http://127.0.0.1:1/.well-known/openid-configuration"\n'
            f"[access]\nemails = {may_look}\n[connections.secret.access]\nemails = {may_see_secret}\n"
        )
        # In one step, as an editor does it: half a file would shut the dashboard for a moment.
        new = self._path.with_suffix(".new")
        new.write_text(text + "".join(tables), encoding="utf-8")
        new.replace(self._path)

    def cookie(self, name: str, secret: str = "", **claims: Any) -> dict[str, str]:
        """The sign-in cookie of somebody; with another `secret` a forged one."""
        said = {"origin": self.url, "is_logged_in": True, "provider": "default", "sub": name}
        said |= {"email": f"{name}@example.com", "email_verified": True, **claims}
        signed = create_signed_value(secret or self._cookie_secret, "_streamlit_user", json.dumps(said))
        return {"_streamlit_user": signed.decode()}

    def get(self, path: str, cookies: Mapping[str, str] | None = None, **options: Any) -> requests.Response:
        """One request. A redirect is not followed."""
        return requests.get(
            self.url + path, cookies=dict(cookies or {}), timeout=60, allow_redirects=False, **options
        )

    def resident_bytes(self) -> int:
        """The memory of the dashboard's process that is in RAM."""
        statm = Path(f"/proc/{self.dashboard.process.pid}/statm").read_text(encoding="ascii")
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def attacked(services: Mapping[str, LocalService], folder: Path) -> Iterator[Attacked]:
    """Run a dashboard of these connections; nothing that is asked of it may make a traceback."""
    site = Attacked(services, folder)
    with site.dashboard:
        yield site
        assert "Traceback" not in site.dashboard.output
        assert "never retrieved" not in site.dashboard.output


Get = Callable[..., requests.Response]
