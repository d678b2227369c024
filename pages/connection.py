"""What the dashboard is connected to, how that is doing, and the test of it."""

from dashboard import loading
from dashboard.ui import choice, sidebar, waiting
from dashboard.ui import connection as parts

connection = choice.current_connection()
view = sidebar.current_view()
state = loading.inventory(connection, view).state
waiting.draw_notices(connection, state, view)
parts.draw(connection, state)
