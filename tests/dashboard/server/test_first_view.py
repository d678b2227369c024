"""The page carries the view: to whom it is for, of what they may see, of what is loaded, and nothing else."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from dashboard.audit.live import live_of
from dashboard.connections import VARIABLES, Connection
from dashboard.data.projects import projects
from dashboard.data.view import View
from dashboard.server import page_files, rules
from dashboard.server.first_view import CHART, FirstView
from dashboard.server.gate import Gate
from dashboard.server.headers import SecurityHeaders, content_security_policy, failed
from dashboard.server.page_files import SCRIPT, STYLE, STYLE_ELEMENT, PageFile
from modelarts_local import LocalService
from tests.dashboard.asgi import Answer, call, run
from tests.dashboard.builders import HOSTILE_TEXTS
from tests.dashboard.guarded import AUTH, CLAIMS, Secrets, cookie, options, secrets
from tests.screens.several import rows_of, table

__all__ = ["secrets"]
LOADS = (
    '<link\n rel="preload" href="./a.woff2"\n as="font"\n>',
    '<script type="module" crossorigin src="./static/js/index.js"></script>',
    '<link rel="modulepreload" crossorigin href="./static/js/b.js">',
    '<link rel="stylesheet" crossorigin href="./static/css/c.css">',
)
PAGE = (
    f"<html><head><title>x</title>{''.join(LOADS)}</head>"
    '<body><noscript>no</noscript><div id="root"></div></body></html>'
)
HOST = {"host": "127.0.0.1"}
ACCESS = '[access]\nemails = ["anna@example.com", "ben@example.com"]\n'
VIEW = 'id="first-view"'


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connection but the test's own, and nothing loaded."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    projects.cache_clear()
    yield
    projects.cache_clear()


@pytest.fixture(scope="module")
def one() -> Iterator[LocalService]:
    with LocalService(rows_of("one", 30)) as running:
        yield running


@pytest.fixture(scope="module")
def two() -> Iterator[LocalService]:
    with LocalService(rows_of("two", 20)) as running:
        yield running


async def static(request: Request) -> Response:
    """Streamlit's page at every address, and one of its bundles."""
    kept = {"ETag": '"1"', "Cache-Control": "no-cache"}
    if request.url.path.endswith(".js"):
        return PlainTextResponse("42", headers=kept)
    return HTMLResponse(PAGE, headers=kept)


def site() -> Starlette:
    """What is in front of the page, as in app.py."""
    page = Route("/{path:path}", static, methods=["GET", "HEAD"])
    return Starlette(
        routes=[*page_files.routes(), Mount("/", routes=[page], name="static-assets")],
        middleware=[Middleware(SecurityHeaders), Middleware(Gate), Middleware(FirstView)],
        exception_handlers={Exception: failed},
    )


def ask(path: str = "/", method: str = "GET", **headers: str) -> Answer:
    return run(call(site(), path, HOST | headers, method))


