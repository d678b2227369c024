"""What a browser may say over its WebSocket, and when it reaches Streamlit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server import rules, streamlit_private, websocket_filter
from dashboard.server.run_queue import RunQueue
from dashboard.server.sessions import sessions
from tests.dashboard.asgi import run
from tests.dashboard.guarded import ACCESS, AUTH, CLAIMS, Secrets, secrets
from tests.dashboard.server.talk import FRAGMENT, GONE, WHOLE, Talk, asks, draws, ends

__all__ = ["secrets"]

AUTOMATIC = asks(FRAGMENT, automatic=True)
PART = asks(FRAGMENT, text="engine=x")
OVER = ends(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
EARLY = ends(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
Steps = tuple[BackMsg | bytes | ForwardMsg, ...]


@pytest.fixture(autouse=True)
def _own_queues(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to sign in, all places are free, and no run is interrupted because a machine is slow."""
    monkeypatch.setattr(websocket_filter, "queue_of_viewers", RunQueue(4, place_seconds=1000))
    monkeypatch.setattr(websocket_filter, "queue_of_strangers", RunQueue(2, place_seconds=1000))
    monkeypatch.setattr(websocket_filter, "INTERRUPT_SECONDS", 1000.0)
    monkeypatch.setattr(websocket_filter, "PATIENCE_SECONDS", 1000.0)


def talk(steps: Callable[[Talk], Awaitable[Any]], *arguments: Any, **options: Any) -> Any:
    """What comes of a talk."""

    async def whole() -> Any:
        async with Talk(*arguments, **options) as session:
            return await steps(session)

    return run(whole())


def reached(*steps: BackMsg | bytes | ForwardMsg, claims: dict[str, Any] | None = None) -> list[BackMsg]:
    """What reaches Streamlit when browser and Streamlit say this in turn."""

    async def one_by_one(session: Talk) -> list[BackMsg]:
        for step in steps:
            if isinstance(step, ForwardMsg):
                await session.answer(step)
            else:
                await session.say(step)
        return session.runs

    return talk(one_by_one, claims)


def flag(name: str) -> BackMsg:
    message = BackMsg()
    setattr(message, name, True)
    return message


def operation(kind: str) -> BackMsg:
    """A wish for one of the server's operations."""
    message = BackMsg()
    getattr(message.backend_operation_request, kind).SetInParent()
    return message


def uploads() -> BackMsg:
    message = BackMsg()
    message.file_urls_request.file_names.append("x")
    return message


DOWNLOAD = operation("deferred_file")


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
def test_what_no_screen_asks_for_does_not_pass(message: BackMsg) -> None:
    assert reached(asks(), message, ends(), asks()) == [asks(), asks()]


@pytest.mark.parametrize("message", [asks(), flag("stop_script")])
def test_what_the_page_needs_passes(message: BackMsg) -> None:
    assert reached(message) == [message]


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


def test_a_part_of_a_page_is_drawn_alone_once_the_whole_was() -> None:
    first, second = reached(PART, ends(), PART)
    assert first.rerun_script.fragment_id == ""
    assert first.rerun_script.query_string == "engine=x"
    assert second == PART


@pytest.mark.parametrize("message", [PART, DOWNLOAD], ids=["part", "download"])
def test_who_is_taken_off_the_list_gets_the_whole_script_and_its_gate(
    secrets: Secrets, message: BackMsg
) -> None:
    secrets.write(AUTH + ACCESS)

    async def steps(session: Talk) -> None:
        await session.say(asks())
        await session.answer(ends())
        await session.say(message)
        assert session.runs == [asks(), message]
        await session.answer(OVER)
        secrets.write(AUTH + ACCESS.replace("anna", "berta"))
        await session.say(message)
        came = session.runs[2:]
        assert [m.rerun_script.fragment_id for m in came] == ([] if message is DOWNLOAD else [""])

    talk(steps, CLAIMS)


def test_who_never_was_on_the_list_gets_no_part_and_no_download(secrets: Secrets) -> None:
    secrets.write(AUTH + ACCESS)
    for claims in ({}, {**CLAIMS, "email": "eve@evil.org"}, {**CLAIMS, "is_logged_in": False}):
        came = reached(asks(), ends(), PART, DOWNLOAD, claims=claims)
        assert [m.WhichOneof("type") for m in came] == ["rerun_script"] * 2
        assert not any(m.rerun_script.fragment_id for m in came)


