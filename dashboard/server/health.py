"""The routes for machines: /healthz, and /metrics in Prometheus' text format."""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import __version__
from dashboard.server import paths
from dashboard.server.sessions import max_sessions, sessions

PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def routes() -> list[Route]:
    """Return the routes: below `server.baseUrlPath`, and at the root for who asks its own port."""
    answers = {"/healthz": healthz, "/metrics": metrics}
    places = dict.fromkeys((paths.base(), ""))
    return [Route(place + path, answer) for place in places for path, answer in answers.items()]


async def healthz(_request: Request) -> JSONResponse:
    """Answer 200 with version, sessions and how many there may be, connections, and the data's ages in s."""
    from dashboard.data.projects import projects  # noqa: PLC0415 - takes time that no start should spend

    ages = projects().ages()
    configured = projects().registry.settings()
    body = {
        "status": "ok",
        "version": __version__,
        "sessions": sessions.count,
        "max_sessions": max_sessions(),
        "connections": 0 if configured.nothing_configured else len(configured.connections),
        "sample_data": configured.nothing_configured,
        "inventories": len(ages),
        "newest_data_age_seconds": round(min(ages), 1) if ages else None,
        "oldest_data_age_seconds": round(max(ages), 1) if ages else None,
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def metrics(_request: Request) -> Response:
    """Answer what Prometheus asks for, in its text format. Who may ask is not decided here."""
    body = await anyio.to_thread.run_sync(_measured)
    return Response(body, media_type=PROMETHEUS_TEXT, headers={"Cache-Control": "no-store"})


def _measured() -> bytes:
    from dashboard.server.metrics import measurements  # noqa: PLC0415 - takes time that no start should spend

    return measurements().page()
