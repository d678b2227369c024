"""Bundles are compressed once, and only for those who take it."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit_plotly_basic import BUNDLE_URL_PATH

from dashboard.server import bundles
from dashboard.server.bundles import MIN_BYTES, Bundles
from tests.dashboard.asgi import Answer, call, run

SCRIPT = b"export const answer = 42; // and so on\n" * 500
PICTURE = bytes(range(256)) * 20


class Site:
    """A small application with bundles, behind the middleware; counts what reaches it."""

    def __init__(self, directory: Path) -> None:
        (directory / "app.js").write_bytes(SCRIPT)
        (directory / "small.js").write_bytes(b"x" * (MIN_BYTES - 1))
        (directory / "picture.png").write_bytes(PICTURE)
        (directory / "font.wasm").write_bytes(b"\0asm" * 500)
        self.reached: list[str] = []
        routes = [
            Route("/", self._page),
            Route("/static/missing.js", self._missing),
            Route("/static/packed.js", self._packed),
            Route("/static/streamed.js", self._streamed),
            Route("/static/cookie.js", self._with_cookie),
            Route(BUNDLE_URL_PATH, self._bundle),
            Mount("/static", StaticFiles(directory=directory)),
            Mount("/other", StaticFiles(directory=directory)),
        ]
        application = Starlette(routes=routes)

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            self.reached.append(scope["path"])
            await application(scope, receive, send)

        self.app = Bundles(counted)

    def get(self, path: str, *, accept: str = "gzip, deflate, br", **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return run(call(self.app, path, {"accept-encoding": accept, **given}))

    async def _page(self, _request: Request) -> Response:
        return Response(b"<html>" + b"x" * 5000, media_type="text/html")

    async def _missing(self, _request: Request) -> Response:
        return Response(b"no such file " * 500, 404, media_type="text/javascript")

    async def _packed(self, _request: Request) -> Response:
        packed = gzip.compress(SCRIPT)
        return Response(packed * 30, headers={"content-encoding": "gzip"}, media_type="text/javascript")

    async def _streamed(self, _request: Request) -> Response:
        async def parts() -> Any:
            for start in range(0, len(SCRIPT), 1000):
                yield SCRIPT[start : start + 1000]

        return StreamingResponse(parts(), media_type="text/javascript")

    async def _with_cookie(self, _request: Request) -> Response:
        return Response(SCRIPT, headers={"set-cookie": "session=1"}, media_type="text/javascript")

    async def _bundle(self, _request: Request) -> Response:
        return Response(SCRIPT, headers={"cache-control": "public"}, media_type="text/javascript")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_bundle_comes_packed_and_whole(site: Site) -> None:
    for _ in range(2):  # from the application, then from memory
        answer = site.get("/static/app.js")
        assert answer.status == 200
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-length"] == str(len(answer.body))
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert "javascript" in answer.headers["content-type"]
        assert len(answer.body) < len(SCRIPT) / 10
        assert gzip.decompress(answer.body) == SCRIPT


def test_it_is_packed_once(site: Site) -> None:
    answers = [site.get("/static/app.js") for _ in range(3)]
    assert site.reached == ["/static/app.js"]
    assert answers[0] == answers[1] == answers[2]


def test_no_tag_of_the_unpacked_body_stands_on_the_packed_one(site: Site) -> None:
    assert "etag" in site.get("/static/app.js", accept="identity").headers
    assert "etag" not in site.get("/static/app.js").headers


@pytest.mark.parametrize(
    "accept", ["", "identity", "br", "deflate", "identity;q=1", "gzip;q=0", "br, gzip; q=0.0"]
)
def test_who_takes_no_gzip_gets_none(site: Site, accept: str) -> None:
    site.get("/static/app.js")  # now a packed one is in memory
    answer = site.get("/static/app.js", accept=accept)
    assert not answer.is_packed
    assert answer.body == SCRIPT
    assert answer.headers["content-length"] == str(len(SCRIPT))


@pytest.mark.parametrize("accept", ["gzip", "GZIP", "br;q=1.0, gzip;q=0.8", "gzip;q=0.001", "deflate,gzip"])
def test_who_takes_gzip_gets_it(site: Site, accept: str) -> None:
    assert site.get("/static/app.js", accept=accept).is_packed


def test_a_conditional_request_is_answered_by_the_application(site: Site) -> None:
    plain = site.get("/static/app.js", accept="identity")
    for _ in range(2):
        by_tag = site.get("/static/app.js", if_none_match=plain.headers["etag"])
        by_time = site.get("/static/app.js", if_modified_since=plain.headers["last-modified"])
        assert (by_tag.status, by_tag.body) == (by_time.status, by_time.body) == (304, b"")
        assert not by_tag.is_packed
        site.get("/static/app.js")


def test_what_a_packed_answer_says_of_its_time_serves_to_ask_again(site: Site) -> None:
    packed = site.get("/static/app.js")
    again = site.get("/static/app.js", if_modified_since=packed.headers["last-modified"])
    assert again.status == 304


def test_a_range_is_of_the_unpacked_body(site: Site) -> None:
    site.get("/static/app.js")
    answer = site.get("/static/app.js", range="bytes=10-19")
    assert (answer.status, answer.body) == (206, SCRIPT[10:20])
    assert not answer.is_packed


@pytest.mark.parametrize(
    "path", ["/static/small.js", "/static/picture.png", "/other/app.js", "/static/streamed.js"]
)
def test_what_is_small_or_no_text_or_elsewhere_is_untouched(site: Site, path: str) -> None:
    for _ in range(2):
        with_gzip, without = site.get(path), site.get(path, accept="identity")
        assert with_gzip == without
        assert with_gzip.status == 200
        assert not with_gzip.is_packed
    assert site.reached.count(path) == 4


def test_what_is_packed_already_is_untouched(site: Site) -> None:
    assert gzip.decompress(site.get("/static/packed.js").body) == SCRIPT * 30


@pytest.mark.parametrize("path", ["/static/missing.js", "/static/nowhere.js"])
def test_a_failure_is_untouched_and_not_kept(site: Site, path: str) -> None:
    for _ in range(2):
        answer = site.get(path)
        assert answer.status == 404
        assert not answer.is_packed
    assert site.reached == [path, path]


def test_other_methods_are_untouched(site: Site) -> None:
    head = run(call(site.app, "/static/app.js", {"accept-encoding": "gzip"}, "HEAD"))
    assert (head.status, head.body, head.is_packed) == (200, b"", False)
    assert run(call(site.app, "/static/app.js", {"accept-encoding": "gzip"}, "POST")).status == 405


def test_web_assembly_is_packed(site: Site) -> None:
    assert site.get("/static/font.wasm").is_packed


def test_one_viewers_cookie_is_not_given_to_the_next(site: Site) -> None:
    site.get("/static/cookie.js")
    assert "set-cookie" not in site.get("/static/cookie.js").headers or len(site.reached) == 2


def test_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no room is packed each time, and right each time."""
    monkeypatch.setattr(bundles, "MAX_CACHED_BYTES", 10)
    site = Site(tmp_path)
    for _ in range(2):
        assert gzip.decompress(site.get("/static/app.js").body) == SCRIPT
    assert site.reached == ["/static/app.js"] * 2


