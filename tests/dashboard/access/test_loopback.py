"""Which names and addresses are this machine's own."""

from __future__ import annotations

import pytest

from dashboard.access.loopback import is_loopback


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "::ffff:127.0.0.1", "localhost", "LOCALHOST.", "a.localhost"],
)
def test_here(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "192.168.1.5",
        "::ffff:10.0.0.1",
        "fe80::1",
        "128.0.0.1",
        "example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "mylocalhost",
        "2130706433",
        "unix:///run/dashboard.sock",
    ],
)
def test_elsewhere(host: str) -> None:
    assert not is_loopback(host)
