"""One configuration on the migration screen: v1 beside v2, both bodies, its passport."""

from __future__ import annotations

from typing import Final

import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable

from dashboard.audit.passports import findings_of
from dashboard.data.loads import LoadedInventory
from dashboard.migration.migration import Migration
from dashboard.migration.passport import make_passport
from dashboard.migration.passport_history import passport_history
from dashboard.migration.shared import Migrated
from dashboard.report import migrated as report
from dashboard.report.passport import passport
from dashboard.report.table import NAMELESS, cut
from dashboard.ui import addressed, drawer, messages
from dashboard.ui.context import Context

KEY: Final = "migrated"
FORMATS: Final = {"html": "Passport as HTML", "json": "Passport as JSON"}


def open_wanted(here: Context, inventory: LoadedInventory, current: Migrated) -> None:
    """Open the configuration that the address names, if it names one of these."""
    asked = drawer.wanted()
    if asked is None:
        return
    name, number = asked
    place = inventory.place_of(name, number)
    title = messages.escaped(cut(name)[: drawer.MAX_TITLE] or NAMELESS)
    dialog = st.dialog(title, width="large", on_dismiss=drawer.forget)
    if place is None:
        dialog(_draw_none)()
    else:
        dialog(_draw)(here, current.migrations[place], place, name, number)


def _draw_none() -> None:
    st.info("There is no such configuration in what is loaded.", icon=":material/search_off:")


_BUTTONS: Final = Markup("").join(
    Markup('<button type="button" class="chip" data-copy="{}">{}</button>').format(identity, label)
    for identity, label in (
        ("algorithm", "Copy algorithm"),
        ("job", "Copy training job"),
        ("link", "Copy link"),
    )
)


def _draw(here: Context, migration: Migration, place: int, name: str, number: int) -> None:
    past = passport_history(here.connection.name, here.view.config_type, name)
    links = Markup(" ").join(
        Markup('<a class="export" href="{}" target="_blank" rel="noopener">{}</a>').format(
            addressed.link_to_one(here, f"passport.{ending}", name, number), label
        )
        for ending, label in FORMATS.items()
    )
    html = Markup(
        '<div class="details migrated" translate="no"><div class="chips">{}{}</div>'
        '<span id="link" class="unseen">{}</span>{}'
        "<details open><summary>v1 and v2, field by field</summary>{}</details>"
        "<details><summary>Both bodies</summary>{}</details>"
        "<details><summary>Passport</summary>{}</details></div>"
    ).format(
        _BUTTONS,
        links,
        drawer.link(),
        report.verdict(migration),
        report.side_by_side(migration),
        report.bodies(migration),
        passport(make_passport(migration, findings_of(here.audited, place), past), here.zone),
    )
    pressable(html, key=KEY, on_press=lambda: None)
