"""Floods over WebSockets: of reruns, of sessions, of bytes, of messages, of connections.

What is asserted is who is answered and who is not, in which order, and how much memory it takes. How long it
takes is measured by `python -m benchmarks --only floods`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    generate_xsrf_token_string,
)
from websockets.exceptions import ConnectionClosed, InvalidStatus

from modelarts_local import LocalService
from tests.browser.client import Client
from tests.browser.served import Dashboard

CONFIGURATIONS = 60
ALL = f"1–25 of {CONFIGURATIONS}"
LIMIT = 20
"""Sessions that the flooded dashboard takes: from one address half of them, of strangers two."""
RERUNS = 300
SECRET = "0123456789abcdef0123456789abcdef"
SECONDS = 60
"""Nothing here takes so long; what has not come to pass by then never will."""


@pytest.fixture(scope="module")
def project() -> Iterator[LocalService]:
    """A small project."""
    with LocalService(CONFIGURATIONS, seed=3) as running:
        yield running


def environment(service: LocalService, **more: str) -> dict[str, str]:
    """What connects a dashboard to the project and leaves room for few sessions."""
    return {
        "MODELARTS_ENDPOINT": service.url,
        "MODELARTS_PROJECT_ID": service.project_id,
        "MODELARTS_TOKEN": "token-of-the-project",
        "DASHBOARD_MAX_SESSIONS": str(LIMIT),
        **more,
    }


@pytest.fixture(scope="module")
def running(project: LocalService) -> Iterator[Dashboard]:
    """A dashboard where nobody signs in."""
    with Dashboard(environment(project)) as found:
        yield found


@pytest.fixture
def flooded(running: Dashboard) -> Iterator[Dashboard]:
    """That dashboard; after each flood everybody has gone, it is healthy, and its log has no traceback."""
    yield running
    until(lambda: health(running)["sessions"] == 0)
    with viewer(running) as anna:
        assert shows_all(anna)
    assert "Traceback" not in running.output


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < limit, "it never came to pass"
        time.sleep(0.05)


def health(dashboard: Dashboard) -> dict[str, Any]:
    """What the health check answers."""
    answer = requests.get(f"{dashboard.url}/healthz", timeout=SECONDS)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@contextmanager
def viewer(dashboard: Dashboard, **options: Any) -> Iterator[Client]:
    with Client(dashboard.url, **options) as client:
        yield client


def shows_all(client: Client) -> bool:
    """Whether a viewer is shown the whole project, when it has loaded."""
    until(lambda: ALL in client.run())
    return True


def rerun(query: str = "", page: str = "") -> BackMsg:
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = page
    return message


def page_of(client: Client) -> str:
    """The screen that the server has named, as a browser names it with each request from then on."""
    told = [m.navigation for m in client.received if m.WhichOneof("type") == "navigation"]
    return told[-1].page_script_hash


def resident(dashboard: Dashboard, kind: str = "VmRSS") -> int:
    """Bytes in RAM; with VmHWM the most there ever were."""
    status = Path(f"/proc/{dashboard.process.pid}/status").read_text()
    found = re.search(rf"^{kind}:\s+(\d+) kB", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1000


def descriptors(dashboard: Dashboard) -> int:
    return len(list(Path(f"/proc/{dashboard.process.pid}/fd").iterdir()))


def test_a_flood_of_reruns_makes_few_runs_and_the_last_is_the_newest(flooded: Dashboard) -> None:
    with viewer(flooded) as stranger, viewer(flooded) as anna:
        assert shows_all(anna)
        stranger.run()
        page = page_of(stranger)
        stranger.received.clear()
        for number in range(RERUNS):
            stranger.send(rerun(f"contains=needle-{number}", page))
        assert "needle-" not in anna.run()
        assert health(flooded)["sessions"] == 2
        newest = f"needle-{RERUNS - 1}"
        until(lambda: newest in stranger.listen())
        begun = [message for message in stranger.received if message.WhichOneof("type") == "new_session"]
        assert len(begun) < RERUNS / 2


def test_one_address_takes_no_more_than_half_of_the_sessions(flooded: Dashboard) -> None:
    with ExitStack() as stack:
        for _ in range(LIMIT // 2):
            stack.enter_context(viewer(flooded))
        for refused in (Client(flooded.url), Client(flooded.url)):
            with pytest.raises(InvalidStatus) as refusal, refused:
                pass
            response = refusal.value.response
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) > 0
            assert b"takes no more viewers" in response.body
        # What the page asks for before it opens a session; it shows these words.
        told = requests.get(f"{flooded.url}/_stcore/host-config", timeout=SECONDS)
        assert told.status_code == 503
        assert "takes no more viewers" in told.text
        assert health(flooded)["max_sessions"] == LIMIT
        assert health(flooded)["sessions"] == LIMIT // 2
        # Who comes from elsewhere, through a proxy that is believed, gets in.
        elsewhere = {"X-Forwarded-For": "192.0.2.7"}
        asked = requests.get(f"{flooded.url}/_stcore/host-config", headers=elsewhere, timeout=SECONDS)
        assert asked.status_code == 200
    until(lambda: health(flooded)["sessions"] == 0)
    assert requests.get(f"{flooded.url}/_stcore/host-config", timeout=SECONDS).status_code == 200


def test_a_flood_on_many_sockets_ends_with_them_and_does_not_keep_the_process(project: LocalService) -> None:
    """As many as fit ask for more than they get; then the process is told to end, and does."""
    room = environment(project, DASHBOARD_MAX_SESSIONS="200")
    with Dashboard(room) as dashboard, ExitStack() as stack:
        sockets = [stack.enter_context(viewer(dashboard)) for _ in range(80)]
        for number in range(30):
            for stranger in sockets:
                stranger.send(rerun(f"contains={number}"))
        health(dashboard)
        os.kill(dashboard.process.pid, signal.SIGTERM)
        assert dashboard.process.wait(timeout=SECONDS) in {0, -signal.SIGTERM}
        assert "Traceback" not in dashboard.output


EMPTY_STATE = b"\x0a\x00"


def long_message(size: int) -> bytes:
    """A request to run the script with as many empty values of widgets as fit into so many bytes."""
    states = EMPTY_STATE * (size // len(EMPTY_STATE))
    return field(BackMsg.RERUN_SCRIPT_FIELD_NUMBER, field(2, states))


def field(number: int, content: bytes) -> bytes:
    """Content as a field of a message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + varint(value >> 7)


