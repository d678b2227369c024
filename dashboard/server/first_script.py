"""The page's own script: it runs before Streamlit's, and takes the first view away when its time has come."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server import paths
from dashboard.server.bundles import accepts_gzip

SCRIPT: Final = (Path(__file__).parent / "first_script.js").read_bytes()
PACKED: Final = gzip.compress(SCRIPT, 9, mtime=0)
SCRIPT_PATH: Final = f"/_dashboard/first-{hashlib.sha256(SCRIPT).hexdigest()[:16]}.js"
"""Where it is, below the base: another script has another address, so a browser may keep it for ever."""
ELEMENT: Final = f'<script src=".{SCRIPT_PATH}"></script>'
"""What stands in every page; relative, like the addresses of Streamlit's own files."""


def routes() -> list[Route]:
    """Return the script's route. It is open to everybody, like Streamlit's bundles."""
    return [Route(paths.base() + SCRIPT_PATH, _script)]


async def _script(request: Request) -> Response:
    takes_gzip = accepts_gzip(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if takes_gzip:
        headers["Content-Encoding"] = "gzip"
    return Response(PACKED if takes_gzip else SCRIPT, media_type="text/javascript", headers=headers)
