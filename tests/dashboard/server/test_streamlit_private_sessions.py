"""What is taken from Streamlit and the server below it for sessions is there, and does what is relied on."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import warnings
from asyncio import selector_events
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from streamlit import config
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.session_manager import SessionInfo
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.web.server.starlette import starlette_server
from uvicorn import Config, Server
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from dashboard.server import streamlit_private
from dashboard.server.streamlit_private import LoopWhenNeeded
from tests.dashboard.asgi import run
from tests.dashboard.guarded import options
from tests.dashboard.server.runtime import run_script, runtime, session

MIB_32 = 32 * 1024 * 1024


class Collector:
    """Counts instead of collecting."""

    def __init__(self) -> None:
        self.generations: list[int] = []

    def collect(self, generation: int = 2) -> int:
        self.generations.append(generation)
        return 0


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Collector:
    """Everything is replaced, until the end of the test."""
    for place, name in (
        (script_runner, "gc"),
        (app_session, "asyncio"),
        (app_session, "_populate_config_msg"),
        (app_session, "_populate_theme_msg"),
        (WebSocketsSansIOProtocol, "__init__"),
        (WebSocketsSansIOProtocol, "connection_made"),
        (Server, "shutdown"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    collector = Collector()
    streamlit_private.install(collector)
    return collector


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 - names are counted, nothing else


def test_what_is_replaced_is_there() -> None:
    assert script_runner.gc is gc  # type: ignore[attr-defined]
    assert app_session.asyncio is asyncio  # type: ignore[attr-defined]
    assert app_session._populate_config_msg is streamlit_private._populate_config
    assert app_session._populate_theme_msg is streamlit_private._populate_theme
    assert WebSocketsSansIOProtocol.__init__ is streamlit_private._open_protocol
    assert WebSocketsSansIOProtocol.connection_made is streamlit_private._connect
    assert Server.shutdown is streamlit_private._shutdown
    assert Server.startup in (streamlit_private._startup, streamlit_private._start_up)


def test_the_server_sends_small_answers_at_once() -> None:
    """As Streamlit starts it: with a socket of its own, whose settings each connection inherits."""

    async def answer(_scope: object, _receive: object, _send: object) -> None: ...

    async def start() -> int:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            settings = Config(answer, lifespan="off", log_config=None)
            settings.load()
            server = Server(settings)
            server.lifespan = settings.lifespan_class(settings)
            await streamlit_private._start_up(server, [listening])
            with socket.create_connection(listening.getsockname()):
                asked = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            await streamlit_private._shutdown(server, [listening])
        return asked

    assert run(start()) == 1


def test_options_are_read_once_for_what_begins_each_run(
    installed: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    del installed

    async def begun() -> list[NewSession]:
        found, said = session(), []
        for _ in range(2):
            found.request_rerun(None)
            while found._scriptrunner is not None:
                await asyncio.sleep(0)
            said += [m.new_session for m in found.flush_browser_queue() if m.HasField("new_session")]
        found.shutdown()
        return said

    with options({"theme.dark.primaryColor": "#123456", "ui.hideTopBar": True}), runtime():
        ours = run(begun())
        monkeypatch.setattr(app_session, "_populate_config_msg", streamlit_private._populate_config)
        monkeypatch.setattr(app_session, "_populate_theme_msg", streamlit_private._populate_theme)
        theirs = run(begun())[0]
    assert (theirs.custom_theme.dark.primary_color, theirs.config.hide_top_bar) == ("#123456", True)
    for begins in ours:
        assert (begins.custom_theme, begins.config) == (theirs.custom_theme, theirs.config)


def test_garbage_is_collected_by_ours_after_every_run(installed: Collector) -> None:
    async def two() -> None:
        found = session()
        for _ in range(2):
            assert "delta" in await run_script(found)
        found.shutdown()

    with runtime():
        run(two())
    assert installed.generations == [2, 2]


def test_a_session_opens_no_files_for_a_loop_that_nothing_uses(installed: Collector) -> None:
    async def steps() -> None:
        before = descriptors()
        found = session()
        assert isinstance(found._script_event_loop, LoopWhenNeeded)
        await run_script(found)
        assert descriptors() == before
        found.shutdown()
        assert found._script_event_loop.is_closed()

    with runtime():
        run(steps())


def test_a_session_of_streamlits_own_opens_some() -> None:
    """If it did not, there would be nothing to replace."""

    async def steps() -> None:
        before = descriptors()
        found = session()
        assert descriptors() == before + 3
        found.shutdown()

    with runtime():
        run(steps())


def test_such_a_loop_is_one_for_who_wants_it() -> None:
    """In a thread of its own: the browser's driver may run a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(use_loop).result()


