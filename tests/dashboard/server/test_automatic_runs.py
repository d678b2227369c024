"""While a session's run is under way or unsent, no automatic one comes between; nothing else is touched."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server import automatic_runs
from dashboard.server.automatic_runs import AutomaticRuns, Turns
from tests.dashboard.asgi import run

WHOLE, FRAGMENT = "", "fragment-1"


def asks(fragment: str = WHOLE, *, automatic: bool = False, text: str = "") -> bytes:
    """A browser wants a run."""
    message = BackMsg()
    message.rerun_script.query_string = text
    message.rerun_script.fragment_id = fragment
    message.rerun_script.is_auto_rerun = automatic
    return message.SerializeToString()


def ends(status: int = ForwardMsg.FINISHED_SUCCESSFULLY) -> bytes:
    """Streamlit says that a run is over."""
    message = ForwardMsg(script_finished=status)  # type: ignore[arg-type]  # an enumeration's number
    message.metadata.run.script_run_id = "of-this-run"
    return message.SerializeToString()


def draws(size: int) -> bytes:
    """Streamlit sends an element."""
    message = ForwardMsg()
    message.delta.new_element.text.body = "x" * size
    return message.SerializeToString()


def passed(*steps: bytes) -> list[bytes]:
    """What reaches Streamlit of what a browser says, with what Streamlit says in between."""
    incoming: list[bytes] = []

    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": incoming.pop(0)} if incoming else {"type": "nothing"}

    async def send(_message: Message) -> None:
        pass

    async def converse() -> list[bytes]:
        turns, reached = Turns(receive, send), []
        for step in steps:
            if ForwardMsg.FromString(step).WhichOneof("type") in {"script_finished", "delta"}:
                await turns.send({"type": "websocket.send", "bytes": step})
                continue
            incoming.append(step)
            message = await turns.receive()
            reached += [message["bytes"]] if message["type"] == "websocket.receive" else []
        return reached

    return run(converse())


AUTOMATIC = asks(FRAGMENT, automatic=True)


def test_an_automatic_run_waits_for_the_viewers() -> None:
    asked = asks(text="engine=PyTorch")
    assert passed(asked, AUTOMATIC, AUTOMATIC) == [asked]
    assert passed(asked, AUTOMATIC, ends(), AUTOMATIC) == [asked, AUTOMATIC]


def test_automatic_runs_do_not_pile_up() -> None:
    assert passed(AUTOMATIC, AUTOMATIC, AUTOMATIC) == [AUTOMATIC]
    over = ends(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
    assert passed(AUTOMATIC, over, AUTOMATIC, over, AUTOMATIC) == [AUTOMATIC] * 3


def test_a_run_that_begins_anew_is_not_over() -> None:
    early = ends(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    assert passed(asks(), early, AUTOMATIC) == [asks()]


def test_what_is_drawn_is_no_end() -> None:
    assert passed(asks(), draws(5), draws(100_000), AUTOMATIC) == [asks()]


def test_a_viewer_is_never_left_out() -> None:
    questions = [asks(text=f"page={page}") for page in range(5)]
    assert passed(*questions) == questions


def test_a_part_that_a_viewer_asks_for_meanwhile_becomes_the_whole() -> None:
    part = asks(FRAGMENT, text="page=2")
    assert passed(part) == [part]
    assert passed(asks(), part) == [asks(), asks(WHOLE, text="page=2")]
    assert passed(asks(), ends(), part) == [asks(), part]


def test_a_run_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic_runs, "PATIENCE_SECONDS", 0.0)
    assert passed(asks(), AUTOMATIC) == [asks(), AUTOMATIC]


@pytest.mark.parametrize("junk", [b"\xff\xff\xff", BackMsg(stop_script=True).SerializeToString()])
def test_what_asks_for_no_run_passes_as_it_is(junk: bytes) -> None:
    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": junk}

    async def send(_message: Message) -> None:
        raise AssertionError

    assert run(Turns(receive, send).receive()) == {"type": "websocket.receive", "bytes": junk}


def test_other_messages_and_protocols_pass() -> None:
    seen: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["type"], receive, send))

    async def converse() -> list[Message]:
        said = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "x"}]
        left = list(said)

        async def receive() -> Message:
            await asyncio.sleep(0)
            return left.pop(0)

        async def send(message: Message) -> None:
            seen.append(message)

        await AutomaticRuns(inner)({"type": "http"}, receive, send)
        assert seen.pop() == ("http", receive, send)
        turns = Turns(receive, send)
        await turns.send({"type": "websocket.accept"})
        assert seen.pop() == {"type": "websocket.accept"}
        return [await turns.receive(), await turns.receive()]

    assert run(converse()) == [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "x"}]
