"""A client that knows everything but how to sign in: pages, widgets, files, a viewer's session."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.exceptions import ConnectionClosed

from modelarts_local import LocalService
from tests.browser.client import Client
from tests.browser.guarded import Guarded


def session_of(client: Client) -> str:
    """The id of a client's session, as the server told it."""
    return client.received[0].new_session.initialize.session_id


def test_a_client_of_any_kind_without_a_sign_in_is_drawn_the_sign_in_alone(
    guarded: Guarded, project: LocalService
) -> None:
    """It may know pages, widgets, files, even a viewer's session: it sees no row and causes no request."""
    claims = {"origin": guarded.url, "is_logged_in": True, "email": "anna@example.com", "provider": "default"}
    signed = create_signed_value(
        guarded.auth["cookie_secret"], "_streamlit_user", json.dumps(claims)
    ).decode()
    anna = {"_streamlit_user": signed, "_streamlit_xsrf": generate_xsrf_token_string()}
    with Client(guarded.url, anna) as viewer:
        shown = viewer.run() + viewer.run_on_new_data()
        assert project.project_id in shown
        project.requests.clear()
        known = session_of(viewer)
        exports = re.findall(r'href=\\"(export\.[^"\\]+)', shown)[-3:]
        assert [export.partition("?")[0] for export in exports] == [
            "export.csv",
            "export.xlsx",
            "export.json",
        ]
        cookie = {"_streamlit_user": signed}
        for cookies in ({}, {"_streamlit_xsrf": anna["_streamlit_xsrf"]}, cookie):
            with Client(guarded.url, cookies, session=known) as stranger:
                told = stranger.run("engine=PyTorch&config=x", page_name="connection")
                told += stranger.run(widgets={viewer.widgets["page"]: {"int_value": 2}})
                assert session_of(stranger) != known
                told += stranger.say(BackMsg(app_heartbeat=True), until="heartbeat_ack")
            for export in exports:
                assert guarded.get(f"/{export}", cookies).status_code == (200 if cookies == cookie else 403)
            for hidden in (project.url, project.project_id, "configs", "export."):
                assert hidden not in told
            assert "Sign in with your" in told
        assert guarded.get(f"/{exports[0]}", anna).text.startswith("config_name,")
    assert list(project.requests) == []


VALUES: tuple[dict[str, Any], ...] = (
    {"int_value": -1},
    {"string_value": "\x00\u202e"},
    {"string_array_value": ["evil"]},
    {"json_value": "{"},
    {"bytes_value": b"\xff"},
)
QUERIES = (
    "sign_in=failed&sign_in=%ff",
    "%ff=%00&=&&",
    "x" * 50_000,
    "embed=true&embed_options=\x00",
    "\u202e",
)
ASKED: tuple[dict[str, Any], ...] = (
    {"page_name": "\x00"},
    {"page_name": "../connection"},
    {"page_script_hash": "x"},
    {"fragment_id": "x"},
    {"is_auto_rerun": True},
)


def test_whatever_is_sent_to_the_sign_in_screen_is_told_in_a_line_at_most(
    guarded: Guarded, project: LocalService
) -> None:
    """Wrong values of its button, queries, pages, and what is no message: it stays what it is."""
    project.requests.clear()
    before = len(guarded.dashboard.output)
    for value in VALUES:
        with Client(guarded.url) as stranger:
            stranger.run()
            assert (
                "Sign in with your"
                in stranger.run(widgets={stranger.widgets["None"]: value}) + stranger.run()
            )
    for query in QUERIES:
        with Client(guarded.url) as stranger:
            assert "Sign in with your" in stranger.run(query)
    for asked in ASKED:
        with Client(guarded.url) as stranger:
            assert "Sign in with your" in stranger.run(**asked)
    with Client(guarded.url) as stranger, pytest.raises(ConnectionClosed):
        stranger.say(b"\xff\xff\xff")
    said = guarded.dashboard.output[before:]
    assert len(said) < 1_000
    assert list(project.requests) == []
