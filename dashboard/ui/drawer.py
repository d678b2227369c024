"""One configuration's details in a drawer at the side: every field, literally, and a link to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboard.connections import Connection
from dashboard.data import loading
from dashboard.data.view import DETAILS, View
from dashboard.ui import messages
from dashboard.ui.formatting import waiting_words
from dashboard.ui.sidebar import clear_selection
from modelarts_api import ConfigurationDetail
from modelarts_api.detail import DataSource, Volume

DRAWER_WIDTH, SKELETON_HEIGHT = 620, 300
PATIENCE_SECONDS, POLL_SECONDS = 1.0, 0.4
"""So long a viewer's own thread waits for the answer; then it looks for it now and then."""
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


def open_wanted(connection: Connection, view: View) -> None:
    """Open the drawer for the configuration that the address names, if it names one."""
    name = st.query_params.get(DETAILS)
    if name:
        _drawer(connection, name, view.config_type)


def want(name: str) -> None:
    """Put a configuration into the address; the next run opens it."""
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
def _drawer(connection: Connection, name: str, config_type: str) -> None:
    st.code(name, language=None, wrap_lines=True)
    waits = not loading.detail(connection, name, config_type).wait(PATIENCE_SECONDS)
    content = st.fragment(_draw_content, run_every=POLL_SECONDS if waits else None)
    content(connection, name, config_type, waits)
    st.markdown("### Link to these details")
    st.code(_link(), language=None, wrap_lines=True)


def _draw_content(connection: Connection, name: str, config_type: str, waits: bool) -> None:
    """The details; as long as they have not come, since when they are waited for."""
    call = loading.detail(connection, name, config_type)
    if call.outcome is None:
        trouble = loading.traffic(connection).trouble_since(call.began_at)
        said = waiting_words(datetime.now(UTC), call.began_at, trouble, answered=False)
        st.text(said or "Asking the service…")
        st.skeleton(height=SKELETON_HEIGHT)
    elif waits:
        st.rerun()
    elif isinstance(call.outcome, Exception):
        messages.show_error(call.outcome)
        st.button(
            "Retry",
            icon=":material/refresh:",
            key="retry_detail",
            on_click=loading.retry_detail,
            args=(connection, name, config_type),
        )
    else:
        _draw(call.outcome)


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
