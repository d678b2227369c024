"""What a project has, on which engines, since when: key figures, two charts, the table."""

from dashboard.ui import audit, charts, context, drawer, kpis, notices, table, week

here = context.current()
notices.draw(here)
audit.draw(here)
kpis.draw(here)
week.draw(here)

if here.inventory is not None:
    selection = here.inventory.selection(here.view.facets)
    if selection.key_figures.configurations:
        charts.draw(here, here.inventory, selection)
    else:
        notices.draw_nothing(here)
    if selection.key_figures.configurations or here.view.filtered:
        table.draw(here)
elif here.state.running:
    notices.draw_loading(here)
    table.draw(here)

drawer.open_wanted(here)