def test_the_long_message_is_one() -> None:
    """The control: what is refused below for its size alone is a message of the page's kind."""
    assert len(BackMsg.FromString(long_message(1_000)).rerun_script.widget_states.widgets) == 500


@pytest.mark.parametrize("size", [30_000_000, 900_000])
def test_millions_of_empty_values_take_no_memory(flooded: Dashboard, size: int) -> None:
    """One message over all bounds, and one that is over none but that of its values: thirty of them."""
    with viewer(flooded) as anna:
        assert shows_all(anna)
    before = resident(flooded)
    for _ in range(30_000_000 // size):
        with viewer(flooded) as stranger, pytest.raises(ConnectionClosed) as closed:
            stranger.say(long_message(size))
        code = closed.value.rcvd.code if closed.value.rcvd else None
        assert code in {1009, None}  # None: the server had hung up before all was sent
    assert health(flooded)["status"] == "ok"
    assert resident(flooded) - before < 30_000_000
    if size > 1_000_000:
        assert resident(flooded, "VmHWM") - before < 30_000_000


def say_much_at_once(stranger: Client) -> None:
    """Say a thousand times that one is there, and listen.

    All of it in one piece: what a server has not read when it hangs up makes the network drop its last words.
    """
    connection = stranger._socket
    for _ in range(1_000):
        connection.protocol.send_binary(BackMsg(app_heartbeat=True).SerializeToString())
    connection.socket.sendall(b"".join(connection.protocol.data_to_send()))
    stranger.listen(until="never")


def test_a_browser_that_says_more_than_any_page_is_cut_off_and_others_are_not(flooded: Dashboard) -> None:
    with viewer(flooded) as anna:
        assert shows_all(anna)
        with viewer(flooded) as stranger, pytest.raises(ConnectionClosed) as closed:
            say_much_at_once(stranger)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert "reload" in closed.value.rcvd.reason
        assert shows_all(anna)


def ping_without_end(stranger: Client) -> None:
    """Ask whether the server is there, in frames that are no messages, until one is cut off."""
    connection = stranger._socket
    for _ in range(20_000):
        connection.protocol.send_ping(b"")
    connection.socket.sendall(b"".join(connection.protocol.data_to_send()))
    stranger.listen(until="never")


def test_frames_that_are_no_messages_are_counted_too(flooded: Dashboard) -> None:
    with viewer(flooded) as anna:
        assert shows_all(anna)
        for _ in range(5):
            with viewer(flooded) as stranger, pytest.raises((ConnectionClosed, OSError)):
                ping_without_end(stranger)
        assert shows_all(anna)


def test_closed_sessions_leave_no_descriptors(flooded: Dashboard) -> None:
    with viewer(flooded) as anna:
        assert shows_all(anna)
    until(lambda: health(flooded)["sessions"] == 0)
    before = descriptors(flooded)
    with ExitStack() as stack:
        for _ in range(LIMIT // 2):
            stack.enter_context(viewer(flooded)).run()
        assert descriptors(flooded) > before + LIMIT // 4
    until(
        lambda: descriptors(flooded) <= before + 1
    )  # the one that answers the health check may be kept open


@pytest.fixture(scope="module")
def guarded(project: LocalService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard behind a sign-in. Nobody goes to the provider here: cookies are signed with its secret."""
    secrets = tmp_path_factory.mktemp("guarded") / "secrets.toml"
    dashboard = Dashboard(environment(project), (f"--secrets.files={secrets}",))
    secrets.write_text(
        f'[auth]\nredirect_uri = "{dashboard.url}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        'client_id = "dashboard"\nclient_secret = "client-secret"\n'
        'server_metadata_url = "https://login.example.com/.well-known/openid-configuration"\n'
        '[access]\nemails = ["anna@example.com"]\n'
    )
    with dashboard:
        yield dashboard


def signed_in(dashboard: Dashboard) -> dict[str, str]:
    """The cookies of somebody who may look."""
    claims = {
        "origin": dashboard.url,
        "is_logged_in": True,
        "email": "anna@example.com",
        "email_verified": True,
        "iat": time.time(),
        "provider": "default",
    }
    value = create_signed_value(SECRET, "_streamlit_user", json.dumps(claims)).decode()
    return {"_streamlit_user": value, "_streamlit_xsrf": generate_xsrf_token_string()}


def test_strangers_take_few_of_the_sessions_and_viewers_get_theirs(guarded: Dashboard) -> None:
    with ExitStack() as stack:
        for _ in range(LIMIT // 5 // 2):
            stack.enter_context(viewer(guarded)).run()
        with pytest.raises(InvalidStatus) as refusal, Client(guarded.url):
            pass
        assert refusal.value.response.status_code == 503
        anna = stack.enter_context(viewer(guarded, cookies=signed_in(guarded)))
        assert shows_all(anna)
        cookies = signed_in(guarded)
        asked = f"{guarded.url}/_stcore/host-config"
        assert requests.get(asked, timeout=SECONDS).status_code == 503
        assert requests.get(asked, cookies=cookies, timeout=SECONDS).status_code == 200


def test_what_a_stranger_may_say_is_short(guarded: Dashboard) -> None:
    long = rerun("contains=" + "x" * 100_000)
    with viewer(guarded, cookies=signed_in(guarded)) as anna:
        assert shows_all(anna)
        anna.say(long)
    with viewer(guarded) as stranger:
        stranger.run()
        with pytest.raises(ConnectionClosed) as closed:
            stranger.say(long)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def open_without_end(dashboard: Dashboard, stack: ExitStack) -> None:
    """Open more sessions than there are descriptors."""
    for _ in range(64):
        stack.enter_context(viewer(dashboard))


def test_without_file_descriptors_it_refuses_in_words_and_recovers(project: LocalService) -> None:
    """64 are allowed. Sessions are refused before the last; connections that say nothing take them all."""
    dashboard = Dashboard(environment(project, DASHBOARD_MAX_SESSIONS="500"))
    dashboard.command = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", *dashboard.command]
    with dashboard:
        assert health(dashboard)["max_sessions"] == 24
        with ExitStack() as stack:
            with pytest.raises(InvalidStatus) as refusal:
                open_without_end(dashboard, stack)
            assert refusal.value.response.status_code == 503
            assert b"takes no more viewers" in refusal.value.response.body
            assert descriptors(dashboard) < 64
            assert "No file descriptor is left" not in dashboard.output
        with ExitStack() as stack:
            for _ in range(120):
                stack.enter_context(socket.create_connection(("127.0.0.1", dashboard.port)))
            until(lambda: "No file descriptor is left" in dashboard.output)
        assert health(dashboard)["status"] == "ok"
        with viewer(dashboard) as anna:
            assert shows_all(anna)
        told = dashboard.output
    assert "may open 64 files, which is enough for 24 viewers" in told
    assert told.count("No file descriptor is left") == 1
    assert "Traceback" not in told
    assert "accept() out of system resource" not in told


def test_every_kind_of_end_is_counted_on() -> None:
    """The end of a run tells the filter that the next may begin; a new kind of it would not."""
    assert set(ForwardMsg.ScriptFinishedStatus.keys()) == {
        "FINISHED_SUCCESSFULLY",
        "FINISHED_WITH_COMPILE_ERROR",
        "FINISHED_EARLY_FOR_RERUN",
        "FINISHED_FRAGMENT_RUN_SUCCESSFULLY",
    }
