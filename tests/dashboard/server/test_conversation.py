"""What a browser says over its WebSocket: what no screen asks of it does not reach Streamlit."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.server.conversation import Conversation
from tests.dashboard.asgi import run
from tests.dashboard.guarded import ACCESS, AUTH, CLAIMS, Secrets, secrets

__all__ = ["secrets"]

END = {"type": "websocket.disconnect", "code": 1000}


def whole(**fields: Any) -> BackMsg:
    """A wish to run the whole script."""
    message = BackMsg()
    message.rerun_script.query_string = fields.get("query", "")
    return message


def part(fragment: str = "f1") -> BackMsg:
    """A wish to run a part of the page alone."""
    message = whole(query="engine=x")
    message.rerun_script.fragment_id = fragment
    message.rerun_script.widget_states.widgets.add(id="w", string_value="v")
    return message


def operation(kind: str) -> BackMsg:
    """A wish for one of the server's operations."""
    message = BackMsg()
    getattr(message.backend_operation_request, kind).SetInParent()
    return message


DOWNLOAD = operation("deferred_file")


class Tab:
    """A tab with these claims, and what of its messages reaches Streamlit."""

    def __init__(self, claims: dict[str, Any] | None = None) -> None:
        self._incoming: list[Any] = []
        self._conversation = Conversation(self._next, claims or {})

    async def _next(self) -> Any:
        return self._incoming.pop(0)

    def says(self, *messages: Any) -> list[BackMsg]:
        self._incoming = [
            {"type": "websocket.receive", "bytes": m.SerializeToString() if isinstance(m, BackMsg) else m}
            for m in messages
        ]
        self._incoming.append(END)
        return run(self._all())

    async def _all(self) -> list[Any]:
        passed = []
        while (message := await self._conversation.receive()) != END:
            passed.append(BackMsg.FromString(message["bytes"]))
        return passed


def flag(name: str) -> BackMsg:
    message = BackMsg()
    setattr(message, name, True)
    return message


def uploads() -> BackMsg:
    message = BackMsg()
    message.file_urls_request.file_names.append("x")
    return message


@pytest.mark.parametrize(
    "message",
    [
        flag("clear_cache"),
        flag("load_git_info"),
        flag("set_run_on_save"),
        flag("debug_disconnect_websocket"),
        flag("debug_shutdown_runtime"),
        uploads(),
        operation("install_skills"),
        operation("dismiss_skills_nudge"),
        operation("dataframe_chunk"),
        BackMsg(),
    ],
    ids=lambda m: m.WhichOneof("type"),
)
def test_what_no_screen_asks_for_does_not_pass(secrets: Secrets, message: BackMsg) -> None:
    assert Tab().says(whole(), message, whole()) == [whole(), whole()]


@pytest.mark.parametrize("message", [whole(), flag("stop_script"), flag("app_heartbeat")])
def test_what_the_page_needs_passes(secrets: Secrets, message: BackMsg) -> None:
    assert Tab().says(message) == [message]


def test_every_kind_of_message_is_decided_on() -> None:
    """A kind that a newer Streamlit adds does not pass by itself, and this test asks what it is."""
    kinds = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    assert kinds == {
        "rerun_script",
        "stop_script",
        "app_heartbeat",
        "backend_operation_request",
        "clear_cache",
        "load_git_info",
        "set_run_on_save",
        "debug_disconnect_websocket",
        "debug_shutdown_runtime",
        "file_urls_request",
    }


def test_text_does_not_pass_and_what_is_no_message_is_left_to_streamlit(secrets: Secrets) -> None:
    tab = Tab()
    tab._incoming = [
        {"type": "websocket.receive", "text": "hello"},
        {"type": "websocket.receive", "bytes": b"\xff"},
    ]
    assert run(tab._conversation.receive()) == {"type": "websocket.receive", "bytes": b"\xff"}


def test_a_part_of_a_page_is_drawn_alone_once_the_whole_was(secrets: Secrets) -> None:
    tab = Tab()
    first, second = tab.says(part(), part())
    assert first.rerun_script.fragment_id == ""
    assert first.rerun_script.widget_states.widgets[0].string_value == "v"
    assert first.rerun_script.query_string == "engine=x"
    assert second == part()


@pytest.mark.parametrize("message", [part(), DOWNLOAD], ids=["part", "download"])
def test_who_is_taken_off_the_list_gets_the_whole_script_and_its_gate(
    secrets: Secrets, message: BackMsg
) -> None:
    secrets.write(AUTH + ACCESS)
    tab = Tab(CLAIMS)
    assert tab.says(whole(), message) == [whole(), message]
    secrets.write(AUTH + ACCESS.replace("anna", "berta"))
    assert [m.rerun_script.fragment_id for m in tab.says(message, message)] == ["", ""][
        : 2 * (message is not DOWNLOAD)
    ]


def test_who_never_was_on_the_list_gets_no_part_and_no_download(secrets: Secrets) -> None:
    secrets.write(AUTH + ACCESS)
    for claims in ({}, {**CLAIMS, "email": "eve@evil.org"}, {**CLAIMS, "is_logged_in": False}):
        said = Tab(claims).says(whole(), part(), DOWNLOAD)
        assert [m.WhichOneof("type") for m in said] == ["rerun_script"] * 2
        assert not any(m.rerun_script.fragment_id for m in said)


def test_any_change_of_the_rules_runs_the_whole_script_once(secrets: Secrets) -> None:
    """The list of a single connection may have changed: the script decides what there is to see now."""
    secrets.write(AUTH + ACCESS)
    tab = Tab(CLAIMS)
    tab.says(whole())
    secrets.write(AUTH + ACCESS + '[connections.prod.access]\nemails = ["berta@example.com"]\n')
    assert tab.says(DOWNLOAD) == []
    first, second = tab.says(part(), part())
    assert (first.rerun_script.fragment_id, second.rerun_script.fragment_id) == ("", "f1")
    assert tab.says(DOWNLOAD) == [DOWNLOAD]


def test_a_sign_in_that_is_too_old_gets_the_whole_script(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.server import rules

    secrets.write(AUTH + ACCESS + "sign_in_hours = 1\n")
    now = rules.time.time()
    tab = Tab({**CLAIMS, "iat": now})
    assert tab.says(whole(), part()) == [whole(), part()]
    monkeypatch.setattr(rules.time, "time", lambda: now + 3601)
    assert tab.says(part())[0].rerun_script.fragment_id == ""
