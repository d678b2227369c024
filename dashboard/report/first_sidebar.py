"""The sidebar of the first view: connection, age of the data, and the filters with what is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from dashboard.data.facet_values import offer
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import CONFIG_TYPE, FACETS, SEARCH, Choices, Contains, Day, Text
from dashboard.data.view import View
from dashboard.report import facets
from dashboard.report.controls import box, choices, field, label, radio


def sidebar(
    title: str,
    project: str,
    age: str,
    view: View,
    found: LoadedInventory | None,
    *,
    viewer: str = "",
    connection: str = "",
    check_titles: Mapping[str, str] = facets.NO_TITLES,
) -> Markup:
    """Return the sidebar; `viewer` is who is signed in, `connection` the chosen one of several."""
    controls = [_line(viewer, "Sign out")] if viewer else []
    if connection:
        controls.append(_control(label("Connection") + box(connection, "", "Connection")))
    controls += [
        _CONNECTION.format(title, project),
        _line(age, "Refresh"),
        _text(SEARCH, view.search),
        _control(label(CONFIG_TYPE.label) + radio(CONFIG_TYPE.allowed, view.config_type)),
    ]
    controls += (
        found.derived(("first facets", view.facets), lambda: _facets(view, found, check_titles))
        if found
        else _facets(view, None, check_titles)
    )
    return Markup('<div class="side">{}</div>').format(Markup("").join(controls))


def _facets(view: View, found: LoadedInventory | None, titles: Mapping[str, str]) -> list[Markup]:
    """Return the controls that work on loaded rows."""
    controls: list[Markup] = []
    for facet in FACETS:
        match facet:
            case Choices():
                controls.append(_choices(facet, view, found, titles))
            case Contains():
                controls.append(_text(facet, view.facets[facet.name]))
            case Day():
                day = view.facets[facet.name]
                controls.append(
                    _control(label(facet.label) + field(str(day or ""), "YYYY-MM-DD", facet.label))
                )
    if found is not None:
        controls.append(_pressable(facets.presets(found.today, view.facets.period)))
    return controls


_CONNECTION = Markup('<div class="connection"><b><bdi>{}</bdi></b><div>project <bdi>{}</bdi></div></div>')


def _choices(facet: Choices, view: View, found: LoadedInventory | None, titles: Mapping[str, str]) -> Markup:
    chosen = view.facets[facet.name]
    if found is None:
        return _control(label(facet.label) + choices(chosen, "All", facet.label))
    counts = found.selection(view.facets).counts[facet.name]
    offered = offer(found.frame, facet, counts, chosen)
    placeholder = f"All {offered.total:,}" if offered.total else "All"
    drawn = _control(label(facet.label) + choices(chosen, placeholder, facet.label))
    if offered.is_narrowed:
        words = facets.narrowing_label(facet, offered)
        drawn += _control(label(words) + field("", facets.NARROWING, words))
    return (
        drawn
        + _pressable(
            facets.values(facet.name, counts, chosen, titles if facet.name == "check" else facets.NO_TITLES)
        )
        if counts
        else drawn
    )


def _text(parameter: Text, value: str) -> Markup:
    return _control(label(parameter.label) + field(value, parameter.placeholder, parameter.label))


def _line(words: str, button: str) -> Markup:
    return Markup('<div class="line"><span>{}</span><button type="button">{}</button></div>').format(
        words, button
    )


def _control(inside: Markup) -> Markup:
    return Markup('<div class="control">{}</div>').format(inside)


def _pressable(inside: Markup) -> Markup:
    return Markup('<div class="pressable">{}</div>').format(inside)
