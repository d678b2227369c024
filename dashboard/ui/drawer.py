"""One configuration's details in a drawer at the side: every field, literally, and a link to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboard.data.parameters import DETAILS
from dashboard.ui import messages
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, fragment, look_again
from dashboard.ui.state import clear_selection
from dashboard.ui.status import wait_text
from modelarts_api import ConfigurationDetail
from modelarts_api.detail import DataSource, Volume

DRAWER_WIDTH, SKELETON_HEIGHT = 620, 300
_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Engine",
        (
            ("Engine", "engine_name"),
            ("Version", "engine_version"),
            ("Engine type", "engine_type"),
            ("Engine id", "engine_id"),
            ("Image", "image_url"),
            ("Model id", "model_id"),
        ),
    ),
    ("Code", (("Code directory", "code_url"), ("Boot file", "boot_file_url"))),
    (
        "Resources",
        (
            ("Workers", "worker_count"),
            ("Flavour", "spec_code"),
            ("Flavour id", "spec_id"),
            ("CPU", "cpu"),
            ("Cores", "core"),
            ("GPUs", "gpu_num"),
            ("GPU type", "gpu_type"),
            ("Pool", "pool_name"),
            ("Pool id", "pool_id"),
        ),
    ),
    (
        "Data and output",
        (
            ("Data", "data_url"),
            ("Dataset", "dataset_name"),
            ("Dataset id", "dataset_id"),
            ("Dataset version", "dataset_version_name"),
            ("Dataset version id", "dataset_version_id"),
            ("Output", "output_url"),
            ("Logs", "log_url"),
            ("NAS address", "nas_share_addr"),
            ("NAS mount path", "nas_mount_path"),
            ("NAS type", "nas_type"),
        ),
    ),
)


def open_wanted(here: Context) -> None:
    """Open the drawer for the configuration that the address names, if it names one."""
    name = st.query_params.get(DETAILS)
    if name:
        _drawer(here, name)


def want(name: str) -> None:
    """Put a configuration into the address, so that the next run opens it."""
    st.query_params[DETAILS] = name


def _forget() -> None:
    st.query_params.pop(DETAILS, None)
    clear_selection()


@st.dialog(
    "Configuration",
    width=DRAWER_WIDTH,
    position="right",
    icon=":material/description:",
    on_dismiss=_forget,
)
def _drawer(here: Context, name: str) -> None:
    st.code(name, language=None, wrap_lines=True)
    waits = not here.project.detail(name, here.view.config_type).wait(PATIENCE_SECONDS)
    draw = partial(_draw_content, name=name, waits=waits)
    fragment(draw, here, look_again, run_every=POLL_SECONDS if waits else None)
    st.markdown("### Link to these details")
    st.code(_link(), language=None, wrap_lines=True)


def _draw_content(here: Context, *, name: str, waits: bool) -> None:
    """Draw the details; as long as they have not come, since when they are waited for."""
    found = here.project.detail(name, here.view.config_type).state
    if found.result is None and found.error is None:
        st.text(wait_text(here.project, found) or "Asking the service…")
        st.skeleton(height=SKELETON_HEIGHT)
    elif waits:
        st.rerun()  # from now on it is drawn no more by itself
    elif found.result is not None:
        _draw(found.result)
    elif found.error is not None:
        messages.show_error(found.error)
        st.button(
            "Retry",
            icon=":material/refresh:",
            key="retry_detail",
            on_click=here.project.retry_detail,
            args=(name, here.view.config_type),
        )


def _draw(detail: ConfigurationDetail) -> None:
    created = f"{detail.created_at:%Y-%m-%d %H:%M:%S} UTC" if detail.created_at else None
    st.html(messages.facts_html([("Description", detail.description), ("Created", created)]))
    if detail.problems:
        st.warning("Some fields could not be read; the raw JSON below has them.", icon=":material/help:")
        st.text("\n".join(detail.problems))
    if detail.command:
        st.markdown("### Start command")
        st.code(detail.command, language="bash", wrap_lines=True)
    _draw_facts("Run parameters", [(p.label or "", p.value) for p in detail.parameters])
    for title, fields in _GROUPS:
        _draw_facts(title, [(label, getattr(detail, field)) for label, field in fields])
    _draw_items("Data source", detail.data_sources)
    _draw_items("Volume", detail.volumes)
    with st.expander("Raw JSON", icon=":material/data_object:"):
        st.code(messages.pretty_json(detail.raw), language="json", wrap_lines=True)


def _draw_items(title: str, items: Sequence[DataSource | Volume]) -> None:
    for number, item in enumerate(items, 1):
        words = [(name.replace("_", " ").capitalize(), value) for name, value in asdict(item).items()]
        _draw_facts(f"{title} {number} of {len(items)}", words)


def _draw_facts(title: str, facts: Sequence[tuple[str, object]]) -> None:
    """A heading and the facts that the service gave; nothing when it gave none."""
    given = [(label, messages.plain(value)) for label, value in facts if value is not None and value != ""]
    if given:
        st.markdown(f"### {title}")
        st.html(messages.facts_html(given))


def _link() -> str:
    """The address of what is on screen now, the drawer included."""
    parts = urlsplit(st.context.url or "")
    pairs = [(key, value) for key in st.query_params for value in st.query_params.get_all(key)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))
