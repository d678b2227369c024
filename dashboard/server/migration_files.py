"""The routes of the migration's files: /migration.zip of a view, and /passport.html and .json of one name.

Like the exports: whoever asks gets what they may see at that moment, behind the gate, and nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, quote

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.audit.live import Audited, live_of
from dashboard.audit.passports import findings_of
from dashboard.data.export import file_name
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import DETAILS, REASON, SAME_NAME, VERDICT
from dashboard.migration.export import files, to_zip
from dashboard.migration.export.names import export_names
from dashboard.migration.migration import Migration
from dashboard.migration.passport import Passport, make_passport
from dashboard.migration.passport_history import passport_history
from dashboard.migration.shared import Migrated, migrations
from dashboard.migration.statements import Verdict
from dashboard.report.passport import passport_page
from dashboard.server import paths
from dashboard.server.export_request import (
    RefusedError,
    Wanted,
    demand_known_values,
    not_loaded,
    refused,
    wanted_by,
)

MAX_MADE: Final = 2
"""Archives that are made at once."""
WAIT_SECONDS: Final = 45.0
POLL_SECONDS: Final = 0.1
ZIP, HTML, JSON = "application/zip", "text/html; charset=utf-8", "application/json"


@dataclass(frozen=True)
class File:
    """A file to be sent: its name, its kind, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, eq=False)
class Made:
    """What a file is made of: the inventory, what it becomes, and its audit if there is one."""

    inventory: LoadedInventory
    found: Migrated
    audited: Audited | None


Make = Callable[[Request, Wanted, Made], File]


class MigrationFile:
    """Answers with a file that is made of what configurations become."""

    def __init__(self, make: Make, room: anyio.CapacityLimiter | None = None) -> None:
        self._make, self._room = make, room

    async def __call__(self, request: Request) -> Response:
        """Answer, or say why not."""
        try:
            wanted = await anyio.to_thread.run_sync(wanted_by, request.scope, "zip")
            made = await _made(wanted)
            demand_known_values(wanted.view, made.inventory)
            file = await anyio.to_thread.run_sync(self._make, request, wanted, made, limiter=self._limiter())
        except RefusedError as error:
            return error.refusal.response(request.scope)
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "cache-control": "private, no-store",
        }
        return Response(file.content, media_type=file.media_type, headers=headers)

    def _limiter(self) -> anyio.CapacityLimiter:
        if self._room is None:
            self._room = anyio.CapacityLimiter(MAX_MADE)
        return self._room


def routes() -> list[Route]:
    """Return the routes, below the configured path."""
    made: dict[str, Make] = {"migration.zip": _zip, "passport.html": _html, "passport.json": _json}
    return [
        Route(f"{paths.base()}/{name}", MigrationFile(make).__call__, methods=["GET"], name=name)
        for name, make in made.items()
    ]


async def _made(wanted: Wanted) -> Made:
    """Return what the configurations become, worked out first if that is due. Raises RefusedError."""
    with anyio.move_on_after(WAIT_SECONDS):
        inventory = await _inventory(wanted)
        while True:
            job = await anyio.to_thread.run_sync(migrations, wanted.project, inventory, wanted.view)
            state, details = job.state, wanted.project.details().state()
            waits = state.running or (details.running and not details.complete)
            if state.result is not None and not waits and state.result.details >= details.done:
                return await _audited(wanted, inventory, state.result)
            if state.error is not None and not state.running:
                raise not_loaded(state.error)
            await anyio.sleep(POLL_SECONDS)
    text = "It goes on, and what has come is kept: try again in a minute."
    raise refused(503, "The details are still being loaded", text, retry_after=30)


async def _inventory(wanted: Wanted) -> LoadedInventory:
    load = wanted.project.inventory(wanted.view)
    while (found := load.state.result) is None and load.state.running:
        await anyio.sleep(POLL_SECONDS)
    if found is None:
        raise not_loaded(load.state.error)
    return found


async def _audited(wanted: Wanted, inventory: LoadedInventory, found: Migrated) -> Made:
    """Return it with what the audit says: views filter by it, and passports have it."""
    audit = await anyio.to_thread.run_sync(
        lambda: live_of(wanted.project).job(wanted.project, inventory, whole=not wanted.view.search)
    )
    while audit.state.result is None and audit.state.running:
        await anyio.sleep(POLL_SECONDS)
    audited = audit.state.result
    return Made(inventory if audited is None else audited.inventory, found, audited)


def _zip(request: Request, wanted: Wanted, made: Made) -> File:
    query, found = request.query_params, made.found
    verdict, reason = query.get(VERDICT, ""), query.get(REASON, "")
    places = made.inventory.positions(wanted.view).tolist()
    chosen = [
        one for one in (found.migrations[place] for place in places) if _is_chosen(one, verdict, reason)
    ]
    content = to_zip(files(chosen, found.team.decisions, found.loaded.offers))
    name = file_name(
        *(wanted.connection.project, wanted.view, made.inventory.loaded_at, "zip"),
        complete=made.inventory.complete,
        what="migration",
        more=(f"{word}-{value}" for word, value in ((VERDICT, verdict), (REASON, reason)) if value),
    )
    return File(name, ZIP, content)


def _is_chosen(migration: Migration, verdict: str, reason: str) -> bool:
    codes = {one.code for one in (*migration.reasons, *migration.warnings)}
    return (verdict not in set(Verdict) or migration.verdict == verdict) and (not reason or reason in codes)


def _passport(request: Request, wanted: Wanted, made: Made) -> tuple[Passport, str]:
    """Return the passport that is asked for, and a file name for it. Raises RefusedError."""
    query = parse_qs(request.url.query, keep_blank_values=True)
    name, number = query.get(DETAILS, [""])[-1], query.get(SAME_NAME, ["1"])[-1]
    which = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 1
    place = made.inventory.place_of(name, which)
    if place is None:
        raise refused(404, "There is no such configuration", "It may be called otherwise now, or be gone.")
    migration = made.found.migrations[place]
    past = passport_history(wanted.connection.name, wanted.view.config_type, name)
    return make_passport(migration, findings_of(made.audited, place), past), export_names([migration])[0].file


def _html(request: Request, wanted: Wanted, made: Made) -> File:
    found, name = _passport(request, wanted, made)
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    page = passport_page(found, wanted.connection.title, at, UTC)
    return File(f"passport-{name}.html", HTML, page.encode("utf-8", "backslashreplace"))


def _json(request: Request, wanted: Wanted, made: Made) -> File:
    found, name = _passport(request, wanted, made)
    return File(f"passport-{name}.json", JSON, (json.dumps(found.to_json(), indent=2) + "\n").encode("ascii"))
