"""What a project has, on which engines, since when: key figures, two charts, the table."""

from dashboard.data import loading
from dashboard.ui import charts, connection_picker, drawer, kpis, notices, sidebar, table

connection = connection_picker.current_connection()
view = sidebar.current_view()
state = loading.inventory(connection, view).state
snapshot = state.snapshot
notices.draw_notices(connection, state, view)

if snapshot is not None:
    selection = loading.selection(snapshot, view.facets)
    loaded, with_times = len(snapshot.frame), view.config_type == "custom"
    kpis.draw(selection.key_figures, loaded=loaded, with_times=with_times)
    if selection.key_figures.configurations:
        charts.draw(snapshot, selection, view)
        table.draw(connection, snapshot)
    else:
        notices.draw_nothing(connection, view)
elif state.loading:
    notices.draw_loading(connection)
    table.draw(connection, None)

drawer.open_wanted(connection, view)
