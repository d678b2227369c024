"""What a project has, on which engines, since when: key figures, two charts, the table."""

from dashboard import loading
from dashboard.ui import charts, choice, detail, kpis, sidebar, tables, waiting

connection = choice.current_connection()
view = sidebar.current_view()
state = loading.inventory(connection, view).state
snapshot = state.snapshot
waiting.draw_notices(connection, state, view)

if snapshot is not None:
    selection = loading.selection(snapshot, view.facets)
    loaded, with_times = len(snapshot.frame), view.config_type == "custom"
    kpis.draw(selection.key_figures, loaded=loaded, with_times=with_times)
    if selection.key_figures.configurations:
        charts.draw(snapshot, selection, view)
        tables.draw(connection, snapshot)
    else:
        waiting.draw_nothing(connection, view)
elif state.loading:
    waiting.draw_loading(connection)
    tables.draw(connection, None)

detail.open_wanted(connection, view)