def test_any_change_of_the_rules_runs_the_whole_script_once(secrets: Secrets) -> None:
    """The list of a single connection may have changed: the script decides what there is to see now."""
    secrets.write(AUTH + ACCESS)

    async def steps(session: Talk) -> None:
        await session.say(asks())
        await session.answer(ends())
        secrets.write(AUTH + ACCESS + '[connections.prod.access]\nemails = ["berta@example.com"]\n')
        await session.say(DOWNLOAD)
        assert session.runs == [asks()]
        for fragment in (WHOLE, FRAGMENT):
            await session.say(PART)
            assert session.runs[-1].rerun_script.fragment_id == fragment
            await session.answer(ends())
        await session.say(DOWNLOAD)
        assert session.runs[-1] == DOWNLOAD

    talk(steps, CLAIMS)


def test_a_request_that_waits_is_decided_on_by_the_rules_of_its_turn(secrets: Secrets) -> None:
    secrets.write(AUTH + ACCESS)

    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(asks())
        await session.answer(ends())
        await session.say(PART, PART)  # the second waits
        secrets.write(AUTH + ACCESS.replace("anna", "berta"))
        await session.answer(OVER)
        return await session.reach(3)

    came = talk(steps, CLAIMS)
    assert [m.rerun_script.fragment_id for m in came] == [WHOLE, FRAGMENT, WHOLE]