def test_many_first_visitors_at_once_are_all_answered(site: Site) -> None:
    async def visit() -> list[Answer]:
        calls = [call(site.app, "/static/app.js", {"accept-encoding": "gzip"}) for _ in range(8)]
        return list(await asyncio.gather(*calls))

    assert {gzip.decompress(answer.body) for answer in run(visit())} == {SCRIPT}
    asked = len(site.reached)
    site.get("/static/app.js")
    assert len(site.reached) == asked


def test_a_web_socket_and_the_lifespan_pass(site: Site) -> None:
    seen: list[str] = []

    async def inner(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    async def call() -> None:
        for kind in ("websocket", "lifespan"):
            await Bundles(inner)({"type": kind, "path": "/", "headers": []}, None, None)  # type: ignore[arg-type]  # neither is called

    run(call())
    assert seen == ["websocket", "lifespan"]


def test_the_charts_bundle_is_announced_with_the_page_alone(site: Site) -> None:
    page = site.get("/")
    assert page.headers["link"] == f"<{BUNDLE_URL_PATH}>; rel=preload; as=script"
    assert page.body.startswith(b"<html>")
    assert not page.is_packed
    assert "link" not in site.get("/static/app.js", accept="identity").headers


def test_the_charts_bundle_may_be_kept_for_ever(site: Site) -> None:
    for _ in range(2):
        answer = site.get(BUNDLE_URL_PATH)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert gzip.decompress(answer.body) == SCRIPT
    assert "immutable" not in site.get("/static/app.js").headers.get("cache-control", "")
