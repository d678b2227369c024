"""The migration screen: how many are ready, what is left to decide, the table, and one configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable, pressed

from dashboard.data.details import details_wanted
from dashboard.data.loads import LoadedInventory
from dashboard.data.number_words import count_of
from dashboard.data.parameters import CONFIG_TYPE, CONNECTION, PAGE, REASON, VERDICT
from dashboard.data.view import rows_query
from dashboard.migration.migration import Migration
from dashboard.migration.passport import Grade, make_passport
from dashboard.migration.reasons import REASONS
from dashboard.migration.shared import DETAILS_SECONDS, Migrated, MigratedJob, by_decision, migrations
from dashboard.migration.statements import Verdict, Weight
from dashboard.report import migration as report
from dashboard.report.overview import heading
from dashboard.report.table import Page
from dashboard.secrets_file import read_secrets
from dashboard.ui import buttons, drawer, messages, migrated, migration_decisions, notices, state
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, fragment, look_again
from dashboard.ui.table import draw_pages

TOP, ENGINES, REASON_LISTS, ROWS = "migration_top", "migration_engines", "migration_reasons", "migration_rows"
PLACE: Final = {Verdict.BLOCKED: 0, Verdict.DECISION: 1, Verdict.READY: 2}
"""The table begins with what is worst."""


@dataclass(frozen=True)
class Shown:
    """What is on screen: positions under the view's filters, in its order, and those under ours as well."""

    inventory: LoadedInventory
    found: Migrated
    filtered: tuple[int, ...]
    chosen: tuple[int, ...]
    verdict: str
    reason: str

    def migration(self, position: int) -> Migration:
        """Return what a row becomes."""
        return self.found.migrations[position]


def draw(here: Context) -> None:
    """Draw the screen; until it is worked out, how far that is."""
    if here.inventory is None:
        if here.state.running:
            notices.draw_loading(here)
        return
    job = _job(here)
    job.wait(PATIENCE_SECONDS)
    current = job.state.result
    if current is None:
        _draw_waiting(here)
        return
    _draw_faults(here, current)
    fragment(partial(_draw_progress, drawn=current), here, look_again, run_every=_poll_seconds(here))
    shown = _shown(here, here.inventory, current)
    _draw_top(here, shown)
    if not shown.filtered:
        notices.draw_nothing(here)
        return
    _draw_charts(shown)
    open_ones = by_decision({place: shown.migration(place) for place in shown.filtered})
    migration_decisions.draw(here, current.team, open_ones, current.migrations, current.loaded.offers)
    _draw_table(here, shown)
    migrated.open_wanted(here, here.inventory, current)


def _job(here: Context) -> MigratedJob:
    assert here.state.result is not None
    return migrations(here.project, here.state.result, here.view)


def _poll_seconds(here: Context) -> float:
    """Return how often it is looked whether there is something new: details, or another viewer's decision."""
    return POLL_SECONDS if _job(here).state.running else DETAILS_SECONDS


def _draw_waiting(here: Context) -> None:
    st.html(heading("Migration to API v2", here.view))
    if (error := _job(here).state.error) is not None:
        messages.show_error(error)
    fragment(partial(_draw_progress, drawn=None), here, look_again, run_every=POLL_SECONDS)


def _draw_progress(here: Context, *, drawn: Migrated | None) -> None:
    """Draw how far it is; everything again when there is something new."""
    job = _job(here)
    if drawn is not None:
        job.wait(PATIENCE_SECONDS)  # a decision is taken in without a word
    state = job.state
    if state.result is not drawn:
        st.rerun()
    details = here.project.details().state()
    # Over the page's edge while there is something to read: what comes and goes moves nothing.
    with st.container(key=None if drawn is None else "migration_progress"):
        if state.progress is not None and state.running:
            share = min(state.progress.loaded / max(state.progress.total, 1), 1.0)
            text = f"details for {state.progress.loaded:,} of {state.progress.total:,}"
            st.progress(share, text=text)
        elif details.running and not details.complete:
            st.progress(min(details.done / max(details.total, 1), 1.0), text=details.words)
        elif state.running:
            st.text("Being worked out…")


