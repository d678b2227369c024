"""A client may send any value for any control: it gets an error or the default, never a query of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from modelarts_local import LocalService
from tests.browser.client import Client
from tests.browser.conftest import connected_to
from tests.browser.served import Dashboard

CONFIGURATIONS = 60
TEXTS = (
    "",
    "evil",
    "'; DROP TABLE x --",
    "\x00\u202e<b>",
    "../../etc/passwd",
    "create_time",
    "-1",
    "x" * 200_000,
)
LONG_LIST = [f"entry {number}" for number in range(5000)]
SELECTIONS = (
    "null",
    "[]",
    '{"selection": 7}',
    '{"selection": {"rows": [-5], "columns": [], "cells": []}}',
    '{"selection": {"rows": [10000000000], "columns": ["evil"], "cells": []}}',
    '{"selection": {"rows": [], "columns": ["__class__"], "cells": []}}',
)
POINTS = (
    {"points": [{"trace": "x", "x": "evil", "y": 1, "customdata": [{"a": 1}]}], "period": None},
    {"points": [{"trace": "x", "x": None, "y": 1, "customdata": ["NoSuchEngine"]}], "period": None},
    {"points": [{"trace": "x", "x": "9999-12-31", "y": 1, "customdata": [""]}], "period": None},
    {"points": [], "period": {"from": "0001-01-01", "to": "9999-12-31T23:59:59"}},
    {"points": [], "period": {"from": "2020-01-01", "to": "2021-01-01T00:00:00+00:00"}},
)
DAYS = (["9999-99-99"], ["0001-01-01"], ["2020-01-01", "2021-01-01", "2022-01-01"], LONG_LIST)
OF_ITS_TYPE: dict[str, tuple[str, tuple[Any, ...]]] = {
    "search": ("string_value", TEXTS),
    "contains": ("string_value", TEXTS),
    "config_type": ("string_value", TEXTS),
    "sort_by": ("string_value", TEXTS),
    "order": ("string_value", TEXTS),
    "per_page": ("string_value", (*TEXTS, "1000000", "7")),
    "granularity": ("string_value", TEXTS),
    "engine": ("string_array_value", (["evil"], [""], LONG_LIST, ["x" * 200_000])),
    "version": ("string_array_value", (["evil"], LONG_LIST)),
    "created_from": ("string_array_value", DAYS),
    "created_to": ("string_array_value", DAYS),
    "page": ("int_value", (-1, 0, 10**9, 2**62)),
    "rows": ("string_value", SELECTIONS),
    "engine_usage": ("json_value", tuple(json.dumps({"selection": points}) for points in POINTS)),
    "timeline": ("json_value", tuple(json.dumps({"selection": points}) for points in POINTS)),
}
OF_ANOTHER_TYPE: tuple[dict[str, Any], ...] = (
    {"int_value": -1},
    {"string_value": "evil"},
    {"string_array_value": ["evil"]},
    {"json_value": '{"a": [1]}'},
    {"bytes_value": b"\xff"},
)
LIST_PARAMETERS = {"per_page", "page", "sortBy", "order", "config_type", "search_content"}


@pytest.fixture(scope="module")
def asked() -> Iterator[LocalService]:
    """A project whose log of requests is the witness."""
    with LocalService(CONFIGURATIONS, seed=3) as running:
        yield running


@pytest.fixture(scope="module")
def attacked(asked: LocalService) -> Iterator[Dashboard]:
    """A dashboard of which nobody has seen anything yet; after all attacks, others see the whole project."""
    with Dashboard(connected_to(asked)) as running:
        yield running
        with Client(running.url) as visitor:
            shows_all = f"1–25 of {CONFIGURATIONS}" in seen(visitor.run() + visitor.run())
        assert shows_all


@pytest.fixture(autouse=True)
def _only_documented_queries(asked: LocalService) -> Iterator[None]:
    """After whatever was sent: every request was of the documented kind."""
    yield
    for request in list(asked.requests):
        assert_documented(request.path, request.query)


def assert_documented(path: str, query: dict[str, str]) -> None:
    assert path.split("/")[1:4:2] == ["v1", "training-job-configs"]
    assert set(query) <= LIST_PARAMETERS
    assert query.get("config_type") in {"custom", "sample"}
    if len(path.split("/")) > 4:
        return
    assert 1 <= int(query["per_page"]) <= 1000
    assert int(query["page"]) >= 1
    assert query["sortBy"] in {"config_name", "config_desc", "create_time"}
    assert query["order"] in {"asc", "desc"}
    assert query["sortBy"] != "create_time" or query["config_type"] == "custom"
    assert len(query.get("search_content", "")) <= 1000


def assert_tells_nothing(answer: str) -> None:
    """No traceback and no name of a type: at most Streamlit's sentence that there was an error."""
    told = [
        word
        for word in ("Traceback", "stack_trace: ", "site-packages", "Error(", "streamlit.errors")
        if word in answer
    ]
    assert told == []


def seen(answer: str) -> str:
    """What was sent, with its texts as they are: a protocol's text form writes other letters in octal."""
    return re.sub(
        r"(?:\\[0-7]{3})+",
        lambda m: bytes(int(o, 8) for o in m[0].split("\\")[1:]).decode(errors="replace"),
        answer,
    )


@contextmanager
def looking(url: str) -> Iterator[Client]:
    """A client that has been shown the overview, of new data, and so knows every control."""
    with Client(url) as client:
        client.run()
        client.run_on_new_data()
        yield client


