"""A page for a test: each run leaves half a megabyte that only a collection of all garbage can free."""

import streamlit as st


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self
        self.weight = b"x" * 500_000  # zeros would take no memory


# It is still there at the end of the run, so it is no longer among the youngest when the next lets go of it.
st.session_state["knot"] = Knot()
st.text("drawn")
