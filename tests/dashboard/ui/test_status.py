"""What the sidebar says of the data's age, and when it has everything drawn anew."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

WORDS = "everything is drawn again"


def drawn_again(*, finished: int = 0, audited: object = None, running: bool = False) -> bool:
    """Whether the age, drawn alone, has everything drawn again, now that this is otherwise."""

    def script(finished: int, audited: object, running: bool) -> None:
        from types import SimpleNamespace  # AppTest takes this function's own text
        from unittest import mock

        import streamlit as st

        from dashboard.data.background import JobState
        from dashboard.ui import status

        def look(finished: int, audited: object, running: bool) -> SimpleNamespace:
            state = JobState(finished=finished, running=running)
            return SimpleNamespace(
                state=state, audited=audited, inventory=None, is_ahead=False, project=None, view=None
            )

        def rerun() -> None:
            st.text("everything is drawn again")

        with mock.patch.object(st, "rerun", rerun), mock.patch.object(status, "draw_wait"):
            status._draw_age(look(finished, audited, running), drawn=look(0, None, False))

    app = AppTest.from_function(script, args=(finished, audited, running)).run()
    assert not app.exception
    return WORDS in [text.value for text in app.text]


def test_everything_is_drawn_again_when_a_load_has_ended() -> None:
    assert drawn_again(finished=1)
    assert not drawn_again()
    assert not drawn_again(finished=1, running=True)


def test_everything_is_drawn_again_when_the_audit_says_something_else() -> None:
    """Somebody else has accepted a finding, say, while this tab was idle."""
    assert drawn_again(audited="another audit")
