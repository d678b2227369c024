"""The exports' route: the view of the address as a file, to whoever may see it at that moment."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlencode

import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from dashboard.connections import VARIABLES
from dashboard.data.projects import projects
from dashboard.data.view import View, rows_query
from dashboard.server import exports
from dashboard.server.gate import Gate
from dashboard.server.headers import SecurityHeaders, failed
from modelarts_local import LocalService
from tests.dashboard.asgi import Answer, call, run
from tests.dashboard.guarded import AUTH, Secrets, cookie, options, page, secrets
from tests.screens import naive
from tests.screens.several import TOKEN, rows_of, table

__all__ = ["secrets"]
HOST = {"host": "127.0.0.1", "accept": "text/html"}
SECONDS = 60
Row = dict[str, Any]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connection but the test's own, and every load begun anew."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    projects.cache_clear()
    yield
    projects.cache_clear()


@pytest.fixture(scope="module")
def service() -> Iterator[LocalService]:
    """A project of 320 configurations. For reading only."""
    with LocalService(configurations=320, seed=7) as running:
        yield running


@pytest.fixture
def own_service() -> Iterator[LocalService]:
    """A project that the test may break."""
    with LocalService(rows_of("own", 30)) as running:
        yield running


def connections(secrets: Secrets, **services: Any) -> str:
    """Write secrets.toml with these connections, each a service or a table; what it says."""
    lines = []
    for name, of in services.items():
        values = table(of) if isinstance(of, LocalService) else of
        lines += [f"[connections.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    secrets.write("\n".join(lines))
    return "\n".join(lines)


def site() -> Starlette:
    """The routes behind the gate, as in app.py."""
    return Starlette(
        routes=[*exports.routes(), Mount("/", page, name="static-assets")],
        middleware=[Middleware(SecurityHeaders), Middleware(Gate)],
        exception_handlers={Exception: failed},
    )


def get(path: str, method: str = "GET", app: Any = None, **headers: str) -> Answer:
    """One request, on this machine."""
    return run(asyncio.wait_for(call(app or site(), path, {**HOST, **headers}, method), SECONDS))


def name_of(answer: Answer) -> str:
    """The name of the file that comes."""
    kind, _, name = answer.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert kind == "attachment"
    return unquote(name)


QUERY = (
    "engine=PyTorch&engine=No+engine,+own+image&contains=train&sort_by=created&order=asc&per_page=10&page=2"
)


def wanted(service: LocalService) -> list[Row]:
    """The rows of QUERY."""
    return [
        row
        for row in naive.listed(service, sortBy="create_time", order="asc")
        if naive.engine(row) in {"PyTorch", "No engine, own image"} and naive.contains(row, "train")
    ]


# What comes


def test_json_holds_the_services_rows_of_the_view_in_its_order(
    secrets: Secrets, service: LocalService
) -> None:
    connections(secrets, one=service)
    answer = get(f"/export.json?{QUERY}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert json.loads(answer.body) == wanted(service) != []
    assert name_of(answer).startswith(
        f"training-job-configs_{service.project_id}_custom"
        "_engine-PyTorch_engine-No-engine-own-image_contains-train_2"
    )


def test_what_the_audit_says_filters_and_sorts_an_export_as_the_screen(
    secrets: Secrets, service: LocalService
) -> None:
    connections(secrets, one=service)
    every = json.loads(get("/export.json").body)
    found = json.loads(get("/export.json?check=SEC001&sort_by=severity").body)
    assert 0 < len(found) < len(every)
    assert all("•••" in row["user_command"] for row in found)
    worst_first = json.loads(get("/export.json?sort_by=severity&order=desc").body)
    assert sorted(map(str, worst_first)) == sorted(map(str, every))
    assert worst_first[0] in found


def test_csv_and_a_workbook_hold_the_same_rows(secrets: Secrets, service: LocalService) -> None:
    connections(secrets, one=service)
    rows = list(csv.DictReader(io.StringIO(get(f"/export.csv?{QUERY}").body.decode(), newline="")))
    workbook = get(f"/export.xlsx?{QUERY}")
    cells = list(openpyxl.load_workbook(io.BytesIO(workbook.body)).active.iter_rows(values_only=True))
    names = [row["config_name"] for row in wanted(service)]
    assert [row["config_name"] for row in rows] == [row[0] for row in cells[1:]] == names
    assert list(rows[0]) == list(cells[0])
    assert workbook.headers["content-encoding"] == "identity", "a workbook is packed already"


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_it_comes_packed_to_who_takes_that(secrets: Secrets, service: LocalService, ending: str) -> None:
    connections(secrets, one=service)
    plain = get(f"/export.{ending}?{QUERY}")
    packed = get(f"/export.{ending}?{QUERY}", **{"accept-encoding": "br, gzip"})
    assert (plain.headers["content-encoding"], packed.headers["content-encoding"]) == ("identity", "gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert "Accept-Encoding" in plain.headers["vary"]


def test_nobody_on_the_way_keeps_it_and_nothing_in_it_runs(secrets: Secrets, service: LocalService) -> None:
    connections(secrets, one=service)
    headers = get("/export.csv").headers
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith("attachment;")


def test_a_question_for_the_headers_alone_makes_nothing(secrets: Secrets, service: LocalService) -> None:
    connections(secrets, one=service)
    head, whole = get(f"/export.csv?{QUERY}", "HEAD"), get(f"/export.csv?{QUERY}")
    assert (head.status, head.body) == (200, b"")
    assert head.headers == whole.headers
    assert "content-disposition" not in get("/export.csv", "POST").headers


def test_under_a_path_it_is_there_and_nowhere_else(secrets: Secrets, service: LocalService) -> None:
    connections(secrets, one=service)
    with options({"server.baseUrlPath": "/modelarts/"}):
        app = site()
        assert get("/modelarts/export.csv", app=app).body.startswith(b"config_name,")
        assert b"config_name" not in get("/export.csv", app=app).body


@pytest.mark.parametrize("view", [View(), View(search="a&b=c #%", order="asc"), View(config_type="sample")])
def test_a_views_own_query_leads_to_its_rows(secrets: Secrets, service: LocalService, view: View) -> None:
    connections(secrets, one=service)
    rows = json.loads(get(f"/export.json?{urlencode(rows_query(view))}").body)
    query = {"config_type": view.config_type, "order": view.order}
    assert rows == naive.listed(service, **query, **({"search_content": view.search} if view.search else {}))


# Inventories that are not there, or not whole


def test_an_inventory_that_is_not_loaded_is_loaded_once_for_all_who_ask(
    secrets: Secrets, own_service: LocalService
) -> None:
    connections(secrets, one=own_service)
    own_service.latency_ms = 300
    app = site()

    async def several() -> list[Answer]:
        return list(await asyncio.gather(*(call(app, "/export.json", HOST) for _ in range(5))))

    assert {len(json.loads(answer.body)) for answer in run(several())} == {30}
    assert len(own_service.requests) == 1


def test_a_failed_load_is_a_page_in_words_and_no_file(secrets: Secrets, own_service: LocalService) -> None:
    connections(secrets, one=own_service)
    own_service.fail(403, {"error_code": "ModelArts.0102", "error_msg": "<b>no workspace</b>"})
    answer = get("/export.csv")
    assert answer.status == 502
    assert "content-disposition" not in answer.headers
    assert b"The service asks for a workspace." in answer.body
    assert b"&lt;b&gt;no workspace" in answer.body
    assert TOKEN.encode() not in answer.body
    assert get("/export.csv", accept="*/*").headers["content-type"].startswith("text/plain")


def test_a_load_that_takes_too_long_is_not_waited_for(
    secrets: Secrets, own_service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections(secrets, one=own_service)
    own_service.latency_ms = 5_000
    monkeypatch.setattr(exports, "LOAD_SECONDS", 0.2)
    answer = get("/export.csv")
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert b"still being loaded" in answer.body


def test_exports_wait_for_a_few_loads_at_once_and_hold_nobody_with_data_up(
    secrets: Secrets, own_service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches that nobody has on screen: each would be a load of its own."""
    connections(secrets, one=own_service)
    app = site()
    assert get("/export.csv", app=app).status == 200
    own_service.requests.clear()
    own_service.latency_ms = 60_000
    monkeypatch.setattr(exports, "LOAD_SECONDS", 3.0)

    async def flood() -> tuple[Answer, list[Answer]]:
        searches = [asyncio.create_task(call(app, f"/export.csv?search=x{n}", HOST)) for n in range(20)]
        while len(own_service.requests) < exports.MAX_LOADS:
            await asyncio.sleep(0.01)
        loaded = await call(app, "/export.csv", HOST)
        return loaded, list(await asyncio.gather(*searches))

    loaded, refused = run(flood())
    assert loaded.status == 200
    assert {answer.status for answer in refused} == {503}
    assert len(own_service.requests) == exports.MAX_LOADS


