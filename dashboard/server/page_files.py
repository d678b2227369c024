"""Two files of our own in every page: a script that runs before Streamlit's code, and our style.

The script takes the first view away when its time has come.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server import paths
from dashboard.server.bundles import accepts_gzip

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class PageFile:
    """A file, plain and packed, and where it is below the base.

    Another content has another address, so a browser may keep it for ever.
    """

    content: bytes
    packed: bytes
    media_type: str
    path: str

    @classmethod
    def of(cls, file: Path, name: str, media_type: str) -> PageFile:
        """Return a file under a name, in which `{}` stands for what its content says."""
        content = file.read_bytes()
        path = f"/_dashboard/{name.format(hashlib.sha256(content).hexdigest()[:16])}"
        return cls(content, gzip.compress(content, 9, mtime=0), media_type, path)

    async def answer(self, request: Request) -> Response:
        """Answer a request for it."""
        takes_gzip = accepts_gzip(request.headers.get("accept-encoding", ""))
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if takes_gzip:
            headers["Content-Encoding"] = "gzip"
        content = self.packed if takes_gzip else self.content
        return Response(content, media_type=self.media_type, headers=headers)


SCRIPT: Final = PageFile.of(HERE / "first_script.js", "first-{}.js", "text/javascript")
STYLE: Final = PageFile.of(HERE.parent / "style.css", "style-{}.css", "text/css")
PATHS: Final = frozenset({SCRIPT.path, STYLE.path})
SCRIPT_ELEMENT: Final = f'<script src=".{SCRIPT.path}"></script>'
STYLE_ELEMENT: Final = f'<link rel="stylesheet" href=".{STYLE.path}">'
"""What stands in every page; relative, like the addresses of Streamlit's own files."""


def routes() -> list[Route]:
    """Return the files' routes. They are open to everybody, like Streamlit's bundles."""
    return [Route(paths.base() + file.path, file.answer) for file in (SCRIPT, STYLE)]