def connect(secrets: Secrets, before: str = "", **services: LocalService | dict[str, Any]) -> None:
    """Write secrets.toml with these connections."""
    lines = [before]
    for name, of in services.items():
        values = table(of) if isinstance(of, LocalService) else of
        lines.append(f"[connections.{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in values.items() if key != "access"]
        if "access" in values:
            lines += [f"[connections.{name}.access]", f"emails = {json.dumps(values['access'])}"]
    secrets.write("\n".join(lines))
    rules.remember_start()


def load(view: View = View()) -> None:  # noqa: B008 - frozen
    """Load every connection."""
    for connection in projects().registry.settings().connections:
        job = projects().project(connection).inventory(view)
        assert job.wait(60)
        assert job.state.error is None


def test_the_page_carries_what_is_loaded_and_nobody_may_keep_it(secrets: Secrets, one: LocalService) -> None:
    connect(secrets, one=one)
    load()
    answer = ask()
    text = answer.body.decode()
    assert text.index(VIEW) < text.index('<div id="root">')
    assert re.findall(r'<span class="value">([^<]+)', text)[:2] == ["30", "3"]
    assert text.count("<tr aria-rowindex") == 25
    assert ">one-029<" in text
    assert "<noscript>no</noscript>" not in text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_counts_without_the_details_that_have_come_are_told_to_be_that(
    secrets: Secrets, one: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_AUDIT_DETAILS", "true")
    connect(secrets, one=one)
    load()
    project = projects().project(projects().registry.settings().connections[0])
    loaded = project.whole()
    assert loaded is not None
    assert live_of(project).job(project, loaded, whole=True, begin_details=False).wait(60)
    assert project.details().wait(60)
    assert "details for 0 of 30" in ask().body.decode()
    assert live_of(project).job(project, loaded, whole=True).wait(60)
    assert "details for " not in ask().body.decode()


def test_beside_a_view_nothing_is_loaded_before_our_script_begins_it(
    secrets: Secrets, one: LocalService
) -> None:
    connect(secrets, one=one)
    without = ask().body.decode()
    assert all(element in without for element in (*LOADS, CHART))
    load()
    text = ask().body.decode()
    assert f'<template id="begins">{CHART}{"".join(LOADS)}{STYLE_ELEMENT}</template>' in text
    assert [text.count(element) for element in LOADS] == [1] * len(LOADS)


@pytest.mark.parametrize(
    ("query", "rows", "said"),
    [
        ("engine=Engine+one+1", 10, "1–10 of 10"),
        ("page=2&per_page=10", 10, "11–20 of 30"),
        ("page=99", 5, "26–30 of 30"),
        ("contains=no-such-word", 0, "No configuration matches all of these filters."),
        ("engine=Engine+unknown", 25, "No configuration has engine “Engine unknown”. The filters are"),
        ("page=-1&sort_by=junk&created_from=junk", 25, "1–25 of 30"),
    ],
)
def test_a_deep_link_carries_its_own_view(
    secrets: Secrets, one: LocalService, query: str, rows: int, said: str
) -> None:
    connect(secrets, one=one)
    load()
    text = ask(f"/?{query}").body.decode()
    assert text.count("<tr aria-rowindex") == rows
    assert said in text


def test_a_request_begins_no_load_and_shows_no_number_without_one(
    secrets: Secrets, one: LocalService
) -> None:
    connect(secrets, one=one)
    before = len(one.requests)
    text = ask().body.decode()
    assert "Nothing is loaded yet" in text
    assert 'class="value"' not in text
    assert "<table" not in text
    assert len(one.requests) == before


def test_a_connection_of_the_address_is_shown_and_junk_is_the_first(
    secrets: Secrets, one: LocalService, two: LocalService
) -> None:
    connect(secrets, one=one, two=two)
    load()
    assert ">two-019<" in ask("/?connection=two").body.decode()
    junk = ask("/?connection=%3Cb%3E").body.decode()
    assert ">one-029<" in junk
    assert "There is no connection “&lt;b&gt;”, or it is not for you. This is one." in junk
    assert "There is no connection" not in ask("/?connection=one").body.decode()


def test_nobody_sees_what_is_not_for_them(secrets: Secrets, one: LocalService, two: LocalService) -> None:
    connect(secrets, AUTH + ACCESS, one=one, two={**table(two), "access": ["ben@example.com"]})
    load()
    for headers in (
        {},
        {"cookie": "_streamlit_user=forged"},
        {"cookie": cookie(CLAIMS | {"origin": "https://x"})},
    ):
        answer = ask(**headers)
        assert VIEW not in answer.body.decode()
        assert "one-0" not in answer.body.decode()
    anna = ask("/?connection=two", cookie=cookie(CLAIMS)).body.decode()
    assert ">one-029<" in anna
    told = "There is no connection “two”, or it is not for you. This is one."  # as of one that is nowhere
    assert told in anna
    assert "two" not in re.sub(r"<style>.*?</style>", "", anna.replace(told, ""), flags=re.DOTALL)
    assert "anna@example.com" in anna
    ben = ask("/?connection=two", cookie=cookie(CLAIMS | {"email": "ben@example.com"})).body.decode()
    assert ">two-019<" in ben


def test_a_connection_with_a_fault_has_no_view(secrets: Secrets) -> None:
    connect(secrets, one={"endpoint": "no address", "token": "t"})
    assert VIEW not in ask().body.decode()


def test_other_pages_get_the_script_alone_and_other_files_nothing(
    secrets: Secrets, one: LocalService
) -> None:
    connect(secrets, one=one)
    load()
    page = ask("/connection?connection=one")
    assert VIEW not in page.body.decode()
    assert f'<head><script src=".{SCRIPT.path}"></script>' in page.body.decode()
    assert f'<div id="root"></div>{STYLE_ELEMENT}' in page.body.decode()
    assert page.headers["cache-control"] == "no-cache"
    assert ask("/static/app.js").body == b"42"
    assert ask("/static/app.js").headers["etag"] == '"1"'


@pytest.mark.parametrize("file", [SCRIPT, STYLE])
def test_script_and_style_are_open_kept_for_ever_and_allowed_by_the_policy(
    secrets: Secrets, file: PageFile
) -> None:
    secrets.write(AUTH)
    answer = ask(file.path)
    assert answer.body == file.content
    assert answer.headers["content-type"].startswith(file.media_type)
    assert "immutable" in answer.headers["cache-control"]
    packed = ask(file.path, **{"accept-encoding": "gzip"})
    assert gzip.decompress(packed.body) == file.content
    assert content_security_policy().count("'self'") >= 4
    assert "unsafe-inline" not in content_security_policy().split("script-src")[1].split(";")[0]


def test_it_is_compressed_for_who_takes_that_and_head_has_no_body(
    secrets: Secrets, one: LocalService
) -> None:
    connect(secrets, one=one)
    load()
    packed = ask(**{"accept-encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body).decode().count("<tr aria-rowindex") == 25
    assert len(packed.body) < 40_000
    assert ask(method="HEAD").body == b""


def test_data_that_is_to_be_renewed_says_so(
    secrets: Secrets, one: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(secrets, one=one)
    load()
    assert 'class="stale"' not in ask().body.decode()
    found = projects().registry.settings().connections[0]
    inventory = projects().state(found, View()).result
    assert inventory is not None
    inventory._loaded_monotonic -= 360
    assert 'class="stale" role="note">Data of 6 min ago, to be renewed' in ask().body.decode()


def test_loaded_rows_stand_in_for_a_search_and_say_so_whatever_becomes_of_it(secrets: Secrets) -> None:
    rows = [{"config_name": f"row-{number}", "config_desc": ""} for number in range(3)]
    with LocalService(rows) as service:
        with service.fail(200, {"is_success": True, "config_total_count": 50, "configs": rows}):
            connect(secrets, only=service)
            load()
        ahead, nowhere = (ask(f"/?search={text}").body.decode() for text in ("row-1", "nobody"))
        service.fail(403)
        (connection,) = projects().registry.settings().connections
        projects().project(connection).inventory(View(search="row-1")).wait(60)
        failed_later = ask("/?search=row-1").body.decode()

    assert "None of the loaded rows has it (just now); the service is still searching" in nowhere
    assert "Among the loaded rows (just now); the service is still searching" in ahead
    assert "Among the loaded rows (just now); the service&#39;s own search has failed" in failed_later
    for page in (ahead, failed_later):
        assert "1–1 of 1" in page
        assert "3 configurations could be read and the service reports 50" in page, "all that is loaded"
    assert "The last load has failed." in failed_later
    assert "renewing it failed" not in failed_later


def test_hostile_texts_are_shown_as_they_are_and_mean_nothing(secrets: Secrets) -> None:
    rows = [
        {"config_name": text, "config_desc": text, "engine_name": text, "user_command": text}
        for text in HOSTILE_TEXTS
    ]
    with LocalService(rows) as service:
        connect(secrets, hostile={**table(service), "label": HOSTILE_TEXTS[1]})
        load()
        text = ask("/?search=%3Cscript%3E").body.decode() + ask("/?contains=%22%3E%3Ci%3E").body.decode()
        text += ask().body.decode()
    assert (
        re.findall(
            r"<script(?! src=| type=\"module\" crossorigin src=)|<a href=\"javascript|<b>bold|<i>[^<]", text
        )
        == []
    )
    assert "&lt;b&gt;bold&lt;/b&gt;" in text


def test_it_is_found_below_a_path(secrets: Secrets, one: LocalService) -> None:
    connect(secrets, one=one)
    load()
    with options({"server.baseUrlPath": "modelarts"}):
        assert VIEW in ask("/modelarts/").body.decode()
        assert isinstance(projects().registry.settings().connections[0], Connection)
