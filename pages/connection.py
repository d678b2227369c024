"""What the dashboard is connected to, how that is doing, and the test of it."""

from dashboard.data import loading
from dashboard.ui import connection as parts
from dashboard.ui import connection_picker, notices, sidebar

connection = connection_picker.current_connection()
view = sidebar.current_view()
state = loading.inventory(connection, view).state
notices.draw_notices(connection, state, view)
parts.draw(connection, state)