def test_a_sign_in_that_is_too_old_gets_the_whole_script(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.write(AUTH + ACCESS + "sign_in_hours = 1\n")
    now = rules.time.time()

    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(asks())
        await session.answer(ends())
        await session.say(PART)
        await session.answer(OVER)
        with monkeypatch.context() as later:
            later.setattr(rules.time, "time", lambda: now + 3601)
            await session.say(PART)
        return session.runs

    came = talk(steps, {**CLAIMS, "iat": now})
    assert [m.rerun_script.fragment_id for m in came] == [WHOLE, FRAGMENT, WHOLE]


def test_an_automatic_run_waits_for_the_viewers() -> None:
    asked = asks(text="engine=PyTorch")
    assert reached(asked, AUTOMATIC, AUTOMATIC) == [asked]
    assert reached(asked, AUTOMATIC, ends(), AUTOMATIC) == [asked, AUTOMATIC]


def test_automatic_runs_do_not_pile_up() -> None:
    assert reached(asks(), ends(), AUTOMATIC, AUTOMATIC, AUTOMATIC) == [asks(), AUTOMATIC]
    turns = (AUTOMATIC, OVER)
    assert reached(asks(), ends(), *turns, *turns, *turns) == [asks(), *[AUTOMATIC] * 3]


def test_a_run_that_begins_anew_is_not_over() -> None:
    assert reached(asks(), EARLY, AUTOMATIC) == [asks()]


def test_what_is_drawn_is_no_end() -> None:
    assert reached(asks(), draws(5), draws(100_000), AUTOMATIC) == [asks()]


def test_the_newest_request_of_those_that_came_during_a_run_is_the_next() -> None:
    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(*(asks(text=f"page={page}") for page in range(5)))
        assert session.runs == [asks(text="page=0")]
        await session.answer(ends())
        return await session.reach(2)

    assert talk(steps) == [asks(text="page=0"), asks(text="page=4")]


def test_what_was_pressed_during_a_run_is_not_lost() -> None:
    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(asks(), asks(pressed="refresh"), asks(pressed="clear"), asks(text="engine=x"))
        await session.answer(ends())
        return await session.reach(2)

    _, request = talk(steps)
    assert request.rerun_script.query_string == "engine=x"
    states = {state.id: state.trigger_value for state in request.rerun_script.widget_states.widgets}
    assert states == {"refresh": True, "clear": True}


def test_a_button_that_was_pressed_twice_is_pressed_twice() -> None:
    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(asks(), asks(pressed="bar"), asks(pressed="bar"))
        await session.answer(ends())
        await session.reach(2)
        await session.answer(ends())
        return await session.reach(3)

    assert talk(steps) == [asks(), asks(pressed="bar"), asks(pressed="bar")]


def test_a_part_that_waited_is_drawn_alone_when_the_run_is_over() -> None:
    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(asks(), PART)
        await session.answer(ends())
        return await session.reach(2)

    assert talk(steps) == [asks(), PART]


def test_a_run_that_takes_long_is_ended_by_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a part becomes the whole: what the run has drawn and not sent would be lost otherwise."""
    monkeypatch.setattr(websocket_filter, "INTERRUPT_SECONDS", 0.0)

    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(asks(), PART)
        return await session.reach(2)

    assert talk(steps) == [asks(), asks(WHOLE, text="engine=x")]


def test_a_run_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_filter, "PATIENCE_SECONDS", 0.0)

    async def steps(session: Talk) -> list[BackMsg]:
        await session.say(asks(), AUTOMATIC)
        await session.answer(ends())
        return await session.reach(2)

    assert talk(steps) == [asks(), AUTOMATIC]


def test_who_stops_a_run_wants_none_of_what_waits() -> None:
    stop = flag("stop_script")
    assert reached(asks(), asks(text="engine=x"), stop, ends(), asks(text="engine=y")) == [
        asks(),
        stop,
        asks(text="engine=y"),
    ]


def test_few_runs_are_under_way_at_once_and_the_next_begins_when_one_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(websocket_filter, "queue_of_viewers", RunQueue(1, place_seconds=1000))

    async def two() -> None:
        async with Talk() as first, Talk() as second:
            await first.say(asks())
            await second.say(asks(text="engine=x"), asks(text="engine=y"))
            assert second.runs == []
            await first.answer(ends())
            assert await second.reach(1) == [asks(text="engine=y")]

    run(two())


def test_an_automatic_run_that_finds_no_place_waits_and_gives_way_to_the_viewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def two(*more: BackMsg) -> list[BackMsg]:
        monkeypatch.setattr(websocket_filter, "queue_of_viewers", RunQueue(1, place_seconds=1000))
        async with Talk() as first, Talk() as second:
            await second.say(asks())
            await second.answer(ends())
            await first.say(asks())
            await second.say(AUTOMATIC, AUTOMATIC, *more)
            await first.answer(ends())
            return await second.reach(2)

    assert run(two()) == [asks(), AUTOMATIC]
    assert run(two(asks(text="engine=x"))) == [asks(), asks(text="engine=x")]


def test_strangers_do_not_take_the_viewers_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_filter, "queue_of_strangers", RunQueue(1, place_seconds=1000))

    async def three() -> None:
        async with Talk(stranger=True) as one, Talk(stranger=True) as another, Talk() as viewer:
            await one.say(asks())
            await another.say(asks())
            await viewer.say(asks())
            assert [len(session.runs) for session in (one, another, viewer)] == [1, 0, 1]

    run(three())


def test_a_browser_that_asks_too_often_is_answered_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost of it: the newest request waits until there is a run for it."""
    monkeypatch.setattr(websocket_filter, "RUNS", (2.0, 0.0001))
    monkeypatch.setattr(websocket_filter, "RUNS_KEPT", 0.0)

    async def steps(session: Talk) -> list[BackMsg]:
        for page in range(5):
            await session.say(asks(text=f"page={page}"))
            await session.answer(ends())
        return session.runs

    assert talk(steps) == [asks(text="page=0"), asks(text="page=1")]


def test_automatic_runs_leave_some_to_the_viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_filter, "RUNS", (5.0, 0.0001))
    monkeypatch.setattr(websocket_filter, "RUNS_KEPT", 3.0)
    turns = (AUTOMATIC, OVER) * 9
    assert reached(asks(), ends(), *turns, asks(text="x")) == [asks(), AUTOMATIC, AUTOMATIC, asks(text="x")]


def closed(*messages: BackMsg | bytes, **options: Any) -> Message | None:
    """How a session ends that says this, if it does."""

    async def steps(session: Talk) -> Message | None:
        await session.say(*messages)
        if session.end:
            assert session.end["type"] == "websocket.disconnect"
            assert [message["code"] for message in session.sent] == [session.end["code"]]
            assert session.sent[0]["reason"]
        return session.end

    found: Message | None = talk(steps, **options)
    return found


