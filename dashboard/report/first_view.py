"""The overview as a viewer sees it first: static HTML until the live page has drawn the same.

Heading, figures, table and lists are the same HTML as the live page's; the frame and the controls are drawn
like Streamlit's, and look as if they could not be used yet. Times are in UTC: the page's own script, which
knows the viewer's zone, writes them anew before they are painted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Final

from markupsafe import Markup

from dashboard.data.figures import folded_engines
from dashboard.data.loads import LoadedInventory, Progress
from dashboard.data.parameters import GRANULARITY, ORDER, PER_PAGE_COUNT, SORT_BY, Facet
from dashboard.data.view import View
from dashboard.history.families import Families
from dashboard.history.grouped import GROUPED
from dashboard.report import engine_chart, notices, overview, timeline_chart
from dashboard.report.ages import age_text, age_words
from dashboard.report.controls import box, label
from dashboard.report.export_links import FORMATS, address_query, link
from dashboard.report.first_sidebar import sidebar
from dashboard.report.searched import search_words
from dashboard.report.severities import strip_of
from dashboard.report.table import Page, page_of, table
from dashboard.report.week import LOOKING, note

ID: Final = "first-view"


@dataclass(frozen=True, eq=False)
class Seen:
    """What somebody sees of one connection: the loaded rows, or how far their load is; and where they are.

    `connections` are the labels of all that the viewer may see, with `label` the chosen one; `screens` the
    titles of the screens, of which this is the first. `audit_note` is how much was audited, `unknown` the
    connection that was asked for where there is none of this name, `left_out` what no row has. `whole` is all
    that is loaded of the type; with `is_ahead` the rows are those of it with the text that is searched for,
    before the service has answered.
    """

    title: str
    name: str
    project: str
    view: View
    inventory: LoadedInventory | None
    running: bool = False
    progress: Progress | None = None
    failed: bool = False
    is_sample: bool = False
    is_stale: bool = False
    label: str = ""
    unknown: str = ""
    left_out: Sequence[tuple[Facet, str]] = ()
    connections: int = 1
    viewer: str = ""
    screens: Sequence[str] = ()
    all_engines: bool = False
    endpoint: str = ""
    audit_note: str = ""
    check_titles: Mapping[str, str] = field(default_factory=dict)
    whole: LoadedInventory | None = None
    is_ahead: bool = False


def first_view(seen: Seen, style: str) -> Markup:
    """Return the view as one landmark, with the style that it needs (ours alone) in it."""
    return _VIEW.format(
        id=ID,
        style=Markup(style),  # noqa: S704 - our own files and the theme's colours
        screens=Markup("").join(
            Markup('<span class="screen{}">{}</span>').format("" if number else " here", title)
            for number, title in enumerate(seen.screens)
        ),
        sidebar=sidebar(
            seen.title,
            seen.project,
            age_text(seen.inventory, running=_is_running(seen), is_ahead=seen.is_ahead),
            seen.view,
            seen.inventory,
            viewer=seen.viewer,
            connection=seen.label if seen.connections > 1 else "",
            check_titles=seen.check_titles,
        ),
        notices=Markup("").join(_notices(seen)),
        body=_loaded(seen, seen.inventory) if seen.inventory else _waiting(seen),
    )


_VIEW: Final = Markup(
    '<main id="{id}" aria-label="Overview" translate="no"><style>{style}</style>'
    '<div class="bar"><span class="mark"></span>{screens}<span class="soon" role="status">Controls are being'
    " loaded</span></div><fieldset disabled>{sidebar}</fieldset>"
    '<div class="page" tabindex="0"><fieldset disabled><p class="notice warning unscripted">'
    "This page can be read without JavaScript. Filters, sorting, other pages, details and hover texts need"
    " it. Times are in UTC.</p>"
    "{notices}{body}</fieldset></div></main>"
)


def _notices(seen: Seen) -> list[Markup]:
    """Return what a viewer must know of the data."""
    found = seen.inventory
    said = [("warning", notices.unknown_connection(seen.unknown, seen.label))] if seen.unknown else []
    if seen.is_sample:
        said.append(("info", notices.SAMPLE))
    if seen.left_out:
        said.append(("warning", notices.left_out(seen.left_out, seen.view.config_type)))
    if seen.failed:
        failed = "The last load has failed."
        said.append(("error", notices.not_renewed(found) if found and not seen.is_ahead else failed))
    if (all_of := seen.whole if seen.is_ahead else found) and not all_of.complete:
        said.append(("warning", notices.not_whole(all_of)))
    return [Markup('<p class="notice {}">{}</p>').format(kind, words) for kind, words in said]


def _waiting(seen: Seen) -> Markup:
    """Return the frame without a number: how far the load is, where figures and charts will be."""
    words = notices.loading(seen.progress) if seen.running else "Nothing is loaded yet"
    return Markup(
        '<div class="pressable">{}</div><div class="rooms figures-room">{}</div>'
        '<div class="rooms charts-room"><div role="status">{}</div><div></div></div>'
    ).format(overview.heading(seen.title, seen.view, _searched(seen, None)), Markup("<div></div>") * 5, words)


def _loaded(seen: Seen, found: LoadedInventory) -> Markup:
    """Return heading, figures, charts and table; each drawn once for all viewers of the same."""
    view, facets = seen.view, seen.view.facets
    # Another page is another table, under the same figures and charts.
    told = (seen.audit_note, _searched(seen, found))
    top_key = ("first top", seen.title, replace(view, page=1, per_page=25), *told)
    top = Markup('<div class="pressable top">{}{}</div>').format(
        _stale(found) if seen.is_stale else "", found.derived(top_key, lambda: _top(seen, found))
    )
    if not found.selection(facets).key_figures.configurations:
        words = (
            "No configuration matches all of these filters."
            if view.filtered
            else "This project has no configurations of this type."
        )
        return top + Markup('<p class="notice info">{}</p>').format(words)
    grouped = None if view.search else GROUPED.families(found)
    charts_key = ("first charts", facets, view.granularity, seen.all_engines)
    charts = found.derived(charts_key, lambda: _charts(seen, found))
    table_key = ("first table", seen.name, view, grouped is not None)
    rows = found.derived(table_key, lambda: _table(seen, page_of(found, view), grouped))
    return top + _week(seen) + charts + rows


def _stale(found: LoadedInventory) -> Markup:
    return Markup('<span class="stale" role="note">Data of {}, to be renewed</span>').format(
        age_words(found.age_seconds)
    )


def _top(seen: Seen, found: LoadedInventory) -> Markup:
    figures = found.selection(seen.view.facets).key_figures
    return Markup("").join(
        (
            overview.heading(seen.title, seen.view, _searched(seen, found)),
            overview.on_paper(seen.endpoint, seen.project, found.loaded_at, complete=found.complete),
            overview.figures_row(figures, seen.view, len(found.frame), UTC),
            strip_of(seen.view, found, seen.audit_note),
        )
    )


def _searched(seen: Seen, found: LoadedInventory | None) -> str:
    return search_words(seen.view.search, found, seen.whole, is_ahead=seen.is_ahead, has_failed=seen.failed)


def _is_running(seen: Seen) -> bool:
    """Return whether the live page will find a load that runs: it begins that of a search."""
    return seen.running or (seen.is_ahead and not seen.failed)


def _week(seen: Seen) -> Markup:
    """Return the room of what has changed; only the live page asks the database for it."""
    if seen.is_sample:
        return Markup("")
    return Markup('<div class="pressable week-room">{}</div>').format(note(LOOKING))


def _charts(seen: Seen, found: LoadedInventory) -> Markup:
    selection, view = found.selection(seen.view.facets), seen.view
    usage = engine_chart.draw(
        selection.usage,
        view.facets["engine"],
        unfolded=seen.all_engines,
        alt=engine_chart.description(selection.counts["engine"]),
    )
    toggle = Markup('<span class="toggle"><i{}></i>All engines</span>').format(
        Markup(' class="on"') if seen.all_engines else ""
    )
    return _CHARTS.format(
        usage=usage,
        toggle=toggle if folded_engines(selection.usage) else "",
        granularity=box(view.granularity, "granularity", GRANULARITY.label),
        timeline=_timeline(found, view),
    )


_CHARTS: Final = Markup(
    '<div class="cards"><section class="card"><div class="head"><h2>Engine usage</h2>{toggle}</div>{usage}'
    '</section><section class="card"><div class="head"><h2>Creation timeline</h2>{granularity}</div>'
    "{timeline}</section></div>"
)


def _timeline(found: LoadedInventory, view: View) -> Markup:
    wide, granularity = found.timeline(view.facets, view.granularity)
    if wide.empty:
        return Markup('<p class="notice info">{}</p>').format(timeline_chart.absence(view))
    shown = timeline_chart.engines(view, wide)
    alt = timeline_chart.description(wide, granularity)
    chart = timeline_chart.draw(wide, granularity, shown, view.facets.period, alt=alt)
    missing = found.selection(view.facets).key_figures.without_created
    return chart + Markup("").join(
        Markup('<p class="caption">{}</p>').format(note)
        for note in timeline_chart.notes(view, granularity, missing)
    )


def _table(seen: Seen, page: Page, grouped: Families | None) -> Markup:
    view = seen.view
    differs = [grouped.differs_by(position) for position in page.frame.index] if grouped else ()
    query = address_query(seen.name, view)
    return _TABLE.format(
        range=page.range_text,
        sort=label(SORT_BY.label) + box(view.sort_by, "sort", SORT_BY.label),
        order=label(ORDER.label) + box(view.order, "order", ORDER.label),
        links=Markup("").join(link(ending, query, page.total) for ending in FORMATS),
        rows=table(page, view.sort_by, view.order, UTC, differs=differs),
        page=f"Page {page.number:,} of {page.count:,}",
        per_page=label(PER_PAGE_COUNT.label) + box(str(view.per_page), "per-page", PER_PAGE_COUNT.label),
    )


_TABLE: Final = Markup(
    '<div class="table-bar"><div class="table-head"><h2>Configurations</h2><span>{range}</span></div>'
    "<div>{sort}</div><div>{order}</div>"
    '<div><button type="button" class="box compare">Compare</button></div>'
    '<div class="links">{links}</div></div><div class="pressable">{rows}</div>'
    '<div class="paging"><span>{page}</span><div>{per_page}</div></div>'
)
