"""The screen of changes: what differs between two points in time, and the whole over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable, pressed

from dashboard.audit.live import settings_in_force
from dashboard.data.database import shared_database
from dashboard.data.fingerprint_key import fingerprint_key
from dashboard.data.number_words import count_of
from dashboard.data.parameters import AFTER, BEFORE, CHANGES_PAGE, HISTORY, SHOWN_CHANGES
from dashboard.data.record import name_of
from dashboard.history import recall
from dashboard.history.difference import Difference
from dashboard.history.difference_texts import details_words, summary, to_csv, to_json, to_markdown
from dashboard.history.edits import Ignored
from dashboard.history.findings import findings_changes
from dashboard.history.noise import ignore_exactly, ignored_fields
from dashboard.history.points import LATEST, PREVIOUS, UnknownPointError, held_days_ago, snapshot_of_point
from dashboard.history.shown import visible
from dashboard.history.taker import taker
from dashboard.history.visits import person_of, visited
from dashboard.report.changes import SHOWN, Change, by_engine, changes_of, counts_row, listing
from dashboard.store.errors import StoreError
from dashboard.ui import addressed, changes_over_time, drawer, messages, state, taking
from dashboard.ui.context import Context, may_still
from dashboard.ui.snapshots import snapshots_of

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot

KEY: Final = "changes"
COUNTS_KEY: Final = "change_counts"
IGNORED_KEY: Final = "ignored_fields"
PER_PAGE: Final = 25
MAX_LISTED_SNAPSHOTS: Final = 300
MAX_ASKED: Final = 40
"""Characters of a point in time that is not there."""
MAX_WALKED: Final = 12
"""So many snapshots are looked back for one that differs."""
DAYS: Final[Mapping[str, tuple[int, str]]] = {
    "1d": (1, "1 day ago"),
    "7d": (7, "7 days ago"),
    "30d": (30, "30 days ago"),
}
VISIT: Final = "visit"
FIELDS_OFFERED: Final = ("config_desc", "create_time", "user_command", "parameter", "log_url", "train_url")


def draw(here: Context) -> None:
    """Draw the screen of a connection's changes; what the store says where it fails."""
    st.html('<div class="heading"><h1>What has changed</h1></div>')
    failure = taker().state(here.connection.name, here.view.config_type).failure
    if failure:
        st.warning(f"No snapshots are taken now. {messages.escaped(failure)}", icon=":material/database_off:")
    try:
        _draw(here, shared_database())
    except StoreError as error:
        st.error(messages.escaped(str(error)), icon=":material/database_off:")


def _draw(here: Context, database: Database) -> None:
    snapshots = snapshots_of(here, database)
    if not snapshots:
        _draw_nothing(here)
        return
    before, after = _draw_points(here, database, snapshots)
    ignored = _draw_ignored(here, database)
    found = recall.changes_between(database, before, after, ignored)
    _draw_difference(here, found, before, after)
    changes_over_time.draw(here, database, snapshots[-1])
    drawer.open_wanted(here)


def _draw_nothing(here: Context) -> None:
    if here.connection.is_sample:
        text = "Sample data is not remembered. Connect your project, and its changes are told here."
    else:
        text = "Nothing is remembered yet: the first complete load of everything is the first snapshot."
    st.info(text, icon=":material/history:")
    taking.draw_button(here)
    taking.draw_outcome(here)