def _draw_faults(here: Context, current: Migrated) -> None:
    """Draw what is not known: details that have not come, decisions that do not count."""
    warnings = list(current.loaded.unread)
    details = here.project.details().state()
    if here.view.config_type == CONFIG_TYPE.default:
        if not details_wanted(read_secrets().tables):
            warnings.append("Details are turned off, and without them nothing is ready: see the settings.")
        if not details.running and details.missing_words:
            again = " Refresh asks again for what could not be loaded." if details.failed else ""
            warnings.append(f"There are {details.words}: {details.missing_words}.{again}")
    if warnings:
        st.warning(messages.escaped(" ".join(warnings)), icon=":material/rule:")
    if details.error is not None and not details.running:
        messages.show_error(details.error, heading="Loading details was ended.", kept=True)
    if current.team.error is not None:
        st.warning(
            messages.escaped(f"No decisions are known and none can be kept: {current.team.error}"),
            icon=":material/database_off:",
        )
    for fault in current.team.faults:
        st.warning(messages.escaped(f"A stored decision does not count: {fault}"), icon=":material/rule:")


def _shown(here: Context, inventory: LoadedInventory, current: Migrated) -> Shown:
    filtered = tuple(inventory.positions(here.view).tolist())
    wanted, reason = st.query_params.get(VERDICT, ""), st.query_params.get(REASON, "")
    verdict = wanted if wanted in set(Verdict) else ""
    reason = reason if reason in REASONS else ""
    chosen = [
        place
        for place in filtered
        if (not verdict or current.migrations[place].verdict == verdict)
        and (not reason or reason in _codes(current.migrations[place]))
    ]
    chosen.sort(key=lambda place: PLACE[current.migrations[place].verdict])
    return Shown(inventory, current, filtered, tuple(chosen), verdict, reason)


def _codes(migration: Migration) -> set[str]:
    return {one.code for one in (*migration.reasons, *migration.warnings)}


def _draw_top(here: Context, shown: Shown) -> None:
    counts = Counter(shown.migration(place).verdict for place in shown.filtered)
    html = heading(f"{here.connection.title}: the way to API v2", here.view)
    html += Markup('<p class="lead">{}</p>').format(
        "Each configuration becomes an algorithm and a training job. Nothing is ever sent from here. There"
        " is no official map: every statement says whether it is documented, was seen, or is our judgement."
    )
    pressable(html + report.figures_row(counts, shown.verdict), key=TOP, on_press=lambda: _on_press(TOP))


def _on_press(key: str) -> None:
    press(pressed(key) or "")


def press(words: str) -> None:
    """Filter by a verdict or a reason, once more takes it away; everything else is the view's."""
    word, _, rest = words.partition(" ")
    if word not in {VERDICT, REASON}:
        buttons.press(words)
        return
    known = rest in set(Verdict) if word == VERDICT else rest in REASONS
    if st.query_params.get(word) == rest or not known:
        st.query_params.pop(word, None)
    else:
        st.query_params[word] = rest
    state.to_first_page()


