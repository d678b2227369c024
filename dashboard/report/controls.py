"""Controls that cannot be used yet, drawn like Streamlit's."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup


def label(words: str) -> Markup:
    """Return what stands above a control."""
    return Markup('<div class="label">{}</div>').format(words)


def box(value: str, kind: str, name: str) -> Markup:
    """Return a choice that is closed, with what is chosen."""
    return Markup(
        '<button type="button" class="box {} down" aria-label="{}: {}"><bdi>{}</bdi></button>'
    ).format(kind, name, value, value)


def choices(values: Sequence[str], placeholder: str, name: str) -> Markup:
    """Return a choice of several, with what is chosen or else the placeholder."""
    if not values:
        return Markup(
            '<button type="button" class="box down" aria-label="{}: {}"><span class="hint">{}</span></button>'
        ).format(name, placeholder, placeholder)
    tags = Markup("").join(Markup('<span class="tag"><bdi>{}</bdi></span>').format(value) for value in values)
    return Markup(
        '<button type="button" class="box down" aria-label="{}: {}"><span class="tags">{}</span></button>'
    ).format(name, ", ".join(values), tags)


def field(value: str, placeholder: str, name: str) -> Markup:
    """Return a field for a text, with what stands in it or else the placeholder."""
    return Markup('<input class="box" type="text" value="{}" placeholder="{}" aria-label="{}">').format(
        value, placeholder, name
    )


def radio(values: Sequence[str], chosen: str) -> Markup:
    """Return a choice of one of a few."""
    options = Markup("").join(
        Markup('<span class="option{}"><i></i>{}</span>').format(" on" if value == chosen else "", value)
        for value in values
    )
    return Markup('<div class="options">{}</div>').format(options)
