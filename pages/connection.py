"""What the dashboard is connected to, and how that is doing."""

from dashboard import loading
from dashboard.ui import connections, sidebar, waiting

connection = loading.connection()
assert connection is not None  # the frame shows no screen without one
view = sidebar.current_view()
state = loading.inventory(connection, view).state
waiting.draw_notices(connection, state, view)
connections.draw(connection, state)