def _draw_charts(shown: Shown) -> None:
    engines: dict[str, Counter[Verdict]] = {}
    names = shown.inventory.frame["engine"].astype(object).tolist()
    for place in shown.filtered:
        engines.setdefault(str(names[place]), Counter())[shown.migration(place).verdict] += 1
    codes = Counter(
        code for place in shown.filtered for code in {one.code for one in shown.migration(place).reasons}
    )
    with st.grid(3, min_column_width=320, gap="small"):
        with st.container(border=True, key="migration_by_engine", gap="xsmall", height="stretch"):
            st.markdown("## By engine")
            pressable(report.by_engine(engines), key=ENGINES, on_press=lambda: _on_press(ENGINES))
        with st.container(border=True, key="migration_by_reason", gap="xsmall", height="stretch"):
            st.markdown("## What stands in the way")
            lists = Markup("<h3>Blockers</h3>{}<h3>Decisions</h3>{}").format(
                report.reasons_list(codes, Weight.BLOCKER, shown.reason),
                report.reasons_list(codes, Weight.DECISION, shown.reason),
            )
            pressable(lists, key=REASON_LISTS, on_press=lambda: _on_press(REASON_LISTS))
        with st.container(border=True, key="migration_grades", gap="xsmall", height="stretch"):
            st.markdown("## Passports", help=_GRADES_HELP)
            st.html(report.grades_chart(Counter(_grades(shown.found, shown.filtered).values())))


_GRADES_HELP: Final = (
    "How much of what is needed to run a configuration again this API tells. Pins are an image's digest, a"
    " dataset's version, and a seed."
)


def _grades(found: Migrated, places: Sequence[int]) -> Mapping[int, Grade]:
    return {place: make_passport(found.migrations[place]).grade for place in places}


def _draw_bar(here: Context, shown: Shown, page: Page) -> None:
    """Draw what stands over the table: the range, the way back from one verdict or reason, the files."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="migration_bar"):
        st.html(
            '<div class="table-head"><h2>Configurations</h2>'
            f'<span role="status" translate="no">{page.range_text}</span></div>',
            width="stretch",
        )
        if shown.verdict or shown.reason:
            only = " ".join(filter(None, (shown.verdict, shown.reason))).replace("-", " ")
            st.button(
                f"Show all, not only: {only}",
                key="drop_verdict",
                icon=":material/close:",
                on_click=_show_all,
            )
        st.html(_export_link(here, shown, len(shown.chosen)), width="content")


def _draw_table(here: Context, shown: Shown) -> None:
    view, total = here.view, len(shown.chosen)
    number = min(view.page, max(1, -(-total // view.per_page)))
    places = shown.chosen[(number - 1) * view.per_page : number * view.per_page]
    page = Page(shown.inventory.frame.iloc[list(places)], total, number, view.per_page)
    _draw_bar(here, shown, page)
    grades = _grades(shown.found, places)
    rows = [report.MigrationRow(shown.migration(place), grades[place]) for place in places]
    inventory = shown.inventory
    drawn = [
        (str(inventory.frame["name"].fillna("").iloc[place]), inventory.number_of(place)) for place in places
    ]
    wanted = drawer.wanted()
    pressable(
        report.table(rows, page.first, total, page.range_text),
        key=ROWS,
        on_press=lambda: _open(drawn),
        current=f"open {drawn.index(wanted)}" if wanted in drawn else "",
    )
    with st.container(horizontal=True, key="paging"):
        draw_pages(page, number)


def _show_all() -> None:
    for name in (VERDICT, REASON):
        st.query_params.pop(name, None)
    st.session_state[PAGE.name] = 1


def _open(drawn: Sequence[tuple[str, int]]) -> None:
    word, _, rest = (pressed(ROWS) or "").partition(" ")
    if word == "open" and rest.isascii() and rest.isdigit() and int(rest) < len(drawn):
        drawer.want(*drawn[int(rest)])


def _export_link(here: Context, shown: Shown, total: int) -> str:
    own = {VERDICT: shown.verdict, REASON: shown.reason}
    pairs = [(CONNECTION, here.connection.name), *rows_query(here.view)]
    query = urlencode([*pairs, *((name, value) for name, value in own.items() if value)])
    said = f"ZIP: JSON, Terraform, Python and README of {count_of(total, 'configuration')}"
    return str(
        Markup(
            '<a class="export" href="{}" target="_blank" rel="noopener" aria-label="{}" title="{}">ZIP</a>'
        ).format(f"migration.zip?{query}", said, said)
    )
