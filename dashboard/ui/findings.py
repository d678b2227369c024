"""The findings: how bad it is, which checks found what, what ends when, and what the team has accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable, pressed

from dashboard.audit.check import Family
from dashboard.audit.end_of_life import OLD_TRAINING, published_ends
from dashboard.audit.forecast import forecast
from dashboard.audit.live import CLEAN, Audited
from dashboard.audit.summary import CheckSummary, Choice, Summary, matrix, summary
from dashboard.data.loads import LoadedInventory
from dashboard.data.number_words import count_of
from dashboard.data.parameters import AS_OF, AUDITED, FINDING
from dashboard.report import findings as html
from dashboard.report import overview
from dashboard.report.lifetimes import lifetimes
from dashboard.ui import audit, comparing, drawer, finding_files, new_since, state, waivers
from dashboard.ui.buttons import draw_pressable, press
from dashboard.ui.context import Context
from modelarts_api.regions import HUAWEI_CLOUD, region_of

KEY = "findings"
YEARS_AHEAD = 6


def draw(here: Context, audited: Audited) -> None:
    """Draw what the audit has found under the view's filters."""
    draw_pressable(overview.heading(here.connection.title, here.view), "findings_top")
    choice = choice_of(here, audited)
    newer = new_since.draw(here, audited)
    if newer is not None:
        choice = replace(choice, rows=np.logical_and(choice.rows, newer))
    key = (here.view.facets, None if newer is None else newer.tobytes())
    found: Summary = audited.inventory.derived(("findings", key), lambda: summary(audited.audit, choice))
    if not found.checks:
        _tell_nothing(here, choice)
    # What is said of the whole project does not explain the numbers of a search.
    missing = audit.missing_details_words(here) if audited.audit.coverage.whole else ""
    _draw_block(here, html.overview(found, audited.audit, missing), "findings_summary")
    _draw_crashes(audited)
    if found.checks:
        _draw_checks(here, audited, found, key)
    with st.expander("Not assessed, and why", icon=":material/help_center:"):
        draw_pressable(html.not_assessed(audited.audit), "not_assessed")
    waivers.draw_for(here, audited, found)
    finding_files.draw(here, audited, found)
    _draw_forecast(here, audited.inventory, choice, key)
    waivers.draw_all(here, audited)


def choice_of(here: Context, audited: Audited) -> Choice:
    """Return which findings the view asks for: of its rows, checks, severities and statuses."""
    facets = here.view.facets
    return Choice(
        audited.inventory.selection(facets).mask,
        checks=facets["check"],
        severities=tuple(word for word in facets["severity"] if word != CLEAN),
        statuses=facets["status"],
    )


def _tell_nothing(here: Context, choice: Choice) -> None:
    """Say that no configuration matches the filters, or none of their findings, or that there is nothing."""
    if not choice.rows.any():
        st.info("No configuration matches the filters. Take one away.", icon=":material/filter_alt:")
    elif any(here.view.facets[facet.name] for facet in AUDITED):
        words = (
            "Nothing is found that has this severity, check and status. A configuration's severity, by which"
            " it is counted at the side and in the overview, is that of its worst finding."
        )
        st.info(words, icon=":material/filter_alt:")
    else:
        st.success("Nothing is found.", icon=":material/check:")


def _draw_checks(here: Context, audited: Audited, found: Summary, key: object) -> None:
    chosen = here.view.facets["check"]
    if len(found.checks) > 1:
        st.markdown("## Worst findings")
        _draw_block(here, html.worst(found, audited.audit), "worst_findings")
    st.markdown("## Checks by harm")
    _draw_block(here, html.checks(found.checks, chosen), KEY)
    if len(found.checks) == 1:
        _draw_one(here, audited, found.checks[0])
    engines, cells = audited.inventory.derived(
        ("matrix", key),
        lambda: matrix(audited.audit, found.checks, audited.inventory.frame["engine"]),
    )
    st.markdown("## Checks and engines")
    _draw_block(here, html.matrix(engines, cells, found.checks), "matrix")


def _draw_one(here: Context, audited: Audited, only: CheckSummary) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="check_bar"):
        st.html(Markup("<h3>{} {}</h3>").format(only.check.id, only.check.title), width="stretch")
        comparing.draw_button("configurations")
    ticked = comparing.ticked_places(audited.inventory)
    _draw_block(here, html.one_check(only, audited.audit, ticked), "one_check")


def _draw_block(here: Context, block: Markup, key: str) -> None:
    pressable(block, key=key, on_press=lambda: _on_press(here, pressed(key) or ""))


def _on_press(here: Context, words: str) -> None:
    """Filter by what was pressed, or open a configuration's details with the finding marked."""
    word, _, rest = words.partition(" ")
    first, _, second = rest.partition(" ")
    place = _place(here, first)
    if word == "open" and place is not None:
        _open(here, place, second)
    elif word == "tick" and place is not None and here.inventory is not None:
        comparing.tick(*comparing.row_of(here.inventory, place))
    elif word == "family" and here.audited is not None and rest in set(Family):
        own = [check.id for check in here.audited.audit.checks if check.family == rest]
        state.set_parameters(check=own)
    elif word == "cell":
        state.set_parameters(check=[first], engine=[second])
    else:
        press(words)


def _place(here: Context, word: str) -> int | None:
    """Return the position of a row that a browser names, if there is one."""
    rows = len(here.inventory.frame) if here.inventory else 0
    place = int(word) if word.isascii() and word.isdigit() and len(word) < 10 else rows
    return place if place < rows else None


def _open(here: Context, place: int, check: str) -> None:
    assert here.inventory is not None
    drawer.want(*comparing.row_of(here.inventory, place))
    st.query_params[FINDING] = check


def _draw_crashes(audited: Audited) -> None:
    for crash in audited.audit.crashes:
        st.error(
            f"The check {crash.check} failed itself ({crash.error}) on"
            f" {count_of(crash.count, 'configuration')}, which it has not assessed."
            " This is a fault of the dashboard.",
            icon=":material/bug_report:",
        )


def _draw_forecast(here: Context, found: LoadedInventory, choice: Choice, key: object) -> None:
    """Draw what has ended by a day; where the service takes no new jobs any more, that first."""
    st.markdown("## Ends of life")
    ends = published_ends()
    old = ends.of(OLD_TRAINING)
    if old is not None and is_over(here.connection.endpoint):
        st.warning(
            f"Since {old.ended.isoformat()} the old training management of Huawei Cloud takes no new"
            f" jobs: what is"
            f" listed here starts nothing there any more. Source: {old.source}.",
            icon=":material/event_busy:",
        )
    today = found.today
    first, last = date(today.year - YEARS_AHEAD, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    day = st.slider(
        AS_OF.label,
        first,
        last,
        today,
        key=AS_OF.name,
        bind="query-params",
        format="YYYY-MM-DD",
        help=AS_OF.help,
    )
    foreseen = found.derived(("forecast", key, day), lambda: forecast(found.frame, choice.rows, ends, day))
    draw_pressable(lifetimes(foreseen, day), "lifetimes")


def is_over(endpoint: str) -> bool:
    """Return whether an endpoint is Huawei Cloud's, whose old training management takes no new jobs."""
    return region_of(endpoint) in HUAWEI_CLOUD