def use_loop() -> None:
    before = descriptors()
    loop = LoopWhenNeeded()
    assert (loop.is_running(), loop.is_closed(), descriptors()) == (False, False, before)
    asyncio.set_event_loop(loop)
    try:
        assert asyncio.get_event_loop() is loop
        assert loop.run_until_complete(asyncio.sleep(0, "done")) == "done"
        assert descriptors() > before

        async def inside() -> bool:
            return asyncio.get_running_loop() is loop and loop.is_running()

        assert loop.run_until_complete(inside())
    finally:
        asyncio.set_event_loop(None)
    loop.close()
    assert (loop.is_closed(), descriptors()) == (True, before)


def test_a_loop_that_was_closed_without_having_been_used_stays_closed() -> None:
    before = descriptors()
    loop = LoopWhenNeeded()
    assert "idle" in repr(loop)
    loop.close()
    loop.close()
    assert loop.is_closed()
    waiting = asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="closed"):
        loop.run_until_complete(waiting)
    waiting.close()
    assert descriptors() == before


def test_a_loop_that_nobody_used_is_let_go_without_a_word() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        LoopWhenNeeded()
        gc.collect()
    assert told == []


def protocol(most: int, compression: bool = False) -> WebSocketsSansIOProtocol:
    """The server's end of a WebSocket."""

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError

    settings = Config(app, ws_max_size=most, ws_per_message_deflate=compression, log_config=None)

    async def opened() -> WebSocketsSansIOProtocol:
        return WebSocketsSansIOProtocol(settings, ServerState(), {})

    return run(opened())


def test_a_message_may_be_as_long_as_streamlit_takes(installed: Collector) -> None:
    assert config.get_option("server.maxWidgetStateSize") == 1
    assert streamlit_private.max_message_bytes() == 1_000_000
    for compression in (False, True):
        assert protocol(MIB_32, compression).conn.max_message_size == 1_000_000
    assert protocol(1000).conn.max_message_size == 1000


def test_streamlits_own_bound_is_that_of_what_it_sends() -> None:
    """If it were not, there would be nothing to replace."""
    most = starlette_server._get_uvicorn_config_kwargs()["ws_max_size"]
    assert most == config.get_option("server.maxMessageSize") * 1_000_000 == 32_000_000
    assert protocol(32_000_000).conn.max_message_size == 32_000_000


def test_streamlit_serves_websockets_with_the_protocol_that_is_bounded() -> None:
    assert starlette_server._get_websocket_protocol() == "websockets-sansio"

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError

    for kind in ("auto", "websockets-sansio"):
        settings = Config(app, ws=kind, log_config=None)  # type: ignore[arg-type]  # one of its words
        settings.load()
        assert settings.ws_protocol_class is WebSocketsSansIOProtocol


async def talks(say: Callable[[ClientConnection], Awaitable[Any]]) -> list[int]:
    """The lengths of the messages that a server gets of a client that says something."""
    heard: list[int] = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            heard.append(len(message["bytes"]))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(Config(app, lifespan="off", log_config=None))
        serving = asyncio.create_task(server._serve([listener]))
        host, port = listener.getsockname()
        try:
            async with connect(f"ws://{host}:{port}", proxy=None, ping_interval=None) as client:
                await say(client)
        finally:
            server.should_exit = True
            await serving
    return heard


async def pings(client: ClientConnection, count: int) -> None:
    for _ in range(count):
        client.protocol.send_ping(b"")
    client.transport.write(b"".join(client.protocol.data_to_send()))
    await (await client.ping())  # the answer to this one comes after all the others


