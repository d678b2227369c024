"""What a report says of a loaded inventory: the numbers of the overview, as plain data."""

from __future__ import annotations

import pandas as pd

from dashboard.data import analysis
from dashboard.data.analysis import RECENT_DAYS, KeyFigures
from dashboard.data.columns import Part
from dashboard.data.figures import share_text
from dashboard.data.loads import LoadedInventory
from dashboard.data.number_words import count_of
from dashboard.data.view import View
from dashboard.report.report_data import ConnectionReport, EngineCount, Figure, PeriodCount


def connection_report(
    found: LoadedInventory, view: View, *, name: str, title: str, endpoint: str, project: str
) -> ConnectionReport:
    """Return the report of a view of an inventory; checks and findings come by `dataclasses.replace`.

    No detail counts as read yet, and those of all rows of the view are wanted.
    """
    selection = found.selection(view.facets)
    granularity = found.timeline(view.facets, view.granularity)[1]
    wide = analysis.timeline(Part.of(found.frame, selection.mask), granularity)
    return ConnectionReport(
        name=name,
        title=title,
        endpoint=endpoint,
        project=project,
        loaded_at=found.loaded_at,
        loaded=len(found.frame),
        reported=found.reported_total,
        details=0,
        details_wanted=selection.key_figures.configurations,
        filters=tuple((parameter.label, values) for parameter, values in view.filters()),
        figures=key_figures(selection.key_figures),
        usage=engine_counts(analysis.engine_usage(Part.of(found.frame, selection.mask))),
        granularity=granularity,
        created=period_counts(wide),
    )


def key_figures(figures: KeyFigures) -> tuple[Figure, ...]:
    """Return the overview's key figures as they are shown."""
    total = figures.configurations
    newest = f"newest {figures.newest:%Y-%m-%d} UTC" if figures.newest else "none with a time"
    change = f"{figures.created_recently - figures.created_before:+,} on the {RECENT_DAYS} before"
    return (
        Figure("Configurations", f"{total:,}", newest),
        Figure("Engines in use", f"{figures.engines:,}", count_of(figures.versions, "version")),
        Figure(
            "Custom image",
            share_text(figures.custom_images, total),
            f"{figures.custom_images:,} of {total:,}",
        ),
        Figure(f"Created in {RECENT_DAYS} days", f"{figures.created_recently:,}", change),
        Figure(
            "Without description",
            share_text(figures.without_description, total),
            f"{figures.without_description:,} of {total:,}",
        ),
    )


def engine_counts(usage: pd.DataFrame) -> tuple[EngineCount, ...]:
    """Return a usage table (analysis.engine_usage) as data, in its order."""
    columns = (usage[name].tolist() for name in ("engine", "version", "count"))
    return tuple(EngineCount(engine, version, count) for engine, version, count in zip(*columns, strict=True))


def period_counts(wide: pd.DataFrame) -> tuple[PeriodCount, ...]:
    """Return a timeline (analysis.timeline) as data, without its zeros but for the first and last period."""
    ends = {wide.index[0], wide.index[-1]} if len(wide) else set()
    return tuple(
        PeriodCount(first_day.date(), str(engine), int(count))
        for first_day, counts in zip(wide.index, wide.to_numpy().tolist(), strict=True)
        for engine, count in zip(wide.columns, counts, strict=True)
        if count or first_day in ends
    )