@pytest.mark.parametrize("key", OF_ITS_TYPE)
def test_a_value_that_no_control_offers_is_not_taken(
    attacked: Dashboard, asked: LocalService, key: str
) -> None:
    field, values = OF_ITS_TYPE[key]
    with looking(attacked.url) as client:
        assert key in client.widgets
        for value in values:
            asked.requests.clear()
            answer = client.run(widgets={key: {field: value}})
            assert_tells_nothing(answer)
            told = [request.query.get("search_content") for request in asked.requests]
            loads = [request for request in asked.requests if request.query.get("per_page") == "1000"]
            first_rows = len(told) - len(loads)  # of a load that takes long its first page is asked for alone
            assert first_rows <= len(loads) <= 1
            assert set(told) <= ({value.strip()[:1000]} if key == "search" else set())


@pytest.mark.parametrize("key", OF_ITS_TYPE)
def test_a_value_of_another_type_is_not_taken(attacked: Dashboard, asked: LocalService, key: str) -> None:
    expected = OF_ITS_TYPE[key][0]
    for sent in OF_ANOTHER_TYPE:
        if expected in sent or len(sent) == 0:
            continue
        with looking(attacked.url) as client:
            asked.requests.clear()
            assert_tells_nothing(client.run(widgets={key: sent}))
            assert list(asked.requests) == []


@pytest.mark.parametrize(
    "query",
    [
        urlencode(
            {"config_type": "evil", "sort_by": "create_time", "order": "up", "per_page": 10**6, "page": -1}
        ),
        urlencode({"sort_by": "created", "config_type": "sample", "order": "asc"}),
        urlencode({"engine": LONG_LIST, "version": LONG_LIST}, doseq=True),
        urlencode({"search": "x" * 300_000, "contains": "y" * 300_000}),
        urlencode({"created_from": "0000-00-00", "created_to": "9999-99-99", "granularity": "second"}),
        urlencode({"page": "9" * 5000, "per_page": "1e9"}),
        urlencode({"config": "../../../v1/other/training-job-configs"}),
        urlencode({"per_page": "1000", "sortBy": "evil", "search_content": "evil", "limit": 1}),
        "%ff%fe=%00&=&&&order=%00&" + "a[]=1&" * 1000,
        "\x00?#/\u202e",
    ],
    ids=lambda query: query[:40].encode("unicode_escape").decode(),
)
def test_a_query_of_any_kind_is_read_as_an_address_is(attacked: Dashboard, query: str) -> None:
    with Client(attacked.url) as client:
        assert_tells_nothing(client.run(query) + client.run(query))


@pytest.mark.parametrize(
    "asked_for",
    [
        {"fragment_id": "no-such-fragment"},
        {"fragment_id": "x" * 100_000},
        {"page_script_hash": "no-such-page"},
        {"page_name": "../../dashboard/settings"},
        {"page_name": "\x00"},
        {"is_auto_rerun": True, "is_history_navigation": True},
    ],
    ids=lambda asked_for: str(asked_for)[:40],
)
def test_a_page_or_a_part_that_does_not_exist_shows_what_there_is(
    attacked: Dashboard, asked_for: dict[str, Any]
) -> None:
    with looking(attacked.url) as client:
        if "fragment_id" in asked_for:  # nothing is drawn, and nothing is said of it
            question = BackMsg()
            question.rerun_script.fragment_id = asked_for["fragment_id"]
            client.send(question)
            assert_tells_nothing(client.say(BackMsg(app_heartbeat=True), until="heartbeat_ack"))
        else:
            assert_tells_nothing(client.run(**asked_for))
        unknown = {"$$ID-00000000000000000000000000000000-evil": {"string_value": "x"}, "": {"int_value": 1}}
        assert_tells_nothing(client.run(widgets=unknown))


@pytest.mark.parametrize("zone", ["", "No/Such_Zone", "../../etc/passwd", "x" * 10_000, "\x00"])
def test_a_time_zone_that_does_not_exist_breaks_nothing(attacked: Dashboard, zone: str) -> None:
    with looking(attacked.url) as client:
        question = BackMsg()
        question.rerun_script.context_info.timezone = zone
        question.rerun_script.context_info.url = "javascript:alert(1)"
        question.rerun_script.context_info.locale = "x" * 1000
        assert_tells_nothing(client.say(question))


def test_nobody_clears_everybodys_cache_or_asks_for_the_repository(
    attacked: Dashboard, asked: LocalService
) -> None:
    with looking(attacked.url) as client:
        asked.requests.clear()
        for field in ("clear_cache", "load_git_info", "set_run_on_save"):
            message = BackMsg()
            setattr(message, field, True)
            client.send(message)
        message = BackMsg()
        message.file_urls_request.file_names.append("x")
        client.send(message)
        answer = client.say(BackMsg(app_heartbeat=True), until="heartbeat_ack")
        assert "git_info" not in answer
        assert "file_urls" not in answer
        client.run()
    assert list(asked.requests) == []


@pytest.mark.parametrize(("data", "code"), [(b"\xff\xff\xff", 1002), (b"\x00" * 2_000_000, 1009)])
def test_what_is_no_message_or_far_too_long_ends_the_conversation(
    attacked: Dashboard, data: bytes, code: int
) -> None:
    with looking(attacked.url) as client, pytest.raises(ConnectionClosed) as closed:
        client.say(data)
    # Who still sends when the other side closes may be reset before the reason is read (RFC 9293, 3.6.1).
    was_reset = closed.value.rcvd is None and len(data) > 1_000_000
    assert was_reset or (closed.value.rcvd is not None and closed.value.rcvd.code == code)