def test_little_is_read_at_a_time_and_whole_messages_arrive(
    installed: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    take = WebSocketsSansIOProtocol.data_received

    def noted(self: WebSocketsSansIOProtocol, data: bytes) -> None:
        read.append(len(data))
        take(self, data)

    monkeypatch.setattr(WebSocketsSansIOProtocol, "data_received", noted)
    assert run(talks(lambda client: client.send(os.urandom(900_000)))) == [900_000]
    assert max(read) == streamlit_private.READ_BYTES


def test_a_server_of_its_own_reads_more() -> None:
    """If it did not, there would be nothing to replace."""
    assert selector_events._SelectorSocketTransport.max_size > 10 * streamlit_private.READ_BYTES  # type: ignore[attr-defined]


def test_a_message_that_is_long_when_it_is_unpacked_is_refused(installed: Collector) -> None:
    """Five megabytes that take five kilobytes on the wire."""

    async def say(client: ClientConnection) -> None:
        assert client.protocol.extensions, "nothing would be packed"
        await client.send(b"x" * 5_000_000)
        await client.recv()

    with pytest.raises(ConnectionClosed) as closed:
        run(talks(say))
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1009


def test_frames_without_end_are_cut_off(installed: Collector) -> None:
    most = int(streamlit_private.FRAMES[0])
    assert run(talks(lambda client: pings(client, most // 2))) == []
    with pytest.raises(ConnectionClosed):
        run(talks(lambda client: pings(client, 20 * most)))


async def ends_for_one_who_does_not_listen(seconds: float) -> bool:
    """Whether a server ends in time when it is told to, though somebody has not read all of an answer."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 50_000_000})

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(Config(app, lifespan="off", log_config=None))
        serving = asyncio.create_task(server._serve([listener]))
        reader, writer = await asyncio.open_connection(*listener.getsockname(), limit=1)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.read(1)
        server.should_exit = True
        done, _ = await asyncio.wait([serving], timeout=seconds)
        writer.transport.abort()
        await serving
        return bool(done)


def test_who_does_not_listen_does_not_keep_the_server(
    installed: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamlit_private, "GOODBYE_SECONDS", 0.1)
    assert run(ends_for_one_who_does_not_listen(60))


def test_the_servers_own_end_waits_for_who_does_not_listen() -> None:
    """If it did not, there would be nothing to replace."""
    assert not run(ends_for_one_who_does_not_listen(1))


def states(**values: dict[str, Any]) -> WidgetStates:
    found = WidgetStates()
    for name, value in values.items():
        found.widgets.add(id=name, **value)
    return found


def test_what_was_pressed_is_known() -> None:
    request = ClientState()
    request.widget_states.CopyFrom(
        states(
            pressed={"trigger_value": True},
            chosen={"string_trigger_value": {"data": "x"}},
            clicked={"json_trigger_value": "{}"},
            left_alone={"trigger_value": False},
            text={"string_value": "x"},
            nothing={},
        )
    )
    assert streamlit_private.pressed(request) == {"pressed", "chosen", "clicked"}


def test_widget_states_are_merged_by_streamlits_rule() -> None:
    older = states(engine={"string_value": "a"}, button={"trigger_value": True}, gone={"int_value": 1})
    newer = states(engine={"string_value": "b"})
    assert streamlit_private.merge_widget_states(older, newer) == states(
        engine={"string_value": "b"}, button={"trigger_value": True}
    )
    assert streamlit_private.merge_widget_states(WidgetStates(), WidgetStates()) == WidgetStates()


@pytest.mark.parametrize(("seconds", "is_kept"), [(0, False), (1000, True)])
def test_a_session_whose_time_is_over_is_let_go_of(seconds: int, is_kept: bool) -> None:
    """Streamlit keeps one that has ended for two minutes, and longer if no other one ends."""

    async def steps() -> None:
        found = session()
        storage.save(SessionInfo(client=None, session=found, script_run_count=0))
        kept = storage._cache._data  # type: ignore[attr-defined]
        assert list(kept) == [found.id]
        streamlit_private.forget_expired_sessions()
        assert list(kept) == [found.id] * is_kept
        found.shutdown()

    storage = MemorySessionStorage(ttl_seconds=seconds)
    with runtime(storage):
        run(steps())


def test_without_a_server_there_is_nothing_to_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "_instance", None)
    streamlit_private.forget_expired_sessions()
    assert config.get_option("server.disconnectedSessionTTL") == 120


def script_with_a_control() -> None:
    """What tells which of its controls the browser has not sent, before it draws one."""
    import streamlit as st

    from dashboard.server import streamlit_private

    st.write(streamlit_private.unsent(["drawn", "never_drawn"]))
    st.text_input("Text", key="drawn")


def test_a_value_that_the_browser_does_not_send_is_known_from_one_that_it_does() -> None:
    app = AppTest.from_function(script_with_a_control).run()
    assert app.json[0].value == "[]"  # nothing has a value yet
    app.text_input[0].set_value("said").run()
    assert app.json[0].value == "[]"
    app._run(WidgetStates())
    assert app.json[0].value == '["drawn"]'
    assert app.text_input[0].value == "said"


def script_that_tells_back_and_forward() -> None:
    """What tells how its run was asked for, and reads a control's value before it draws it."""
    import streamlit as st

    from dashboard.server import streamlit_private

    st.json([streamlit_private.is_back_or_forward(), st.session_state.get("text")])
    st.text_input("Text", key="text", bind="query-params")


def test_back_and_forward_are_told_and_a_control_follows_the_address_only_when_it_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = AppTest.from_function(script_that_tells_back_and_forward).run()
    app.text_input[0].set_value("left").run()
    assert app.json[0].value == '[false, "left"]'
    as_by_back = partial(local_script_runner.RerunData, is_history_navigation=True)
    monkeypatch.setattr(local_script_runner, "RerunData", as_by_back)
    app.query_params["text"] = "restored"
    app.run()
    assert app.json[0].value == '[true, "left"]'
    assert app.text_input[0].value == "restored"
