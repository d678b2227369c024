"""Every response carries the security headers, whoever gives it."""

from __future__ import annotations

import pytest
from starlette.routing import Route

from dashboard.server.headers import content_security_policy, security_headers
from tests.dashboard.asgi import Answer, call, run
from tests.dashboard.guarded import AUTH, Secrets, get, secrets, site

__all__ = ["secrets"]

HERE = {"host": "localhost"}


def assert_secured(answer: Answer) -> None:
    for name, value in security_headers():
        assert answer.headers[name.lower()] == value


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/static/js/index.js", 200),
        ("/report", 200),
        ("/healthz", 200),
        ("/media/x", 200),
        ("/redirected", 307),
        ("/_stcore/metrics", 401),
        ("/_stcore/upload_file/session/file", 404),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_answers_of_every_kind_are_secured(secrets: Secrets, path: str, status: int, method: str) -> None:
    answer = get(path, method=method, **HERE)
    assert answer.status == status or (method == "HEAD" and answer.status == 405)
    assert_secured(answer)


def test_refusals_are_secured(secrets: Secrets) -> None:
    assert_secured(get("/", host="evil.example.com"))
    secrets.write(AUTH)
    assert_secured(get("/media/x"))
    secrets.write(AUTH + "oops")
    assert_secured(get("/auth/login", accept="text/html"))


def test_an_unknown_method_and_an_address_that_is_none_are_secured(secrets: Secrets) -> None:
    assert_secured(get("/report", method="PROPFIND", **HERE))
    bare = site()
    bare.routes.pop()  # without Streamlit's page for every address
    answer = run(call(bare, "/nowhere", HERE))
    assert answer.status == 404
    assert_secured(answer)


def test_a_failure_of_ours_is_secured_and_tells_no_reason(secrets: Secrets) -> None:
    answers: list[Answer] = []

    async def fail() -> None:
        answers.append(await call(site(), "/broken", {**HERE, "accept": "text/html"}, raises=RuntimeError))

    run(fail())
    assert answers[0].status == 500
    assert_secured(answers[0])
    assert b"nobody's business" not in answers[0].body
    assert b"The dashboard failed" in answers[0].body


def test_what_an_answer_says_itself_is_overruled() -> None:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse

    from dashboard.server.headers import SecurityHeaders

    def lax(_request: object) -> PlainTextResponse:
        return PlainTextResponse(
            "x", headers={"X-Frame-Options": "ALLOWALL", "Referrer-Policy": "unsafe-url"}
        )

    answer = run(call(SecurityHeaders(Starlette(routes=[Route("/", lax)])), "/", {}))
    assert_secured(answer)  # and none comes twice, which `call` asserts


def test_downloads_are_kept_by_nobody_on_the_way(secrets: Secrets) -> None:
    assert get("/media/x", **HERE).headers["cache-control"] == "private, no-store"
    assert "cache-control" not in get("/report", **HERE).headers


def test_the_policy_lets_nothing_run_that_does_not_come_from_here() -> None:
    directives = dict(part.split(" ", 1) for part in content_security_policy().split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["frame-ancestors"] == directives["base-uri"] == directives["form-action"] == "'none'"
    assert directives["connect-src"] == "'self'"
    scripts = directives["script-src"].split()
    assert scripts[0] == "'self'"
    assert all(source.startswith("'sha256-") for source in scripts[1:])
    assert "http" not in content_security_policy()
    assert "unsafe-eval" not in content_security_policy()
