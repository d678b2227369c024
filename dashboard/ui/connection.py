"""The connection screen's parts: what we are connected to, how that is doing, and the test of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.connections import Connection
from dashboard.connections.traffic import Summary, code_of
from dashboard.data.background import JobState
from dashboard.data.parameters import CONFIG_TYPE
from dashboard.data.projects import Steps
from dashboard.history.settings import read_history_settings
from dashboard.history.taker import taker
from dashboard.report import ages
from dashboard.report.facts import facts
from dashboard.secrets_file import read_secrets
from dashboard.ui import audit, formatting, messages
from dashboard.ui.context import POLL_SECONDS, Context, fragment, look_again
from modelarts_api import Exchange
from modelarts_api.diagnosis import Step

TRAFFIC_SECONDS: Final = 5
SHOWN_FAILURES: Final = 10
STATES: Final = {
    "passed": (":material/check_circle:", "Passed"),
    "failed": (":material/cancel:", "Failed"),
    "not assessed": (":material/do_not_disturb_on:", "Not assessed"),
}


def draw(here: Context) -> None:
    """Draw what we are connected to beside the test of it, and below what the requests have come to."""
    st.html('<div class="heading"><h1>Connection</h1></div>')
    with st.grid(2, min_column_width=380, gap="small"):
        with st.container(border=True, key="connection_facts"):
            st.markdown("## Connected to")
            st.html(facts(_facts(here.connection)))
            st.markdown("## Data on screen")
            coming = here.project.details(begin=False).state().running
            fragment(_draw_data, here, look_again, run_every=TRAFFIC_SECONDS if coming else None)
            st.markdown("## Snapshots")
            st.html(facts(_snapshot_facts(here)))
        with st.container(border=True, key="diagnosis"):
            _draw_test(here)
    fragment(_draw_traffic, here, look_again, run_every=TRAFFIC_SECONDS)


def _facts(connection: Connection) -> list[tuple[str, str | None]]:
    project = "Project" if connection.project_id else "Project's name"
    return [
        ("Connection", connection.title),
        *([("Name in links", connection.name)] if connection.title != connection.name else []),
        ("Configured in", connection.source),
        ("Endpoint", connection.endpoint),
        (project, connection.project),
        ("Credentials", connection.shown_credentials),
    ]


def _draw_data(here: Context) -> None:
    """Draw what is on screen: how old it is, whether it is all, and how the details stand."""
    st.html(facts(_data_facts(here)))


def _data_facts(here: Context) -> list[tuple[str, str | None]]:
    found = here.state.result
    if found is None:
        return [("Loaded", "not yet" if here.state.running else "no")]
    return [
        ("Loaded at", f"{found.loaded_at:%Y-%m-%d %H:%M:%S} UTC, {ages.age_words(found.age_seconds)}"),
        ("Configurations", f"{len(found.frame):,} of {found.reported_total:,} reported"),
        ("Complete", "yes" if found.complete else "no"),
        ("Details", _details_words(here)),
        ("Requests made for it", f"{found.requests:,}"),
        ("Time taken", f"{found.seconds:.2f} s"),
        ("Rows with a problem", f"{found.frame['problems'].notna().sum():,}"),
    ]


def _details_words(here: Context) -> str:
    details, missing = here.project.details(begin=False).state(), audit.missing_details_words(here)
    if here.view.config_type != CONFIG_TYPE.default or not details.total:
        return missing
    counted = f"{details.done:,} of {details.total:,}"
    return f"{counted}: {missing}" if missing else counted


def _snapshot_facts(here: Context) -> list[tuple[str, str | None]]:
    """Return what is remembered of this connection, by this process; and why not, if it fails."""
    if here.connection.is_sample:
        return [("Taken", "no: sample data is not remembered")]
    settings = read_history_settings(read_secrets().tables)
    state = taker().state(here.connection.name, here.view.config_type)
    lines: list[tuple[str, str | None]] = [
        ("Taken", "after each load" if settings.enabled else "switched off")
    ]
    if state.taken is not None:
        last = state.taken.snapshot
        lines.append(("Last change seen", f"{last.taken_at:%Y-%m-%d %H:%M:%S} UTC, snapshot {last.id}"))
    if state.failure and state.failed_at is not None:
        lines.append(("Failing since", f"{state.failed_at:%Y-%m-%d %H:%M:%S} UTC: {state.failure}"))
    lines += [("Fault in [history]", fault) for fault in settings.faults]
    kept = f"those of {settings.keep_days:,} days, and the last {settings.keep_last:,}"
    return [*lines, ("Kept", "all, until the fault is mended" if settings.faults else kept)]


def _draw_test(here: Context) -> None:
    """Draw the test's button and its steps; while it runs, the steps are drawn again by themselves."""
    test = here.project.test()
    running = test.state.running
    st.markdown("## Test")
    st.button(
        "Test connection",
        icon=":material/network_check:",
        key="test_connection",
        disabled=running,
        on_click=partial(test.start_if_due, now=True),
        help="From the name of the host to the first page of configurations, one step after another."
        " Credentials that the service has refused are sent once more by Refresh alone.",
    )
    fragment(
        partial(_draw_steps, running=running), here, look_again, run_every=POLL_SECONDS if running else None
    )