def _draw_points(
    here: Context, database: Database, snapshots: Sequence[Snapshot]
) -> tuple[Snapshot, Snapshot]:
    now = datetime.now(UTC)
    listed = {str(one.id): _title(one, here) for one in reversed(snapshots[-MAX_LISTED_SNAPSHOTS:])}
    with st.container(horizontal=True, vertical_alignment="bottom", key="change_points"):
        words = {PREVIOUS: "the snapshot before", **{word: title for word, (_, title) in DAYS.items()}}
        last_visit = _last_visit(here, database, now)
        if last_visit is not None:
            words[VISIT] = f"my last visit, {last_visit.astimezone(here.zone):%Y-%m-%d %H:%M}"
        options = _with_asked({**words, **listed}, BEFORE, snapshots, here)
        first = addressed.choice("From", BEFORE, options, PREVIOUS, width=240)
        options = _with_asked({LATEST: "now", **listed}, AFTER, snapshots, here)
        second = addressed.choice("To", AFTER, options, LATEST, width=240)
        taking.draw_button(here)
    if first not in words:
        first = _known(first, snapshots, PREVIOUS, "the snapshot before")
    second = _known(second, snapshots, LATEST, "the last one")
    taking.draw_outcome(here)
    # In one piece with what stands above: which two points were chosen, and what they come to.
    after = _resolved(second, snapshots, now)
    if first == PREVIOUS:
        before = _before(database, snapshots, after, ignored_fields(database, here.connection.name))
    else:
        before = _resolved(first, snapshots, now, last_visit)
    if before.taken_at > after.taken_at:
        before, after = after, before
    st.html(
        Markup('<p class="period" role="status">From {} to {}. {}</p>').format(
            _moment(before, here), _moment(after, here), details_words(before.details, after.details)
        )
    )
    return before, after


def _last_visit(here: Context, database: Database, now: datetime) -> datetime | None:
    """Return when the viewer was here before this session, whose first look is noted as a visit."""
    person = person_of(here.viewer.claims, fingerprint_key()) if here.viewer.policy.sign_in else ""
    if not person:
        return None
    visits: dict[str, datetime | None] = st.session_state.setdefault(state.VISITS, {})
    name = here.connection.name
    if name not in visits:
        visits[name] = visited(database, name, person, now)
    return visits[name]


def _resolved(
    word: str, snapshots: Sequence[Snapshot], now: datetime, last_visit: datetime | None = None
) -> Snapshot:
    if word in DAYS:
        return held_days_ago(snapshots, DAYS[word][0], now)
    if word == VISIT and last_visit is not None:
        return held_days_ago(snapshots, 0, last_visit)
    return snapshot_of_point(snapshots, word)


def _before(database: Database, snapshots: Sequence[Snapshot], after: Snapshot, ignored: Ignored) -> Snapshot:
    """Return the snapshot before another, or an earlier one: details that became known are no change."""
    at = snapshots.index(after)
    earlier = snapshots[max(0, at - MAX_WALKED) : at]
    found = (one for one in reversed(earlier) if recall.changes_between(database, one, after, ignored))
    return next(found, snapshots[max(0, at - 1)])


def _with_asked(
    options: dict[str, str], name: str, snapshots: Sequence[Snapshot], here: Context
) -> dict[str, str]:
    """Return the options with the point that the address asks for, also one that is not there: it is told."""
    word = addressed.asked(name)
    if word and word not in options:
        try:
            options[word] = _title(snapshot_of_point(snapshots, word), here)
        except UnknownPointError:
            options[word] = visible(word, MAX_ASKED)
    return options


def _known(word: str, snapshots: Sequence[Snapshot], default: str, shown: str) -> str:
    """Return a point in time; where there is none for it, say so and return the default."""
    try:
        snapshot_of_point(snapshots, word)
    except UnknownPointError as error:
        st.warning(messages.escaped(f"{error} Shown in its place: {shown}."), icon=":material/history:")
        return default
    return word


def _title(snapshot: Snapshot, here: Context) -> str:
    return f"{snapshot.taken_at.astimezone(here.zone):%Y-%m-%d %H:%M} · snapshot {snapshot.id}"


def _moment(snapshot: Snapshot, here: Context) -> Markup:
    local = snapshot.taken_at.astimezone(here.zone)
    return Markup('<time datetime="{}" title="{} UTC">{} {}</time> <span>(snapshot {}, {})</span>').format(
        snapshot.taken_at.isoformat(timespec="seconds"),
        f"{snapshot.taken_at:%Y-%m-%d %H:%M:%S}",
        f"{local:%Y-%m-%d %H:%M}",
        local.tzname() or "UTC",
        snapshot.id,
        count_of(snapshot.count, "configuration"),
    )


