"""The key figures at the top of the overview."""

from __future__ import annotations

import streamlit as st

from dashboard.data.analysis import RECENT_DAYS, KeyFigures
from dashboard.data.figures import share_text
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import EVERY
from dashboard.ui import state
from dashboard.ui.context import Context


def draw(here: Context, inventory: LoadedInventory, figures: KeyFigures) -> None:
    """Draw five cards over the configurations that the filters let through.

    Without creation times (samples have none) the fourth says so instead of a zero.
    """
    loaded, with_times = len(inventory.frame), here.view.config_type == "custom"
    total = figures.configurations
    with st.container(key="kpis"), st.grid(5, min_column_width=150, gap="small"):
        newest = f"newest {figures.newest:%Y-%m-%d}" if figures.newest else ""
        _card("Configurations", f"{total:,}", newest if total == loaded else f"of {loaded:,}")
        _card("Engines in use", f"{figures.engines:,}", f"{figures.versions:,} versions")
        _way_in("Custom image", figures.custom_images, total, "image", "custom")
        if with_times:
            _created_card(figures)
        else:
            _card("Created in 30 days", "not known", "samples carry no creation time")
        _way_in("Without description", figures.without_description, total, "described", "no")


def _card(label: str, value: str, note: str = "") -> None:
    st.metric(
        label,
        value,
        delta=note or None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )


def _way_in(label: str, count: int, total: int, facet: str, value: str) -> None:
    """Draw a share whose count is a button: a press shows these alone, another one takes the filter away."""
    with st.container(border=True, height="stretch", gap="xxsmall", key=f"{facet}_card"):
        st.metric(label, share_text(count, total))
        st.button(
            f"{count:,} of {total:,}",
            key=f"only_{facet}",
            type="tertiary",
            icon=":material/filter_alt:",
            on_click=state.toggle_choice,
            args=(facet, value),
            help=f"Show these alone, or all again. The same as {EVERY[facet].label} in the sidebar.",
        )


def _created_card(figures: KeyFigures) -> None:
    with st.container(border=True, height="stretch", gap="xxsmall", key="created_card"):
        change = figures.created_recently - figures.created_before
        st.metric(
            f"Created in {RECENT_DAYS} days",
            f"{figures.created_recently:,}",
            delta=change,
            delta_color="off",
            delta_description=f"vs {figures.created_before:,}",
            help=f"Against the {RECENT_DAYS} days before. The bars are the last {len(figures.daily)} days.",
        )
        st.html(_sparkline(figures.daily))


def _sparkline(daily: tuple[int, ...]) -> str:
    """Return bars of the daily counts as HTML. Only our own numbers stand in it, nothing from the API."""
    top = max(*daily, 1)
    bars = [f'<i style="height:{100 * count / top:.0f}%"></i>' if count else "<i></i>" for count in daily]
    label = f"Created a day over {len(daily)} days, at most {max(daily)}"
    recent, before = "".join(bars[-RECENT_DAYS:]), "".join(bars[:-RECENT_DAYS])
    return f'<div class="sparkline" role="img" aria-label="{label}"><b>{before}</b><b>{recent}</b></div>'
