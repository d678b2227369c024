"""The files of the migration: a ZIP of the view, and passports, to whoever may see them at that moment."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from dashboard.connections import VARIABLES
from dashboard.data.database import close_database
from dashboard.data.projects import projects
from dashboard.server import migration_files
from dashboard.server.gate import Gate
from dashboard.server.headers import SecurityHeaders, failed
from modelarts_local import LocalService
from tests.dashboard.asgi import Answer, call, run
from tests.dashboard.guarded import AUTH, Secrets, cookie, page, secrets
from tests.dashboard.migration.records import custom, preset
from tests.screens.several import table

__all__ = ["secrets"]
HOST = {"host": "127.0.0.1", "accept": "text/html"}
FLAVOR = "modelarts.bm.gpu.v100"
SECRET = "hunter2hunter2"
PROJECT = [
    preset(spec_code=FLAVOR),
    preset(config_name="old", spec_code=FLAVOR, engine_version="TF-1.13.1-python3.6"),
    custom(spec_code=FLAVOR, parameter=[{"label": "DB_PASSWORD", "value": SECRET}]),
    preset(config_name="<b>&", config_desc="<script>alert(1)</script>", spec_code=FLAVOR),
]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", f"sqlite:///{tmp_path}/dashboard.db")
    monkeypatch.setenv("DASHBOARD_AUDIT_DETAILS", "true")
    projects.cache_clear()
    yield
    projects.cache_clear()
    close_database()


@pytest.fixture(scope="module")
def service() -> Iterator[LocalService]:
    with LocalService(PROJECT) as running:
        yield running


def connect(secrets: Secrets, service: LocalService, more: str = "", access: str = "") -> None:
    lines = [f"{key} = {json.dumps(value)}" for key, value in table(service).items()]
    secrets.write("\n".join([more, "[connections.one]", *lines, access]))


def get(path: str, **headers: str) -> Answer:
    site = Starlette(
        routes=[*migration_files.routes(), Mount("/", page, name="static-assets")],
        middleware=[Middleware(SecurityHeaders), Middleware(Gate)],
        exception_handlers={Exception: failed},
    )
    return run(asyncio.wait_for(call(site, path, {**HOST, **headers}, "GET"), 60))


def names_in(answer: Answer) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return set(archive.namelist())


def test_a_zip_holds_all_of_the_view_and_no_secret(secrets: Secrets, service: LocalService) -> None:
    connect(secrets, service)
    answer = get("/migration.zip")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "private, no-store"
    assert re.search(
        r"''migration_\w+_custom_\d{8}T\d{6}Z\.zip$", unquote(answer.headers["content-disposition"])
    )
    assert {"json/bert.job.json", "unfinished/old.job.json", "terraform/resnet50.tf"} <= names_in(answer)
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert not [name for name in archive.namelist() if SECRET.encode() in archive.read(name)]
        assert b"@@DB_PASSWORD@@" in archive.read("json/bert.job.json")


def test_the_name_of_a_zip_says_what_is_in_it(secrets: Secrets, service: LocalService) -> None:
    connect(secrets, service)
    answer = get("/migration.zip?search=bert&verdict=ready")
    assert "_custom_verdict-ready_search-bert_" in unquote(answer.headers["content-disposition"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("verdict=ready", {"json/bert.job.json", "json/resnet50.job.json"}),
        ("verdict=ready&image=custom", {"json/bert.job.json"}),
        ("reason=engine-successor", {"unfinished/old.job.json"}),
        ("version=TF-1.13.1-python3.6&verdict=junk", {"unfinished/old.job.json"}),
    ],
)
def test_a_zip_holds_what_is_filtered_alone(
    secrets: Secrets, service: LocalService, query: str, expected: set[str]
) -> None:
    connect(secrets, service)
    found = names_in(get(f"/migration.zip?{query}"))
    assert {name for name in found if name.endswith(".job.json")} == expected


def test_a_passport_is_a_page_that_needs_nothing_else(secrets: Secrets, service: LocalService) -> None:
    connect(secrets, service)
    answer = get("/passport.html?config=%3Cb%3E%26")
    text = answer.body.decode()
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "<h1><bdi>&lt;b&gt;&amp;</bdi></h1>" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    for elsewhere in ("<link", "<img", "src=", "@import"):
        assert elsewhere not in text


def test_a_passport_is_json_too(secrets: Secrets, service: LocalService) -> None:
    connect(secrets, service)
    answer = get("/passport.json?config=bert")
    found: dict[str, Any] = json.loads(answer.body)
    assert (answer.status, found["name"], found["migration"]["verdict"]) == (200, "bert", "ready")
    assert SECRET not in answer.body.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/passport.html?config=nobody", 404),
        ("/passport.html", 404),
        ("/passport.json?config=bert&same_name=7", 404),
        ("/migration.zip?connection=nobody", 404),
    ],
)
def test_what_is_not_there_is_said(secrets: Secrets, service: LocalService, path: str, status: int) -> None:
    connect(secrets, service)
    assert get(path).status == status


PATHS = ("/migration.zip", "/passport.html", "/passport.json")
ACCESS = '\n[access]\nemails = ["anna@example.com", "bert@example.com"]\n'
OWN = '\n[connections.one.access]\nemails = ["bert@example.com"]\n'


@pytest.mark.parametrize("path", PATHS)
def test_files_are_given_to_those_alone_who_may_see_the_connection(
    secrets: Secrets, service: LocalService, path: str
) -> None:
    connect(secrets, service, f"{AUTH}{ACCESS}", OWN)
    address = f"{path}?connection=one&config=bert"
    for given in ({}, {"cookie": cookie(secret="another" * 8)}):
        answer = get(address, **given)
        assert (answer.status, b"bert" in answer.body) == (403, False)
    closed, missing = (
        get(f"{path}?connection={name}&config=bert", cookie=cookie()) for name in ("one", "nowhere")
    )
    assert closed.status == missing.status == 404
    assert closed == missing, "nothing tells a closed one from one that is not there"
    bert = cookie({"email": "bert@example.com", "sub": "bert"})
    assert get(address, cookie=bert).status == 200
