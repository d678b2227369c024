"""Bundles are compressed once, and only for those who take it."""

from __future__ import annotations

import asyncio
import gzip
import re
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit_plotly_basic import BUNDLE_URL_PATH

from dashboard.server.bundles import MAX_PATH, MIN_BYTES, Bundles, installed_roots
from tests.dashboard.asgi import Answer, call, run
from tests.dashboard.guarded import options

SCRIPT = b"export const answer = 42; // and so on\n" * 500
PICTURE = bytes(range(256)) * 20


class Site:
    """A small application with bundles, behind the middleware; counts what reaches it."""

    def __init__(self, directory: Path, below: str = "") -> None:
        (directory / "app.js").write_bytes(SCRIPT)
        (directory / "small.js").write_bytes(b"x" * (MIN_BYTES - 1))
        (directory / "picture.png").write_bytes(PICTURE)
        (directory / "font.wasm").write_bytes(b"\0asm" * 500)
        (directory / "deep").mkdir()
        (directory / "deep" / "inner.css").write_bytes(b"a { color: red }\n" * 500)
        for answered_by_a_route in ("missing.js", "packed.js", "streamed.js", "cookie.js"):
            (directory / answered_by_a_route).touch()
        self.reached: list[str] = []
        self.cookies: list[bytes | None] = []
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
        everything = routes if not below else [Mount(below, routes=routes), Mount("/", routes=routes)]
        application = Starlette(routes=everything)

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            self.reached.append(scope["path"])
            self.cookies.append(dict(scope["headers"]).get(b"cookie"))
            await application(scope, receive, send)

        chart, _, self.bundle = BUNDLE_URL_PATH.rpartition("/")
        (directory / self.bundle).touch()
        self.app = Bundles(counted, {"/static/": directory, f"{chart}/": directory})

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
    assert site.reached.count(path) >= 4, "the application answers each time"


def test_what_is_packed_already_is_untouched(site: Site) -> None:
    assert gzip.decompress(site.get("/static/packed.js").body) == SCRIPT * 30


def test_a_failure_is_untouched_and_not_kept(site: Site) -> None:
    for _ in range(2):
        answer = site.get("/static/missing.js")
        assert answer.status == 404
        assert answer.body == b"no such file " * 500
        assert not answer.is_packed
    assert "/static/missing.js" not in site.app._kept


UNKNOWN = [
    "/static/nowhere.js",
    "/static/",
    "/static/deep",
    "/static/../app.js",
    "/static//app.js",
    "/static/App.js",
    "/static/app.js/",
    "/static/app.js\x00",
    f"{BUNDLE_URL_PATH}x",
]


@pytest.mark.parametrize("path", UNKNOWN, ids=ascii)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_what_is_no_file_does_not_exist(site: Site, path: str, method: str) -> None:
    """Neither Streamlit's page under another name, nor a line in its log."""
    answer = run(call(site.app, path, {"accept-encoding": "gzip"}, method))
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"
    assert site.reached == []


def test_a_file_in_a_folder_is_packed(site: Site) -> None:
    assert site.get("/static/deep/inner.css").is_packed


def test_a_long_path_is_refused_and_a_long_query_is_not(site: Site) -> None:
    assert site.get("/static/" + "x" * MAX_PATH).status == 414
    assert site.get("/" + "x" * MAX_PATH).status == 414
    assert site.reached == []
    assert site.get("/static/app.js?" + "x" * 5000).is_packed


def test_other_methods_are_untouched(site: Site) -> None:
    head = run(call(site.app, "/static/app.js", {"accept-encoding": "gzip"}, "HEAD"))
    assert (head.status, head.body, head.is_packed) == (200, b"", False)
    assert run(call(site.app, "/static/app.js", {"accept-encoding": "gzip"}, "POST")).status == 405


def test_web_assembly_is_packed(site: Site) -> None:
    assert site.get("/static/font.wasm").is_packed


def test_one_viewers_cookie_is_not_given_to_the_next(site: Site) -> None:
    """Nor does it keep a file from being packed: whether an answer is kept is no viewer's decision."""
    for _ in range(2):
        answer = site.get("/static/cookie.js")
        assert "set-cookie" in answer.headers
        assert not answer.is_packed
    site.get("/static/app.js", cookie="session=mine")
    assert site.cookies[-1] is None
    assert site.get("/static/app.js").is_packed


def test_a_flood_of_paths_leaves_nothing_and_the_real_ones_stay_kept(site: Site) -> None:
    kept = site.get("/static/app.js")
    site.reached.clear()
    tracemalloc.start()

    async def flood() -> None:
        for number in range(15_000):
            path = f"/static/{number}-{'x' * (number % 900)}.js"
            answer = await call(site.app, path, {"accept-encoding": "gzip"})
            assert answer.status == 404

    try:
        run(flood())
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after < 2**20
    assert site.get("/static/app.js") == kept
    assert site.reached == []


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


def test_the_charts_bundle_may_be_kept_for_ever(site: Site) -> None:
    for _ in range(2):
        answer = site.get(BUNDLE_URL_PATH)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert gzip.decompress(answer.body) == SCRIPT
    assert "immutable" not in site.get("/static/app.js").headers.get("cache-control", "")


def test_under_a_path_the_same_files_are_packed(tmp_path: Path) -> None:
    with options({"server.baseUrlPath": "/modelarts/"}):
        site = Site(tmp_path, below="/modelarts")
        assert gzip.decompress(site.get("/modelarts/static/app.js").body) == SCRIPT
        assert site.get("/modelarts/static/nowhere.js").status == 404
        assert not site.get("/static/app.js").is_packed, "what lies outside is not the dashboard's"


def test_the_installed_files_are_those_that_the_page_asks_for() -> None:
    """Streamlit's scripts and styles, and the chart's: all there, and not much to keep."""
    bundles = Bundles(Starlette())
    page = (installed_roots()["/static/"].parent / "index.html").read_text(encoding="utf-8")
    asked = set(re.findall(r'(?:src|href)="\.?(/static/[^"]+)"', page))
    assert len(asked) >= 3
    assert asked | {BUNDLE_URL_PATH} <= bundles._files
    assert len(bundles._files) < 1000
    assert max(map(len, bundles._files)) < MAX_PATH / 5