def _draw_steps(here: Context, *, running: bool) -> None:
    state = here.project.test().state
    steps = state.progress or ()
    if state.error is not None and not state.running:
        steps = (*steps, Step("test", "failed", 0.0, "", state.error))
    for step in steps:
        _draw_step(step)
    st.text(_conclusion(state, steps))
    if running and not state.running:
        st.rerun()  # the button can be pressed again


def _draw_step(step: Step) -> None:
    icon, word = STATES[step.state]
    took = f" · {formatting.seconds_words(step.seconds)}" if step.state != "not assessed" else ""
    with st.container(gap="xxsmall"):
        st.markdown(f"{icon} **{word}** · {messages.escaped(step.name)}{took}")
        if step.error is not None:
            messages.show_error(step.error)
        elif step.detail:
            st.html(f'<div class="step-detail">{escape(step.detail)}</div>')


def _conclusion(state: JobState[Steps, Steps], steps: Steps) -> str:
    if state.running:
        return "Testing…"
    if state.began_at is None:
        return "Not tested since the dashboard was started."
    failed = next(
        (f"failed at {step.name}" for step in steps if step.state == "failed"), "found nothing wrong"
    )
    return f"The test of {state.began_at:%H:%M:%S} UTC {failed}."


def _draw_traffic(here: Context) -> None:
    """Draw the requests and latency of this connection, for all viewers, since the dashboard was started."""
    summary = here.project.traffic.summary()
    st.markdown("## Requests since the dashboard was started")
    with st.grid(4, min_column_width=150, gap="small"):
        failed = sum(summary.failures.values())
        st.metric("Requests", f"{summary.requests:,}", border=True)
        st.metric("Failed", f"{failed:,}", border=True)
        st.metric("Median latency", formatting.seconds_words(summary.median), border=True)
        st.metric("95th percentile", formatting.seconds_words(summary.p95), border=True)
    st.html(facts([("This server's clock", formatting.clock_words(summary.clock_difference))]))
    if summary.failures:
        _draw_failures(summary)


def _draw_failures(summary: Summary) -> None:
    by_code, last = st.columns([1, 3])
    with by_code.container(key="failure_codes"):
        st.markdown("### Failures by code")
        counts = pd.DataFrame({"Code": list(summary.failures), "Requests": list(summary.failures.values())})
        st.dataframe(counts, hide_index=True, height="content", alt="Failed requests by code")
    with last.container(key="last_failures"):
        st.markdown("### Last failures", help="Give the request id to the provider's support.")
        st.dataframe(
            _failures_frame(summary.last_failures[:SHOWN_FAILURES]),
            hide_index=True,
            height="content",
            alt="The last requests that failed, newest first",
        )


def _failures_frame(failures: Sequence[Exchange]) -> pd.DataFrame:
    rows = [
        (
            f"{exchange.at:%Y-%m-%d %H:%M:%S}",
            code_of(exchange),
            "" if exchange.status is None else str(exchange.status),
            exchange.request_id or "",
            f"{exchange.method} {exchange.path}" + (f", page {exchange.page}" if exchange.page else ""),
            str(exchange.attempt),
            formatting.seconds_words(exchange.seconds),
        )
        for exchange in failures
    ]
    columns = ["At (UTC)", "Code", "HTTP", "Request id", "Request", "Attempt", "Took"]
    return pd.DataFrame(rows, columns=columns, dtype="str")