def test_an_inventory_that_is_not_whole_says_so_in_name_and_header(
    secrets: Secrets, own_service: LocalService
) -> None:
    connections(secrets, one=own_service)
    whole = get("/export.csv")
    assert "INCOMPLETE" not in name_of(whole)
    assert whole.headers["x-inventory-complete"] == "true"
    projects.cache_clear()
    own_service.fail(200, {"is_success": True, "config_total_count": 50, "configs": rows_of("own", 3)})
    part = get("/export.csv")
    assert name_of(part).startswith("training-job-configs_INCOMPLETE_")
    assert part.headers["x-inventory-complete"] == "false"
    assert part.body.count(b"\r\n") == 4


def test_more_rows_than_a_worksheet_holds_are_refused_in_words(
    secrets: Secrets, own_service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections(secrets, one=own_service)
    monkeypatch.setattr("dashboard.data.export.MAX_ROWS", 20)
    answer = get("/export.xlsx")
    assert answer.status == 422
    assert b"30 configurations match, and a worksheet holds 20" in answer.body
    assert get("/export.xlsx?contains=nowhere").status == 200
    assert get("/export.csv").status == 200


# Rights

CLAIMS_OF_BERT = {"email": "bert@example.com", "sub": "bert"}
ACCESS = '\n[access]\nemails = ["anna@example.com", "bert@example.com"]\n'


@pytest.fixture
def guarded(secrets: Secrets, service: LocalService, own_service: LocalService) -> Callable[..., None]:
    """Two connections behind a sign-in, of which `own` has a list of its own."""

    def write(own: str = '["bert@example.com"]', access: str = ACCESS) -> None:
        tables = connections(secrets, all=service, own=own_service)
        secrets.write(f"{AUTH}{access}{tables}\n[connections.own.access]\nemails = {own}\n")

    write()
    return write


@pytest.mark.usefixtures("guarded")
def test_nobody_without_a_sign_in_gets_any() -> None:
    for given in ({}, {"cookie": "_streamlit_user=x"}, {"cookie": cookie(secret="another" * 8)}):
        for ending in ("csv", "json", "xlsx"):
            answer = get(f"/export.{ending}?connection=all", **given)
            assert answer.status == 403
            assert b"config_name" not in answer.body
    assert get("/export.csv?connection=all", cookie=cookie()).status == 200


@pytest.mark.usefixtures("guarded")
def test_a_connection_whose_list_a_viewer_is_not_on_does_not_exist() -> None:
    bert = cookie(CLAIMS_OF_BERT)
    assert get("/export.csv?connection=own", cookie=bert).body.count(b"own-0") == 30
    closed, missing = (get(f"/export.csv?connection={name}", cookie=cookie()) for name in ("own", "nowhere"))
    assert closed.status == missing.status == 404
    assert closed == missing, "nothing tells a closed one from one that is not there"


def test_a_list_that_is_narrowed_counts_at_the_next_fetch(guarded: Callable[..., None]) -> None:
    bert = cookie(CLAIMS_OF_BERT)
    assert get("/export.csv?connection=own", cookie=bert).status == 200
    guarded(own='["anna@example.com"]')
    assert get("/export.csv?connection=own", cookie=bert).status == 404
    assert get("/export.csv?connection=own", cookie=cookie()).status == 200
    guarded(access='\n[access]\nemails = ["bert@example.com"]\n')
    assert get("/export.csv?connection=own", cookie=cookie()).status == 403


def test_without_a_name_the_first_that_a_viewer_may_see_is_exported(
    secrets: Secrets, service: LocalService, own_service: LocalService
) -> None:
    tables = connections(secrets, own=own_service, all=service)
    secrets.write(f'{AUTH}{ACCESS}{tables}\n[connections.own.access]\nemails = ["bert@example.com"]\n')
    assert len(json.loads(get("/export.json", cookie=cookie()).body)) == 320
    assert len(json.loads(get("/export.json", cookie=cookie(CLAIMS_OF_BERT)).body)) == 30


def test_a_connection_that_cannot_be_used_says_so(secrets: Secrets, service: LocalService) -> None:
    connections(secrets, half={"region": "cn-north-4", "access_key": "half"}, one=service)
    assert get("/export.csv?connection=half").status == 503
    assert get("/export.csv?connection=one").status == get("/export.csv").status == 200


def test_a_dashboard_that_is_shut_gives_nothing(guarded: Callable[..., None]) -> None:
    guarded(access="\n[access]\nemails = []\n")
    assert get("/export.csv?connection=all", cookie=cookie()).status == 503


# Odd requests


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("sort_by=junk&order=up&config_type=nothing&created_from=yesterday", 320),
        ("order=asc&order=desc", 320),
        ("contains=%ff%fe", 0),
        ("contains=%00", 0),
        ("search=%F0%9F%9A%80", 0),
        ("engine=", 320),
        ("=&&&=&x", 320),
        ("contains=" + "x" * 60_000, 0),
        ("engine=nothing&search=e", 0),
        ("connection=nowhere&connection=one", 320),
        ("__class__=1&constructor=1&$where=1", 320),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_not_understood_is_left_out_as_in_the_address_bar(
    secrets: Secrets, service: LocalService, query: str, rows: int
) -> None:
    connections(secrets, one=service)
    answer = get(f"/export.json?{query}")
    assert answer.status == 200
    assert len(json.loads(answer.body)) == rows


def test_a_value_that_no_row_has_gives_no_file_of_all_rows(secrets: Secrets, service: LocalService) -> None:
    connections(secrets, one=service)
    answer = get("/export.csv?engine=PyTorch&engine=%3Cb%3Enothing&version=v9", accept="text/html")
    assert answer.status == 404
    assert "engine “&lt;b&gt;nothing” or version “v9”" in answer.body.decode()
    assert "PyTorch" not in answer.body.decode()


@pytest.mark.parametrize("query", ["&".join(["engine=x"] * 5_000), "x&" * 5_000], ids=["values", "names"])
def test_more_parameters_than_there_can_be_are_refused(
    secrets: Secrets, service: LocalService, query: str
) -> None:
    connections(secrets, one=service)
    assert get(f"/export.csv?{query}").status == 400


@pytest.mark.parametrize(
    "path", ["/export.exe", "/export.csv/x", "/export.CSV", "/export", "/export.csv.json"]
)
def test_no_other_address_is_an_export(secrets: Secrets, service: LocalService, path: str) -> None:
    connections(secrets, one=service)
    assert "content-disposition" not in get(path).headers


# Many, slow and gone


class Client:
    """Somebody who takes one message at a time, when told to; `gone` is set when they leave."""

    def __init__(self, app: Any, path: str) -> None:
        self.messages: list[dict[str, Any]] = []
        self.go_on = asyncio.Semaphore(0)
        self.gone = asyncio.Event()
        raw_path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": "GET",
            "path": raw_path,
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        await self.go_on.acquire()

    async def until(self, count: int) -> None:
        """Wait until so many messages have come."""
        while len(self.messages) < count:
            await asyncio.sleep(0.01)

    @property
    def is_whole(self) -> bool:
        return self.messages[-1]["type"] == "http.response.body" and not self.messages[-1].get("more_body")


def shared_of(app: Starlette) -> exports.Exports:
    """The application's route of one kind: all share what is being made, and who is counted."""
    endpoint = app.routes[0].endpoint  # type: ignore[attr-defined]
    assert isinstance(endpoint, exports.Exports)
    return endpoint


def in_time(work: Any) -> Any:
    """The result; TimeoutError where something waits for what never comes."""
    return run(asyncio.wait_for(work, SECONDS))


@pytest.fixture
def large() -> Iterator[LocalService]:
    """A project that takes several pieces."""
    with LocalService(rows_of("large", 2_600)) as running:
        yield running


def test_who_goes_away_frees_everything(secrets: Secrets, large: LocalService) -> None:
    connections(secrets, one=large)
    app = site()
    assert get("/export.csv", app=app).status == 200

    async def leave() -> None:
        client = Client(app, "/export.csv")
        client.go_on.release()
        await client.until(2)
        assert len(shared_of(app)._shared) == 1
        client.gone.set()
        await client.task
        assert not client.is_whole

    in_time(leave())
    assert len(shared_of(app)._shared) == shared_of(app)._shared.kept_bytes == 0
    assert shared_of(app)._admission._fetching == {}


def test_who_goes_away_while_it_is_loaded_frees_everything(
    secrets: Secrets, own_service: LocalService
) -> None:
    connections(secrets, one=own_service)
    own_service.latency_ms = 60_000
    app = site()

    async def leave() -> None:
        client = Client(app, "/export.csv")
        while not own_service.requests:
            await asyncio.sleep(0.01)
        client.gone.set()
        await client.task
        assert client.messages == []

    in_time(leave())
    assert shared_of(app)._admission._fetching == {}


def test_who_takes_nothing_is_given_up(
    secrets: Secrets, large: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections(secrets, one=large)
    monkeypatch.setattr(exports, "STALL_SECONDS", 0.2)
    app = site()

    async def stall() -> Client:
        client = Client(app, "/export.csv")
        for _ in range(3):
            client.go_on.release()
        await client.task
        return client

    assert not in_time(stall()).is_whole
    assert len(shared_of(app)._shared) == 0


def test_who_may_not_have_it_any_more_gets_no_more_of_it(
    guarded: Callable[..., None], large: LocalService, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections(secrets, one=large)
    monkeypatch.setattr(exports, "CHECK_SECONDS", -1.0)
    app = site()
    assert get("/export.csv", app=app).status == 200

    async def narrowed() -> Client:
        client = Client(app, "/export.csv?connection=one")
        client.go_on.release()
        await client.until(2)
        guarded()
        for _ in range(20):
            client.go_on.release()
        await client.task
        return client

    client = in_time(narrowed())
    assert not client.is_whole
    assert len(client.messages) == 2


def test_rows_that_have_been_loaded_anew_are_not_held_for_somebody_slow(
    secrets: Secrets, large: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections(secrets, one=large)
    monkeypatch.setattr(exports, "CHECK_SECONDS", -1.0)
    app = site()
    assert get("/export.csv", app=app).status == 200

    async def renewed(old_seconds: float) -> Client:
        monkeypatch.setattr(exports, "OLD_SECONDS", old_seconds)
        client = Client(app, "/export.csv?connection=one")
        client.go_on.release()
        await client.until(2)
        (connection,) = projects().registry.settings().connections
        load = projects().project(connection).inventory(View())
        load.start_if_due(now=True)
        while load.state.running:
            await asyncio.sleep(0.01)
        for _ in range(20):
            client.go_on.release()
        await client.task
        return client

    assert in_time(renewed(SECONDS)).is_whole, "a moment is granted"
    assert not in_time(renewed(-1.0)).is_whole


def test_only_so_many_are_let_in_at_once_and_one_alone_does_not_take_all_places(
    secrets: Secrets, large: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = connections(secrets, one=large)
    secrets.write(f"{AUTH}{ACCESS}{tables}\n")
    monkeypatch.setattr(exports, "MAX_FETCHES_EACH", 2)
    monkeypatch.setattr(exports, "MAX_FETCHES", 3)
    admission = exports.Admission()
    with admission.of("anna"), admission.of("anna"):
        assert refusal(admission, "anna") == 429
        with admission.of("bert"):
            assert refusal(admission, "carl") == 503
        with admission.of("carl"):
            pass
    with admission.of("anna"):
        pass
    assert admission._fetching == {}


def refusal(admission: exports.Admission, viewer: str) -> int:
    """The status with which somebody is turned away."""
    with pytest.raises(exports.RefusedError) as told, admission.of(viewer):
        pass
    assert told.value.refusal.headers["Retry-After"]
    return told.value.refusal.status


def test_many_at_once_are_answered_or_told_to_come_again(secrets: Secrets, large: LocalService) -> None:
    connections(secrets, one=large)
    app = site()
    assert get("/export.csv", app=app).status == 200

    async def flood() -> list[Answer]:
        views = [f"/export.json?contains={'x' * number}" for number in range(100)]
        return list(await asyncio.gather(*(call(app, view, HOST) for view in views)))

    statuses = [answer.status for answer in in_time(flood())]
    assert statuses.count(200) >= exports.MAX_FETCHES_EACH
    assert set(statuses) <= {200, 429}
    assert shared_of(app)._admission._fetching == {}
    assert get("/export.csv", app=app).status == 200


def test_the_sample_project_can_be_exported(secrets: Secrets) -> None:
    """With nothing configured the service with sample data is started for it."""
    try:
        answer = get("/export.json")
        assert answer.status == 200
        assert len(json.loads(answer.body)) > 100
    finally:
        projects().registry.close()
