"""Exports: whose rows come out, to whom, and what a flood of them does to everybody else."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from modelarts_local import LocalService
from tests.attack.viewers import Attacked, attacked
from tests.screens.several import TOKEN, rows_of

ROWS = 20_000
MEGABYTE = 2**20
FORMATS = ("csv", "json", "xlsx")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A large project that all viewers see, and a small one that only Bert sees. Both are loaded."""
    with (
        LocalService(ROWS, seed=7) as everybodys,
        LocalService(rows_of("hidden", 40)) as berts,
        attacked({"open": everybodys, "secret": berts}, tmp_path_factory.mktemp("exports")) as running,
    ):
        for name in ("open", "secret"):
            assert running.get(f"/export.csv?connection={name}", running.cookie("bert")).status_code == 200
        yield running


# Whose rows


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("path", ["export.{}", "export.{}?connection=open", "export.{}?connection=secret"])
def test_a_stranger_gets_no_row(site: Attacked, path: str, ending: str) -> None:
    strangers = {
        "nobody": {},
        "forged": site.cookie("bert", secret="f" * 64),
        "signed out": site.cookie("bert", is_logged_in=False),
        "of another site": site.cookie("bert", origin="https://evil.example"),
        "unverified": site.cookie("bert", email_verified=False),
        "on no list": site.cookie("eve"),
        "junk": {"_streamlit_user": "junk"},
        "alone with a token": {"_streamlit_xsrf": "2|junk"},
    }
    for who, cookies in strangers.items():
        answer = site.get(f"/{path.format(ending)}", cookies)
        assert answer.status_code == 403, who
        assert b"hidden-0" not in answer.content
        assert b"config_name" not in answer.content
    assert site.get(f"/{path.format(ending)}", site.cookie("bert")).status_code == 200


@pytest.mark.parametrize("ending", FORMATS)
def test_a_connection_of_others_is_like_one_that_is_not_there(site: Attacked, ending: str) -> None:
    spellings = ("secret", "secret&connection=secret", "open&connection=secret", "%73ecret")
    missing = site.get(f"/export.{ending}?connection=missing", site.cookie("anna"))
    assert missing.status_code == 404
    for name in spellings:
        answer = site.get(f"/export.{ending}?connection={name}", site.cookie("anna"))
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert site.get(f"/export.{ending}?connection={name}", site.cookie("bert")).status_code == 200
    for name in ("Secret", "secret%00", "secret/", "../secret", " secret", "secret&connection=open"):
        answer = site.get(f"/export.{ending}?connection={name}", site.cookie("anna"))
        assert b"hidden-0" not in answer.content


def test_no_view_reaches_rows_of_another_connection(site: Attacked) -> None:
    for query in (
        "search=hidden",
        "contains=hidden",
        "engine=Engine+hidden+0",
        "config=hidden-001",
        "page=99",
    ):
        answer = site.get(f"/export.json?connection=open&{query}", site.cookie("anna"))
        # A value that no row of this connection has is told, whatever the other one has.
        assert answer.status_code == (404 if query.startswith("engine") else 200)
        assert b"hidden-0" not in answer.content
    rows = site.get("/export.json?connection=secret&search=hidden", site.cookie("bert")).json()
    assert len(rows) == 40


def test_a_list_that_is_narrowed_counts_at_once(site: Attacked) -> None:
    anna, bert = site.cookie("anna"), site.cookie("bert")
    try:
        site.write(may_see_secret='["anna@example.com"]')
        assert site.get("/export.csv?connection=secret", bert).status_code == 404
        assert site.get("/export.csv?connection=secret", anna).text.count("hidden-0") == 40
        site.write(may_look='["bert@example.com"]')
        assert site.get("/export.csv?connection=open", anna).status_code == 403
    finally:
        site.write()
    assert site.get("/export.csv?connection=secret", bert).status_code == 200


def test_a_fetch_ends_when_the_right_to_it_ends(site: Attacked) -> None:
    """Somebody who takes it slowly is cut off, visibly: the last chunk never comes."""
    with Slow(site, "/export.json?connection=open", site.cookie("anna")) as slow:
        slow.read_until(b"\r\n\r\n")
        try:
            site.write(may_look='["bert@example.com"]')
            threading.Event().wait(3)  # it is asked every 2 s while something is sent
            assert not slow.read_rest().endswith(b"0\r\n\r\n")
        finally:
            site.write()
    with Slow(site, "/export.json?connection=open", site.cookie("anna")) as slow:
        slow.read_until(b"\r\n\r\n")
        assert slow.read_rest().endswith(b"0\r\n\r\n")


# Floods


