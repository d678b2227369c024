"""One configuration's details in a drawer at the side, with a link to it and the way to its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable, pressed

from dashboard.audit.findings import Finding, Status
from dashboard.audit.passports import findings_of
from dashboard.data.parameters import DETAILS, FINDING, PAGE, SAME_NAME
from dashboard.data.rows import Detail
from dashboard.migration.mapping import Migrator
from dashboard.migration.passport import make_passport
from dashboard.report.details import details, listed
from dashboard.report.facts import facts
from dashboard.report.findings import of_one
from dashboard.report.passport import grade_words, passport
from dashboard.report.table import NAMELESS, cut
from dashboard.ui import addressed, comparing, messages, own_history, waivers
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, fragment, look_again
from dashboard.ui.status import wait_text
from modelarts_api import ConfigurationDetail

KEY: Final = "details"
DRAWER_WIDTH, SKELETON_HEIGHT = 620, 300
MAX_TITLE: Final = 80
MAX_ALIKE: Final = 3
"""With so many others a configuration is compared from one of its findings."""
UNASKED: Final = frozenset(("", ".", ".."))
"""Names that no address can be made of: of these there is what the list said."""


def wanted() -> tuple[str, int] | None:
    """Return the name and number whose details the address asks for; "" is no name.

    None if it asks for none.
    """
    name, number = st.query_params.get(DETAILS, ""), st.query_params.get(SAME_NAME, "")
    if not name and not number:
        return None
    return name, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 1


def want(name: str, number: int) -> None:
    """Put a configuration into the address, so that the next run opens it."""
    pairs = {DETAILS: name, SAME_NAME: str(number) if number > 1 or not name else ""}
    for parameter, value in pairs.items():
        if value:
            st.query_params[parameter] = value
        else:
            st.query_params.pop(parameter, None)


def open_wanted(here: Context) -> None:
    """Open the drawer for the configuration that the address names, if it names one."""
    if asked := wanted():
        name, number = asked
        title = messages.escaped(cut(name)[:MAX_TITLE] or NAMELESS)
        drawer = st.dialog(title, width=DRAWER_WIDTH, position="right", on_dismiss=forget)
        drawer(_draw)(here, name, number)


def forget() -> None:
    """Take the configuration out of the address."""
    for parameter in (DETAILS, SAME_NAME, FINDING):
        st.query_params.pop(parameter, None)


def _draw(here: Context, name: str, number: int) -> None:
    """Draw the details; as long as they have not come, since when they are waited for."""
    place = here.inventory.place_of(name, number) if here.inventory else None
    if name in UNASKED:
        _draw_listed(here, name, place)
        own_history.draw(here, name)
        return
    waits = not here.project.detail(name, here.view.config_type).wait(PATIENCE_SECONDS)
    draw = partial(_draw_asked, name=name, place=place, waits=waits)
    fragment(draw, here, look_again, run_every=POLL_SECONDS if waits else None)
    own_history.draw(here, name)


def _draw_listed(here: Context, name: str, place: int | None) -> None:
    """Draw what the list said of a configuration whose details nobody can ask for."""
    if here.inventory is None or place is None:
        st.info("There is no such configuration in what is loaded.", icon=":material/search_off:")
        return
    why = "a name of dots" if name else "no name"
    note = Markup('<p class="note">It has {}, so its details cannot be asked for. The list says:</p>').format(
        why
    )
    body = note + _findings(here, place) + listed(here.inventory.records[place], _marks(here, place))
    _draw_accepting(here, place)
    _draw_block(here, place, body)


def _draw_found(here: Context, name: str, place: int | None, found: Detail) -> None:
    whole = facts([("Name", name)]) if len(name) > MAX_TITLE else Markup("")
    body = whole + _findings(here, place) + _twins(here, name, place)
    body += details(found.configuration, here.zone, _marks(here, place))
    body += _passport(here, name, place, found.record)
    _draw_accepting(here, place)
    _draw_block(here, place, body, found.configuration)


def _draw_asked(here: Context, *, name: str, place: int | None, waits: bool) -> None:
    found = here.project.detail(name, here.view.config_type).state
    if found.result is None and found.error is None:
        st.text(wait_text(here.project, found) or "Asking the service…")
        st.skeleton(height=SKELETON_HEIGHT)
    elif waits:
        st.rerun()  # from now on it is drawn no more by itself
    elif found.result is not None:
        _draw_found(here, name, place, found.result)
    elif found.error is not None:
        messages.show_error(found.error)
        st.button(
            "Retry",
            icon=":material/refresh:",
            key="retry_detail",
            on_click=here.project.retry_detail,
            args=(name, here.view.config_type),
        )
        if here.inventory and place is not None:
            _draw_block(here, place, _findings(here, place) + listed(here.inventory.records[place]))


def _found(here: Context, place: int | None) -> tuple[Finding, ...]:
    """Return the findings of a row, the worst first; none before the audit is there."""
    return () if here.audited is None or place is None else here.audited.audit.of(place)


def _findings(here: Context, place: int | None) -> Markup:
    """Return the findings of a row, each with the way to where it is beside others that have it."""
    found, links = _found(here, place), {}
    for one in found:
        assert here.audited is not None
        others = here.audited.audit.alike(one.number, one.check.id)
        if some := others[:MAX_ALIKE]:
            address = comparing.address(here, here.audited.inventory, [one.number, *some])
            links[one.check.id] = (address, _alike_words(len(some), len(others)))
    return of_one(found, links)


def _alike_words(some: int, others: int) -> str:
    if others == 1:
        return "Compare with the other one that has it"
    return f"Compare with {f'{some} of ' if some < others else ''}the {others:,} others that have it"


def _marks(here: Context, place: int | None) -> dict[str, list[tuple[int, int]]]:
    """Return the places that the finding in the address is about."""
    marks: dict[str, list[tuple[int, int]]] = {}
    for one in _found(here, place):
        if one.check.id == st.query_params.get(FINDING):
            for span in one.failure.spans:
                marks.setdefault(span.field, []).append((span.start, span.end))
    return marks


def _draw_accepting(here: Context, place: int | None) -> None:
    """Draw the form that accepts the finding in the address, unless it is accepted."""
    wanted = st.query_params.get(FINDING)
    standing = [
        one for one in _found(here, place) if one.check.id == wanted and one.status is not Status.ACCEPTED
    ]
    if standing:
        with st.expander(f"Accept {wanted} here", icon=":material/task_alt:"):
            waivers.draw_for_one(here, standing)


def _passport(here: Context, name: str, place: int | None, record: Mapping[str, object]) -> Markup:
    """Return the passport, folded away, and the way to what the configuration becomes."""
    inventory = here.inventory
    listed_record = record if inventory is None or place is None else inventory.records[place]
    number = 1 if inventory is None or place is None else inventory.number_of(place)
    findings = None if place is None else findings_of(here.audited, place)
    made = make_passport(Migrator().migrate(listed_record, record), findings)
    address = addressed.link_to_one(here, "migration", name, number)
    return Markup(
        "<details><summary>Passport: {}</summary>{}</details>"
        '<p><a href="{}" target="_self">What it becomes in API v2</a></p>'
    ).format(grade_words(made.grade), passport(made, here.zone), address)


def _twins(here: Context, name: str, place: int | None) -> Markup:
    """Return what has to be said where several configurations share the name; the service tells of one."""
    if here.inventory is None or place is None or (count := here.inventory.same_names(name)) < 2:
        return Markup("")
    number = here.inventory.number_of(place)
    return Markup(
        '<p class="note">{} configurations have this name, and this is number {}. The list says of it:</p>{}'
        '<p class="note">What the service says of the name, which may be another one of them:</p>'
    ).format(count, number, listed(here.inventory.records[place]))


def _draw_block(
    here: Context, place: int | None, body: Markup, detail: ConfigurationDetail | None = None
) -> None:
    """Draw what can be done with a configuration, and below it all of its details."""
    neighbours = _neighbours(here, place)
    buttons = [
        Markup('<button type="button" class="chip" data-press="{}"{}>{}</button>').format(
            word, Markup("") if neighbours.get(word) is not None else Markup(" disabled"), label
        )
        for word, label in (("previous", "‹ Previous"), ("next", "Next ›"))
    ]
    if detail is not None and detail.command:
        buttons.append(Markup('<button type="button" class="chip" data-copy="command">Copy command</button>'))
    buttons.append(Markup('<button type="button" class="chip" data-copy="link">Copy link</button>'))
    if place is not None:
        chosen = here.inventory is not None and place in comparing.ticked_places(here.inventory)
        label = "Chosen to compare ✓" if chosen else "Choose to compare"
        buttons.append(
            Markup('<button type="button" class="chip" data-press="tick">{}</button>').format(label)
        )
    html = Markup(
        '<div class="details" translate="no"><div class="chips">{}</div>'
        '<span id="link" class="unseen">{}</span>{}</div>'
    ).format(Markup("").join(buttons), link(), body)
    current = f"mark {st.query_params.get(FINDING, '')}"
    pressable(html, key=KEY, on_press=lambda: _on_press(here, place, neighbours), current=current)


def _neighbours(here: Context, place: int | None) -> dict[str, int]:
    """Return the positions of the rows before and after a row, in the view's order.

    None for one outside of it.
    """
    if here.inventory is None or place is None:
        return {}
    positions = here.inventory.positions(here.view)
    found = (positions == place).nonzero()[0]
    if not len(found):
        return {}
    at = int(found[0])
    around = {"previous": at - 1, "next": at + 1}
    return {word: int(positions[index]) for word, index in around.items() if 0 <= index < len(positions)}


def _on_press(here: Context, here_at: int | None, neighbours: dict[str, int]) -> None:
    """Go to a neighbour, and the table to its page; choose this one to compare; mark a finding's place."""
    words = pressed(KEY) or ""
    if words == "tick" and here_at is not None and here.inventory is not None:
        comparing.tick(*comparing.row_of(here.inventory, here_at))
        return
    if words.startswith("mark "):
        st.query_params[FINDING] = words.removeprefix("mark ")[:MAX_TITLE]
        st.rerun()
    place = neighbours.get(words)
    if place is None or here.inventory is None:
        return
    want(*comparing.row_of(here.inventory, place))
    at = int((here.inventory.positions(here.view) == place).nonzero()[0][0])
    st.session_state[PAGE.name] = at // here.view.per_page + 1
    st.rerun()  # the table and this drawer's title are outside of its fragment


def link() -> str:
    """Return the address of what is on screen now, the drawer included."""
    parts = urlsplit(st.context.url or "")
    pairs = [(key, value) for key in st.query_params for value in st.query_params.get_all(key)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))
