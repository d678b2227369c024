"""The screen that has configurations side by side, and the families that show who is unlike the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable

from dashboard.data.background import Job
from dashboard.data.database import shared_database
from dashboard.data.loads import LoadedInventory
from dashboard.data.number_words import count_of
from dashboard.data.parameters import COMPARED, COMPARED_AT, REFERENCE
from dashboard.data.record import Record, name_of
from dashboard.data.rows import Detail
from dashboard.data.view import read_view
from dashboard.history import comparison_texts, recall
from dashboard.history.chosen import checked, name_and_number, word_of
from dashboard.history.compare import MAX_COLUMNS, MIN_COLUMNS, Comparison, compare
from dashboard.history.families import Family, families
from dashboard.history.fields import has_details
from dashboard.history.records import detail_of, row_of, with_details
from dashboard.history.shown import visible
from dashboard.report.comparison import side_by_side
from dashboard.store.errors import StoreError
from dashboard.ui import addressed, families_map, messages, state
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, fragment, look_again
from dashboard.ui.drawer import UNASKED
from dashboard.ui.snapshots import snapshots_of

if TYPE_CHECKING:
    from dashboard.store.series import Snapshot

KEY: Final = "side_by_side"
NOW: Final = "now"
NOBODY, USUAL = "none", "usual"
MAX_OFFERED: Final = 2_000
"""So many names are offered; any other can be typed, or ticked in the table."""


@dataclass(frozen=True)
class Chosen:
    """What is compared: records, their titles, what stands below each, and the names that are nowhere."""

    records: tuple[Record, ...]
    titles: tuple[str, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]


def draw(here: Context) -> None:
    """Draw the choice, what is chosen side by side, and the families."""
    st.html('<div class="heading"><h1>Compare</h1></div>')
    inventory = _everything(here)
    if inventory is None:
        st.text("Loading…")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare_bar"):
        words = _draw_choice(inventory)
        snapshot = _draw_time(here)
    st.session_state[state.TICKED] = words
    if words:
        jobs = [] if snapshot else _detail_jobs(here, inventory, words)
        waits = not all(job.wait(PATIENCE_SECONDS) for job in jobs)
        draw_part = partial(_draw_chosen, inventory=inventory, words=words, snapshot=snapshot, waits=waits)
        fragment(draw_part, here, look_again, run_every=POLL_SECONDS if waits else None)
    else:
        st.info(
            f"Choose {MIN_COLUMNS} to {MAX_COLUMNS} configurations here, tick them in the overview's table,"
            " or press one below to see what it does otherwise than its family.",
            icon=":material/compare_arrows:",
        )
    families_map.draw(here, inventory)


def _everything(here: Context) -> LoadedInventory | None:
    """Return all that there is of the type, whatever is searched for: the rows that others look at, too."""
    whole = here.project.inventory(read_view({"config_type": here.view.config_type}))
    whole.wait(PATIENCE_SECONDS)
    return whole.state.result


def _draw_choice(inventory: LoadedInventory) -> tuple[str, ...]:
    asked = st.session_state.get(COMPARED)
    if asked is None:
        asked = st.query_params.get_all(COMPARED) or st.session_state.get(state.TICKED, ())
    words = checked(asked)
    if st.session_state.get(COMPARED) != list(words):
        st.session_state[COMPARED] = list(words)
    names = inventory.frame["name"].dropna().head(MAX_OFFERED).tolist()
    st.multiselect(
        "Configurations",
        list(dict.fromkeys([*words, *map(word_of, names)])),
        key=COMPARED,
        max_selections=MAX_COLUMNS,
        accept_new_options=True,
        filter_mode="contains",
        placeholder="Choose, or type a name",
        width="stretch",
        help=f"{MIN_COLUMNS} to {MAX_COLUMNS}. They can be ticked in the overview's table, too.",
    )
    if st.query_params.get_all(COMPARED) != list(words):
        if words:
            st.query_params[COMPARED] = list(words)
        else:
            st.query_params.pop(COMPARED, None)
    return words


def _draw_time(here: Context) -> Snapshot | None:
    """Draw the choice of when they are looked at; None is now, and all that there is without snapshots."""
    try:
        snapshots = snapshots_of(here, shared_database())
    except StoreError:
        snapshots = ()  # the screen of changes and that of the connection say why
    options = {NOW: NOW} | {
        str(one.id): f"{one.taken_at.astimezone(here.zone):%Y-%m-%d %H:%M} · {one.id}"
        for one in reversed(snapshots)
    }
    chosen = addressed.choice("As they were", COMPARED_AT, options, NOW, width=190)
    return next((one for one in snapshots if str(one.id) == chosen), None)


def _detail_jobs(here: Context, inventory: LoadedInventory, words: Sequence[str]) -> list[Job[Detail, None]]:
    names = [
        name_and_number(word)[0] for word in words if inventory.place_of(*name_and_number(word)) is not None
    ]
    return [here.project.detail(name, here.view.config_type) for name in names if name not in UNASKED]


def _draw_chosen(
    here: Context, *, inventory: LoadedInventory, words: Sequence[str], snapshot: Snapshot | None, waits: bool
) -> None:
    if waits and all(not job.state.running for job in _detail_jobs(here, inventory, words)):
        st.rerun()  # from now on it is drawn no more by itself
    if snapshot is None:
        chosen = _now(here, inventory, words)
    else:
        chosen = _then(recall.state_at(shared_database(), snapshot), words)
    for name in chosen.missing:
        st.warning(
            f"There is no configuration {messages.escaped(visible(name, 80))}.", icon=":material/search_off:"
        )
    if not chosen.records:
        return
    everything = inventory.records if snapshot is None else recall.state_at(shared_database(), snapshot)
    reference, family = _draw_reference(chosen, everything)
    if family is not None and len(family.members) < MIN_COLUMNS:
        st.info("No other has its engine, image and command, so nothing is usual.", icon=":material/person:")
        reference, family = None, None
    if family is None and len(chosen.records) < MIN_COLUMNS:
        st.info("One more is needed, or what is usual in its family.", icon=":material/compare_arrows:")
        return
    _draw_comparison(chosen, reference, family)


def _now(here: Context, inventory: LoadedInventory, words: Sequence[str]) -> Chosen:
    found: list[tuple[Record, str, str]] = []
    missing = []
    for word in words:
        name, number = name_and_number(word)
        place = inventory.place_of(name, number)
        if place is None:
            missing.append(name)
            continue
        known = None if name in UNASKED else here.project.detail(name, here.view.config_type).state
        found_detail = known.result if known else None
        detail = detail_of(found_detail.record, found_detail.secrets) if found_detail else None
        record = with_details(row_of(inventory.records[place], inventory.secrets.get(place, ())), detail)
        waits = known is not None and known.running
        note = "" if has_details(record) else "details are being loaded" if waits else "details not known"
        found.append((record, word, note))
    return _chosen(found, missing)


def _then(records: Sequence[Record], words: Sequence[str]) -> Chosen:
    found: list[tuple[Record, str, str]] = []
    missing = []
    for word in words:
        name, number = name_and_number(word)
        same = [record for record in records if name_of(record) == name]
        if number > len(same):
            missing.append(name)
        else:
            record = same[number - 1]
            found.append((record, word, "" if has_details(record) else "details not known"))
    return _chosen(found, missing)


def _chosen(found: Sequence[tuple[Record, str, str]], missing: Sequence[str]) -> Chosen:
    records, titles, notes = zip(*found, strict=True) if found else ((), (), ())
    return Chosen(records, titles, notes, tuple(missing))


def _draw_reference(chosen: Chosen, everything: Sequence[Record]) -> tuple[int | None, Family | None]:
    """Draw the choice of the reference: nobody, one of them, or what is usual in the family of the first."""
    options = {NOBODY: "none", USUAL: "usual in the family of the first"}
    options |= {word: visible(word, 60) for word in chosen.titles if word not in options}
    word = addressed.choice("Reference", REFERENCE, options, NOBODY, width=320)
    if word == USUAL and len(chosen.records) < MAX_COLUMNS:
        return 0, _family_of(chosen.records[0], everything)
    return (chosen.titles.index(word) if word in chosen.titles else None), None


def _family_of(record: Record, everything: Sequence[Record]) -> Family:
    """Return the family of a record, its own details among those of the others as far as they are known."""
    rows = [record if name_of(one) == name_of(record) else one for one in everything]
    place = next((at for at, one in enumerate(rows) if one is record), None)
    found = families(rows if place is not None else [record, *rows])
    return found.families[found.family_of[place or 0]]


def _draw_files(found: Comparison, markdown: str) -> None:
    files = {
        "Markdown": ("md", "text/markdown", markdown),
        "CSV": ("csv", "text/csv", comparison_texts.to_csv(found)),
        "JSON": ("json", "application/json", comparison_texts.to_json(found)),
    }
    for label, (ending, mime, text) in files.items():
        st.download_button(
            label,
            text.encode(),
            file_name=f"comparison.{ending}",
            mime=mime,
            key=f"comparison_{ending}",
            on_click="ignore",
        )


def _draw_comparison(chosen: Chosen, reference: int | None, family: Family | None) -> None:
    found: Comparison = compare(chosen.records, chosen.titles, reference=reference, family=family)
    notes = (*(["of its family"] if family is not None else []), *chosen.notes)
    markdown = comparison_texts.to_markdown(found)
    with st.container(horizontal=True, vertical_alignment="center", key="compare_files"):
        differing = len(found.differing)
        said = count_of(differing, "field differs", "fields differ")
        copy = Markup(
            '<p class="period" role="status">{}. <button type="button" class="chip" data-copy="markdown">'
            'Copy as Markdown</button><span id="markdown" class="unseen" aria-hidden="true">{}</span></p>'
        ).format(said, markdown)
        pressable(copy, key="copy_comparison", on_press=_nothing)
        _draw_files(found, markdown)
    pressable(side_by_side(found, notes), key=KEY, on_press=_nothing)


def _nothing() -> None:
    """Do nothing: its buttons copy by themselves."""