def _draw_ignored(here: Context, database: Database) -> Ignored:
    held = ignored_fields(database, here.connection.name)
    st.session_state[IGNORED_KEY] = sorted(held.paths)
    st.multiselect(
        "Ignored fields",
        sorted({*held.paths, *FIELDS_OFFERED}),
        key=IGNORED_KEY,
        accept_new_options=True,
        placeholder="None. Choose one, or type a path such as user_command[--seed]",
        on_change=partial(_ignore, here, database),
        help="Changes of these, and of what is below them, are left out. The choice is remembered for all who"
        " look at this connection.",
    )
    return held


def _ignore(here: Context, database: Database) -> None:
    if not may_still(here):
        return
    by = str(here.viewer.claims.get("email") or "")
    paths = map(str, st.session_state[IGNORED_KEY])
    ignore_exactly(database, here.connection.name, paths, by, datetime.now(UTC))


def _draw_difference(here: Context, found: Difference, before: Snapshot, after: Snapshot) -> None:
    shown = addressed.asked(SHOWN_CHANGES)
    shown = shown if shown in SHOWN else ""
    changes = changes_of(found)
    pressable(counts_row(found, shown), key=COUNTS_KEY, on_press=_on_count)
    with st.container(horizontal=True, vertical_alignment="center", key="change_bar"):
        st.html(Markup('<p class="period">{}</p>').format(summary(found)), width="stretch")
        times = f"{before.taken_at:%Y-%m-%d %H:%M} to {after.taken_at:%Y-%m-%d %H:%M} UTC"
        with st.container(horizontal=True, width="content", key="change_files"):
            _draw_files(found, f"{visible(here.connection.title)}: {times}")
    listed = [change for change in changes if change.is_shown(shown)]
    if listed:
        _draw_list(listed)
    if engines := by_engine(changes):
        st.markdown("## By engine")
        st.html(engines)


def _on_count() -> None:
    word, _, shown = (pressed(COUNTS_KEY) or "").partition(" ")
    if word == "show" and shown in SHOWN:
        addressed.write(SHOWN_CHANGES, "" if st.query_params.get(SHOWN_CHANGES) == shown else shown)
        st.session_state[CHANGES_PAGE] = 1


def _draw_list(listed: Sequence[Change]) -> None:
    pages = -(-len(listed) // PER_PAGE)
    number = min(pages, max(1, int(st.session_state.get(CHANGES_PAGE) or _asked_page())))
    page = listed[(number - 1) * PER_PAGE : number * PER_PAGE]
    sides = [(one.before, one.after) for one in page]
    findings = findings_changes(sides, datetime.now(UTC), settings_in_force()[0])
    pressable(listing(page, findings), key=KEY, on_press=lambda: _on_open(page))
    if pages > 1:
        if st.session_state.get(CHANGES_PAGE) != number:
            st.session_state[CHANGES_PAGE] = number
        st.pagination(pages, key=CHANGES_PAGE, bind="query-params")


def _asked_page() -> int:
    word = st.query_params.get(CHANGES_PAGE, "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else 1


def _on_open(page: Sequence[Change]) -> None:
    word, _, place = (pressed(KEY) or "").partition(" ")
    if word == "open" and place.isascii() and place.isdigit() and int(place) < len(page):
        drawer.want(name_of(page[int(place)].record), 1)
        st.session_state[HISTORY] = True


def _draw_files(found: Difference, title: str) -> None:
    files = {
        "Markdown": ("md", "text/markdown", partial(to_markdown, found, title)),
        "CSV": ("csv", "text/csv", partial(to_csv, found)),
        "JSON": ("json", "application/json", partial(to_json, found)),
    }
    for label, (ending, mime, text) in files.items():
        st.download_button(
            label,
            partial(_encoded, text),
            file_name=f"changes.{ending}",
            mime=mime,
            key=f"changes_{ending}",
            on_click="ignore",
            help=f"Everything that differs, as {label}",
        )


def _encoded(text: partial[str]) -> bytes:
    return text().encode()
