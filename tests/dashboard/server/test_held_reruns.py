"""What a browser has asked for and has not got yet: the newest request, with all that was pressed before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard.server.held_reruns import MAX_HELD, HeldReruns

LIMIT = 1_000_000
PRESSES: tuple[dict[str, Any], ...] = (
    {"trigger_value": True},
    {"string_trigger_value": {"data": "chosen"}},
    {"chat_input_value": {"data": "said"}},
    {"json_trigger_value": '{"event": "click"}'},
)


def request(*states: dict[str, Any], fragment: str = "", query: str = "", automatic: bool = False) -> BackMsg:
    """A request to run the script with values of widgets."""
    said = BackMsg()
    said.rerun_script.query_string = query
    said.rerun_script.fragment_id = fragment
    said.rerun_script.is_auto_rerun = automatic
    said.rerun_script.widget_states.widgets.extend(WidgetState(**state) for state in states)
    return said


def held(*requests: BackMsg, max_bytes: int = LIMIT) -> list[BackMsg]:
    """What is asked for when these came and waited."""
    waiting = HeldReruns(max_bytes)
    for said in requests:
        waiting.add(said, said.SerializeToString())
    came = []
    while waiting:
        came.append(waiting.pop())
    return came


def values(said: BackMsg) -> dict[str, WidgetState]:
    return {state.id: state for state in said.rerun_script.widget_states.widgets}


def test_nothing_is_held_at_first() -> None:
    assert held() == []


def test_the_newest_values_win() -> None:
    older = request({"id": "engine", "string_value": "a"}, {"id": "gone", "int_value": 1}, query="engine=a")
    newer = request({"id": "engine", "string_value": "b"}, query="engine=b")
    assert held(older, newer) == [newer]


@pytest.mark.parametrize("press", PRESSES, ids=lambda press: next(iter(press)))
def test_what_was_pressed_is_in_the_request_that_is_left(press: dict[str, Any]) -> None:
    pressed = request({"id": "button", **press}, {"id": "engine", "string_value": "a"})
    (left,) = held(pressed, request({"id": "engine", "string_value": "b"}), request(query="x"))
    assert left.rerun_script.query_string == "x"
    assert list(values(left)) == ["button"]
    assert values(left)["button"] == WidgetState(id="button", **press)


def test_a_button_that_was_pressed_twice_makes_two_requests() -> None:
    first = request({"id": "bar", "trigger_value": True}, query="1")
    second = request({"id": "bar", "trigger_value": True}, query="2")
    other = request({"id": "other", "trigger_value": True}, query="3")
    one, two = held(first, second, other)
    assert one == first
    assert two.rerun_script.query_string == "3"
    assert set(values(two)) == {"bar", "other"}


def test_no_more_than_a_few_wait() -> None:
    presses = [request({"id": "bar", "trigger_value": True}, query=str(number)) for number in range(50)]
    came = held(*presses)
    assert len(came) == MAX_HELD
    assert came[-1].rerun_script.query_string == "49"


def test_a_button_that_is_not_pressed_any_more_was_pressed() -> None:
    (left,) = held(
        request({"id": "button", "trigger_value": True}), request({"id": "button", "trigger_value": False})
    )
    assert values(left)["button"].trigger_value


def test_two_parts_of_a_page_are_the_whole_page() -> None:
    assert held(request(fragment="a"), request(fragment="a", query="x")) == [request(fragment="a", query="x")]
    for parts in (("a", "b"), ("", "b"), ("a", "")):
        (left,) = held(*(request(fragment=part) for part in parts))
        assert left.rerun_script.fragment_id == ""


def test_an_automatic_request_gives_way_to_anything() -> None:
    automatic, asked = request(fragment="a", automatic=True), request(fragment="b", query="x")
    assert held(automatic) == [automatic]
    assert held(automatic, asked) == [asked]
    assert held(asked, automatic) == [asked]


def test_what_waits_never_takes_more_than_one_message_may() -> None:
    """Presses of which each is as long as a message may be: the newest request is left, as it is."""
    presses = [
        request({"id": f"{number}", "json_trigger_value": "x" * 400}, query=str(number))
        for number in range(20)
    ]
    came = held(*presses, max_bytes=1_000)
    assert sum(said.ByteSize() for said in came) <= 1_000
    assert came[-1].rerun_script.query_string == "19"


BUTTONS = st.sets(st.sampled_from("abc"))


@given(st.lists(BUTTONS, min_size=1, max_size=MAX_HELD))
def test_every_press_of_every_button_is_asked_for(presses: list[set[str]]) -> None:
    requests = [
        request(*({"id": button, "trigger_value": True} for button in sorted(pressed)), query=str(number))
        for number, pressed in enumerate(presses)
    ]
    came = held(*requests)
    for button in "abc":
        asked = sum(button in values(said) for said in came)
        assert asked == sum(button in pressed for pressed in presses)
    assert came[-1].rerun_script.query_string == str(len(presses) - 1)
