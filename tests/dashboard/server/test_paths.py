"""A path of the sign-in is that path alone, below the path that the dashboard is served under."""

from __future__ import annotations

import pytest

from dashboard.server import paths
from tests.dashboard.guarded import options

OTHERS = (
    "/auth/login/",
    "//auth/login",
    "//evil.example/auth/login",
    "/\\evil.example/auth/login",
    "/x/auth/login",
    "/\t/evil.example/auth/login",
    "/\ufffd/auth/login",
    "/AUTH/login",
    "auth/login",
    "http://evil.example/auth/login",
    "",
)


@pytest.mark.parametrize("base", ["", "team/dash", "/team/dash/", "//team/dash"])
def test_a_path_is_that_path_alone(base: str) -> None:
    with options({"server.baseUrlPath": base}):
        prefix = "/team/dash" if base else ""
        assert paths.base() == prefix
        assert paths.home() == f"{prefix}/"
        assert paths.home("sign_in=failed") == f"{prefix}/?sign_in=failed"
        assert paths.is_at({"path": f"{prefix}/auth/login"}, paths.LOGIN)
        assert paths.is_at({"path": f"{prefix}/oauth2callback"}, paths.LOGIN, paths.CALLBACK)
        assert paths.is_at({"path": f"/root{prefix}/auth/login", "root_path": "/root"}, paths.LOGIN)
        for other in OTHERS:
            assert not paths.is_at({"path": other}, paths.LOGIN)
            assert not paths.is_at({"path": prefix + other}, paths.LOGIN)
        if base:
            assert not paths.is_at({"path": "/auth/login"}, paths.LOGIN)
            assert not paths.is_at({"path": "/team/dashes/auth/login"}, paths.LOGIN)