def test_a_flood_of_different_exports_takes_little_memory_and_leaves_others_theirs(site: Attacked) -> None:
    before = site.resident_bytes()
    eve, others = site.cookie("bert"), site.cookie("anna")
    statuses: Counter[int] = Counter()
    highest = before

    def flood(number: int) -> None:
        query = f"connection=open&order={'asc' if number % 2 else 'desc'}&contains={'e' * (number % 3)}"
        ending = FORMATS[number % 3]
        statuses[
            site.get(f"/export.{ending}?{query}&created_to=20{number % 90 + 10}-01-01", eve).status_code
        ] += 1

    with ThreadPoolExecutor(60) as pool:
        floods = [pool.submit(flood, number) for number in range(150)]
        for _ in range(5):
            rows = site.get("/export.json?connection=open", others).json()
            assert len(rows) == ROWS
            assert requests.get(f"{site.url}/healthz", timeout=60).status_code == 200
            highest = max(highest, site.resident_bytes())
        for done in floods:
            done.result()
    assert statuses[200] > 0
    assert set(statuses) <= {200, 429}
    assert highest - before < 150 * MEGABYTE
    assert site.resident_bytes() - before < 75 * MEGABYTE


def test_clients_that_take_nothing_hold_little_and_nobody_up(site: Attacked) -> None:
    before = site.resident_bytes()
    stalled = [
        Slow(site, f"/export.{FORMATS[number % 2]}?connection=open&order={order}", site.cookie("bert"))
        for number in range(15)
        for order in ("asc", "desc")
    ]
    try:
        for slow in stalled:
            slow.read_until(b"\r\n\r\n")
        for _ in range(3):
            assert len(site.get("/export.json?connection=open", site.cookie("anna")).json()) == ROWS
        assert site.resident_bytes() - before < 75 * MEGABYTE
    finally:
        for slow in stalled:
            slow.close()
    assert len(site.get("/export.json?connection=open", site.cookie("bert")).json()) == ROWS


# Odd questions

ODD = (
    b"/export.csv?" + b"a=1&" * 20_000,
    b"/export.csv?connection=open&engine=" + b"x" * 30_000,
    b"/export.csv?%ff%fe%00=%c3%28",
    b"/export.csv?connection=%f0%9f%9a%80",
    b"/export.csv?\xff\xfe",
    b"/export.csv?connection=open&created_from=0000-00-00&created_to=99999-99-99",
    b"/export.csv?connection=open&sort_by[]=name&order=%0d%0aSet-Cookie:%20x=1",
    b"/export.csv?connection=open&search=%0d%0aX-Injected:%201",
    b"/export.csv;x?connection=open",
    b"/export.csv/../export.json",
    b"//export.csv?connection=open",
    b"/export.%00",
    b"/%65xport.csv?connection=open",
    b"/export.csv%2e?connection=open",
    b"http://evil.example/export.csv?connection=open",
)


@pytest.mark.parametrize("target", ODD, ids=lambda target: ascii(target[:40]))
def test_an_odd_question_is_answered_and_breaks_nothing(site: Attacked, target: bytes) -> None:
    """That it leaves no traceback in the log is seen when the dashboard ends."""
    with Slow(site, target, site.cookie("bert")) as client:
        head = client.read_rest().partition(b"\r\n\r\n")[0]
    status = head.split(b" ")[1]
    assert status in {b"200", b"400", b"404", b"414", b"431", b"502"}
    for injected in (b"\nx-injected", b"\nset-cookie: x="):
        assert injected not in head.lower()
    assert TOKEN.encode() not in head


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_no_other_method_gets_rows(site: Attacked, method: str) -> None:
    answer = requests.request(
        method, f"{site.url}/export.csv?connection=open", cookies=site.cookie("bert"), timeout=60
    )
    assert b"config_name" not in answer.content
    assert answer.status_code in {400, 403, 404, 405}


class Slow:
    """A client on a raw socket that takes only what it is told to take."""

    def __init__(self, site: Attacked, target: str | bytes, cookies: dict[str, str]) -> None:
        parts = urlsplit(site.url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(60)
        self._socket.connect((parts.hostname, parts.port))
        told = "; ".join(f"{name}={value}" for name, value in cookies.items())
        line = target if isinstance(target, bytes) else target.encode()
        head = f" HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\nCookie: {told}\r\n\r\n"
        self._socket.sendall(b"GET " + line + head.encode())

    def __enter__(self) -> Slow:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def read_until(self, end: bytes) -> bytes:
        """Read byte by byte, and nothing behind the end."""
        data = b""
        while not data.endswith(end):
            byte = self._socket.recv(1)
            assert byte, f"the connection ended after {data[:200]!r}"
            data += byte
        return data

    def read_rest(self) -> bytes:
        """Read all that comes until the connection ends."""
        data = []
        while part := self._socket.recv(2**18):
            data.append(part)
        return b"".join(data)