def test_what_is_too_long_ends_the_session_and_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    most = streamlit_private.max_message_bytes()
    assert most == 1_000_000

    def parse(*_: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(websocket_filter, "BackMsg", type("Unparsed", (), {"FromString": parse}))
    end = closed(b"\x0a\x00" * (most // 2) + b"x")
    assert end
    assert end["code"] == 1009


def test_a_stranger_says_little_and_a_viewer_may_say_more() -> None:
    long = asks(text="x" * websocket_filter.STRANGER_BYTES)
    assert closed(long) is None
    end = closed(long, stranger=True)
    assert end
    assert end["code"] == 1009


@pytest.mark.parametrize(("widgets", "passes"), [(2_000, True), (2_001, False)])
def test_more_values_than_any_screen_has_end_the_session(widgets: int, passes: bool) -> None:
    message = BackMsg()
    for _ in range(widgets):
        message.rerun_script.widget_states.widgets.add()
    end = closed(message)
    assert (end is None) == passes


def test_more_messages_than_any_page_sends_end_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_filter, "MESSAGES", (500.0, 0.0001))
    assert closed(*[flag("clear_cache")] * 200) is None  # with as many heartbeats
    end = closed(*[flag("clear_cache")] * 300)
    assert end
    assert end["code"] == 1008


def test_long_messages_count_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_filter, "MESSAGES", (500.0, 0.0001))
    assert closed(*[asks(text="x" * 800_000)] * 4) is None
    end = closed(*[asks(text="x" * 800_000)] * 6)
    assert end
    assert end["code"] == 1008


def test_text_does_not_pass_and_what_is_no_message_ends_the_session() -> None:
    async def steps(session: Talk) -> Message | None:
        await session.hear({"type": "websocket.receive", "text": "hello"})
        assert session.end is None
        await session.say(b"\xff")
        return session.end

    end = talk(steps)
    assert end["code"] == 1002


def test_a_browser_that_goes_is_gone_at_once_whatever_waits() -> None:
    async def steps(session: Talk) -> Message | None:
        await session.say(asks(), asks(text="x"))
        await session.hear(GONE)
        return session.end

    assert talk(steps) == GONE


def test_a_browser_that_is_gone_is_sent_nothing_and_no_error_is_made_of_it() -> None:
    async def steps(session: Talk) -> Message | None:
        await session.answer(draws(1))
        session.is_gone = True
        await session.answer(draws(2), ends())
        session.is_gone = False
        await session.answer(draws(3))
        await session.hear(GONE)
        assert [len(message["bytes"]) for message in session.sent] == [draws(1).ByteSize()]
        return session.end

    assert talk(steps) == GONE


def test_who_is_cut_off_is_sent_nothing_more() -> None:
    async def steps(session: Talk) -> list[Message]:
        await session.say(b"\xff")
        await session.answer(draws(1))
        return session.sent

    assert [message["type"] for message in talk(steps)] == ["websocket.close"]


def test_who_goes_while_waiting_for_a_place_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_filter, "queue_of_viewers", RunQueue(1, place_seconds=1000))

    async def three() -> None:
        async with Talk() as first, Talk() as third:
            async with Talk() as second:
                await first.say(asks())
                await second.say(asks())
                await third.say(asks())
            await first.answer(ends())
            assert await third.reach(1) == [asks()]
            assert second.runs == []

    run(three())


def test_a_session_is_counted_for_as_long_as_it_lasts(secrets: Secrets) -> None:
    counted = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        counted.append(sessions.count)
        await send({"type": "websocket.accept"})
        counted.append(await receive())

    async def whole() -> None:
        async def receive() -> Message:
            await asyncio.sleep(0)
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            counted.append(message)

        before = sessions.count
        scope = {"type": "websocket", "headers": [], "client": ("10.0.0.1", 1)}
        await websocket_filter.serve(app, scope, receive, send, rules.policy())
        assert counted == [before + 1, {"type": "websocket.accept"}, {"type": "websocket.connect"}]
        assert sessions.count == before

    run(whole())
